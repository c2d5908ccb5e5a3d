"""What README.md and docs/ say is what happens: queries, printed output, links, commands, and a section per check."""

import contextlib
import io
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest
import yaml
from click.testing import CliRunner

from trade_assets import cli
from trade_assets.cli.reference import markdown
from trade_assets.definitions import defs
from trade_assets.facts.tables import ALL_TABLES

REPOSITORY = Path(__file__).resolve().parents[1]
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
QUERYING, DECIDING, DOCUMENTS, COMMANDS, CONTRIBUTING, RUNBOOK = (
    (REPOSITORY / "docs" / f"{name}.md").read_text(encoding="utf-8")
    for name in ("querying", "deciding", "documents", "commands", "contributing", "runbook")
)
MAX_README = 150
PAGES = sorted([REPOSITORY / "README.md", REPOSITORY / "CHANGELOG.md", *(REPOSITORY / "docs").rglob("*.md")])

QUERIES = {
    name: re.findall(r"```sql\n(.*?)```\n\n```text\n(.*?)\n```", page, re.DOTALL)
    for name, page in {"README": README, "querying": QUERYING}.items()
}
QUERY_PROGRAM = re.compile(r"query\(\) \{\n.*?-c '\n(.*?)\n' \"\$project/data/warehouse/trade\.duckdb\"\n\}\n", re.DOTALL)
SHOWN_DAY = "2026-11-25"
"""The day on which the decision that the pages show was taken."""
LINES_SHOWN = re.findall(r"```sh\nsed -n (\d+)p (\S+)\n```\n\n```text\n(.*?)\n```", QUERYING)


def _output_after(command, page):
    """The block of output that a page shows next after a command."""
    return re.search(r"```text\n(.*?)\n```", page.split(command, 1)[1], re.DOTALL)[1]


def test_readme_is_short():
    assert README.count("\n") <= MAX_README


def test_pages_have_the_blocks_that_are_compared():
    assert QUERY_PROGRAM.search(README)[0] == QUERY_PROGRAM.search(QUERYING)[0]
    assert len(QUERIES["README"]) == README.count("```sql") == 1
    assert len(QUERIES["querying"]) == QUERYING.count("```sql") == 5
    assert len(LINES_SHOWN) == 1


@pytest.mark.parametrize(
    ("sql", "printed"), [pytest.param(*query, id=f"{page}-{at}") for page, queries in QUERIES.items() for at, query in enumerate(queries)]
)
def test_query_prints_what_the_page_shows(built_root, sql, printed, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # the queries work from any folder
    monkeypatch.setattr(sys, "argv", ["-c", built_root.path("warehouse", "trade.duckdb")])
    monkeypatch.setattr(sys, "stdin", io.StringIO(sql))
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(QUERY_PROGRAM.search(README)[1], {})  # noqa: S102  # the pages' own program
    assert out.getvalue().rstrip("\n") == printed


@pytest.mark.parametrize(("number", "path", "printed"), LINES_SHOWN)
def test_line_of_a_document_is_as_shown(number, path, printed):
    lines = (REPOSITORY / path).read_text(encoding="utf-8").split("\n")
    assert lines[int(number) - 1].strip() == printed


def test_unknown_label_is_refused_as_shown(tmp_path):
    old, new, path, name = re.search(r"sed 's/([^/]+)/([^/]+)/' (\S+) > \S+/(\S+)", DOCUMENTS).groups()
    text = (REPOSITORY / path).read_text(encoding="utf-8")
    assert text.count(old) == 1
    (tmp_path / name).write_text(text.replace(old, new), encoding="utf-8")
    result = CliRunner().invoke(cli.main, ["cells", str(tmp_path / name)])
    assert result.exit_code == cli.UNREADABLE
    assert result.stderr.strip() == _output_after(f"trade-assets cells /tmp/{name}", DOCUMENTS)


def test_wrong_figure_is_named_as_shown(tmp_path):
    line, old, new, path, name = re.search(r"sed '(\d+)s/([^/]+)/([^/]+)/' (\S+) > /tmp/(\S+)", DOCUMENTS).groups()
    lines = (REPOSITORY / path).read_text(encoding="utf-8").split("\n")
    assert lines[int(line) - 1].count(old) == 1
    lines[int(line) - 1] = lines[int(line) - 1].replace(old, new)
    (tmp_path / name).write_text("\n".join(lines), encoding="utf-8")
    result = CliRunner().invoke(cli.main, ["check", str(tmp_path / name)])
    assert result.exit_code == cli.TO_REVIEW
    assert result.stdout.rstrip("\n") == _output_after(f"trade-assets check /tmp/{name}", DOCUMENTS)


def test_coverage_is_as_shown():
    path, count = re.search(r"trade-assets coverage (\S+) \| head -(\d+)\n", DOCUMENTS).groups()
    result = CliRunner().invoke(cli.main, ["coverage", str(REPOSITORY / path)])
    assert result.exit_code == cli.NOTHING_TO_REVIEW
    shown = _output_after(f"trade-assets coverage {path}", DOCUMENTS)
    assert result.stdout.split("\n")[: int(count)] == shown.split("\n")


@pytest.mark.parametrize(
    ("arguments", "status", "page"),
    [
        pytest.param("list", cli.TO_REVIEW, DECIDING, id="list"),
        pytest.param("show 6aefbff643a0", cli.NOTHING_TO_REVIEW, DECIDING, id="show"),
        pytest.param("show 6aefbff643a0", cli.NOTHING_TO_REVIEW, README, id="README"),
    ],
)
def test_issue_is_listed_and_shown_as_shown(built_root, arguments, status, page):
    result = CliRunner().invoke(cli.main, ["--data-root", built_root.url, "review", *arguments.split()])
    assert result.exit_code == status
    assert result.stdout.rstrip("\n") == _output_after(f".venv/bin/trade-assets review {arguments}\n", page)


@pytest.mark.slow
@pytest.mark.parametrize("shown_in", ["docs/deciding.md", "docs/failing-month.md"])
def test_decision_is_written_as_shown(tmp_path, shown_in):
    root, wrong = tmp_path / "practice", tmp_path / "2016-11.wrong.txt"
    document = REPOSITORY / "data" / "raw" / "2016-11" / "ft900-53880adbf212.txt"
    wrong.write_text(document.read_text(encoding="utf-8").replace("\n36,854\n", "\n36,845\n", 1), encoding="utf-8")

    def command(*arguments):
        return CliRunner().invoke(cli.main, ["--data-root", str(root), *arguments])

    assert command("ingest", str(wrong)).exit_code == cli.NOTHING_TO_REVIEW
    ran = command("run")
    assert ran.exit_code == cli.TO_REVIEW and ran.stdout.count(" REVIEW ") == 4
    page = (REPOSITORY / shown_in).read_text(encoding="utf-8")
    given = re.search(r"trade-assets (review correct .* --reviewer .*)", page)[1]
    decided = command(*shlex.split(given))
    assert decided.exit_code == cli.NOTHING_TO_REVIEW, decided.output
    written = (root / "reviews" / "2016-11" / "f0dca49f073b.yaml").read_text(encoding="utf-8")
    today = yaml.safe_load(written)[0]["decided_on"]
    said = decided.stdout.rstrip("\n").replace(str(root), "/tmp/practice").replace(today, SHOWN_DAY)
    assert said == _output_after(given, DECIDING)
    assert written.replace(today, SHOWN_DAY) == re.search(r"```yaml\n(.*?)```", DECIDING, re.DOTALL)[1]


@pytest.mark.slow
def test_run_prints_what_the_readme_shows(shipped_root):
    command = [sys.executable, "-m", "trade_assets", "--data-root", shipped_root.url, "run"]
    done = subprocess.run(command, check=False, cwd=REPOSITORY, capture_output=True, encoding="utf-8", timeout=300)
    assert done.returncode == cli.TO_REVIEW, done.stderr
    shown = _output_after("`make run` prints:", README).replace("/home/you/trade-assets/data", shipped_root.url)
    assert done.stdout.rstrip("\n") == shown


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(REPOSITORY).as_posix())
def test_relative_links_and_images_lead_somewhere(page):
    text = page.read_text(encoding="utf-8")
    targets = [target for target in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in target]
    broken = [target for target in targets if not _exists(page, target)]
    assert broken == []


