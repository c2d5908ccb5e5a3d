"""What pages of the report are made from: shipped documents as they are, altered copies, and text that is hostile."""

import dataclasses
import functools
import hashlib
import random
from dataclasses import dataclass, field

from trade_assets.identities.coverage import coverage
from trade_assets.identities.document_facts import Facts
from trade_assets.identities.rules import rules_of
from trade_assets.reading import read_document
from trade_assets.reading.text import decode
from trade_assets.review.issues import examine
from trade_assets.review.report import FamilyReview, MonthReview, PriceCategory, TradeMonth, WithheldFigure, WithheldMetric
from trade_assets_tests.conftest import shipped_document

# Expected figures come from the documents themselves: exports of goods in February 1992 are 36,854 in the 2016-11 release,
# and 36,854 + 14,828 = 51,682.
MONTHS = {"ft900": "2016-11", "mxp": "2018-08", "uscc": "2013-01"}
TITLES = {"ft900": "U.S. International Trade in Goods and Services", "mxp": "Import and Export Price Indexes", "uscc": "Trade Bulletin"}

HOSTILE = (
    "<script>window.pwned=1</script>",
    '"><img src=x onerror="window.pwned=2">',
    "' onmouseover='window.pwned=3",
    "</style></title></pre></main><h1>owned</h1><iframe src=javascript:window.pwned=4>",
    "**bold** [link](javascript:window.pwned=5) `code`",
    "\x1b[31mred\x1b[0m\x1b]0;title\x07\r\b\x9b",
    "=cmd|' /C calc'!A0",
    "\u202egnp.exe\u2066 \u200b\u2028\ufeff\x00",
    "&lt;b&gt; &#x3c;script&#x3e;",
    "A" * 10_000,
)
"""What a document, a sidecar or a reviewer may write where the report expects words."""

ALL_HOSTILE = " ".join(HOSTILE)


@functools.cache
def family_review(family, *replacements, publisher="A publisher"):
    """A shipped document as it is, or with texts replaced at the one place where they stand."""
    data = shipped_document(family, MONTHS[family]).read_bytes().decode()
    for before, after in replacements:
        assert data.count(before) == 1, (before, data.count(before))
        data = data.replace(before, after)
    return reviewed(family, data.encode(), publisher)


def reviewed(family, data, publisher="A publisher"):
    facts = Facts.of_reading(read_document(data, family))
    evaluation, issues = examine(facts, family, MONTHS[family])
    return FamilyReview(
        family, TITLES[family], publisher, f"raw/{MONTHS[family]}/{family}.txt", hashlib.sha256(data).hexdigest(),
        decode(data, family).printed, facts, evaluation, issues, coverage(rules_of(family), facts),
    )  # fmt: skip


def swapped():
    """The FT-900 with two digits of one figure exchanged: one certain issue."""
    return family_review("ft900", ("\n36,854\n", "\n36,845\n"))


def month_of(*families, **more):
    return MonthReview(MONTHS[families[0].family] if families else "2018-09", families, **more)


def trade_months(family):
    """Balance, exports and imports by month, as the document prints them."""
    figures = {
        key: family.facts.printed(cell).value for cell, key in enumerate(family.facts.keys) if not family.facts.figures.is_missing[cell]
    }
    months = sorted({period for series, _, period in figures if series == "balance.total" and period and len(period) == 7})
    return [
        TradeMonth(month, *(float(figures[f"{flow}.total", "value", month]) for flow in ("balance", "exports", "imports")))
        for month in months
    ]


def price_categories():
    """As ``metrics.price_contributions`` has them for imports in July 2018 (docs/querying.md)."""
    return [
        PriceCategory("Foods, feeds, & beverages", -1.8, -0.106, True), PriceCategory("Capital goods", -0.1, -0.026, True),
        PriceCategory("Automotive vehicles, parts & engines", 0.0, 0.0, True),
        PriceCategory("Industrial supplies & materials", 0.2, 0.052, True),
        PriceCategory("Consumer goods, excluding automotives", 0.3, 0.078, True), PriceCategory("Crude", 1.2, 0.095, False),
        PriceCategory("Withheld", None, None, True),
    ]  # fmt: skip


