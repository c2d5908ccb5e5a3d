"""Every declared rule says who says so, and a violation of an inferred one says that it is inferred."""

from __future__ import annotations

from collections import Counter

import pandas as pd
import pytest

from trade_assets.facts import catalogue
from trade_assets.facts.declared import INFERRED, Declared
from trade_assets.identities.evaluate import Verdict, evaluate
from trade_assets.identities.kinds import Sum
from trade_assets.identities.page import markdown
from trade_assets.identities.printed import Facts
from trade_assets.identities.rules import RULES, rule
from trade_assets.review.formulas import gap_sentence

_PUBLISHERS = ("BLS", "export.gov", "FT-900", "Census Bureau", "Office of Management and Budget", "World Customs Organization")


def _declared() -> list[Declared]:
    return [*RULES, *catalogue.parts_of("mxp")]


def test_every_rule_and_every_list_of_parts_says_who_says_so() -> None:
    counted = Counter(each.authority for each in _declared())
    assert set(counted) == {"published", "definition", "inferred"}
    for each in _declared():
        assert each.authority != "published" or any(name in each.source for name in _PUBLISHERS), each.source


def test_the_rule_book_shows_it() -> None:
    page = markdown().splitlines()
    for each in RULES:
        (row,) = (line for line in page if line.startswith(f"| `{each.name}` |"))
        assert row.endswith(f"| **{each.authority}**: {each.source} |")
    for line in catalogue.records("parts"):
        assert f"| `{line['total']}` | {line['parts']} | {line['is_whole']} | **{line['authority']}**: {line['source']} |" in page


def _violated(name: str, rows: list[tuple[str, str, str, float]]) -> Verdict:
    facts = pd.DataFrame(rows, columns=["series", "measure", "period", "value"]).assign(decimals=0)
    (verdict,) = evaluate((rule(name),), Facts.of_frame(facts.astype({"value": "Float64", "decimals": "Int64"}))).violated
    return verdict


@pytest.mark.parametrize(
    ("name", "rows", "said"),
    [
        # The note of Exhibit 1 lets seasonal adjustment come between, too; a balance is a difference by its name.
        ("goods_plus_services_equals_total", [("exports.total", 10), ("exports.goods", 3), ("exports.services", 1)],
         f"misses by 6, rounding allows 1 ({INFERRED})"),
        ("balance_equals_exports_minus_imports", [("balance.total", 10), ("exports.total", 3), ("imports.total", 1)],
         "misses by 8, rounding allows 1"),
        ("first_time_plus_reinvested_equals_total",
         [("china.outbound_investment.total", 10), ("china.outbound_investment.first_time", 3),
          ("china.outbound_investment.reinvested_profits", 1)], f"misses by 6, rounding allows 1 ({INFERRED})"),
    ],
)  # fmt: skip
def test_a_violation_of_an_inferred_rule_says_so(name: str, rows: list[tuple[str, float]], said: str) -> None:
    assert gap_sentence(_violated(name, [(series, "value", "2020-01", value) for series, value in rows])) == said


@pytest.mark.parametrize(
    ("total", "parts", "is_inferred"),
    [
        ("exports.naics.31", ("311", "312", "313", "314", "315", "316"), False),  # NAICS 2012 lists the subsectors
        ("exports.harmonized.VIII", ("41", "42", "43"), False),  # and the Harmonized System its chapters
        ("exports.end_use.4", ("40", "41", "42"), False),  # manufactured or not: by the labels
        ("exports.end_use.2", ("20", "21", "22"), True),  # no document at hand lists BEA's two-digit categories
        ("imports.end_use.all_commodities", ("0", "1", "2", "3", "4"), True),  # nor what BLS does not price
    ],
)
def test_a_list_of_parts_that_nobody_prints_makes_the_rule_inferred(total: str, parts: tuple[str, ...], *, is_inferred: bool) -> None:
    name, prefix = "relative_importances_of_parts_sum_to_total", total.rpartition(".")[0]
    shares = {total: 90.0} | {f"{prefix}.{part}": 1.0 for part in parts}
    verdict = _violated(name, [(series, "relative_importance", "2018-06", share) for series, share in shares.items()])
    assert (verdict.rule.name, verdict.rule.is_inferred) == (name, is_inferred)
    assert (INFERRED in gap_sentence(verdict)) is is_inferred


def test_a_rule_that_says_too_little_is_refused() -> None:
    rest = {"name": "n", "family": "ft900", "table": "t", "description": "d.", "total": "a", "parts": {}}
    with pytest.raises(TypeError, match="authority"):
        Sum(source="s", **rest)  # type: ignore[call-arg,arg-type]
    with pytest.raises(ValueError, match="document with its year"):
        Sum(source="BLS says so", authority="published", **rest)  # type: ignore[arg-type]
