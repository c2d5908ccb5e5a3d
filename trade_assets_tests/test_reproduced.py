"""Derived figures that the publishers print: which follow from what is known, and what the check says of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from trade_assets.defs.vintage_metrics import _verdict
from trade_assets.facts.frames import conform, empty
from trade_assets.facts.tables import FACTS, ISSUES, REPRODUCED, VIOLATIONS
from trade_assets.metrics.reproduced import OUTCOMES, reproduced, said_of
from trade_assets.reading import read_document
from trade_assets.review.proof import Proof, prove
from trade_assets.vintages.knowledge import KNOWLEDGE
from trade_assets_tests.facts_by_schema import conforms, facts_in, shipped_facts
from trade_assets_tests.printed_knowledge import EXPORT_PRICES, IMPORT_PRICES, knowledge_of
from trade_assets_tests.shared_documents import shared_sample

ISSUE = "0123456789ab"


def counts_of(frame: pd.DataFrame) -> dict[str, tuple[int, ...]]:
    assert conforms(frame, REPRODUCED)
    assert (frame["printed"] == frame[list(OUTCOMES)].sum(axis=1)).all()
    return {row["kind"]: tuple(row[name] for name in ("printed", *OUTCOMES)) for row in frame.to_dict("records")}


def derived_of(facts: pd.DataFrame, family: str, proof: Proof | None = None, known: pd.DataFrame | None = None) -> pd.DataFrame:
    """The derived figures of a document, proven and known as said; without, nothing else is known."""
    violations, issues = (empty(VIOLATIONS), empty(ISSUES)) if proof is None else (proof.violations, proof.issues)
    return reproduced(facts, family, violations, issues, empty(KNOWLEDGE) if known is None else known)


def test_all_derived_figures_of_the_trade_release_are_reproduced() -> None:
    """297 months, 24 years and one year to date of three flows: each a total, and of three kinds, each a balance."""
    facts, _ = shipped_facts("ft900", "2016-11")
    assert counts_of(derived_of(facts, "ft900")) == {
        "balance": (966, 966, 0, 0, 0, 0, 0), "total": (966, 966, 0, 0, 0, 0, 0),
        "year": (216, 216, 0, 0, 0, 0, 0), "year_to_date": (9, 9, 0, 0, 0, 0, 0),
    }  # fmt: skip


def test_a_wrong_figure_is_an_exception_with_its_issue() -> None:
    facts, _ = shipped_facts("ft900", "2016-11")
    at = (facts["series"] == "exports.goods") & (facts["period"] == "1992-02")
    facts.loc[at, "value"] += 100
    proof = prove(facts, "ft900", empty(ISSUES))
    frame = derived_of(facts, "ft900", proof)
    # Exports of the month, its balance of goods, and the goods of the year.
    assert counts_of(frame) == {
        "balance": (966, 965, 0, 0, 0, 1, 0), "total": (966, 965, 0, 0, 0, 1, 0),
        "year": (216, 215, 0, 0, 0, 1, 0), "year_to_date": (9, 9, 0, 0, 0, 0, 0),
    }  # fmt: skip
    issue = proof.issues["issue"].tolist()
    assert len(issue) == 1 and frame.set_index("kind")["issues"].to_dict() == dict.fromkeys(("balance", "total", "year"), issue[0]) | {
        "year_to_date": ""
    }
    assert frame["open_issues"].tolist() == frame["issues"].tolist()
    for state in ("decided", "gone"):
        closed = reproduced(facts, "ft900", proof.violations, proof.issues.assign(state=state), empty(KNOWLEDGE))
        assert set(closed["open_issues"]) == {""} and closed["issues"].tolist() == frame["issues"].tolist()
    # An operand that is missing does not count as reproducing anything.
    facts.loc[at, ["value", "decimals"]] = pd.NA
    assert counts_of(derived_of(facts, "ft900")) == {
        "balance": (966, 965, 0, 0, 1, 0, 0), "total": (966, 965, 0, 0, 1, 0, 0),
        "year": (216, 215, 0, 0, 1, 0, 0), "year_to_date": (9, 9, 0, 0, 0, 0, 0),
    }  # fmt: skip


def test_derived_figures_of_prices_and_of_the_bulletin() -> None:
    """What a release gives no operands for is said to be so: older changes of prices, and changes of the bulletin."""
    prices, _ = shipped_facts("mxp", "2018-08")
    counts = counts_of(derived_of(prices, "mxp"))
    assert counts["change_1_month"][:2] == (counts["change_1_month"][0], 274) and counts["change_1_month"][5] == 0
    # Table A: six columns whose twelve months compound; all others print no months to compound.
    assert counts["change_12_months"][1:] == (0, 0, 6, counts["change_12_months"][0] - 6, 0, 0)
    bulletin, _ = shipped_facts("uscc", "2013-01")
    proof = prove(bulletin, "uscc", empty(ISSUES))
    frame = derived_of(bulletin, "uscc", proof)
    counts = counts_of(frame)
    assert counts["balance"] == (22, 22, 0, 0, 0, 0, 0) and counts["share"] == (28, 28, 0, 0, 0, 0, 0)
    exceptions = frame[frame["exceptions"] > 0]
    assert set(", ".join(exceptions["issues"]).split(", ")) <= set(proof.issues["issue"]) and len(exceptions) > 0
    assert derived_of(empty(FACTS["ft900"]), "ft900").empty


def levels_of(series: str, levels: Mapping[str, str], published_in: str = "2018-08", base: str = "2000") -> pd.DataFrame:
    """Index levels as another document of a month printed them."""
    return knowledge_of({(series, month): level for month, level in levels.items()}, "2018-08", published_in=published_in, base_period=base)


def outcomes_of_change(known: pd.DataFrame) -> dict[str, int]:
    """What becomes of the twelve-month change of 2018-07 of all imports, 4.8, and of those of other series, by outcome."""
    prices, _ = shipped_facts("mxp", "2018-08")
    of_series = prices[(prices["series"] == IMPORT_PRICES) & (prices["period"] == "2017-07/2018-07")]
    assert set(of_series["value"]) == {4.8}
    frame = derived_of(of_series, "mxp", known=known)
    assert conforms(frame, REPRODUCED) and frame["kind"].tolist() == ["change_12_months"]
    return {name: int(frame[name].iloc[0]) for name in ("printed", *OUTCOMES) if frame[name].iloc[0]}


def test_a_change_follows_from_levels_of_other_documents() -> None:
    """128.1 in June 2018; 100 (127.9 / 122.0 - 1) = 4.836, 100 (127.9 / 121.0 - 1) = 5.702."""
    later = dict.fromkeys(("2018-08", "2018-09", "2018-10"), "128.0")
    good, bad = {"2017-07": "122.0", "2018-07": "127.9"}, {"2017-07": "121.0", "2018-07": "127.9"}
    reproduced_so, unknown = {"printed": 1, "reproduced_from_vintages": 1}, {"printed": 1, "not_evaluable": 1}
    assert outcomes_of_change(levels_of(IMPORT_PRICES, good)) == reproduced_so
    assert outcomes_of_change(levels_of(IMPORT_PRICES, good | later)) == reproduced_so
    # An end within the three months that BLS revises may have been another one when the change was printed.
    assert outcomes_of_change(levels_of(IMPORT_PRICES, bad)) == unknown
    assert outcomes_of_change(levels_of(IMPORT_PRICES, bad | dict(list(later.items())[:2]))) == unknown
    assert outcomes_of_change(levels_of(IMPORT_PRICES, bad | later)) == {"printed": 1, "exceptions_from_vintages": 1}
    # What another document prints later says nothing of a level that is known from this one.
    apart = pd.concat([levels_of(IMPORT_PRICES, bad), levels_of(IMPORT_PRICES, later, "2018-07")], ignore_index=True)
    assert outcomes_of_change(apart) == unknown
    # Another base, another series, one end only, a level of another family: nothing is known.
    assert outcomes_of_change(levels_of(IMPORT_PRICES, good | later, base="2010")) == unknown
    assert outcomes_of_change(levels_of(EXPORT_PRICES, good | later)) == unknown
    assert outcomes_of_change(levels_of(IMPORT_PRICES, {"2017-07": "122.0"} | later)) == unknown
    assert outcomes_of_change(levels_of(IMPORT_PRICES, good | later).assign(family="ft900")) == unknown
    assert outcomes_of_change(levels_of(IMPORT_PRICES, {"2017-07": "0.0", "2018-07": "127.9"} | later)) == unknown


def test_levels_say_more_than_an_interval() -> None:
    """The twelve months of Table A compound to the change of all imports within an interval; two levels give it to the print."""
    prices, _ = shipped_facts("mxp", "2018-08")
    levels = levels_of(IMPORT_PRICES, {"2017-07": "122.0", "2018-07": "127.9"})
    printed, *outcomes = counts_of(derived_of(prices, "mxp", known=levels))["change_12_months"]
    assert outcomes == [0, 1, 5, printed - 6, 0, 0]


def test_a_tie_is_rounded_either_way() -> None:
    """100 (104.75 / 100 - 1) is 4.75, and 4.8 as good as 4.7; 104.85 is as near to 4.8 as to 4.9."""
    for level, is_so in (("104.75", True), ("104.85", True), ("104.86", False), ("104.74", False)):
        found = outcomes_of_change(levels_of(IMPORT_PRICES, {"2017-07": "100.00", "2018-07": level}))
        assert found == {"printed": 1, "reproduced_from_vintages" if is_so else "not_evaluable": 1}


def test_changes_of_all_imports_follow_from_the_levels_of_a_series_file() -> None:
    """An independent document: BLS's series file of 2024 has the final levels of the months that the release of 2018-08 compares."""
    path = shared_sample("bls-labstat/EIUIR_full_1982-2024_asof_2024-12-06.csv")
    cells = pd.DataFrame(read_document(path.read_bytes(), path.name).cells)
    levels = {row["period"]: row["text"] for row in cells[cells["value"].notna()].to_dict("records") if row["period"] <= "2018-10"}
    prices, _ = shipped_facts("mxp", "2018-08")
    changes = prices[(prices["series"] == IMPORT_PRICES) & (prices["measure"] == "percent_change") & prices["value"].notna()]
    final = changes[changes["period"].str.slice(-7) <= "2018-04"]
    counts = counts_of(derived_of(final, "mxp", known=levels_of(IMPORT_PRICES, levels)))
    # Printed and outcomes: all months that were final by then follow, and the twelve-month change that ends among them.
    assert counts["change_1_month"] == (10, 0, 10, 0, 0, 0, 0)
    assert counts["change_12_months"] == (1, 0, 1, 0, 0, 0, 0)