def many_errors(family="mxp", count=120, seed=7):
    """A document with one digit wrong in many figures, and with dozens of issues for it."""
    data = shipped_document(family, MONTHS[family]).read_bytes()
    cells = read_document(data, family).cells
    lines = data.decode().split("\n")
    rng = random.Random(seed)  # noqa: S311  # draws errors, no secrets
    figures = [cell for cell, value in enumerate(cells["value"]) if value is not None]
    for cell in sorted(rng.sample(figures, count), key=lambda cell: (cells["line"][cell], -cells["start"][cell])):
        line, start, end = (cells[name][cell] for name in ("line", "start", "end"))
        mark = cells["text"][cell]
        digits = [at for at, char in enumerate(mark) if char.isdecimal()]
        at = rng.choice(digits)
        wrong = mark[:at] + rng.choice([digit for digit in "123456789" if digit != mark[at]]) + mark[at + 1 :]
        lines[line - 1] = lines[line - 1][:start] + wrong + lines[line - 1][end:]
    return reviewed(family, "\n".join(lines).encode())


@dataclass(frozen=True)
class Decided:
    """A decision as the report takes it."""

    action: str = "correct"
    reason: str = "The publisher confirmed it by telephone."
    reviewer: str = "A. Reviewer"
    decided_on: str = "2026-11-20"
    expires_on: str | None = "2027-11-20"
    values: dict = field(default_factory=lambda: {"44:0": "36,854"})
    told_publisher_on: str | None = "2026-11-19"
    publisher_answer: str | None = "It will be revised."


def hostile_review():
    """A month in which every text that a document, a sidecar or a person has a hand in is hostile."""
    honest = swapped()
    issue = honest.issues[0]
    cell = issue.suspects[0].cell
    place = {name: list(column) for name, column in honest.facts.place.items()}
    place["text"] = [mark if at % 7 else ALL_HOSTILE for at, mark in enumerate(place["text"])]
    place["text"][cell] = HOSTILE[1]
    place["table"] = [ALL_HOSTILE] * len(place["table"])
    place["column"] = [ALL_HOSTILE] * len(place["column"])
    keys = [(f"{series} {ALL_HOSTILE}", measure, period) for series, measure, period in honest.facts.keys]
    facts = dataclasses.replace(honest.facts, keys=keys, place=place)
    lines = list(honest.lines)
    lines[41:46] = [ALL_HOSTILE, HOSTILE[0], f"36,845 {ALL_HOSTILE}", ALL_HOSTILE * 2, HOSTILE[5]]
    family = dataclasses.replace(
        honest, title=ALL_HOSTILE, publisher=ALL_HOSTILE, path=ALL_HOSTILE, lines=lines, facts=facts,
        issues=[dataclasses.replace(issue, facts=facts)], consequences={issue.id: HOSTILE},
        withheld=[WithheldFigure(ALL_HOSTILE, ALL_HOSTILE, ALL_HOSTILE, ALL_HOSTILE, ALL_HOSTILE, issue.id)],
        withheld_metrics=[WithheldMetric(ALL_HOSTILE, ALL_HOSTILE, ALL_HOSTILE, HOSTILE[0])],
    )  # fmt: skip
    words = dict.fromkeys(("reason", "reviewer", "decided_on", "expires_on", "told_publisher_on", "publisher_answer"), ALL_HOSTILE)
    decided = dataclasses.replace(
        reviewed("uscc", shipped_document("uscc", "2013-01").read_bytes()),
        decisions={"6aefbff643a0": Decided(action=HOSTILE[0], values={HOSTILE[1]: HOSTILE[2]}, **words), HOSTILE[3]: Decided()},
    )
    unread = [{"path": ALL_HOSTILE, "line": 3, "expected": ALL_HOSTILE, "found": ALL_HOSTILE, "todo": ALL_HOSTILE}]
    prices = [PriceCategory(ALL_HOSTILE, 1.0, 0.5, True), PriceCategory(HOSTILE[0], 1.0, 0.5, False)]
    return MonthReview("2016-11", [family, decided], unread=unread, trade=[TradeMonth(HOSTILE[1], 1.0, 2.0, 1.0)], prices=prices)
