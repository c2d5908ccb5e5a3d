"""The first sentences of a month's page, for every combination of what it can say, and the word for what the month comes to."""

from types import SimpleNamespace

import pytest

from trade_assets.review.report.contents import MonthReview, MonthSummary
from trade_assets.review.report.headline import headline

NOTHING = "Nothing is open and nothing is withheld."
ONE, TWO = ["A release"], ["A release", "Another"]


def _summary(documents=(), **more):
    numbers = dict.fromkeys(
        ("figures", "holds", "violated", "not_evaluable", "open_issues", "decided_issues", "withheld", "unread", "awaited"), 0
    )
    return MonthSummary("2021-02", tuple(documents), **(numbers | more))


@pytest.mark.parametrize(
    ("documents", "numbers", "said"),
    [
        # Without a document that was read
        ([], {}, "No document of this month is in the store."),
        ([], {"awaited": 1}, "No document of this month is in the store. 1 release is awaited."),
        ([], {"unread": 1}, "No document of this month could be read. 1 document could not be read."),
        ([], {"unread": 2, "awaited": 1},
         "No document of this month could be read. 2 documents could not be read and 1 release is awaited."),
        # Without figures, and without identities
        (ONE, {}, f"“A release” prints no figure in a table, so there is nothing to prove. {NOTHING}"),
        (TWO, {"unread": 1}, "2 documents print no figure in a table, so there is nothing to prove. 1 document could not be read."),
        (ONE, {"figures": 1}, f"“A release” prints 1 figure; no identity says anything of them. {NOTHING}"),
        (TWO, {"figures": 1200}, f"2 documents print 1,200 figures; no identity says anything of them. {NOTHING}"),
        # With identities
        (ONE, {"figures": 3, "holds": 1}, f"“A release” prints 3 figures; the one identity between them holds. {NOTHING}"),
        (ONE, {"figures": 3, "holds": 2}, f"“A release” prints 3 figures; all 2 identities between them hold. {NOTHING}"),
        (ONE, {"figures": 9, "holds": 1500, "violated": 1},
         f"“A release” prints 9 figures; 1,500 of 1,501 identities between them hold, 1 does not. {NOTHING}"),
        (ONE, {"figures": 9, "violated": 1}, f"“A release” prints 9 figures; 0 of 1 identity between them hold, 1 does not. {NOTHING}"),
        (ONE, {"figures": 9, "holds": 1, "violated": 2},
         f"“A release” prints 9 figures; 1 of 3 identities between them hold, 2 do not. {NOTHING}"),
    ],
)  # fmt: skip
def test_what_was_published_and_proven(documents, numbers, said):
    families = [SimpleNamespace(title=title) for title in documents]
    assert headline(MonthReview("2021-02", families), _summary(documents, **numbers)) == said


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ({"open_issues": 1}, "1 issue waits for a decision."), ({"open_issues": 2}, "2 issues wait for a decision."),
        ({"decided_issues": 1}, "1 issue is decided."), ({"decided_issues": 2}, "2 issues are decided."),
        ({"awaited": 2}, "2 releases are awaited."), ({"unread": 3}, "3 documents could not be read."),
        # Until a decision only if none is taken: what was decided to be withheld stays so.
        ({"open_issues": 1, "withheld": 1}, "1 issue waits for a decision and 1 figure is withheld until then."),
        ({"open_issues": 2, "withheld": 1500}, "2 issues wait for a decision and 1,500 figures are withheld until then."),
        ({"decided_issues": 1, "withheld": 2}, "1 issue is decided and 2 figures are withheld."),
        ({"open_issues": 1, "decided_issues": 1, "withheld": 2},
         "1 issue waits for a decision, 1 issue is decided and 2 figures are withheld."),
        ({"withheld": 2}, "2 figures are withheld."),
        ({"unread": 1, "awaited": 1, "open_issues": 1, "decided_issues": 1, "withheld": 1},
         "1 document could not be read, 1 release is awaited, 1 issue waits for a decision, 1 issue is decided and 1 figure is withheld."),
    ],
)  # fmt: skip
def test_what_is_left_to_do(numbers, said):
    families = [SimpleNamespace(title="A release")]
    found = headline(MonthReview("2021-02", families), _summary(ONE, figures=2, holds=2, **numbers))
    assert found == f"“A release” prints 2 figures; all 2 identities between them hold. {said}"


def test_a_long_title_is_cut():
    families = [SimpleNamespace(title="x" * 91)]
    assert headline(MonthReview("2021-02", families), _summary(["x" * 91])).startswith(f"“{'x' * 89}…” prints ")
    families = [SimpleNamespace(title="x" * 90)]
    assert headline(MonthReview("2021-02", families), _summary(["x" * 90])).startswith(f"“{'x' * 90}” prints ")


@pytest.mark.parametrize(
    ("numbers", "word"),
    [
        ({}, "Nothing to prove"),
        ({"figures": 1}, "Nothing to prove"),
        ({"withheld": 1}, "Decided"),
        ({"figures": 1, "holds": 1, "not_evaluable": 1}, "Clear"),
        ({"figures": 1, "decided_issues": 1}, "Decided"),
        ({"figures": 1, "decided_issues": 1, "awaited": 1}, "Incomplete"),
        ({"awaited": 1}, "Incomplete"),
        ({"figures": 1, "open_issues": 1, "decided_issues": 1, "awaited": 1}, "Needs review"),
        ({"unread": 1}, "Needs review"),
        ({"open_issues": 1}, "Needs review"),
    ],
)
def test_what_the_month_comes_to(numbers, word):
    assert _summary(**numbers).status.word == word
