"""A mistyped place, month, id or setting never looks as if all were well: it is said, with what to do, and the status is 2."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest
from click.testing import CliRunner

from trade_assets import cli
from trade_assets.definitions import defs
from trade_assets.facts.tables import DOCUMENTS
from trade_assets.warehouse.partitions import existing_months
from trade_assets.warehouse.root import SETTING, DataRoot
from trade_assets_tests.conftest import REPOSITORY, SHIPPED, shipped_document

POST = shipped_document("kei", "2018-09")
ASKED_OF_A_ROOT = {
    "run": ["run"],
    "run a month": ["run", "--month", "2018-09"],
    "publish": ["publish", "--month", "2018-09"],
    "ui": ["ui"],
    "review list": ["review", "list"],
    "review list of all": ["review", "list", "--all", "--json"],
    "review list of a month": ["review", "list", "--month", "2018-09"],
    "review show": ["review", "show", "6aef"],
    "review accept": ["review", "accept", "6aef", "--reason", "x", "--reviewer", "Ada"],
    "review correct": ["review", "correct", "6aef", "--value", "1", "--reason", "x", "--reviewer", "Ada"],
    "review withhold": ["review", "withhold", "6aef", "--reason", "x", "--reviewer", "Ada"],
    "review reopen": ["review", "reopen", "6aef", "--reason", "x", "--reviewer", "Ada"],
}


def command(root, *arguments):
    return CliRunner().invoke(cli.main, [*([] if root is None else ["--data-root", str(root)]), *map(str, arguments)])


def refused(result):
    """The one line of what is not there."""
    assert (result.exit_code, result.stdout) == (2, ""), result.output
    assert result.stderr.count("\n") == 1 and result.stderr.startswith("trade-assets: ") and "To do: " in result.stderr
    return result.stderr.removeprefix("trade-assets: ")


@pytest.fixture
def place(tmp_path, monkeypatch):
    """The setting and what is wrong with it; a relative one counts from an own folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("x")
    return tmp_path


PLACES = {
    "/does/not/exist": "there is no such folder",
    "typo": "there is no such folder",
    "file:///does/not/exist": "there is no such folder",
    "file": "it is a file, no folder",
    "": "it names no place",
    " \t": "it names no place",
    "memory://nothing/here": "nothing is there",
    "memory://": "it names no place behind memory://",
    "nosuch://x": "Protocol not known: nosuch",
    "what?": "question mark",
}


@pytest.mark.parametrize("asked", ASKED_OF_A_ROOT)
@pytest.mark.parametrize("setting", PLACES)
def test_a_data_root_that_is_not_there_is_refused_by_whatever_reads_it(place, asked, setting):
    before = sorted(path.name for path in place.iterdir())
    assert PLACES[setting] in refused(command(setting, *ASKED_OF_A_ROOT[asked]))
    assert sorted(path.name for path in place.iterdir()) == before, "and nothing is made there"


@pytest.mark.parametrize("setting", ["/does/not/exist", "file", "", "memory://nothing/here"])
def test_the_setting_in_the_environment_is_refused_alike(place, monkeypatch, setting):
    monkeypatch.setenv(SETTING, setting)
    said = refused(command(None, "review", "list"))
    assert PLACES[setting] in said and SETTING in said


@pytest.mark.parametrize("setting", ["file", "", "nosuch://x", "memory://"])
def test_ingest_makes_a_root_that_is_new_and_refuses_what_can_be_none(place, setting):
    assert PLACES[setting] in refused(command(setting, "ingest", "--release-month", "2018-09", POST))
    assert command("new", "ingest", "--release-month", "2018-09", POST).exit_code == 0
    assert (place / "new" / "raw" / "2018-09").is_dir()


@pytest.mark.parametrize("asked", sorted(set(ASKED_OF_A_ROOT) - {"ui", "review list of all", "review reopen"}))
def test_a_root_without_documents_is_no_root_without_issues(tmp_path, asked):
    said = refused(command(tmp_path, *ASKED_OF_A_ROOT[asked]))
    assert f"there is no document{' of 2018-09' if 'month' in asked or asked == 'publish' else ''} under {tmp_path}/raw" in said
    assert "trade-assets ingest FILE..." in said
    assert list(tmp_path.iterdir()) == []


