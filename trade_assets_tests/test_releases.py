"""A release is not a month: two releases of a product in one month give what they give in two, in either order of arrival."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import dagster as dg
import openpyxl
import pandas as pd
import pytest

from trade_assets.documents.ingest import ingest
from trade_assets.documents.store import documents_of, release_numbers, survey
from trade_assets.facts.frames import empty
from trade_assets.facts.tables import (
    ALL_TABLES,
    HISTORY,
    ISSUES,
    METRIC_CHANGES,
    METRIC_DEFINITIONS,
    METRIC_FIGURES,
    PRINTS,
    REPORTS,
    REVISIONS,
)
from trade_assets.families.ft900.tables import GOODS_AND_SERVICES
from trade_assets.publication.publish import publication
from trade_assets.reading import ReadError
from trade_assets.vintages.history import Vintages
from trade_assets.vintages.knowledge import knowledge
from trade_assets.warehouse.partitions import existing_months, read_months
from trade_assets.warehouse.root import DataRoot
from trade_assets.warehouse.shown import read_rows
from trade_assets_tests.made_files import exhibit_1, xlsx
from trade_assets_tests.released_samples import build_prints
from trade_assets_tests.shared_documents import shared_sample

MONTH, NEXT = "2026-01", "2026-02"
EARLY, LATE = "2025-10", "2025-11"
"""Latest months of the FT-900 releases of 2026-01-08 and 2026-01-29 (shared/samples/release-dates)."""


def exhibit(latest: str, *, october: int = 0, wrong: int = 0) -> bytes:
    """An Exhibit 1 up to a month.

    Args:
        october: by how much exports of goods of 2025-10 are revised, with all that they are part of.
        wrong: what is printed too much of exports of services of 2024-03, which three identities see.
    """
    year, month = map(int, latest.split("-"))
    rows = exhibit_1(2023, (year, month), revised=("October",) if october else ())
    heading = ""
    for row in rows:
        if len(row) == 1:
            heading = str(row[0])
        label = str(row[0])
        if heading == "2025" and (label.startswith("October (R)") or label == "Jan. - Nov."):
            for place in (1, 2, 4, 5):  # balance and exports, each total and goods
                row[place] += october
        if heading == "2024" and label == "March":
            row[6] += wrong
    return xlsx(rows)


EARLY_RELEASE = exhibit(EARLY, wrong=900)
LATE_RELEASE = exhibit(LATE, october=1, wrong=900)


def put(root: DataRoot, folder: Path, data: bytes, release_month: str, **said: str) -> str:
    """Ingest bytes with a sidecar; the sha256."""
    sha256 = hashlib.sha256(data).hexdigest()
    file = folder / f"{sha256[:8]}.xlsx"
    file.write_bytes(data)
    file.with_name(f"{file.name}.yaml").write_text("".join(f"{key}: {value}\n" for key, value in said.items()) or "{}\n")
    ingest(root, file, release_month=release_month)
    return sha256


def store(folder: Path, months: tuple[str, str], *, is_dated: bool = False, is_late_first: bool = False) -> DataRoot:
    """A store of the two releases, put in under the two months given."""
    folder.mkdir()
    root = DataRoot.of(folder / "data")
    days = ({"published_date": f"{months[0]}-08"}, {"published_date": f"{months[1]}-27"}) if is_dated else ({}, {})
    arrivals = [(EARLY_RELEASE, months[0], days[0]), (LATE_RELEASE, months[1], days[1])]
    for data, month, said in reversed(arrivals) if is_late_first else arrivals:
        put(root, folder, data, month, **said)
    return root


def build(root: DataRoot, *months: str) -> DataRoot:
    from trade_assets.defs.ranges import run_months

    with dg.DagsterInstance.ephemeral() as instance:
        assert [run.release_month for run in run_months(root, months, instance) if not run.is_success] == []
    return root


def values(frame: pd.DataFrame, *index: str) -> pd.DataFrame:
    """The rows of values, by series and period, without those that are printed again as published last month."""
    return frame[frame["measure"] == "value"].set_index([*index, "series", "period"])


OF_THE_PARTITION = {
    "release_month", "former_release_month", "known_from", "known_from_is", "valid_until", "release_number", "path", "page", "seen_on",
    "published_date", "issue", "issues", "open_issues", "held_by", "old_held_by", "new_held_by",
}  # fmt: skip
"""What names the partition, or follows from it: the id of an issue is made of it, and a day that is not stated is its last."""
_ISSUE = re.compile(r"(?<![0-9a-f])[0-9a-f]{12}(?![0-9a-f])")


def rows_of(frame: pd.DataFrame) -> list[str]:
    """The rows of a table, but for what names the partition, in an order of their own."""
    kept = frame[[name for name in frame.columns if name not in OF_THE_PARTITION]].astype("string").fillna("-")
    texts = kept.apply(lambda row: _ISSUE.sub("ISSUE", " | ".join(row)), axis=1) if len(kept) else []
    return sorted(texts)


def everything(root: DataRoot) -> dict[str, list[str]]:
    """All rows of all tables that have a partition per month, but those that count once a month."""
    found = {}
    for table in ALL_TABLES:
        if table is METRIC_CHANGES:  # how they are kept, which metrics.figures shows
            continue
        frame = pd.concat([empty(table), *(read_rows(root, table, month) for month in existing_months(root, table))], ignore_index=True)
        if table is METRIC_DEFINITIONS:
            frame = frame.drop_duplicates("metric")
        if table is REPORTS:
            frame = frame.select_dtypes("number").sum().to_frame().T
        found[f"{table.layer}.{table.name}"] = rows_of(frame)
    with Vintages(root) as vintages:
        found["history"] = rows_of(vintages._asked("SELECT * FROM vintages.history", [], HISTORY))
    return found


@pytest.fixture(scope="module")
def in_two_months(tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    """The two releases in a month each, built. Do not write to it."""
    return build(store(tmp_path_factory.mktemp("two") / "store", (MONTH, NEXT)), MONTH, NEXT)


@pytest.fixture(scope="module")
def in_one_month(tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    """The same two in one month, undated, the later one received first, built. Do not write to it."""
    return build(store(tmp_path_factory.mktemp("one") / "store", (MONTH, MONTH), is_late_first=True), MONTH)


def assert_alike(one: DataRoot, two: DataRoot) -> None:
    found, expected = everything(one), everything(two)
    assert {name: len(rows) for name, rows in found.items()} == {name: len(rows) for name, rows in expected.items()}
    assert [name for name in expected if found[name] != expected[name]] == []
    assert len(expected["validated.goods_and_services"]) == 2 * 41  # three years: 36 months, two whole years, and three to date
    assert len(expected["vintages.revisions"]) > 0


@pytest.mark.slow
def test_two_releases_of_a_month_give_what_they_give_in_two(in_one_month: DataRoot, in_two_months: DataRoot) -> None:
    assert_alike(in_one_month, in_two_months)


@pytest.mark.slow
@pytest.mark.parametrize(("is_dated", "is_late_first"), [(True, False), (True, True), (False, False)])
def test_dated_or_not_and_in_either_order_of_arrival(tmp_path: Path, in_two_months: DataRoot, is_dated: bool, is_late_first: bool) -> None:
    root = store(tmp_path / "store", (MONTH, MONTH), is_dated=is_dated, is_late_first=is_late_first)
    assert_alike(build(root, MONTH), in_two_months)


def test_tables_carry_the_release(in_one_month: DataRoot) -> None:
    table = read_months(in_one_month, GOODS_AND_SERVICES, [MONTH]).set_index(["reference_month", "period"])
    column = table["exports_goods_musd"]
    # Exports of goods of the 34th month are 1000 + 7 * 34; the later release adds 1.
    assert (column[EARLY, EARLY], column[LATE, EARLY]) == (1238, 1239)
    assert (EARLY, LATE) in table.index and pd.isna(column[EARLY, LATE])
    metrics = read_rows(in_one_month, METRIC_FIGURES, MONTH)
    latest = metrics[metrics["value"].notna() & (metrics["metric"] == "change_1_month") & (metrics["series"] == "exports.goods")]
    assert latest.groupby("reference_month")["period"].max().to_dict() == {EARLY: EARLY, LATE: LATE}


def test_the_same_wrong_figure_in_two_releases_is_two_issues(in_one_month: DataRoot) -> None:
    issues = read_months(in_one_month, ISSUES, [MONTH])
    assert issues["reference_month"].tolist().count(EARLY) == issues["reference_month"].tolist().count(LATE) == 1
    assert issues["issue"].nunique() == 2
    from trade_assets.review.actions import open_issue

    for row in issues.to_dict("records"):
        assert open_issue(in_one_month, row["issue"]).document.reference_month == row["reference_month"]
    page = Path(in_one_month.path("reports", f"{MONTH}.html")).read_text(encoding="utf-8")
    assert all(issue in page for issue in issues["issue"])


@pytest.mark.slow
def test_a_publication_compares_the_later_release_with_the_earlier(in_one_month: DataRoot, in_two_months: DataRoot) -> None:
    found = publication(in_one_month, MONTH).difference
    assert found.compared_with["validated.goods_and_services"] == {f"ft900 exhibit_1 {EARLY}": None, f"ft900 exhibit_1 {LATE}": MONTH}
    expected = publication(in_two_months, NEXT).difference

    def of_later(changes: Any) -> set[tuple[Any, ...]]:
        return {(each.table, each.series, each.period, each.column, each.former, each.now) for each in changes}

    assert of_later(found.changes) == of_later(expected.changes)
    assert ("validated.goods_and_services", "", EARLY, "exports_goods_musd", "1238", "1239") in of_later(found.changes)
    assert found.losses == expected.losses == ()
    # The year to date that gave way to the next, of three years and nine columns, is no loss.
    rolled = [each for each in expected.rolled_off if each.table == "validated.goods_and_services"]
    assert sum(each.figures for each in rolled) == 27
    assert sum(each.figures for each in found.rolled_off if each.table == "validated.goods_and_services") == 27


# Prints and knowledge


def test_prints_follow_in_the_order_of_releases(tmp_path: Path) -> None:
    root = store(tmp_path / "store", (MONTH, MONTH), is_late_first=True)
    build_prints(root, MONTH)
    with Vintages(root) as vintages:
        triangle = vintages.revision_triangle("exports.goods", period=EARLY)
        assert triangle[["print", "value", "reference_month", "release_number"]].to_numpy().tolist() == [
            [1, 1238.0, EARLY, 1], [2, 1239.0, LATE, 2],
        ]  # fmt: skip
        assert values(vintages.as_known("2026-01-31"))["value"]["exports.goods", EARLY] == 1239
        published = vintages.as_published(MONTH)
        assert published.groupby("reference_month").size().index.tolist() == [EARLY, LATE]
        first = values(vintages.first_published())
        assert first["value"]["exports.goods", EARLY] == 1238 and first["value"]["exports.goods", LATE] == 1245
        assert ("exports.goods", "2024-03") not in first.index  # printed first by a release that is not in the store
        assert not values(vintages.nth_print(1))["is_first_published"]["exports.goods", "2024-03"]
    known = values(knowledge(root, MONTH), "reference_month")["value"]
    assert (known[EARLY, "exports.goods", EARLY], known[LATE, "exports.goods", EARLY]) == (1238, 1239)


def test_what_is_issued_again_after_a_later_release_is_never_current(tmp_path: Path) -> None:
    root = store(tmp_path / "store", (MONTH, MONTH), is_dated=True)
    erratum = exhibit(EARLY, wrong=901)
    put(root, tmp_path, erratum, MONTH, published_date="2026-01-30")
    build_prints(root, MONTH)
    with Vintages(root) as vintages:
        triangle = vintages.revision_triangle("exports.services", period="2024-03")
        prints = triangle[["reference_month", "edition", "known_from", "valid_until"]]
        assert prints.fillna("").to_numpy().tolist() == [
            [EARLY, 1, "2026-01-08", "2026-01-27"], [EARLY, 2, "2026-01-30", "2026-01-30"], [LATE, 1, "2026-01-27", ""],
        ]  # fmt: skip


def test_what_a_shorter_second_issue_leaves_out_stays_known(tmp_path: Path) -> None:
    root = DataRoot.of(tmp_path / "data")
    put(root, tmp_path, exhibit(LATE), MONTH, published_date="2026-01-08")
    rows = exhibit_1(2024, (2025, 11))  # without 2023
    put(root, tmp_path, xlsx(rows), MONTH, published_date="2026-01-20")
    build_prints(root, MONTH)
    known = values(knowledge(root, MONTH))["value"]
    assert known["exports.goods", "2023-01"] == 1007  # as the first issue printed it
    assert known["exports.goods", "2024-01"] == 1007  # months of the second are counted from 2024 on


def test_a_later_release_received_first_makes_nothing_stale(tmp_path: Path) -> None:
    """FRED's balance as of 2026-02-22 and as of 2026-03-15: twelve months were revised between."""
    names = ("BOPGSTB_asof_2026-03-15.csv", "BOPGSTB_asof_2026-02-22.csv")
    root = DataRoot.of(tmp_path / "data")
    for name in names:  # the newer one first
        ingest(root, shared_sample(f"fred/{name}"), release_month="2026-03")
    build_prints(root, "2026-03")
    newer = pd.read_csv(shared_sample(f"fred/{names[0]}"), index_col=0).iloc[:, 0]
    with Vintages(root) as vintages:
        latest = vintages.latest("fred").set_index("period")["value"]
    assert [month for month in newer.index if latest[month[:7]] != newer[month]] == []


