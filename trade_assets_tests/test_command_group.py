"""What all commands have in common: the group, its data root, its help, wrong usage, and the values that options take."""

import datetime as dt
import io
import sys

import click
import pytest
from click.testing import CliRunner

from trade_assets import __version__, cli
from trade_assets.cli import options
from trade_assets.cli.options import DAY, FILES, MONTH, RELEASE_MONTH, SERIES, TEXT_OR_JSON, root_of
from trade_assets.cli.progress import progress
from trade_assets.warehouse.root import SETTING, DataRoot, RootError


def ended(capsys, *arguments, **given):
    """Status, output and errors of the program with these arguments."""
    with pytest.raises(SystemExit) as end:
        cli.main.main(list(arguments), **given)
    return (end.value.code, *capsys.readouterr())


@pytest.fixture
def command(monkeypatch):
    """Puts a command of the test's own into the group."""

    def add(does, *decorators):
        made = click.command(name="try")(does)
        for decorator in decorators:
            made = decorator(made)
        monkeypatch.setitem(cli.main.commands, "try", made)

    return add


# The group


def test_the_commands_are_these_in_alphabetical_order_of_their_help():
    with click.Context(cli.main) as context:
        names = cli.main.list_commands(context)
    assert names == ["cells", "check", "coverage", "ingest", "publish", "review", "run", "ui"]
    assert sorted(cli.main.commands["review"].commands) == ["accept", "correct", "list", "reopen", "show", "withhold"]


@pytest.mark.parametrize("asked", ["-h", "--help"])
def test_help_is_asked_for_by_either_name_and_is_no_error(capsys, asked):
    status, said, errors = ended(capsys, asked)
    assert (status, errors) == (0, "") and said.startswith("Usage: trade-assets [OPTIONS] COMMAND [ARGS]...\n")
    assert "  130  interrupted" in said and "--data-root PATH|URL" in said
    status, said, errors = ended(capsys, "review", "show", asked)
    assert (status, errors) == (0, "") and said.startswith("Usage: trade-assets review show [OPTIONS] ID\n")


@pytest.mark.parametrize(("arguments", "usage"), [([], "trade-assets [OPTIONS]"), (["review"], "trade-assets review [OPTIONS]")])
def test_without_a_command_the_help_is_shown_and_nothing_was_done(capsys, arguments, usage):
    status, said, errors = ended(capsys, *arguments)
    assert status == 2 and f"Usage: {usage} COMMAND [ARGS]..." in said + errors
    assert "To do:" not in errors


def test_the_arguments_are_those_of_the_process_where_none_are_given(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["anything", "--version"])
    with pytest.raises(SystemExit) as end:
        cli.main.main()
    assert (end.value.code, capsys.readouterr().out) == (0, f"trade-assets, version {__version__}\n")
    assert ended(capsys, "--help", prog_name="another")[1].startswith("Usage: trade-assets ")


def test_a_shell_completes_its_commands(monkeypatch, capsys):
    monkeypatch.setenv("_TRADE_ASSETS_COMPLETE", "zsh_source")
    status, said, _ = ended(capsys)
    assert status == 0 and "#compdef trade-assets" in said
    monkeypatch.delenv("_TRADE_ASSETS_COMPLETE")
    monkeypatch.setenv("_OTHER", "zsh_source")
    status, said, _ = ended(capsys, complete_var="_OTHER")
    assert status == 0 and "_OTHER=zsh_complete trade-assets" in said


@pytest.mark.parametrize("status", [0, 1, 2, 70])
def test_a_command_ends_with_the_status_that_it_returns(capsys, command, status):
    command(lambda: status)
    assert ended(capsys, "try") == (status, "", "")


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (click.exceptions.Exit(3), 3, ""),
        (click.Abort(), 130, "interrupted"),
        (click.UsageError("So\nit is not\ngiven."), 2, "So it is not given. To do: 'trade-assets try --help' says what can be given"),
        (click.ClickException("odd"), 2, "odd. To do: 'trade-assets --help' says what can be given"),
        (click.BadParameter("odd", param_hint="'--x'"), 2,
         "Invalid value for '--x': odd. To do: 'trade-assets try --help' says what can be given"),
        (RootError("x", "it is not", "do"), 2, str(RootError("x", "it is not", "do"))),
    ],
)  # fmt: skip
def test_what_a_command_raises_is_one_line(capsys, command, error, status, said):
    def does():
        raise error

    command(does)
    assert ended(capsys, "try") == (status, "", f"trade-assets: {said}\n" if said else "")


