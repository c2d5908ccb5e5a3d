"""The bitemporal store: as published, as known, first, n-th and all prints, against a memory that the tests keep themselves."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trade_assets.documents.ingest import ingest
from trade_assets.facts.periods import add_months, last_day, month
from trade_assets.facts.tables import FACTS, HISTORY, IN_DATABASE, PRINTS
from trade_assets.vintages.history import FILE, UnknownVintageError, Vintages, is_stale, refresh_history
from trade_assets.vintages.knowledge import knowledge, numbered_prints
from trade_assets.warehouse import database
from trade_assets.warehouse.partitions import read_partition, write_partition
from trade_assets.warehouse.root import DataRoot
from trade_assets_tests.made_files import exhibit_1, xlsx
from trade_assets_tests.printed_months import prints_frame, write_prints
from trade_assets_tests.released_samples import build_prints


def _fact(series: str, period: str, value: float | None, **more: Any) -> dict[str, Any]:
    return {"series": series, "period": period, "value": value, **more}


@pytest.fixture
def root(tmp_path: Path) -> DataRoot:
    return DataRoot(str(tmp_path / "data"))


def _values(frame: pd.DataFrame) -> dict[tuple[str, str], float | None]:
    return {(row["series"], row["period"]): None if pd.isna(row["value"]) else row["value"] for row in frame.to_dict("records")}


def test_a_reissue_within_the_month_is_current_from_its_day(root: DataRoot) -> None:
    issue = {"known_from_is": "stated", "sha256": "1" * 64, "known_from": "2020-03-05", "is_current": False}
    reissue = {"known_from_is": "stated", "sha256": "2" * 64, "known_from": "2020-03-20", "edition": 2}
    facts = [_fact("exports.goods", "2020-01", 1.0, **issue), _fact("exports.goods", "2020-01", 2.0, **reissue)]
    write_prints(root, prints_frame("2020-03", facts))
    with Vintages(root) as vintages:
        found = [vintages.as_known(day)["value"].tolist() for day in ("2020-03-19", "2020-03-20", "2020-03-21")]
        assert found == [[1.0], [2.0], [2.0]]
        assert vintages.as_known(dt.date(2020, 3, 5))["value"].tolist() == [1.0]
        assert vintages.as_published("2020-03")["value"].tolist() == [2.0]
        assert vintages.nth_print(1)["value"].tolist() == [1.0]
        assert vintages.nth_print(2)["value"].tolist() == [2.0]
        with pytest.raises(TypeError):
            vintages.nth_print(1.5)  # type: ignore[arg-type]  # what a notebook may pass
        triangle = vintages.revision_triangle("exports.goods", period="2020-01")
        assert triangle[["value", "print", "known_from", "valid_until"]].fillna("").to_numpy().tolist() == [
            [1.0, 1, "2020-03-05", "2020-03-20"], [2.0, 2, "2020-03-20", ""],
        ]  # fmt: skip


def test_what_was_not_known_is_an_error_and_not_the_earliest_figure(root: DataRoot) -> None:
    with Vintages(root) as vintages, pytest.raises(UnknownVintageError, match=f"no release is known under {root.url}"):
        vintages.as_known("2020-01-01")
    write_prints(root, prints_frame("2020-03", [_fact("exports.goods", "2020-01", 1.0)]))
    with Vintages(root) as vintages:
        for day, family in (("2020-03-30", None), ("2020-03-30", "ft900"), ("2021-01-01", "mxp")):
            with pytest.raises(UnknownVintageError, match=f"was known on {day}"):
                vintages.as_known(day, family)
        assert len(vintages.as_known("2020-03-31")) == 1
        for asked in ("2020-02", "2020-04"):
            with pytest.raises(UnknownVintageError, match=f"no release of any family in {asked}"):
                vintages.as_published(asked)
        with pytest.raises(UnknownVintageError, match=r"no print of exports\.goods value 1999-01"):
            vintages.revision_triangle("exports.goods", period="1999-01")
        for number in (0, 2, 10**9):
            with pytest.raises(UnknownVintageError, match=f"no print {number} of any family; they count from 1 to 1"):
                vintages.nth_print(number)
        with pytest.raises(ValueError, match="'soon' is no day"):
            vintages.as_known("soon")


def test_the_questions_are_one_line_of_sql_each(root: DataRoot) -> None:
    for number in range(3):
        write_prints(root, prints_frame(month(2020, number + 1), [_fact("exports.goods", "2019-12", 10.0 + number)]))
    refresh_history(root)
    database.refresh(root, IN_DATABASE)
    with duckdb.connect(root.path("warehouse", "trade.duckdb"), read_only=True) as connection:
        for question, expected in {
            "as_published('2020-02')": [11.0],
            "as_published('2020-02', of_family := 'ft900')": [11.0],
            "as_known('2020-02-29')": [11.0],
            "as_known(DATE '2020-02-28')": [10.0],
            "latest()": [12.0],
            "nth_print(1)": [10.0],
            "nth_print(3, of_family := 'ft900')": [12.0],
            "revision_triangle('exports.goods')": [10.0, 11.0, 12.0],
            "revision_triangle('exports.goods', of_period := '2019-12')": [10.0, 11.0, 12.0],
        }.items():
            assert [row[0] for row in connection.execute(f"SELECT value FROM vintages.{question}").fetchall()] == expected, question
        with pytest.raises(duckdb.InvalidInputException, match="nothing of any family was known on 2020-01-30"):
            connection.execute("SELECT * FROM vintages.as_known('2020-01-30')").fetchall()
        for question, said in {
            "as_known('2020-1-2')": "nothing of any family was known on 2020-01-02",
            "as_known(NULL)": "was known on NULL",
            "as_published('2019-12')": "no release of any family in 2019-12; releases are of 2020-01 to 2020-03",
            "as_published(202002)": "no release of any family in 202002",
            "as_published(DATE '2020-02-01')": "no release of any family in 2020-02-01",
            "as_published('')": "no release of any family in ",
            # Days of other than four digits, and those that are none, are not in order as text.
            "as_known('10000-01-01')": "was known on 10000-01-01, which is no YYYY-MM-DD",
            "as_known('20201-01-01')": "was known on 20201-01-01, which is no YYYY-MM-DD",
            "as_known('2020-03-31 (BC)')": "which is no YYYY-MM-DD",
            "as_known('infinity')": "was known on infinity, which is no YYYY-MM-DD",
            "as_known('2020-01-30', of_family := '')": "nothing of  was known on 2020-01-30",
            "as_published(NULL)": "no release of any family in NULL",
            "as_published('2020-02', of_family := 'mxp')": "no release of mxp in 2020-02",
            "latest(of_family := 'typo')": "no release of typo is known",
            "nth_print(0)": "no print 0 of any family; they count from 1 to 3",
            "nth_print(-1)": "no print -1 of any family",
            "nth_print(1.5)": "no print 1.5 of any family",
            "nth_print(4)": "no print 4 of any family; they count from 1 to 3",
            "nth_print(NULL)": "no print NULL of any family",
            "nth_print(1, of_family := 'typo')": "no print 1 of typo",
            "revision_triangle('nope')": "no print of nope value",
            "revision_triangle(NULL)": "no print of NULL value",
            "revision_triangle('exports.goods', of_measure := 'index')": r"no print of exports\.goods index by any family",
            "revision_triangle('exports.goods', of_period := '2019-11')": r"no print of exports\.goods value 2019-11",
            "revision_triangle('exports.goods', of_period := 2019)": r"no print of exports\.goods value 2019",
            "revision_triangle('exports.goods', of_family := 'mxp')": r"no print of exports\.goods value by mxp",
        }.items():
            with pytest.raises(duckdb.InvalidInputException, match=said):
                connection.execute(f"SELECT * FROM vintages.{question}").fetchall()
            # Also where only a count is asked for, and where the arguments come later.
            with pytest.raises(duckdb.InvalidInputException, match=said):
                connection.execute(f"SELECT count(*) FROM vintages.{question}").fetchall()
            # And whatever condition is put behind it.
            for condition in ("series = 'exports.goods'", "value > 0 AND period = '2019-11'", "is_main", "print = 1"):
                with pytest.raises(duckdb.InvalidInputException, match=said):
                    connection.execute(f"SELECT value FROM vintages.{question} WHERE {condition}").fetchall()
        for number in (1.5, 4, -1, None):
            with pytest.raises(duckdb.InvalidInputException, match="no print"):
                connection.execute("SELECT * FROM vintages.nth_print(?)", [number]).fetchall()


def test_two_documents_of_one_day_speak_once(root: DataRoot) -> None:
    facts = [
        _fact("exports.goods", "2019", 5.0, product="annual", sha256="a" * 64),
        _fact("exports.goods", "2019", 5.0, product="exhibit_1", sha256="b" * 64),
        _fact("exports.goods", "2018", 4.0, product="annual", sha256="a" * 64),
        _fact("exports.goods", "2018", None, product="", sha256="c" * 64),
    ]
    write_prints(root, prints_frame("2020-03", facts))
    with Vintages(root) as vintages:
        known = vintages.as_known("2020-03-31")
        assert _values(known) == {("exports.goods", "2019"): 5.0, ("exports.goods", "2018"): 4.0}
        assert len(vintages.nth_print(1)) == 2
        with pytest.raises(UnknownVintageError, match="no print 2 of any family; they count from 1 to 1"):
            vintages.nth_print(2)
        assert len(vintages.as_published("2020-03")) == 4  # each document whole
    assert _values(knowledge(root, "2020-03")) == {("exports.goods", "2019"): 5.0, ("exports.goods", "2018"): 4.0}


def test_the_history_follows_the_partitions(root: DataRoot) -> None:
    assert refresh_history(root) is False
    write_prints(root, prints_frame("2020-03", [_fact("exports.goods", "2020-01", 1.0)]))
    assert is_stale(root)
    assert refresh_history(root) is True
    before = root.read(*FILE)
    assert refresh_history(root) is False
    assert root.read(*FILE) == before
    write_prints(root, prints_frame("2020-02", [_fact("exports.goods", "2020-01", 3.0)]))
    with Vintages(root) as vintages:
        assert vintages.nth_print(1)["value"].tolist() == [3.0]
        assert vintages.nth_print(2)["value"].tolist() == [1.0]
    write_partition(root, PRINTS, "2020-02", read_partition(root, PRINTS, "2020-02").iloc[:0])
    with Vintages(root) as vintages:
        assert vintages.revision_triangle("exports.goods")["value"].tolist() == [1.0]


def test_the_history_stands_on_object_storage_too() -> None:
    root = DataRoot("memory://history")
    write_prints(root, prints_frame("2020-03", [_fact("exports.goods", "2020-01", 1.0)]))
    with Vintages(root) as vintages:
        assert vintages.as_known("2020-04-01")["value"].tolist() == [1.0]


_MONTHS = [month(2020, number) for number in range(1, 7)]
_RELEASES = st.dictionaries(
    st.sampled_from(_MONTHS),
    st.lists(  # the editions of a month: a day each, and the figures it prints
        st.tuples(
            st.integers(1, 28),
            st.dictionaries(st.sampled_from(["2019-10", "2019-11", "2019-12"]), st.none() | st.integers(0, 9), min_size=1),
        ),
        min_size=1, max_size=3,
    ),
    min_size=1,
)  # fmt: skip


def _written(root: DataRoot, releases: dict[str, list[tuple[int, dict[str, int | None]]]]) -> list[tuple[str, dict[str, int | None]]]:
    """Write made-up releases; what was published, day by day, in order."""
    published = []
    for release_month in sorted(releases):
        editions = sorted(releases[release_month], key=lambda edition: edition[0])
        facts = []
        for number, (day, figures) in enumerate(editions, start=1):
            known_from = f"{release_month}-{day:02d}"
            published.append((known_from, figures))
            is_last, sha256 = number == len(editions), f"{release_month.replace('-', '')}{day:026x}{number:032x}"
            of_edition = {"edition": number, "is_current": is_last, "known_from": known_from, "sha256": sha256}
            facts += [_fact("exports.goods", period, value, **of_edition) for period, value in figures.items()]
        write_prints(root, prints_frame(release_month, facts, known_from_is="stated"))
    return published


def test_validity_has_neither_overlap_nor_hole_and_as_of_is_what_was_last_said(
    tmp_path_factory: pytest.TempPathFactory, is_whole: bool
) -> None:
    @settings(max_examples=8 if is_whole else 3)
    @given(_RELEASES)
    def holds(releases: dict[str, list[tuple[int, dict[str, int | None]]]]) -> None:
        root = DataRoot(str(tmp_path_factory.mktemp("history")))
        published = _written(root, releases)
        with Vintages(root) as vintages:
            most = max(Counter(period for _, figures in published for period in figures).values())
            everything = pd.concat([vintages.nth_print(number) for number in range(1, most + 1)])
            with pytest.raises(UnknownVintageError, match=f"they count from 1 to {most}"):
                vintages.nth_print(most + 1)
            assert len(everything) == sum(len(figures) for _, figures in published)
            for _, prints in everything.groupby("period"):
                ordered = prints.sort_values("print")
                assert ordered["print"].tolist() == list(range(1, len(ordered) + 1))
                assert ordered["valid_until"].tolist()[:-1] == ordered["known_from"].tolist()[1:]
                assert ordered["valid_until"].isna().tolist() == [False] * (len(ordered) - 1) + [True]
            first = published[0][0]
            days = sorted({day for known_from, _ in published for day in _around(known_from)})
            for day in days:
                expected: dict[tuple[str, str], float | None] = {}
                for known_from, figures in published:
                    if known_from <= day:
                        expected.update({("exports.goods", period): value for period, value in figures.items()})
                if day < first:
                    with pytest.raises(UnknownVintageError):
                        vintages.as_known(day)
                else:
                    assert _values(vintages.as_known(day)) == expected
            for release_month in _MONTHS:
                if release_month >= min(releases):
                    end = last_day(release_month)
                    assert _values(knowledge(root, release_month)) == _values(vintages.as_known(end))

    holds()


def _around(day: str) -> list[str]:
    at = dt.date.fromisoformat(day)
    return [(at + dt.timedelta(days=days)).isoformat() for days in (-1, 0, 1)]


@pytest.mark.slow
def test_400_releases_are_each_known_as_published(root: DataRoot, tmp_path: Path) -> None:
    """Consecutive Exhibits of two years and more, each a workbook: read, kept, and asked for again, fact by fact."""
    columns = ["series", "measure", "period", "value", "decimals", "flags", "gap", "unit"]
    known: dict[tuple[str, ...], Any] = {}
    parsed: dict[str, list[list[Any]]] = {}
    known_then: dict[str, dict[tuple[str, ...], Any]] = {}
    for number in range(400):
        latest = add_months("1992-01", number)
        release_month = add_months(latest, 2)
        file = tmp_path / f"{release_month}.xlsx"
        file.write_bytes(xlsx(exhibit_1(int(latest[:4]) - 2, (int(latest[:4]), int(latest[5:])))))
        ingest(root, file, now=dt.datetime(2026, 11, 1, tzinfo=dt.UTC))
        build_prints(root, release_month)
        facts = read_partition(root, FACTS["ft900"], release_month)
        rows = facts[columns].astype(object).where(facts[columns].notna(), None)
        parsed[release_month] = sorted(rows.to_numpy().tolist(), key=str)
        known.update({tuple(row[:3]): row[3] for row in parsed[release_month]})
        known_then[release_month] = dict(known)
    differing, compared = 0, 0
    with Vintages(root) as vintages:
        for release_month, rows in parsed.items():
            frame = vintages.as_published(release_month)[columns]
            differing += sorted(frame.astype(object).where(frame.notna(), None).to_numpy().tolist(), key=str) != rows
            at_end = vintages.as_known(last_day(release_month))
            found = {
                (series, measure, period): None if pd.isna(value) else value
                for series, measure, period, value in at_end[columns[:4]].itertuples(index=False)
            }
            differing += found != known_then[release_month]
            compared += len(rows)
        # Each month but those of the first three years was first printed by its own release.
        first = vintages.nth_print(1)
        own = first[(first["measure"] == "value") & first["period"].str.fullmatch(r"\d{4}-\d\d") & (first["period"] >= "1992-02")]
        assert set(own["value"].isna()) == {False}
        assert (own["release_month"] == own["period"].map(lambda period: add_months(period, 2))).all()
    assert differing == 0
    assert compared > 100_000


def test_knowledge_of_a_month_reads_no_later_file(root: DataRoot) -> None:
    facts = [_fact("exports.goods", "2019-11", 1.0), _fact("exports.goods", "2019-12", None, gap="suppressed")]
    write_prints(root, prints_frame("2020-01", facts))
    write_prints(root, prints_frame("2020-02", [_fact("exports.goods", "2019-11", 2.0, held_by="0" * 12)]))
    write_prints(root, prints_frame("2020-03", [_fact("exports.goods", "2019-11", 3.0, corrected_value=4.0, corrected_decimals=0)]))
    root.write(b"this is no Parquet file", "warehouse", "vintages", "prints", "release_month=2020-04", "data.parquet")
    first, second, third = (knowledge(root, release_month) for release_month in ("2020-01", "2020-02", "2020-03"))
    assert first.set_index("period")["gap"].fillna("").to_dict() == {"2019-11": "", "2019-12": "suppressed"}
    assert first.set_index("period")["value"].fillna(-1).to_dict() == {"2019-11": 1.0, "2019-12": -1.0}
    assert second.set_index("period").loc["2019-11", ["gap", "published_in"]].tolist() == ["withheld_by_issue_000000000000", "2020-02"]
    assert second["value"].isna().all()
    assert third.set_index("period").loc["2019-11", "value"] == 4.0
    unread = knowledge(root, "2020-03", unread=["ft900"])
    assert unread.set_index("period").loc["2020-01", "gap"] == "not_read"


def test_the_tables_say_their_keys() -> None:
    assert set(PRINTS.key) <= set(PRINTS.by_name)
    assert [name for name in HISTORY.dtypes if name not in PRINTS.dtypes] == ["print", "is_first_published", "is_main", "valid_until"]


def test_the_empty_row_of_a_month_to_come_is_no_print(root: DataRoot) -> None:
    ahead = _fact("exports.goods", "2020-02", None, gap="not_yet_released")
    write_prints(root, prints_frame("2020-03", [_fact("exports.goods", "2020-01", 1.0), ahead]))
    write_prints(root, prints_frame("2020-04", [_fact("exports.goods", "2020-01", 2.0), _fact("exports.goods", "2020-02", 3.0)]))
    write_prints(root, prints_frame("2020-05", [_fact("exports.goods", "2020-01", 2.0), _fact("exports.goods", "2020-02", 4.0)]))
    with Vintages(root) as vintages:
        assert _values(vintages.nth_print(1)) == {("exports.goods", "2020-01"): 1.0, ("exports.goods", "2020-02"): 3.0}
        assert _values(vintages.nth_print(2)) == {("exports.goods", "2020-01"): 2.0, ("exports.goods", "2020-02"): 4.0}
        known = vintages.as_known("2020-03-31").set_index("period")
        assert known["gap"].fillna("").to_dict() == {"2020-01": "", "2020-02": "not_yet_released"}
        assert known.loc["2020-02", ["print", "valid_until"]].tolist() == [0, "2020-04-30"]
    numbered = numbered_prints(root, "2020-05")
    of_february = numbered[numbered["period"] == "2020-02"]
    assert of_february[["print", "value", "release_month"]].to_numpy().tolist() == [[1, 3.0, "2020-04"], [2, 4.0, "2020-05"]]


def test_without_a_release_no_print_is_numbered_and_what_was_known_stays_known(root: DataRoot) -> None:
    assert knowledge(root, "2020-03").empty and numbered_prints(root, "2020-03").empty
    write_prints(root, prints_frame("2020-03", [_fact("exports.goods", "2020-01", 1.0)]))
    assert knowledge(root, "2020-02").empty and numbered_prints(root, "2020-02").empty
    without = numbered_prints(root, "2020-04")
    assert without.empty and set(without.columns) >= set(numbered_prints(root, "2020-03").columns)
    assert knowledge(root, "2020-04")[["period", "value", "published_in"]].to_numpy().tolist() == [["2020-01", 1.0, "2020-03"]]


def test_a_first_print_is_an_estimate_only_of_the_latest_month_of_its_document(root: DataRoot) -> None:
    write_prints(root, prints_frame("2020-03", [_fact("exports.goods", period, 1.0) for period in ("2019-12", "2020-01")]))
    write_prints(root, prints_frame("2020-05", [_fact("exports.goods", period, 2.0) for period in ("2020-01", "2020-02", "2020-03")]))
    numbered = numbered_prints(root, "2020-05").drop_duplicates("period").set_index("period")["is_first_estimate"]
    # February was first published by the release of April, which is not in the store.
    assert numbered.to_dict() == {"2019-12": False, "2020-01": True, "2020-02": False, "2020-03": True}


def test_two_documents_of_a_month_are_one_print_whatever_their_days(root: DataRoot) -> None:
    for number in range(1, 4):
        facts = [
            _fact("imports.all", "2019-12", float(number), known_from=f"2020-0{number}-10", sha256=f"{number}" * 64),
            _fact("imports.all", "2019-12", float(number), product="EIUIR", sha256=f"{number + 3}" * 64),
            _fact("imports.all", "2019-11", 7.0, product="EIUIR", sha256=f"{number + 3}" * 64),
        ]
        write_prints(root, prints_frame(f"2020-0{number}", facts, family="mxp"))
    with Vintages(root) as vintages:
        triangle = vintages.revision_triangle("imports.all", period="2019-12")
        assert triangle[["print", "value", "known_from"]].to_numpy().tolist() == [
            [1, 1.0, "2020-01-10"], [2, 2.0, "2020-02-10"], [3, 3.0, "2020-03-10"],
        ]  # fmt: skip
        assert vintages.nth_print(2)["value"].tolist() == [7.0, 2.0]
    numbered = numbered_prints(root, "2020-03")
    assert numbered[numbered["period"] == "2019-12"]["print"].tolist() == [1, 2, 3]