def _exists(page, target):
    path, _, anchor = target.partition("#")
    goal = (page.parent / path) if path else page
    if not goal.exists():
        return False
    return not anchor or anchor in _anchors(goal.read_text(encoding="utf-8"))


def _anchors(text):
    """The anchors of a page's headings, as code hosts make them."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_decision_is_in_the_index():
    index = (REPOSITORY / "docs" / "README.md").read_text(encoding="utf-8")
    decisions = sorted(path.name for path in (REPOSITORY / "docs" / "decisions").glob("*.md"))
    assert decisions == sorted(re.findall(r"decisions/(\S+\.md)\)", index))


def test_every_page_is_in_the_index():
    index = (REPOSITORY / "docs" / "README.md").read_text(encoding="utf-8")
    pages = {path.name for path in (REPOSITORY / "docs").glob("*.md")} - {"README.md"}
    assert [name for name in sorted(pages) if f"]({name})" not in index] == []


def test_command_reference_is_up_to_date():
    assert markdown() == COMMANDS, "run 'make docs'"


def test_every_command_says_its_exit_statuses_and_is_in_the_reference():
    for name, command in cli.main.commands.items():
        assert f"| `trade-assets {name} " in COMMANDS
        for each in command.commands.values() if isinstance(command, click.Group) else [command]:
            assert each.epilog.startswith("Exit status: "), name
            path = f"{name} {each.name}" if each is not command else name
            assert f"\n## trade-assets {path}\n" in COMMANDS
    statuses = (cli.NOTHING_TO_REVIEW, cli.TO_REVIEW, cli.UNREADABLE, cli.FAULT, cli.INTERRUPTED)
    assert [int(status) for status in re.findall(r"^\| (\d+) \|", COMMANDS, re.MULTILINE)] == list(statuses)


def test_every_room_is_in_the_contributing_guide():
    package = REPOSITORY / "trade_assets"
    for room in sorted(path.parent.name for path in package.glob("*/__init__.py")):
        assert f"| `{room}/` |" in CONTRIBUTING


def _check_names():
    return {key.name for key in defs.resolve_asset_graph().asset_check_keys}


def test_every_check_has_a_section_in_the_runbook():
    sections = re.findall(r"^### `(\w+)`$", RUNBOOK, re.MULTILINE)
    assert sorted(sections) == sorted(_check_names())


def test_every_check_and_table_is_in_the_changelog():
    changelog = (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")
    names = _check_names() | {table.name for table in ALL_TABLES}
    assert [name for name in sorted(names) if f"`{name}`" not in changelog] == []


def test_queries_of_the_runbook_run(built_root):
    import duckdb

    queries = re.findall(r"^ *```sql\n(.*?)```", RUNBOOK, re.DOTALL | re.MULTILINE)
    assert len(queries) == RUNBOOK.count("```sql")
    with duckdb.connect(built_root.path("warehouse", "trade.duckdb"), read_only=True) as connection:
        for sql in queries:
            connection.execute(sql).fetchall()
