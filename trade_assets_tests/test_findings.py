"""What localisation finds, told apart: groups of identities, the order of explanations, and how likely the first is."""

import math

import pytest

from trade_assets.identities.evaluate import evaluate
from trade_assets.identities.findings import Explanation, Finding, Suspect, connected, explains, share, uncertain
from trade_assets.identities.kinds import Limit, Sum
from trade_assets_tests.printed_facts import facts_of

ABOUT = {"table": "t", "description": ".", "source": "made up", "authority": "definition"}


def _violated(*sums):
    """Violated sums, each named by its cells: single letters, the total first."""
    names = sorted(set("".join(sums)))
    facts = facts_of(*((name, "value", "2001-01", str(10 ** (at + 1))) for at, name in enumerate(names)))
    rules = [Sum(name=each, total=each[0], parts=dict.fromkeys(each[1:], 1), **ABOUT) for each in sums]
    violated = evaluate(rules, facts).violated
    assert [verdict.rule.name for verdict in violated] == list(sums)
    return violated, names


def _groups(*sums):
    return [[verdict.rule.name for verdict in group] for group in connected(_violated(*sums)[0])]


@pytest.mark.parametrize(
    ("sums", "groups"),
    [
        (("ab",), [["ab"]]),
        (("ab", "cd"), [["ab"], ["cd"]]),
        (("ab", "cd", "bc"), [["ab", "cd", "bc"]]),
        (("ab", "cd", "be"), [["ab", "be"], ["cd"]]),
        (("ab", "cd", "ef", "da", "ge"), [["ab", "cd", "da"], ["ef", "ge"]]),
        (("ab", "bc", "cd", "de"), [["ab", "bc", "cd", "de"]]),
        (("de", "cd", "bc", "ab"), [["de", "cd", "bc", "ab"]]),
    ],
)
def test_identities_that_share_a_cell_belong_together(sums, groups):
    assert _groups(*sums) == groups


def test_nothing_violated_is_no_group():
    assert connected([]) == []


def test_a_cell_explains_the_identities_that_it_stands_in():
    violated, names = _violated("ab", "cd", "bc")
    assert {name: explains(cell, violated) for cell, name in enumerate(names)} == {"a": (0,), "b": (0, 2), "c": (1, 2), "d": (1,)}
    assert explains(9, violated) == ()


def _explanation(score, *slips):
    return Explanation([Suspect(cell, (0,), None, None, slip) for cell, slip in enumerate(slips)], score)


def test_explanations_by_slips_come_first_then_the_likelier():
    ordered = [
        _explanation(-9.0, "lost"), _explanation(-9.5, "lost", "doubled"), _explanation(2.0, None), _explanation(1.0, "lost", None),
        _explanation(-3.0, None, None),
    ]  # fmt: skip
    assert sorted([ordered[at] for at in (3, 0, 4, 2, 1)], key=lambda explanation: explanation.rank) == ordered


def test_the_share_of_the_first_explanation():
    even = [_explanation(-700.0, None), _explanation(-700.0, None)]
    assert share(even) == 0.5
    assert share([_explanation(math.log(3), None), _explanation(0.0, None)]) == pytest.approx(0.75)
    assert share([_explanation(0.0, None), _explanation(math.log(3), None)]) == pytest.approx(0.25)
    assert share([_explanation(-5.0, None)]) == 1.0
    assert share([_explanation(5000.0, None), _explanation(0.0, None)]) == 1.0, "no float is too large"


def test_a_finding_knows_its_suspects_and_those_that_explain_all_alone():
    suspects = tuple(Suspect(cell, (0,), None) for cell in (7, 3, 5))
    finding = Finding((), suspects, ((1,), (0, 2), (2,)), "ambiguous")
    assert finding.suspected == {3, 5, 7}
    assert [suspect.cell for suspect in finding.singles] == [3, 5]


def test_no_finding_is_certain_any_more_and_the_others_stay():
    findings = [Finding((), (), (), certainty, pattern="p", is_cut=True) for certainty in ("certain", "likely", "ambiguous")]
    made = uncertain(iter(findings))
    assert [finding.certainty for finding in made] == ["likely", "likely", "ambiguous"]
    assert all(finding.pattern == "p" and finding.is_cut for finding in made) and made[1] is findings[1]


def test_a_limit_is_a_group_of_its_own_cell():
    facts = facts_of(("a", "value", "2001-01", "5"), ("b", "value", "2001-01", "7"))
    violated = evaluate([Limit(name="small", measure="value", high=1, **ABOUT)], facts).violated
    assert [[verdict.cells for verdict in group] for group in connected(violated)] == [[(0,)], [(1,)]]