def test_quarterly_averages_follow_from_known_months() -> None:
    """-100, -101 and -103 average -101.33; another figure of one month leaves the quarter unproven, as months are revised for years."""
    facts, _ = facts_in(b"observation_date,BOPGSTB\n2020-01-01,-101\n2020-04-01,-250\n", "BOPGSTB.csv", "fred", "2020-06")
    for months, expected in (
        (("-100", "-101", "-103"), (2, 0, 1, 0, 1, 0, 0)), (("-100", "-101", "-104"), (2, 0, 0, 0, 2, 0, 0)),
        (("-100", "-101"), (2, 0, 0, 0, 2, 0, 0)),
    ):  # fmt: skip
        places = {("balance.total", f"2020-{number:02d}"): said for number, said in enumerate(months, start=1)}
        known = knowledge_of(places, "2020-06", family="fred")
        assert counts_of(derived_of(facts, "fred", known=known)) == {"average": expected}


def verdict_on(**counts: Any) -> tuple[bool, str]:
    """What the check says of ten changes of which some have other outcomes than being reproduced."""
    none = dict.fromkeys(OUTCOMES, 0) | {"identities": "", "issues": "", "open_issues": ""}
    numbers = {name: count for name, count in counts.items() if name in OUTCOMES}
    of_release = {"release_month": "2018-08", "reference_month": "2018-07", "family": "mxp"}
    row = none | of_release | {"kind": "change_12_months", "printed": 10} | counts
    found = conform(pd.DataFrame([row | {"reproduced": 10 - sum(numbers.values())}]), REPRODUCED)
    result = _verdict(found)
    assert result.metadata["printed"].value == sum(result.metadata[name].value for name in OUTCOMES) == 10
    return result.passed, str(result.description)


