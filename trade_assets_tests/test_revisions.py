"""What a release changed: planted changes are found, and real consecutive releases show exactly what is there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from trade_assets.facts.periods import add_months, months_between
from trade_assets.vintages.revisions import (
    CHECKS,
    DIFFERENT,
    DISAGREEING,
    LAST_MONTH,
    LOST,
    OUTSIDE,
    UNCHANGED,
    UNMARKED,
    Compared,
    compare_month,
    summaries,
)
from trade_assets.warehouse.root import DataRoot
from trade_assets_tests.printed_months import prints_frame, write_prints

_SERIES = ("exports.total", "exports.goods", "exports.services")


@pytest.fixture
def root(tmp_path: Path) -> DataRoot:
    return DataRoot(str(tmp_path / "data"))


def _exhibit(latest: str, changed: dict[tuple[str, str], float] | None = None, marked: tuple[str, ...] = (), **more: Any) -> pd.DataFrame:
    """An Exhibit 1 of two years, released two months after its latest month; ``changed`` by series and month."""
    facts = []
    for period in months_between(add_months(latest, -24), latest):
        base = float(int(period[:4]) * 10 + int(period[5:]))
        for number, series in enumerate(_SERIES):
            value = (changed or {}).get((series, period), base + number)
            facts.append({"series": series, "period": period, "value": value, "flags": "r" if period in marked else ""})
    return prints_frame(add_months(latest, 2), facts, **({"product": "exhibit_1"} | more))


def _compared(root: DataRoot, *releases: pd.DataFrame) -> Compared:
    for frame in releases:
        write_prints(root, frame)
    return compare_month(root, str(releases[-1]["release_month"].iloc[0]))


def _found(compared: Compared) -> set[tuple[str, str, str]]:
    return set(compared.findings[["check", "series", "period"]].itertuples(index=False, name=None))


def test_nothing_is_compared_without_a_former_release(root: DataRoot) -> None:
    compared = _compared(root, _exhibit("2020-07"))
    assert compared.revisions.empty
    assert compared.findings.empty
    assert set(compared.evaluated) == set(CHECKS)
    assert sum(compared.evaluated.values()) == 0


def test_a_marked_revision_of_the_month_before_is_in_order(root: DataRoot) -> None:
    compared = _compared(root, _exhibit("2020-07"), _exhibit("2020-08", {("exports.goods", "2020-07"): 1.0}, ("2020-07",)))
    assert compared.findings.empty
    assert compared.evaluated[UNMARKED] == 24  # every month that both print, the months to which no window is open too
    assert compared.evaluated[UNCHANGED] == 1
    assert compared.evaluated[OUTSIDE] == 24 * 3
    kinds = compared.revisions.groupby("kind").size().to_dict()
    assert kinds == {"rolled_off": 3, "added": 3, "changed": 1}
    assert compared.revisions["kind"].tolist() == ["added"] * 3 + ["changed"] + ["rolled_off"] * 3
    changed = compared.revisions.iloc[3]
    assert changed[["old_value", "new_value", "revision", "flags", "window", "former_release_month"]].tolist() == [
        20208.0, 1.0, -20207.0, "r", "monthly", "2020-09",
    ]  # fmt: skip


def test_planted_changes_are_found(root: DataRoot) -> None:
    compared = _compared(
        root,
        _exhibit("2020-07"),
        _exhibit("2020-08", {("exports.goods", "2020-07"): 1.0, ("exports.services", "2019-03"): 2.0}, ("2019-12",)),
    )
    assert _found(compared) == {
        (UNMARKED, "exports.goods", "2020-07"),
        (UNMARKED, "exports.services", "2019-03"),
        (OUTSIDE, "exports.services", "2019-03"),
        (UNCHANGED, "exports.goods", "2019-12"),  # the first figure of the row stands for it
    }
    by_check = compared.findings[compared.findings["series"] == "exports.services"].set_index("check")["sentence"]
    assert by_check[OUTSIDE].startswith("exports.services 2019-03 was changed from 20,195 to 2, which no window")
    inferred = "(inferred: no publisher states the rule)"
    assert by_check[UNMARKED] == f"exports.services 2019-03 was changed from 20,195 to 2 without a mark {inferred}"
    assert by_check[OUTSIDE].endswith("revise: a reading error, or news")  # the publisher says that nothing else is revised
    unchanged = compared.findings.set_index("check").loc[UNCHANGED, "sentence"]
    assert unchanged == f"the row 2019-12 of goods_and_services is marked as revised and prints what it printed before {inferred}"


# Of each month that restates, and of one that does not, one within its window or at a year's end, and one beyond it.
IN_KIND = (0, 2, 5, 7, 8, 11, 14)


@pytest.mark.parametrize("seed", [pytest.param(seed, marks=() if seed in IN_KIND else pytest.mark.slow) for seed in range(20)])
def test_every_planted_kind_of_change_is_found_wherever_it_stands(root: DataRoot, seed: int) -> None:
    latest = add_months("2019-05", seed)
    former, at = _exhibit(add_months(latest, -1)), seed % 20
    period = add_months(latest, -2 - at)  # never the month before the latest: outside of the monthly window
    changed = {(_SERIES[seed % 3], period): -1.0}
    number, series = int(latest[5:]), _SERIES[seed % 3]
    of_year_end = number in (12, 1) and period[:4] == add_months(latest, -1)[:4]
    is_restated = number == 4 or (number in (1, 7, 10) and at < 5) or of_year_end  # five more months than the one before the latest
    is_open = is_restated and not (of_year_end and series == "exports.services" and (number == 12 or at >= 5))
    found = _found(_compared(root, former, _exhibit(latest, changed)))
    expected = set() if is_open else {(OUTSIDE, series, period)}
    assert found == (expected if is_restated else expected | {(UNMARKED, series, period)})
    assert _found(_compared(root, former, _exhibit(latest, {}, (period,)))) == {(UNCHANGED, "exports.goods", period)}


def test_of_a_release_that_is_not_in_the_store_nothing_is_asked(root: DataRoot) -> None:
    """The missing release may have changed and marked the month before its latest, and this one only prints the outcome."""
    compared = _compared(root, _exhibit("2020-06"), _exhibit("2020-08", {("exports.goods", "2020-06"): 1.0}, ("2020-07",)))
    assert compared.findings.empty
    assert compared.evaluated[UNMARKED] == compared.evaluated[UNCHANGED] == 0
    assert compared.evaluated[OUTSIDE] == 23 * 3
    assert compared.revisions.loc[compared.revisions["kind"] == "changed", "window"].tolist() == ["monthly"]


def test_a_reissue_is_compared_with_the_issue_before_it(root: DataRoot) -> None:
    first = _exhibit("2020-08", is_current=False, known_from="2020-10-05")
    second = _exhibit("2020-08", {("exports.goods", "2020-02"): 7.0}, edition=2, known_from="2020-10-20")
    compared = _compared(root, _exhibit("2020-07"), pd.concat([first, second], ignore_index=True))
    of_second = compared.revisions[compared.revisions["sha256"] == second["sha256"].iloc[0]]
    assert of_second[["series", "period", "former_release_month"]].to_numpy().tolist() == [["exports.goods", "2020-02", "2020-10"]]
    # Marks are asked against the release of the month before, whatever the first issue said.
    assert _found(compared) == {(OUTSIDE, "exports.goods", "2020-02"), (UNMARKED, "exports.goods", "2020-02")}


def test_the_marks_of_a_reissue_are_about_the_release_before(root: DataRoot) -> None:
    changed = {("exports.goods", "2020-07"): 7.0}
    first = _exhibit("2020-08", changed, ("2020-07",), is_current=False, known_from="2020-10-05")
    second = _exhibit("2020-08", changed, ("2020-07",), edition=2, known_from="2020-10-20")
    compared = _compared(root, _exhibit("2020-07"), pd.concat([first, second], ignore_index=True))
    assert compared.findings.empty
    assert compared.evaluated[UNCHANGED] == 2


def test_a_release_that_ends_early_is_judged_all_the_same(root: DataRoot) -> None:
    early = _exhibit("2020-06", {("exports.goods", "2019-01"): 7.0}).assign(release_month="2020-11")
    compared = _compared(root, _exhibit("2020-08"), early)
    assert _found(compared) == {(LOST, "exports.goods", "2020-08"), (OUTSIDE, "exports.goods", "2019-01")}
    assert set(compared.revisions.loc[compared.revisions["kind"] == "deleted", "period"]) == {"2020-07", "2020-08"}
    assert compared.revisions["kind"].iloc[0] == "deleted"


def _of_periods(release_month: str, *periods: str) -> pd.DataFrame:
    facts = [{"series": "exports.goods", "period": period, "value": 1.0} for period in periods]
    return prints_frame(release_month, facts, product="exhibit_1")


def test_a_year_to_date_gives_way_to_the_next_and_a_lost_year_is_a_loss(root: DataRoot) -> None:
    compared = _compared(
        root, _of_periods("2020-10", "2019-08", "2020-08", "2019", "2018", "2020-01/2020-08"),
        _of_periods("2020-11", "2019-08", "2020-08", "2018", "2020-01/2020-09"),
    )  # fmt: skip
    assert compared.revisions.set_index("period")["kind"].to_dict() == {
        "2019": "deleted", "2020-01/2020-09": "added", "2020-01/2020-08": "rolled_off",
    }  # fmt: skip


def test_in_december_a_year_to_date_gives_way_to_the_year_and_another_year_excuses_no_loss(root: DataRoot) -> None:
    compared = _compared(
        root, _of_periods("2021-01", "2018-01/2018-11", "2019-01/2019-11", "2020-01/2020-11"),
        _of_periods("2021-02", "2018-01/2018-11", "2020-12", "2020"),
    )  # fmt: skip
    assert compared.revisions.set_index("period")["kind"].to_dict() == {
        "2019-01/2019-11": "deleted", "2020-12": "added", "2020": "added", "2020-01/2020-11": "rolled_off",
    }  # fmt: skip


def test_a_lost_quarter_is_a_loss_though_a_later_one_is_there(root: DataRoot) -> None:
    def quarters(release_month: str, *periods: str) -> pd.DataFrame:
        facts = [{"series": "balance.total", "measure": "average", "period": period, "value": 1.0} for period in periods]
        return prints_frame(release_month, facts, product="fred")

    compared = _compared(
        root, quarters("2020-08", "2019-10/2019-12", "2020-01/2020-03"), quarters("2020-11", "2019-10/2019-12", "2020-04/2020-06")
    )
    assert compared.revisions.set_index("period")["kind"].to_dict() == {"2020-01/2020-03": "deleted", "2020-04/2020-06": "added"}


def test_quarters_are_judged_by_their_last_month(root: DataRoot) -> None:
    def quarters(release_month: str, changed: float) -> pd.DataFrame:
        facts = [{"series": "balance.total", "period": "2019-01/2019-03", "value": changed}]
        last = {"2020-11": "2020-07/2020-09", "2021-02": "2020-10/2020-12"}[release_month]
        facts.append({"series": "balance.total", "period": last, "value": 2.0})
        return prints_frame(release_month, facts, family="fred", product="BOPGSTB.quarterly", measure="average", table="fred_observations")

    compared = _compared(root, quarters("2020-11", 1.0), quarters("2021-02", 9.0))
    assert _found(compared) == {(OUTSIDE, "balance.total", "2019-01/2019-03")}
    assert compared.evaluated[OUTSIDE] == 1


def _last_month(latest: str, value: float) -> dict[str, Any]:
    period = add_months(latest, -1)
    return {"series": "exports.goods", "period": period, "value": value, "measure": LAST_MONTH, "table": "goods_and_services_last_month"}


@pytest.mark.parametrize(("latest", "printed"), [("2020-08", 20208.0), ("2021-01", 20213.0)])  # in January, of the year before
def test_figures_as_published_last_month(root: DataRoot, latest: str, printed: float) -> None:
    release_month = add_months(latest, 2)
    new = _exhibit(latest)
    for value, expected in ((printed, set()), (printed + 1, {(DIFFERENT, "exports.goods", add_months(latest, -1))})):
        row = prints_frame(release_month, [_last_month(latest, value)], product="exhibit_1").assign(sha256=new["sha256"].iloc[0])
        compared = _compared(root, _exhibit(add_months(latest, -1)), pd.concat([new, row], ignore_index=True))
        assert compared.evaluated[DIFFERENT] == 1
        assert _found(compared) == expected
        assert LAST_MONTH not in set(compared.revisions["measure"])


def test_figures_of_a_month_whose_release_is_missing_are_not_compared(root: DataRoot) -> None:
    new = _exhibit("2020-09")
    row = prints_frame("2020-11", [_last_month("2020-09", 1.0)], product="exhibit_1").assign(sha256=new["sha256"].iloc[0])
    compared = _compared(root, _exhibit("2020-07"), pd.concat([new, row], ignore_index=True))
    assert compared.evaluated[DIFFERENT] == 0
    assert compared.findings.empty


def _indexes(latest: str, changed: dict[str, float | None] | None = None, marked: tuple[str, ...] = (), **more: Any) -> pd.DataFrame:
    facts: list[dict[str, Any]] = []
    for period in months_between(add_months(latest, -12), latest):
        value = (changed or {}).get(period, 100.0 + int(period[5:]) / 10)
        flags = "r" if period in marked else ""
        facts.append({"series": "imports.end_use.all_commodities", "period": period, "value": value, "flags": flags})
    usual = {"family": "mxp", "product": "EIUIR", "measure": "index", "decimals": 1, "unit": "index", "table": "index_series",
             "base_period": "2000=100"}  # fmt: skip
    return prints_frame(add_months(latest, 1), facts, **(usual | more))


def test_prices_are_open_for_three_months_and_then_final(root: DataRoot) -> None:
    compared = _compared(
        root, _indexes("2024-10"),
        _indexes("2024-11", {"2024-10": 1.5, "2024-08": 2.5, "2024-07": 3.5, "2024-06": None}, ("2024-10", "2024-08", "2024-03")),
    )  # fmt: skip
    series = "imports.end_use.all_commodities"
    assert _found(compared) == {(UNMARKED, series, "2024-07"), (OUTSIDE, series, "2024-07"), (UNCHANGED, series, "2024-03")}
    revisions = compared.revisions.set_index("period")
    assert revisions["kind"].to_dict() == {
        "2023-10": "rolled_off", "2024-06": "withdrawn", "2024-11": "added",
        "2024-07": "changed", "2024-08": "changed", "2024-10": "changed",
    }  # fmt: skip
    assert revisions.loc["2024-10", "revision"] == pytest.approx(1.5 - 101.0, abs=0)  # exact in tenths: -99.5
    assert compared.evaluated[UNMARKED] == 11


def test_another_base_is_no_revision(root: DataRoot) -> None:
    compared = _compared(root, _indexes("2024-10"), _indexes("2024-11", base_period="2010=100", changed={"2024-10": 5.0}))
    assert set(compared.revisions["kind"]) == {"rolled_off", "added", "rebased"}
    assert compared.findings.empty


def test_documents_of_a_month_must_agree(root: DataRoot) -> None:
    facts = [{"series": "balance.total", "period": "2025-12", "value": -70311.0}]
    fred = [*facts, {"series": "balance.total", "period": "2025-11", "value": 1.0}]
    frame = pd.concat(
        [prints_frame("2026-02", facts, product="exhibit_1"), prints_frame("2026-02", fred, family="fred", product="BOPGSTB")],
        ignore_index=True,
    )
    assert _compared(root, frame).evaluated[DISAGREEING] == 1
    assert _compared(root, frame).findings.empty
    frame.loc[1, ["value", "printed_value"]] = -70312.0
    compared = _compared(root, frame)
    assert _found(compared) == {(DISAGREEING, "balance.total", "2025-12")}
    said = "of balance.total 2025-12 ft900 exhibit_1 prints -70,311, fred BOPGSTB -70,312 (inferred: no publisher states the rule)"
    assert compared.findings["sentence"].iloc[0] == said


def test_files_without_marks_are_not_asked_for_them(root: DataRoot) -> None:
    of_fred = {"family": "fred", "product": "BOPGSTB", "table": "fred_observations"}
    changed = {("exports.goods", "2025-02"): 1.0, ("exports.goods", "2024-12"): 2.0}
    compared = _compared(root, _exhibit("2025-12", **of_fred), _exhibit("2026-01", changed, **of_fred))
    assert compared.evaluated[UNMARKED] == compared.evaluated[UNCHANGED] == 0
    assert compared.evaluated[OUTSIDE] == 24 * 3
    assert _found(compared) == {(OUTSIDE, "exports.goods", "2024-12")}


def test_what_releases_far_apart_changed_is_told_by_what_both_print(root: DataRoot) -> None:
    """Between neighbours all kinds are counted; over 14 months only what both releases print, with the distance."""
    near = _compared(root, _exhibit("2020-07"), _exhibit("2020-08", {("exports.goods", "2020-07"): 1.0}, ("2020-07",)))
    assert list(summaries(near.revisions)) == ["revised since 2020-09: ft900 exhibit_1: 3 added, 1 changed, 3 rolled_off"]
    far = _compared(root, _exhibit("2021-10", {("exports.goods", "2020-08"): 2.0}, product="exhibit_1"))
    assert list(summaries(far.revisions)) == [
        "ft900 exhibit_1: 2021-10 comes 14 months after 2020-08, the last that is in the store; of what both print 2 changed"
    ]


def test_after_a_reissue_the_next_month_is_compared_with_the_current_issue_only(root: DataRoot) -> None:
    """The first issue printed 1, its re-issue 2: next month 2 is no change, though the first issue is in the store too."""
    former = pd.concat(
        [
            _of_periods("2020-10", "2020-08").assign(value=1.0, printed_value=1.0, is_current=False),
            _of_periods("2020-10", "2020-08").assign(value=2.0, printed_value=2.0, edition=2, sha256="2" * 64),
        ],
        ignore_index=True,
    )
    for value, expected in ((2.0, []), (1.0, [("2020-08", "changed", 2.0, 1.0, "2" * 64)])):
        new = _of_periods("2020-11", "2020-08", "2020-09")
        new.loc[0, ["value", "printed_value"]] = value
        changed = _compared(root, former, new).revisions
        told = changed.loc[changed["kind"] != "added", ["period", "kind", "old_value", "new_value", "former_sha256"]]
        assert list(told.itertuples(index=False, name=None)) == expected


def test_an_issue_that_is_current_is_compared_though_a_replaced_one_appeared_after_it(root: DataRoot) -> None:
    """Which issue is current is said by the store, and not told again from the order of the editions."""
    former = pd.concat(
        [
            _of_periods("2020-10", "2020-08").assign(sha256="1" * 64),
            _of_periods("2020-10", "2020-08").assign(value=2.0, printed_value=2.0, edition=2, is_current=False, sha256="2" * 64),
        ],
        ignore_index=True,
    )
    compared = _compared(root, former, _of_periods("2020-11", "2020-08", "2020-09"))
    assert compared.revisions[["kind", "former_sha256"]].to_numpy().tolist() == [["added", "1" * 64]]


def test_figures_that_a_reissue_withdraws_leaves_out_and_brings(root: DataRoot) -> None:
    """Against the issue that it replaces: a gap instead, no row at all, a figure instead of a gap; and so not against the month before."""

    def issue(**values: float | None) -> pd.DataFrame:
        facts = [{"series": "exports.goods", "period": f"2020-{name[1:]}", "value": value} for name, value in values.items()]
        return prints_frame("2020-10", facts, product="exhibit_1", reference_month="2020-08")

    first = issue(m05=1.0, m06=1.0, m07=None, m08=1.0).assign(is_current=False)
    second = issue(m05=1.0, m06=None, m07=1.0).assign(edition=2, sha256="2" * 64)
    compared = _compared(root, _of_periods("2020-09", "2020-05", "2020-06", "2020-07"), pd.concat([first, second], ignore_index=True))
    of_second = compared.revisions[compared.revisions["sha256"] == "2" * 64].set_index("period")
    assert of_second["kind"].to_dict() == {"2020-08": "deleted", "2020-06": "withdrawn", "2020-07": "filled"}
    assert of_second.loc["2020-06", ["old_value", "new_value", "former_release_month"]].tolist() == [1.0, pd.NA, "2020-10"]
    assert set(of_second["former_sha256"]) == {first["sha256"].iloc[0]}
    assert (LOST, "exports.goods", "2020-08") in _found(compared)
    # What is withdrawn is a gap for whoever compares the next month: nothing was changed, a figure came.
    then = _compared(root, _of_periods("2020-11", "2020-05", "2020-06", "2020-07")).revisions
    assert then.set_index("period")["kind"].to_dict() == {"2020-06": "filled"}


def test_each_product_of_a_month_is_compared_with_its_own(root: DataRoot) -> None:
    """Two products print one fact, and each has its own last release: that of the second lies a month further back."""

    def of(release_month: str, **values: float) -> pd.DataFrame:
        frames = [
            prints_frame(release_month, [{"series": "exports.goods", "period": "2020-05", "value": value}], product=product)
            for product, value in values.items()
        ]
        return pd.concat(frames, ignore_index=True)

    compared = _compared(root, of("2020-08", annual=3.0), of("2020-09", exhibit_1=1.0), of("2020-10", annual=4.0, exhibit_1=1.0))
    told = ["product", "kind", "old_value", "new_value", "former_release_month"]
    assert compared.revisions[told].to_numpy().tolist() == [["annual", "changed", 3.0, 4.0, "2020-08"]]
    # That they print it differently is said of the month, not as a change.
    assert compared.findings.loc[compared.findings["check"] == DISAGREEING, ["old_value", "new_value"]].to_numpy().tolist() == [[4.0, 1.0]]


def test_an_equal_figure_on_another_base_is_rebased_and_no_change(root: DataRoot) -> None:
    """Only the base of two months is another; one of them prints another figure too, a third has lost its figure."""
    new = _indexes("2024-11", {"2024-10": 5.0, "2024-08": None})
    is_other = new["period"].isin(["2024-08", "2024-09", "2024-10"])
    compared = _compared(root, _indexes("2024-10"), new.assign(base_period=new["base_period"].mask(is_other, "2010=100")))
    kinds = compared.revisions.set_index("period")["kind"].to_dict()
    assert kinds == {"2024-08": "withdrawn", "2024-11": "added", "2024-09": "rebased", "2024-10": "rebased", "2023-10": "rolled_off"}
    equal = compared.revisions.set_index("period").loc["2024-09", ["old_value", "new_value", "revision"]].tolist()
    assert equal == [100.9, 100.9, pd.NA]
    assert compared.evaluated[OUTSIDE] == 9  # of twelve months that both print one lost its figure, and two have another base


@pytest.mark.parametrize(
    ("one", "other", "differs"),
    [
        # The coarser figure is right to half of its last place, in either order; printed alike, they must be equal.
        ("5.0", "5.04", False), ("5.0", "5.05", False), ("5.0", "5.06", True), ("5.0", "4.95", False), ("5.0", "4.94", True),
        ("5.05", "5.0", False), ("5.06", "5.0", True), ("7", "7.5", False), ("7", "7.51", True), ("7", "8", True), ("5.00", "5.01", True),
        ("5.00", "5.00", False),
    ],
)  # fmt: skip
def test_documents_of_a_month_may_differ_by_the_rounding_of_the_coarser(root: DataRoot, one: str, other: str, differs: bool) -> None:
    of_all = {"series": "balance.total", "period": "2025-12"}
    frames = [
        prints_frame("2026-02", [of_all | {"value": float(text), "decimals": len(text.partition(".")[2])}], product=product)
        for product, text in (("exhibit_1", one), ("annual", other))
    ]
    compared = _compared(root, pd.concat(frames, ignore_index=True))
    assert compared.evaluated[DISAGREEING] == 1
    assert len(compared.findings) == differs


def test_of_a_document_that_ends_with_the_former_ones_month_no_marks_are_asked(root: DataRoot) -> None:
    """Under another release month it is no re-issue; what lies between nobody can say, so that only the windows are asked."""
    again = _exhibit("2020-08", {("exports.goods", "2020-07"): 7.0}, ("2020-03",)).assign(release_month="2020-11")
    compared = _compared(root, _exhibit("2020-08"), again)
    assert compared.evaluated[UNMARKED] == compared.evaluated[UNCHANGED] == 0
    assert compared.evaluated[OUTSIDE] == 25 * 3
    assert compared.findings.empty


def test_a_figure_that_came_or_went_is_not_judged_by_a_window(root: DataRoot) -> None:
    """Of 24 months that both releases have, three series each, two facts are a figure in one of the releases only."""
    former = _exhibit("2020-07", {("exports.goods", "2020-06"): None})
    compared = _compared(root, former, _exhibit("2020-08", {("exports.services", "2020-07"): None}, ("2020-06",)))
    assert compared.evaluated[OUTSIDE] == 24 * 3 - 2
    assert compared.evaluated[UNMARKED] == 24
    kinds = compared.revisions.set_index(["series", "period"])["kind"]
    assert kinds["exports.goods", "2020-06"] == "filled" and kinds["exports.services", "2020-07"] == "withdrawn"
    # The row of June is marked, and what both print of it is what it was.
    assert _found(compared) == {(UNCHANGED, "exports.services", "2020-06")}


def _quarters(release_month: str, *periods: str, months: tuple[str, ...] = ()) -> pd.DataFrame:
    """A file of averages over quarters, and of months beside them."""
    facts = [{"series": "imports.all", "measure": "average", "period": period, "value": 5.0} for period in periods]
    facts += [{"series": "imports.all", "measure": "index", "period": period, "value": 7.0} for period in months]
    return prints_frame(release_month, facts, family="fred", product="quarterly")


FIRST, SECOND = "2020-01/2020-03", "2020-04/2020-06"


@pytest.mark.parametrize(
    ("former", "new", "said", "period"),
    [
        (([FIRST, SECOND], ()), ([FIRST], ()), "figures end with 2020-03; the former release had some of 2020-06", SECOND),
        (([FIRST, SECOND], ("2020-06",)), ([FIRST], ("2020-05",)), "figures end with 2020-05; the former release had some of 2020-06",
         "2020-06"),
        (([FIRST, SECOND], ("2020-05",)), ([FIRST], ("2020-05",)), "figures end with 2020-05; the former release had some of 2020-06",
         SECOND),
        (([FIRST], ("2020-04",)), ([FIRST, SECOND], ()), None, None),
        (([FIRST], ()), ([FIRST], ()), None, None),
    ],
)  # fmt: skip
def test_a_file_of_quarters_that_ends_before_the_former_one_is_found(root: DataRoot, former: Any, new: Any, said: Any, period: Any) -> None:
    """An average over a quarter reaches to the quarter's last month."""
    releases = [_quarters(month, *quarters, months=months) for month, (quarters, months) in (("2020-08", former), ("2020-09", new))]
    findings = _compared(root, *releases).findings
    found = findings.loc[findings["check"] == LOST, ["sentence", "period"]].to_numpy().tolist()
    assert found == ([[said, period]] if said else [])


@pytest.mark.parametrize(
    ("latest", "former", "said"),
    [
        ("2020-08", "2020-07", "revised since 2020-09: ft900 exhibit_1: 2 changed, 1 added"),
        ("2020-08", None, "revised since 2020-09: ft900 exhibit_1: 2 changed, 1 added"),
        (None, "2020-07", "revised since 2020-09: ft900 exhibit_1: 2 changed, 1 added"),
        (None, None, "revised since 2020-09: ft900 exhibit_1: 2 changed, 1 added"),
        ("2020-09", "2020-07", "ft900 exhibit_1: 2020-09 comes 2 months after 2020-07, the last that is in the store; of what both print "
         "2 changed"),
    ],
)  # fmt: skip
def test_what_a_document_changed_is_said_in_a_line(latest: str | None, former: str | None, said: str) -> None:
    revisions = pd.DataFrame(
        {
            "family": "ft900", "product": "exhibit_1", "reference_month": latest, "former_release_month": "2020-09",
            "former_reference_month": former, "measure": "value", "period": ["2020-05", "2020-06", "2020-07"],
            "kind": ["changed", "changed", "added"],
        }
    ).astype("string")  # fmt: skip
    assert list(summaries(revisions)) == [said]
