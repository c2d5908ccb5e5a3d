"""Wrong cells of a few made figures: a column that stands shifted to its end, exchanged neighbours, dashes that others determine."""

from fractions import Fraction

import pandas as pd
import pytest

from trade_assets.identities.binding import bind
from trade_assets.identities.evaluate import evaluate
from trade_assets.identities.findings import Suspect
from trade_assets.identities.forms import CHANGE_OF_ROUNDED, SHARE, bounds, holds
from trade_assets.identities.localise import localise
from trade_assets.identities.marks import gaps
from trade_assets.identities.models import MODELS
from trade_assets.identities.network import Allowed
from trade_assets.identities.publish import UnprovenError, require_proof
from trade_assets.identities.rules import rule
from trade_assets.identities.slips import DOUBLED, NEIGHBOURS, TRANSPOSED, originals
from trade_assets_tests.printed_facts import facts_of, figure

TOTAL, BALANCE, YEAR = "goods_plus_services_equals_total", "balance_equals_exports_minus_imports", "year_equals_sum_of_months"


def _facts(*prints, columns=None):
    """Figures as values of a table with a row each; or with the column of each."""
    facts = facts_of(*((series, "value", period, text) for series, period, text in prints))
    if columns:
        facts.place["column"][:] = columns
    return facts


def _found(facts, *names):
    return localise(facts, evaluate(tuple(map(rule, names)), facts))


RISING = [1500 + number for number in range(11)]


@pytest.mark.parametrize("is_down", [True, False])
def test_a_column_shifted_as_a_whole_is_found_though_most_of_its_rows_are_not_seen_to_miss(is_down):
    """Twelve months one place too low, or too high, the one that fell out at the other end, so that their year still is their sum.

    Where they rise by one from month to month, within what rounding allows, no row can tell; the sum of fewer months would.
    """
    months = [1870, *RISING] if is_down else [*RISING, 1210]
    stand = [months[-1], *months[:-1]] if is_down else [*months[1:], months[0]]
    services = [300 + at * 37 % 101 for at in range(12)]
    year = [("exports.goods", "2020", str(sum(months)))]
    column = [("exports.goods", f"2020-{at + 1:02d}", str(value)) for at, value in enumerate(stand)]
    others = [
        (series, f"2020-{at + 1:02d}", str(value))
        for at in range(12)
        for series, value in (("exports.total", months[at] + services[at]), ("exports.services", services[at]))
    ]
    prints = [*year, *column, *others] if is_down else [*column, *year, *others]
    (finding,) = _found(_facts(*prints, columns=["goods"] * 13 + ["total", "services"] * 12), TOTAL, YEAR)
    assert finding.pattern == f"the column goods of table stands one place {'down' if is_down else 'up'}"
    first = 1 if is_down else 0
    assert {suspect.cell: suspect.proposal for suspect in finding.suspects} == {
        first + at: figure(str(value)) for at, value in enumerate(months)
    }


def test_exchanged_figures_are_named_in_the_order_of_the_document():
    prints = [
        ("exports.total", "2020-03", "1330"), ("imports.total", "2020-03", "2505"),
        ("exports.goods", "2020-03", "1777"), ("imports.goods", "2020-03", "1021"),  # the other way round
        ("exports.services", "2020-03", "309"), ("imports.services", "2020-03", "728"), ("balance.goods", "2020-03", "-756"),
    ]  # fmt: skip
    (finding,) = _found(_facts(*prints), TOTAL, BALANCE)
    assert finding.explanations == ((0, 1),) and finding.pattern == "two neighbouring figures exchanged"
    assert finding.suspects == (
        Suspect(2, (0, 2), None, figure("1021"), NEIGHBOURS), Suspect(3, (1, 2), None, figure("1777"), NEIGHBOURS),
    )  # fmt: skip


def test_of_a_figure_exchanged_with_one_of_no_identity_the_one_that_is_seen_to_be_wrong_is_named_first():
    prints = [("exports.total", "2020-03", "1330"), ("other", "2020-03", "1021"), ("exports.goods", "2020-03", "77"),
              ("exports.services", "2020-03", "309")]  # fmt: skip
    (finding,) = _found(_facts(*prints), TOTAL)
    assert [finding.suspects[at].cell for at in finding.explanations[0]] == [2, 1]
    assert [suspect.proposal for suspect in finding.suspects[:2]] == [figure("1021"), figure("77")]


# Dashes