def test_the_check_says_what_contradicts_what() -> None:
    nothing = "0 within their interval, 0 not evaluable."
    assert verdict_on() == (True, f"10 of 10 derived figures reproduced, {nothing}")
    assert verdict_on(reproduced_from_vintages=3) == (True, f"7 of 10 derived figures reproduced, 3 from other documents, {nothing}")
    assert verdict_on(exceptions=1, issues=ISSUE, open_issues=ISSUE) == (
        False, f"9 of 10 derived figures reproduced, {nothing} Exceptions by kind: mxp change_12_months: 1. Open issues: {ISSUE}."
    )  # fmt: skip
    is_passed, said = verdict_on(exceptions=1, issues=ISSUE)
    assert is_passed and said.endswith("Open issues: none.")
    # An exception that no issue explains is not passed over, nor one that no identity sees.
    assert not verdict_on(exceptions=1)[0]
    assert verdict_on(exceptions_from_vintages=2) == (
        False,
        f"8 of 10 derived figures reproduced, {nothing} Against final figures of other documents, by kind: mxp change_12_months: 2.",
    )


def test_exceptions_are_counted_by_family_and_kind() -> None:
    """Of two releases of a month the counts of a kind are added; kinds without an exception are not named."""
    rows = [
        ("2018-07", "mxp", "change_1_month", 2, 0), ("2018-07", "mxp", "change_12_months", 0, 1), ("2018-07", "uscc", "share", 3, 0),
        ("2018-08", "mxp", "change_1_month", 1, 4), ("2018-08", "uscc", "total", 0, 0),
    ]  # fmt: skip
    none = dict.fromkeys(OUTCOMES, 0) | {"identities": "", "issues": "", "open_issues": "", "release_month": "2018-09", "printed": 10}
    names = ("reference_month", "family", "kind", "exceptions", "exceptions_from_vintages")
    found = conform(pd.DataFrame([none | dict(zip(names, row, strict=True)) for row in rows]), REPRODUCED)
    said = said_of(found).description
    assert "Exceptions by kind: mxp change_1_month: 3; uscc share: 3. Open issues: none." in said
    assert said.endswith("Against final figures of other documents, by kind: mxp change_12_months: 1; mxp change_1_month: 4.")