def test_documents_that_nobody_has_built_are_not_without_issues(shipped_root):
    said = refused(command(shipped_root.url, "review", "list"))
    assert "nobody knows the issues of 2012-08, 2013-01, 2016-11, 2018-08, 2018-09 yet" in said and "'trade-assets run'" in said
    said = refused(command(shipped_root.url, "review", "list", "--month", "2013-01"))
    assert "nobody knows the issues of 2013-01 yet" in said and "'trade-assets run --month 2013-01'" in said
    assert "'trade-assets run --month 2013-01'" in refused(command(shipped_root.url, "publish", "--month", "2013-01"))
    assert "found none" in refused(command(shipped_root.url, "review", "show", "6aef"))


def test_a_month_that_nobody_has_built_is_said_beside_the_issues_of_the_others(built_root, tmp_path):
    root = shutil.copytree(built_root.url, tmp_path / "data")
    post = tmp_path / "post.txt"  # other bytes: the same would be the same document
    post.write_bytes(POST.read_bytes() + b"\n")
    assert command(root, "ingest", "--release-month", "2018-10", post).exit_code == 0
    listed = command(root, "review", "list")
    assert (listed.exit_code, listed.stdout.split()[0]) == (2, "6aefbff643a0")
    assert listed.stderr == "trade-assets: nobody knows the issues of 2018-10 yet. To do: 'trade-assets run'\n"
    assert command(root, "review", "list", "--month", "2013-01").exit_code == 1
    built = command(root, "review", "list", "--month", "2018-09")
    assert (built.exit_code, built.stdout) == (0, f"No issue waits for a decision under {root}.\n")


MONTHS = {"2018-8": "'2018-8' is no month", "": "'' is no month", "201808": "'201808' is no month", "2018-13": "'2018-13' is no month",
          "2018-08 ": "'2018-08 ' is no month", "august": "'august' is no month", "2018-08-01": "is no month"}  # fmt: skip


@pytest.mark.parametrize("month", MONTHS)
@pytest.mark.parametrize("asked", ["run", "publish", "review list", "check", "ingest"])
def test_a_month_that_is_none_is_refused(built_root, asked, month):
    given = ["--release-month", month, POST] if asked in ("check", "ingest") else ["--month", month]
    assert MONTHS[month] in refused(command(built_root.url, *asked.split(), *given))


@pytest.mark.parametrize("month", ["1999-01", "2018-10", "2099-01", "1989-12"])
@pytest.mark.parametrize("asked", [["run", "--month"], ["publish", "--month"], ["review", "list", "--month"]], ids=" ".join)
def test_a_month_without_documents_is_refused_and_leaves_nothing(built_root, asked, month):
    said = refused(command(built_root.url, *asked, month))
    expected = f"there is no document of {month} under {built_root.url}/raw; 5 months have some, 2012-08 to 2018-09"
    is_beyond = asked[0] == "run" and month in ("2099-01", "1989-12")
    assert (f"{month} is no release month; they run from 1990-01 to 2" if is_beyond else expected) in said
    assert month not in existing_months(built_root, DOCUMENTS)


@pytest.mark.parametrize("month", ["2099-01", "1989-12"])
@pytest.mark.parametrize("asked", ["check", "ingest"])
def test_a_month_in_which_nothing_can_have_been_published_is_refused(tmp_path, asked, month):
    assert f"{month} is no release month" in refused(command(tmp_path, asked, "--release-month", month, POST))


def test_the_other_months_are_run_all_the_same(tmp_path, monkeypatch):
    from trade_assets.defs import ranges, shared

    sound = ranges.assets_of
    monkeypatch.setattr(shared, "build_data_docs", lambda root: None)
    monkeypatch.setattr(ranges, "assets_of", lambda *given: [key for key in sound(*given) if key.path[0] in ("raw", "parsed")])
    shutil.copytree(SHIPPED / "2018-09", tmp_path / "raw" / "2018-09")
    result = command(tmp_path, "run", "--month", "2018-10", "--month", "2018-09")
    assert result.exit_code == 2
    assert result.stdout == f"2018-09  kei: 0 figures; built\nTables: {tmp_path}/warehouse/trade.duckdb\n"
    assert result.stderr.count("\n") == 1 and "there is no document of 2018-10" in result.stderr