def test_prints_of_an_earlier_version_are_read(tmp_path: Path) -> None:
    """Partitions without releases and printed values, as version 0.1 wrote them before: value is what is printed, whatever is decided."""
    import io

    import pyarrow.parquet as pq

    from trade_assets.warehouse.partitions import location, partition_place

    root = store(tmp_path / "store", (MONTH, NEXT))
    for month in (MONTH, NEXT):
        build_prints(root, month)
        table = pq.read_table(io.BytesIO(root.read(*partition_place(root, PRINTS, month))))
        frame = table.to_pandas()
        frame["value"], frame["decimals"] = frame["printed_value"], frame["printed_decimals"]
        new = ("printed_value", "printed_decimals", "reference_month", "release_number")
        older = [name for name in table.column_names if name not in new]
        buffer = io.BytesIO()
        pq.write_table(table.from_pandas(frame, preserve_index=False).select(older), buffer)
        root.write(buffer.getvalue(), *location(PRINTS, month))
        Path(root.path("warehouse", "commits", f"{month}.json")).unlink()
    with Vintages(root) as vintages:
        latest = values(vintages.latest())
        wrong = latest.loc[("exports.services", "2024-03")]
        assert pd.isna(wrong["value"]) and wrong["printed_value"] == 300 + 3 * 15 + 900 and pd.notna(wrong["held_by"])
        assert latest["value"]["exports.goods", EARLY] == 1239
        assert values(vintages.first_published())["value"]["exports.goods", EARLY] == 1238


