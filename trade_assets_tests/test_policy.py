"""The publishers' revision policies: which months each window has, who says so, and what the samples show of it.

Expected windows are worked out by hand from the cited texts: a release of FT-900 is due two months after its latest month L, so
those of March, June, September and December have L January, April, July and October, and revise the six months before L.
"""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import openpyxl
import pytest

from trade_assets.documents.ingest import ingest
from trade_assets.facts.declared import INFERRED, Declared
from trade_assets.facts.periods import MONTH_NAMES, add_months
from trade_assets.vintages.policy import Policy, Window, policies, releases_since, said_of
from trade_assets.vintages.revisions import OUTSIDE, UNMARKED, compare_month
from trade_assets.warehouse.root import DataRoot
from trade_assets_tests.printed_months import prints_frame, write_prints
from trade_assets_tests.released_samples import build_prints
from trade_assets_tests.shared_documents import shared_sample

_COLUMNS = [f"{flow}.{kind}" for flow in ("balance", "exports", "imports") for kind in ("total", "goods", "services")]
_EXHIBIT_1 = {
    "2021-05": "ft900-exhibit-1/exh1_2021-03.xlsx", "2021-07": "ft900-exhibit-1/exh1_2021-05.xlsx",
    "2021-10": "ft900-2021-08/exh1.xlsx", "2022-02": "ft900-exhibit-1/exh1_2021-12.xlsx",
}  # fmt: skip


def _said(family: str, series: str, former: str, latest: str, measure: str, period: str) -> tuple[str, str] | None:
    return said_of(policies()[family].line_of(series), releases_since(former, latest), measure, period)


@pytest.mark.parametrize(
    ("series", "former", "latest", "period", "expected"),
    [
        ("exports.goods", "2020-07", "2020-08", "2020-07", ("monthly", "published")),
        ("exports.goods", "2020-07", "2020-08", "2020-06", ("outside", "published")),
        ("exports.goods", "2020-07", "2020-08", "2020", ("monthly", "published")),  # a sum over months of which one is open
        ("exports.goods", "2020-07", "2020-08", "2019", ("outside", "published")),
        ("exports.goods", "2020-07", "2020-08", "2020-01/2020-07", ("monthly", "published")),
        # September 2020: L is July; the six months before it are January to June.
        ("exports.goods", "2020-06", "2020-07", "2020-01", ("quarterly", "published")),
        ("exports.services", "2020-06", "2020-07", "2020-01", ("quarterly", "published")),
        ("exports.total", "2020-06", "2020-07", "2019-12", ("outside", "published")),
        ("exports.total", "2020-06", "2020-07", "2020-06", ("monthly", "published")),
        ("exports.total", "2020-06", "2020-07", "2019", ("outside", "published")),
        # The reference months March, June, September and December have no such window.
        *(("exports.services", add_months(latest, -1), latest, add_months(latest, -3), ("outside", "published"))
          for latest in ("2020-03", "2020-06", "2020-09", "2020-12")),
        # December 2020: L is October, April to September. March 2021: L is January, July to December.
        ("exports.services", "2020-09", "2020-10", "2020-04", ("quarterly", "published")),
        ("exports.services", "2020-09", "2020-10", "2020-03", ("outside", "published")),
        ("exports.services", "2020-12", "2021-01", "2020-07", ("quarterly", "published")),
        ("exports.services", "2020-12", "2021-01", "2020-06", ("outside", "published")),
        # The year at its end: goods and totals only, and nobody states it.
        ("exports.goods", "2020-12", "2021-01", "2020-07", ("quarterly", "published")),
        ("exports.goods", "2020-12", "2021-01", "2020-06", ("annual", "inferred")),
        ("exports.goods", "2020-11", "2020-12", "2020-01", ("annual", "inferred")),
        ("exports.goods", "2020-11", "2020-12", "2019-12", ("outside", "published")),
        ("exports.services", "2020-11", "2020-12", "2020-01", ("outside", "published")),
        # June 2021: L is April. Goods on BOP basis and services without a first year, goods on Census basis the three years before.
        ("exports.services", "2021-03", "2021-05", "2019-01", ("annual", "published")),  # the release of June lies in between
        ("exports.services", "2021-03", "2021-04", "1992-01", ("annual", "published")),
        ("exports.goods_bop_nsa", "2021-03", "2021-04", "1992-01", ("annual", "published")),
        ("exports.goods_census_nsa", "2021-03", "2021-04", "2018-01", ("annual", "published")),
        ("exports.goods_census_nsa", "2021-03", "2021-04", "2021-02", ("annual", "published")),
        ("exports.goods_census_nsa", "2021-03", "2021-04", "2017-12", ("outside", "inferred")),
        # The quarterly source data are BEA's: not of goods on Census basis.
        ("imports.goods_census_nsa", "2020-06", "2020-07", "2020-05", ("outside", "inferred")),
        ("imports.goods_census_nsa", "2020-06", "2020-07", "2020-06", ("monthly", "published")),
        ("imports.goods_adjustments_nsa", "2020-06", "2020-07", "2020-01", ("quarterly", "published")),
        ("balance.goods_bop_nsa", "2020-11", "2020-12", "2020-01", ("outside", "published")),  # nothing to balance without adjustment
        ("exports.total", "2021-03", "2021-03", "2021-02", ("monthly", "published")),  # a re-issue
        ("exports.total", "2021-04", "2021-05", "2021-05", ("outside", "published")),
    ],
)  # fmt: skip
def test_windows_of_trade(series: str, former: str, latest: str, period: str, expected: tuple[str, str]) -> None:
    for family in ("ft900", "fred"):
        assert _said(family, series, former, latest, "value", period) == expected