@pytest.mark.parametrize(("decimals", "within"), [(0, Fraction(1)), (1, Fraction(1, 10))])
def test_a_dash_that_others_determine_asks_for_a_figure_within_what_rounding_allows(decimals, within):
    """1,330 less 1,012 are 318; two figures and the one that is sought may each be off by half a unit, so it is 317 to 319."""
    point = "." + "0" * decimals if decimals else ""
    facts = _facts(
        ("exports.total", "2020-03", f"1330{point}"), ("exports.goods", "2020-03", f"1012{point}"), ("exports.services", "2020-03", ""),
        ("exports.services", "2020-02", f"309{point}"),
    )  # fmt: skip
    (finding,) = gaps(facts, bind((rule(TOTAL),), facts))
    (verdict,) = finding.violated
    assert (verdict.gap, verdict.allowed, verdict.sought, finding.certainty) == (318, within, 2, "certain")
    sought = figure(f"318{point}")
    assert finding.suspects == (Suspect(2, (0,), Allowed(decimals, sought.scaled - 1, sought.scaled + 1), sought),)


def test_a_dash_of_which_two_identities_ask_different_figures_has_no_proposal():
    """Exports of services would be 318 beside the total, and 600 beside imports and balance."""
    facts = _facts(
        ("exports.total", "2020-03", "1330"), ("exports.goods", "2020-03", "1012"), ("exports.services", "2020-03", ""),
        ("imports.services", "2020-03", "500"), ("balance.services", "2020-03", "100"),
    )  # fmt: skip
    (finding,) = gaps(facts, bind((rule(TOTAL), rule(BALANCE)), facts))
    assert [(verdict.gap, verdict.allowed) for verdict in finding.violated] == [(0, 0), (0, 0)]
    assert finding.suspects == (Suspect(2, (0, 1), None, None),) and finding.certainty == "likely"


# Forms, slips, models, proof


@pytest.mark.parametrize(
    ("form", "marks", "outcome"),
    [
        (CHANGE_OF_ROUNDED, ("5.0", "0", "7"), None), (CHANGE_OF_ROUNDED, ("-100.0", "7", "0"), True),
        (CHANGE_OF_ROUNDED, ("5.0", "0.0", "0.0"), None),
        # A whole printed 0 may be anything from -0.5 to 0.5; one printed 1 is at least 0.5, and 0.4 less than that.
        (SHARE, ("50", "1", "0"), None), (SHARE, ("50", "1", "1"), True), (SHARE, ("99", "0", "1"), True),
        (SHARE, ("300.0", "1", "1"), True),
        (SHARE, ("300.1", "1", "1"), False),
    ],
)  # fmt: skip
def test_a_quotient_by_what_may_be_zero_has_no_value(form, marks, outcome):
    members = list(map(figure, marks))
    assert holds(form, members) is outcome
    assert (bounds(form, members) is None) is (outcome is None)


@pytest.mark.parametrize(
    ("printed", "transposed"),
    [("1221", ["2121", "1212"]), ("1231", ["2131", "1321", "1213"]), ("11", []), ("12", ["21"]), ("1112", ["1121"]), ("2111", ["1211"])],
)
def test_neighbouring_digits_that_differ_may_be_transposed(printed, transposed):
    """Each pair of them is as likely."""
    found = originals(figure(printed), {0}, printed)
    chances = {str(each.scaled): original.chance for each, original in found.items() if original.slip == TRANSPOSED}
    assert chances == dict.fromkeys(transposed, 1 / max(1, len(transposed)))
    assert all(original.slip == DOUBLED for each, original in found.items() if str(each.scaled) == "1")


def test_a_model_is_named_as_its_table():
    names = {
        "goods_and_services": "GoodsAndServices",
        "price_indexes": "PriceIndexes",
        "china_outbound_investment": "ChinaOutboundInvestment",
    }
    assert {table: MODELS[table].__name__ for table in names} == names


def test_facts_are_published_only_with_verdicts_of_the_same_document():
    facts = pd.DataFrame({"sha256": ["b", "a", "a"]})
    verdicts = pd.DataFrame({"family": ["ft900", "mxp", "ft900"], "sha256": ["a", "b", "c"]})
    said = (
        r"^the facts of ft900 have no verdicts of the same document \(a, b\)\. "
        r"To do: materialise validated/verdicts of the month first, or the whole month$"
    )
    with pytest.raises(UnprovenError, match=said):
        require_proof(facts, verdicts, "ft900")
    require_proof(facts[1:], verdicts, "ft900")
    with pytest.raises(UnprovenError):
        require_proof(facts[1:], verdicts, "mxp")
    require_proof(facts[:1], verdicts, "mxp")
    require_proof(facts, verdicts, "no family with rules")
    require_proof(facts[:0], verdicts[:0], "ft900")