# The store


def test_documents_of_a_month_are_ordered_by_what_they_print(tmp_path: Path) -> None:
    root = store(tmp_path / "store", (MONTH, MONTH), is_late_first=True)
    documents = documents_of(root, MONTH)
    assert [(document.reference_month, is_current) for document, is_current in documents] == [(EARLY, True), (LATE, True)]
    assert list(release_numbers(document for document, _ in documents).values()) == [1, 2]
    # A sidecar of an earlier version does not say the reference month; it is found in the document.
    for document, _ in documents:
        sidecar = Path(root.path("raw", MONTH, f"{document.stem}.yaml"))
        lines = sidecar.read_text(encoding="utf-8").splitlines()
        sidecar.write_text("\n".join(line for line in lines if not line.startswith("reference_month")) + "\n", encoding="utf-8")
    assert documents_of(root, MONTH) == documents


def test_the_same_bytes_are_published_once(tmp_path: Path) -> None:
    root = DataRoot.of(tmp_path / "data")
    sha256 = put(root, tmp_path, EARLY_RELEASE, MONTH)
    with pytest.raises(ReadError, match=rf"raw/{MONTH}/ft900-{sha256[:12]}\.xlsx"):
        put(root, tmp_path, EARLY_RELEASE, NEXT)
    assert survey(root, NEXT) == ([], [])