@pytest.mark.parametrize("family", ["mxp", "fred"])
@pytest.mark.parametrize(
    ("measure", "period", "expected"),
    [
        ("index", "2024-08", ("monthly", "published")),
        ("index", "2024-07", ("outside", "published")),
        ("percent_change", "2023-08/2024-08", ("monthly", "published")),
        ("percent_change", "2024-06/2024-07", ("outside", "published")),
    ],
)
def test_windows_of_prices(family: str, measure: str, period: str, expected: tuple[str, str]) -> None:
    assert _said(family, "imports.end_use.all_commodities", "2024-10", "2024-11", measure, period) == expected


@pytest.mark.parametrize(("family", "series"), [("fred", "imports.china.goods"), ("mxp", "exports.goods"), ("ft900", "exports.end_use.0")])
def test_of_series_without_a_line_nothing_is_said(family: str, series: str) -> None:
    assert _said(family, series, "2024-10", "2024-11", "value", "2024-01") is None
    assert said_of(policies()["ft900"].line_of("exports.goods"), ["2024-11"], "value", None) is None


def _declared(policy: Policy) -> list[Declared]:
    return [*policy.lines, *(window for line in policy.lines for window in line.windows), *([policy.marks] if policy.marks else [])]


def test_every_window_line_and_mark_says_who_says_so() -> None:
    for policy in policies().values():
        for each in _declared(policy):
            assert each.authority in ("published", "inferred")
            assert len(each.source) > 40
            assert each.is_inferred or any(name in each.source for name in ("export.gov", "BLS", "Census Bureau"))
    # What the samples alone show: the end of the year, where marks stand, and that no other figures on Census basis are revised.
    inferred = [each for each in _declared(policies()["ft900"]) if each.is_inferred]
    assert [type(each).__name__ for each in inferred] == ["Line", "Window", "Marks"]
    (of_fred,) = (line for line in policies()["fred"].lines if line.is_inferred)
    assert of_fred.series.fullmatch("exports.goods_census_nsa")


@pytest.mark.parametrize(("source", "authority"), [("", "inferred"), ("BLS", "published"), ("BLS, 2018", "official"), ("  ", "definition")])
def test_half_a_declaration_is_refused(source: str, authority: str) -> None:
    with pytest.raises(ValueError, match=r"declared rule needs a source|document with its year"):
        Window(kind="monthly", months="m", opens=lambda latest, found: True, source=source, authority=authority)  # type: ignore[arg-type]


def test_a_finding_on_an_inferred_rule_says_so_and_one_on_a_stated_rule_does_not(tmp_path: Path) -> None:
    root = DataRoot(str(tmp_path / "data"))
    for latest, value in (("2020-05", 1.0), ("2020-06", 2.0)):
        facts = [
            {"series": series, "period": period, "value": value if period == "2020-01" else 5.0, "table": "goods_on_two_bases"}
            for series in ("exports.goods_bop_nsa", "exports.goods_census_nsa")
            for period in ("2020-01", latest)
        ]
        write_prints(root, prints_frame(add_months(latest, 2), facts, product="exhibit_12"))
    findings = compare_month(root, "2020-08").findings
    assert sorted(findings["check"]) == [UNMARKED, OUTSIDE, OUTSIDE]
    outside = findings[findings["check"] == OUTSIDE]
    said = dict(zip(outside["series"], outside["sentence"], strict=True))
    assert said["exports.goods_census_nsa"].endswith(f"({INFERRED})")
    assert INFERRED not in said["exports.goods_bop_nsa"]
    assert findings.loc[findings["check"] == UNMARKED, "sentence"].str.endswith(f"({INFERRED})").all()