@pytest.mark.slow
def test_a_month_that_was_emptied_is_run_no_more(tmp_path, instance):
    """Tables are emptied once when the documents of a month are gone; issues that are gone stay known."""
    from trade_assets.defs.ranges import run_months
    from trade_assets.defs.selection import months_of

    root = DataRoot.of(tmp_path)
    for month in ("2013-01", "2018-09"):
        shutil.copytree(SHIPPED / month, tmp_path / "raw" / month)
    for run in run_months(root, ["2013-01", "2018-08", "2018-09"], instance):  # one of them without documents
        assert run.is_success
    assert months_of(root) == ["2013-01", "2018-09"]
    shutil.rmtree(tmp_path / "raw" / "2013-01")
    assert months_of(root) == ["2013-01", "2018-09"]
    (run,) = run_months(root, ["2013-01"], instance)
    assert run.is_success and months_of(root) == ["2018-09"]


@pytest.mark.parametrize("issue", ["", "zzz", "6aefbff643a0x", "6AEFBFF643A0", "2013-01"])
@pytest.mark.parametrize("action", ["show", "accept", "correct", "withhold", "reopen"])
def test_an_issue_that_nobody_knows_is_refused(built_root, issue, action):
    options = [] if action == "show" else ["--reason", "x", "--reviewer", "Ada", *(["--value", "1"] if action == "correct" else [])]
    said = refused(command(built_root.url, "review", action, issue, *options))
    assert f"{issue!r}" in said and built_root.url in said and "'trade-assets review list --all'" in said


@pytest.mark.parametrize("option", ["--reason", "--reviewer", "--expires", "--told", "--value"])
def test_an_empty_option_of_a_decision_is_refused(built_root, option):
    given = {"--reason": "x", "--reviewer": "Ada", "--value": "1"} | {option: ""}
    result = command(built_root.url, "review", "correct", "6aef", *[each for pair in given.items() for each in pair])
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1), result.output
    assert not Path(built_root.path("reviews")).exists()


@pytest.mark.parametrize("command_", ["cells", "check", "coverage", "ingest"])
@pytest.mark.parametrize("file", ["", "/does/not/exist", "."])
def test_a_file_that_is_none_is_refused(tmp_path, command_, file):
    result = command(tmp_path / "data", command_, file)
    assert result.exit_code == 2 and result.stderr.count("\n") == 1 and "expected a file, found" in result.stderr
    assert not (tmp_path / "data").exists()


def test_a_step_and_the_sensor_in_a_root_that_is_not_there_fail(tmp_path, instance):
    config = {"resources": {"data_root": {"config": {"url": str(tmp_path / "typo")}}}}
    job = defs.resolve_job_def("release_month")
    result = job.execute_in_process(partition_key="2018-09", instance=instance, raise_on_error=False, run_config=config)
    (failed,) = [event for event in result.all_events if event.is_step_failure]
    assert "there is no such folder" in failed.step_failure_data.user_failure_data.description
    assert not (tmp_path / "typo").exists()
    from trade_assets.defs.resources import DataRootResource
    from trade_assets.defs.sensors import changed_documents
    from trade_assets.warehouse.root import RootError

    context = dg.build_sensor_context(instance=instance, resources={"data_root": DataRootResource(url=str(tmp_path / "typo"))})
    with pytest.raises(RootError, match="there is no such folder"):
        changed_documents(context)


@pytest.mark.slow
def test_a_mistyped_executor_is_no_setting_that_is_passed_over(shipped_root):
    code = "import sys; from trade_assets.cli import main; main(sys.argv[1:])"
    done = subprocess.run(
        [sys.executable, "-c", code, "--data-root", shipped_root.url, "run", "--month", "2018-09"],
        cwd=REPOSITORY, env={**os.environ, "TRADE_ASSETS_EXECUTOR": "multiproces"}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "trade-assets: TRADE_ASSETS_EXECUTOR is 'multiproces'. To do: make it multiprocess or in_process, or unset it\n"


@pytest.mark.parametrize("month", ["2018-13", "201809", "", "2018-9", "latest"])
def test_what_was_known_in_a_month_that_is_none_is_no_answer(built_root, month):
    from trade_assets.vintages.knowledge import knowledge, numbered_prints

    for asked in (knowledge, numbered_prints):
        with pytest.raises(ValueError, match=f"{month!r} is no release month"):
            asked(built_root, month)
    assert len(knowledge(built_root, "2018-09")) > 1000