@pytest.mark.parametrize("how", ["option", "sidecar", "file_name"])
def test_a_release_month_before_the_latest_printed_month_is_refused(tmp_path: Path, how: str) -> None:
    root = DataRoot.of(tmp_path / "data")
    file = tmp_path / ("2025-09.exhibit.xlsx" if how == "file_name" else "exhibit.xlsx")
    file.write_bytes(EARLY_RELEASE)
    if how == "sidecar":
        file.with_name(f"{file.name}.yaml").write_text("release_month: 2025-09\n")
    with pytest.raises(ReadError, match=f"no earlier than {EARLY}, the latest month that the document prints, found 2025-09"):
        ingest(root, file, release_month="2025-09" if how == "option" else None)
    assert root.names("raw") == []


def test_a_day_that_comes_after_its_document_is_taken(tmp_path: Path) -> None:
    root = DataRoot.of(tmp_path / "data")
    put(root, tmp_path, EARLY_RELEASE, MONTH)
    assert documents_of(root, MONTH)[0][0].known_from == ("2026-01-31", "month")
    put(root, tmp_path, EARLY_RELEASE, MONTH, published_date="2026-01-08")
    assert documents_of(root, MONTH)[0][0].known_from == ("2026-01-08", "stated")
    with pytest.raises(ReadError, match="published_date 2026-01-08, as the store has it"):
        put(root, tmp_path, EARLY_RELEASE, MONTH, published_date="2026-01-09")
    assert documents_of(root, MONTH)[0][0].published_date == "2026-01-08"


def test_october_2025_has_no_release_and_no_release_is_invented(in_one_month: DataRoot) -> None:
    assert openpyxl.load_workbook(Path(in_one_month.path("raw", MONTH, in_one_month.names("raw", MONTH)[0])))  # a real workbook
    revisions = read_months(in_one_month, REVISIONS, [MONTH])
    assert set(zip(revisions["former_reference_month"], revisions["reference_month"], strict=True)) == {(EARLY, LATE)}
    assert set(revisions["former_release_month"]) == {MONTH}