def _exhibit_rows(name: str) -> dict[str, tuple[int, ...]]:
    """The months of an Exhibit 1 with their nine figures, read by label alone."""
    found, year = {}, ""
    for row in openpyxl.load_workbook(shared_sample(name), data_only=True).active.iter_rows(values_only=True):
        label = str(row[0] or "").replace("(R)", "").strip()
        if label.isdigit():
            year = label
        elif label in MONTH_NAMES and isinstance(row[1], int):
            found[f"{year}-{MONTH_NAMES.index(label) + 1:02d}"] = tuple(row[1:10])
    return found


@pytest.fixture(scope="module")
def exhibits(tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    """The four Exhibits 1 of 2021 as releases, two months after their latest months."""
    folder = tmp_path_factory.mktemp("exhibits")
    root = DataRoot(str(folder / "data"))
    for release_month, name in _EXHIBIT_1.items():
        file = folder / f"{release_month}.xlsx"
        shutil.copyfile(shared_sample(name), file)
        file.with_name(f"{file.name}.yaml").write_text(f"release_month: {release_month}\n", encoding="utf-8")
        ingest(root, file)
        build_prints(root, release_month)
    return root


@pytest.mark.parametrize(
    ("former", "release_month", "rows", "expected"),
    [
        # The release of June lies in between: every month that both print.
        ("2021-05", "2021-07", 27, {("annual", "published"): 243}),
        # May was the month before in the release of June 2021; January to April are among the six before July.
        ("2021-07", "2021-10", 5, {("monthly", "published"): 9, ("quarterly", "published"): 36}),
        # In the release of December 2021 the six months before October are April to September. Of January to March the goods and the
        # totals moved, six figures a month, and the three of services did not.
        ("2021-10", "2022-02", 8, {("monthly", "published"): 9, ("quarterly", "published"): 36, ("annual", "inferred"): 18}),
    ],
)
def test_exhibits_of_2021_change_as_the_windows_say(
    exhibits: DataRoot, former: str, release_month: str, rows: int, expected: dict[tuple[str, str], int]
) -> None:
    before, after = (_exhibit_rows(_EXHIBIT_1[month]) for month in (former, release_month))
    changed = {
        (series, period): (float(before[period][at]), float(after[period][at]))
        for period in before.keys() & after.keys() for at, series in enumerate(_COLUMNS) if before[period][at] != after[period][at]
    }  # fmt: skip
    assert len({period for _, period in changed}) == rows
    compared = compare_month(exhibits, release_month)
    assert compared.findings.empty, compared.findings["sentence"].tolist()
    found = compared.revisions[(compared.revisions["kind"] == "changed") & (compared.revisions["period"].str.len() == 7)]
    read = {(row.series, row.period): (row.old_value, row.new_value) for row in found.itertuples()}
    assert read == changed
    assert found.groupby(["window", "window_authority"]).size().to_dict() == expected


def test_the_services_of_the_first_quarter_do_not_move_at_the_end_of_the_year() -> None:
    """What the inferred window of the year's end rests on: the goods of each month move alike, as when a year is distributed."""
    before, after = (_exhibit_rows(_EXHIBIT_1[month]) for month in ("2021-10", "2022-02"))
    moved = [[now - was for was, now in zip(before[period], after[period], strict=True)] for period in ("2021-01", "2021-02", "2021-03")]
    assert [[month[at] for at in (2, 5, 8)] for month in moved] == [[0, 0, 0]] * 3
    assert {month[1] for month in moved} == {621}
    assert all(month[4] == 193 and abs(month[7] + 428) <= 1 for month in moved)


def test_fred_copies_of_2026_change_as_the_windows_say() -> None:
    """L of the release of 2026-03-12 is January: July to December are stated, January to June are of the year's end."""

    def observations(day: str) -> dict[str, str]:
        with shared_sample(f"fred/BOPGSTB_asof_{day}.csv").open(encoding="utf-8", newline="") as file:
            return {row[0][:7]: row[1] for row in csv.reader(file) if row[0][0].isdigit()}

    before, after = observations("2026-02-22"), observations("2026-03-15")
    changed = [period for period, value in before.items() if after[period] != value]
    assert changed == [f"2025-{number:02d}" for number in range(1, 13)]
    said = [_said("fred", "balance.total", max(before), max(after), "value", period) for period in changed]
    assert max(after) == "2026-01"
    assert said == [("annual", "inferred")] * 6 + [("quarterly", "published")] * 5 + [("monthly", "published")]