def test_a_usage_error_of_no_command_names_the_program(capsys, monkeypatch):
    """As one that is raised before any command is known."""

    def parse_args(*_):
        raise click.UsageError("nothing fits.")

    monkeypatch.setattr(cli.main, "parse_args", parse_args)
    said = "nothing fits. To do: 'trade-assets --help' says what can be given"
    assert ended(capsys, "try") == (2, "", f"trade-assets: {said}\n")


@pytest.mark.parametrize(
    ("arguments", "given"), [([], None), (["--data-root", "here"], "here"), (["--data-root", "memory://x"], "memory://x")]
)
@pytest.mark.parametrize("of_user", [None, "/home/ada/.local/share/trade-assets"])
def test_a_folder_of_the_users_is_named_where_no_other_is_given(capsys, monkeypatch, command, arguments, given, of_user):
    seen = []
    monkeypatch.setattr(DataRoot, "of_user", lambda: None if of_user is None else DataRoot(of_user))
    command(click.pass_context(lambda context: seen.append(context.obj) or 0))
    named = f"Data root: {of_user}\n" if of_user and given is None else ""
    assert ended(capsys, *arguments, "try") == (0, "", named)
    assert seen == [given]


def test_the_data_root_may_be_set_in_the_environment(capsys, monkeypatch, command):
    seen = []
    monkeypatch.setenv(SETTING, "/set/there")
    command(click.pass_context(lambda context: seen.append(context.obj) or 0))
    assert ended(capsys, "try") == ended(capsys, "--data-root", "/given/here", "try") == (0, "", "")
    assert seen == ["/set/there", "/given/here"]


# Options


def test_a_root_must_be_there_unless_the_command_may_make_it(tmp_path):
    there, not_there = tmp_path, tmp_path / "none"
    with click.Context(cli.main, obj=str(there)) as context:
        assert root_of(context) == DataRoot.of(there) == root_of(context, is_new=True)
    with click.Context(cli.main, obj=str(not_there)) as context:
        assert root_of(context, is_new=True) == DataRoot.of(not_there)
        with pytest.raises(RootError, match="there is no such folder"):
            root_of(context)


class _Clock(dt.datetime):
    """A quarter of an hour before a month ends in UTC, and in half of the world has ended."""

    @classmethod
    def now(cls, tz=None):
        return dt.datetime(2021, 3, 31, 23, 45, tzinfo=dt.UTC).astimezone(tz)


NO_MONTH = "Invalid value for '--release-month': {month!r} is no month; expected YYYY-MM"
NO_RELEASE = "Invalid value for '--release-month': {month} is no release month; they run from 1990-01 to 2021-03"


@pytest.mark.parametrize(
    ("month", "said"),
    [
        ("1990-01", None), ("2021-03", None), ("2005-12", None), ("1989-12", NO_RELEASE), ("2021-04", NO_RELEASE), ("2022-01", NO_RELEASE),
        ("2018-13", NO_MONTH), ("201801", NO_MONTH), ("", NO_MONTH),
    ],
)  # fmt: skip
def test_a_release_month_is_one_in_which_a_document_can_have_been_published(capsys, monkeypatch, command, month, said):
    seen = []
    monkeypatch.setattr(options.dt, "datetime", _Clock)
    command(lambda release_month: seen.append(release_month) or 0, RELEASE_MONTH)
    status, _, errors = ended(capsys, "try", "--release-month", month)
    if said is None:
        assert (status, errors, seen) == (0, "", [month])
    else:
        todo = "To do: 'trade-assets try --help' says what can be given"
        assert (status, errors, seen) == (2, f"trade-assets: {said.format(month=month)}. {todo}\n", [])


def test_without_an_option_nothing_is_said(capsys, command):
    seen = []

    def does(**given):
        seen.append(given)

    command(does, RELEASE_MONTH, SERIES, TEXT_OR_JSON)
    assert ended(capsys, "try")[0] == 0
    assert seen == [{"release_month": None, "series": None, "form": "text"}]


@pytest.mark.parametrize(
    ("kind", "good", "bad", "said"),
    [
        (MONTH, ["1850-01", "2018-08", "2999-12"], ["2018-00", "2018-8", "18-08", "now"], "is no month; expected YYYY-MM"),
        (DAY, ["2018-08-01", "2020-02-29"], ["2018-08", "2019-02-29", "20180801", "now", "2018-8-1"], "is no day; expected YYYY-MM-DD"),
    ],
)
def test_months_and_days_are_written_in_one_way(kind, good, bad, said):
    option = click.Option(["--when"], type=kind)
    with click.Context(click.Command("try")) as context:
        assert [kind.convert(text, option, context) for text in good] == good
        for text in bad:
            with pytest.raises(click.BadParameter) as refused:
                kind.convert(text, option, context)
            assert refused.value.format_message() == f"Invalid value for '--when': {text!r} {said}"
            assert (refused.value.param, refused.value.ctx) == (option, context)
    assert kind.name == f"{said.split()[-1]}"


