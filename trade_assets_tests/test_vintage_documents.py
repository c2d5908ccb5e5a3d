"""Re-issues, the days from which documents are known, and what later months are told: from files to vintages."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from click.testing import CliRunner

from trade_assets.cli import main
from trade_assets.documents.ingest import ingest
from trade_assets.documents.store import survey
from trade_assets.facts.tables import PRINTS, REVISIONS, VINTAGES
from trade_assets.reading import ReadError
from trade_assets.vintages.history import Vintages
from trade_assets.warehouse.partitions import read_partition
from trade_assets.warehouse.root import DataRoot
from trade_assets_tests.altered_documents import three_years
from trade_assets_tests.conftest import shipped_document
from trade_assets_tests.core_runs import run_core
from trade_assets_tests.made_files import exhibit_1, xlsx
from trade_assets_tests.test_chain import _run

MONTH = "2026-02"


@pytest.fixture
def root(tmp_path: Path) -> DataRoot:
    return DataRoot(str(tmp_path / "data"))


def _ingest(root: DataRoot, folder: Path, rows: list[list[object]], day: int, told: str = "", month: str = MONTH) -> None:
    """Put a workbook into the store, received on a day of March 2026."""
    file = folder / f"{month}.{day}.xlsx"
    file.write_bytes(xlsx(rows))
    file.with_name(f"{file.name}.yaml").write_text(f"release_month: {month}\n{told}", encoding="utf-8")
    ingest(root, file, now=dt.datetime(2026, 3, day, tzinfo=dt.UTC))


def _editions(root: DataRoot) -> list[tuple[str, str, bool]]:
    return [(*document.known_from, is_current) for document, is_current in survey(root, MONTH)[0]]


_FIRST, _SECOND = exhibit_1(2023, (2025, 12)), exhibit_1(2023, (2025, 12), revised=("January",))


def test_an_issue_received_later_is_current_whatever_is_known_of_the_days(root: DataRoot, tmp_path: Path) -> None:
    _ingest(root, tmp_path, _FIRST, 5)
    _ingest(root, tmp_path, _SECOND, 23, "published_date: 2026-02-22\n")
    # The first appeared before the second, so not at the end of the month.
    assert _editions(root) == [("2026-02-22", "inferred", False), ("2026-02-22", "stated", True)]


def test_an_issue_without_a_day_can_replace_one_that_has_one(root: DataRoot, tmp_path: Path) -> None:
    _ingest(root, tmp_path, _FIRST, 5, "published_date: 2026-02-05\n")
    _ingest(root, tmp_path, _SECOND, 23)
    assert _editions(root) == [("2026-02-05", "stated", False), ("2026-02-28", "month", True)]


def test_days_decide_where_all_are_known(root: DataRoot, tmp_path: Path) -> None:
    _ingest(root, tmp_path, _SECOND, 5, "published_date: 2026-02-22\n")
    _ingest(root, tmp_path, _FIRST, 23, "seen_on: 2026-02-06\n")
    assert _editions(root) == [("2026-02-06", "inferred", False), ("2026-02-22", "stated", True)]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("published_date: 2026-01-31\n", "a day of publication in the release month 2026-02"),
        ("published_date: '2026-02-31'\n", "a day of publication, YYYY-MM-DD"),
        ("seen_on: 2026-01-31\n", "a day in the release month 2026-02 or later"),
        ("seen_on: '2026-02-30'\n", "a day on which the document was seen, YYYY-MM-DD"),
    ],
)
def test_days_that_would_show_a_figure_too_early_are_refused(root: DataRoot, tmp_path: Path, told: str, expected: str) -> None:
    with pytest.raises(ReadError, match=expected):
        _ingest(root, tmp_path, _FIRST, 5, told)
    assert root.names("raw") == []


@pytest.mark.parametrize("day", ["2026-01-02", "soon", ""])
def test_days_changed_in_the_store_are_refused(root: DataRoot, tmp_path: Path, day: str) -> None:
    _ingest(root, tmp_path, _FIRST, 5, "published_date: 2026-02-05\n")
    (sidecar,) = Path(root.path("raw", MONTH)).glob("*.yaml")
    text = sidecar.read_text(encoding="utf-8").replace("published_date: '2026-02-05'", f"published_date: '{day}'")
    sidecar.write_text(text, encoding="utf-8")
    _, damaged = survey(root, MONTH)
    assert [found.error.expected for found in damaged] == ["a day of publication in the release month 2026-02"]


@pytest.mark.slow
def test_a_figure_in_doubt_stays_in_doubt_for_whoever_asks_what_was_known_then(root: DataRoot, tmp_path: Path) -> None:
    text = three_years()
    for day, content in ((4, text.replace("\n36,854\n", "\n36,845\n", 1)), (20, text)):
        file = tmp_path / f"2016-11.{day}.txt"
        file.write_text(content, encoding="utf-8")
        file.with_name(f"{file.name}.yaml").write_text(f"published_date: 2016-11-{day:02d}\n", encoding="utf-8")
        ingest(root, file)
        assert run_core(root, "2016-11", also=VINTAGES).is_success
        with Vintages(root) as vintages:
            then = vintages.as_known("2016-11-10").set_index(["series", "period"]).loc[("exports.goods", "1992-02")]
            assert then[["printed_value", "held_by"]].tolist() == [36845.0, "f0dca49f073b"] and then.isna()["value"], day
    with Vintages(root) as vintages:
        now = vintages.as_known("2016-11-20").set_index(["series", "period"]).loc[("exports.goods", "1992-02")]
        assert now["value"] == 36854.0 and now.isna()["held_by"]
        assert vintages.revision_triangle("exports.goods", period="1992-02")["print"].tolist() == [1, 2]


@pytest.mark.slow
def test_a_withheld_cell_leaves_the_other_print_of_the_fact_alone(root: DataRoot, tmp_path: Path) -> None:
    """All imports, July 2018, stand in Table A and in Table 1; the cell of Table 1 is altered."""
    lines = shipped_document("mxp", "2018-08").read_text(encoding="utf-8").split("\n")
    at = next(number for number, line in enumerate(lines) if line.startswith("|") and "All commodities" in line)
    cells = lines[at].split("|")
    assert cells[-3].strip() == "0.0"
    cells[-3] = " 0.7 "
    lines[at] = "|".join(cells)
    file = tmp_path / "2018-08.altered.txt"
    file.write_text("\n".join(lines), encoding="utf-8")
    ingest(root, file)
    assert _run(root, ["2018-08"])[0].is_success
    prints = read_partition(root, PRINTS, "2018-08").set_index(["series", "measure", "period"])
    fact = prints.loc[("imports.end_use.all_commodities", "percent_change", "2018-06/2018-07")]
    assert fact["value"] == 0.0 and fact["table"] == "price_changes"
    assert fact.isna()["held_by"]


@pytest.mark.slow
def test_whoever_runs_an_earlier_month_is_told_of_the_later_ones(root: DataRoot, tmp_path: Path) -> None:
    _ingest(root, tmp_path, _FIRST, 5)
    _ingest(root, tmp_path, exhibit_1(2024, (2026, 1)), 6, month="2026-03")

    def run(*months: str) -> str:
        arguments = [argument for month in months for argument in ("--month", month)]
        return CliRunner().invoke(main, ["--data-root", root.url, "run", *arguments]).stdout

    assert "Later months" not in run("2026-02", "2026-03")
    assert "Later months" not in run("2026-02")  # nothing has changed
    _ingest(root, tmp_path, _SECOND, 7)
    assert "Later months were built from former prints: 2026-03. 'trade-assets run' builds all, oldest first." in run("2026-02")
    replaced = set(read_partition(root, REVISIONS, "2026-03")["former_sha256"])
    assert "Later months" not in run()
    assert set(read_partition(root, REVISIONS, "2026-03")["former_sha256"]) != replaced