def test_files_are_one_or_more(capsys, command):
    seen = []
    command(lambda files: seen.extend(str(file) for file in files) or 0, FILES)
    assert ended(capsys, "try", "a.txt", "b.txt", "c.txt")[0] == 0
    assert seen == ["a.txt", "b.txt", "c.txt"]
    status, _, errors = ended(capsys, "try")
    assert status == 2 and errors.startswith("trade-assets: Missing argument 'FILE...'. To do: ")


def test_what_an_option_is_left_out_for_is_in_the_help(capsys, command):
    command(lambda **given: 0, TEXT_OR_JSON, RELEASE_MONTH, SERIES, FILES)
    said = " ".join(ended(capsys, "try", "--help")[1].split())
    assert "Usage: trade-assets try [OPTIONS] FILE..." in said
    assert "--format [text|json] For people, or for programs. [default: text]" in said
    assert "--release-month YYYY-MM For documents that do not state it and have no sidecar." in said
    assert "--series ID The series of files that may not name it" in said


# The bar


class _Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("total", "errors", "is_shown"),
    [(0, _Terminal, False), (1, _Terminal, False), (2, _Terminal, True), (3, _Terminal, True), (2, io.StringIO, False), (2, None, False)],
)
def test_a_bar_is_shown_on_a_terminal_for_two_things_or_more(monkeypatch, total, errors, is_shown):
    stream = None if errors is None else errors()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    with progress(total, "documents") as done:
        for number in range(total):
            done(f"{number}.txt")
    assert sys.stdout.getvalue() == ""
    if stream is not None:
        seen = stream.getvalue()
        assert bool(seen) is is_shown
        if is_shown:
            assert f"0/{total}" in seen and f"{total}/{total}" in seen and "documents" in seen and f"{total - 1}.txt" in seen


@pytest.mark.parametrize("is_terminal", [True, False])
def test_what_goes_to_a_file_does_not_go_to_the_terminal(monkeypatch, is_terminal):
    out, err = _Terminal() if is_terminal else io.StringIO(), _Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    with progress(2, "documents"):
        print("a line [of] :smile: output")
    assert ("a line [of] :smile: output" in err.getvalue()) is is_terminal
    assert out.getvalue() == ("" if is_terminal else "a line [of] :smile: output\n")


# ui


def test_the_ui_is_served_from_the_root_on_its_ports_and_ends_with_its_status(tmp_path, monkeypatch):
    served = []
    monkeypatch.setattr("trade_assets.serving.serve", lambda root, *ports: served.append((root, *ports)) or 2)
    result = CliRunner().invoke(cli.main, ["--data-root", str(tmp_path), "ui"])
    assert (result.exit_code, served) == (2, [(DataRoot.of(tmp_path), 3000, 3001)])
    result = CliRunner().invoke(cli.main, ["--data-root", str(tmp_path), "ui", "--docs-port", "5", "--port", "4"])
    assert served[1] == (DataRoot.of(tmp_path), 4, 5)
    said = " ".join(CliRunner().invoke(cli.main, ["ui", "--help"]).output.split())
    assert "--port PORT Port of Dagster. [default: 3000;" in said and "the Data Docs. [default: 3001;" in said
    missing = CliRunner().invoke(cli.main, ["--data-root", str(tmp_path / "none"), "ui"])
    assert missing.exit_code == 2 and "there is no such folder" in missing.stderr and len(served) == 2


def test_a_bar_shows_names_as_they_are_and_is_gone_in_the_end(monkeypatch):
    err = _Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    monkeypatch.setattr(sys, "stderr", err)
    with progress(2, "[bold]documents[/bold]") as done:
        done("[red]a.txt")
        during = len(err.getvalue())
    seen = err.getvalue()
    assert "[bold]documents[/bold]" in seen and "[red]a.txt" in seen
    assert "1/2" in seen and "2/2" not in seen
    # The last thing that is done to the terminal is to erase the bar's line.
    assert "\x1b[2K" in seen[during:] and not seen.rstrip().endswith("2")
    assert seen.rindex("\x1b[2K") > seen.rindex("1/2")
