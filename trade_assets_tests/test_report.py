"""The report as text: what it says of shipped documents and of altered copies, and what hostile text cannot do to it.

Expected figures come from the documents themselves: exports of goods in February 1992 are 36,854 in the 2016-11 release,
and 36,854 + 14,828 = 51,682.
"""

import dataclasses
import functools
import hashlib
import itertools
import random
import re
import shlex
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import pytest

from trade_assets.cli import main
from trade_assets.facts.periods import add_months
from trade_assets.identities.coverage import coverage
from trade_assets.identities.document_facts import Facts
from trade_assets.identities.rules import rules_of
from trade_assets.reading import read_document
from trade_assets.reading.text import decode
from trade_assets.review import report
from trade_assets.review.commands import deciding
from trade_assets.review.issues import examine
from trade_assets.review.report import (
    FamilyReview,
    MonthReview,
    MonthSummary,
    PriceCategory,
    TradeMonth,
    WithheldFigure,
    WithheldMetric,
    index_page,
    month_page,
    month_page_name,
)
from trade_assets.review.report.markup import element, join, text
from trade_assets.review.report.plots import contribution_bar, figure_plot, trade_plot
from trade_assets_tests.conftest import shipped_document

MONTHS = {"ft900": "2016-11", "mxp": "2018-08", "uscc": "2013-01"}
TITLES = {"ft900": "U.S. International Trade in Goods and Services", "mxp": "Import and Export Price Indexes", "uscc": "Trade Bulletin"}
PACKAGE = Path(report.__file__).parent

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


# What pages are made from


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


# Reading pages


VOID = {"br", "link", "meta"}


@dataclass
class Node:
    tag: str
    attributes: dict
    content: list = field(default_factory=list)

    @property
    def text(self):
        return "".join(part if isinstance(part, str) else part.text for part in self.content)

    def all(self, tag=None, class_=None):
        for part in self.content:
            if isinstance(part, Node):
                if tag in (None, part.tag) and (class_ is None or class_ in (part.attributes.get("class") or "").split()):
                    yield part
                yield from part.all(tag, class_)

    def one(self, tag=None, class_=None):
        return next(iter(self.all(tag, class_)))


class Page(HTMLParser):
    """A page as a tree; every element must be closed, in order."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.root = Node("root", {})
        self.open = [self.root]
        self.feed(html)
        self.close()
        assert self.open == [self.root], [node.tag for node in self.open]

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), (tag, names)
        node = Node(tag, dict(attrs))
        self.open[-1].content.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_endtag(self, tag):
        assert self.open[-1].tag == tag, f"</{tag}> inside <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data):
        self.open[-1].content.append(data)


def parsed(html):
    """The tree of a page that is sound: closed, self-contained, and with all its references."""
    root = Page(html).root
    nodes = list(root.all())
    ids = [node.attributes["id"] for node in nodes if "id" in node.attributes]
    assert len(ids) == len(set(ids))
    for node in nodes:
        for name, value in node.attributes.items():
            assert not name.startswith("on"), name
            assert name not in {"src", "srcset", "style", "action", "data"}, name
            if name in ("aria-labelledby", "aria-describedby"):
                assert set(value.split()) <= set(ids), value
            if name == "href":
                assert value[1:] in ids if value.startswith("#") else re.fullmatch(r"data:,|index\.html|\d{4}-\d\d\.html", value), value
    tags = {node.tag for node in nodes}
    assert tags.isdisjoint(
        {"script", "img", "iframe", "object", "embed", "form", "input", "button", "base", "audio", "video", "use", "image"}
    )
    assert "url(" not in root.one("style").text
    assert "@import" not in root.one("style").text
    assert [node.tag for node in nodes].count("main") == 1
    assert [node.tag for node in nodes].count("h1") == 1
    levels = [int(node.tag[1]) for node in nodes if re.fullmatch(r"h[1-6]", node.tag)]
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels)), levels
    for table in root.all("table"):
        assert table.one("caption").text.strip()
        assert all(head.attributes.get("scope") in ("col", "row") for head in table.all("th"))
        assert all(head.text.strip() for head in table.all("th"))
    for drawing in root.all("svg"):
        if drawing.attributes.get("aria-hidden") != "true":
            assert drawing.attributes["role"] == "img"
            assert drawing.one("title").text
            assert drawing.one("desc").text
    for node in root.all(class_="scroll"):
        assert node.attributes["tabindex"] == "0"
        assert node.attributes["role"] == "group"
    return root


def rows(table):
    """A table's rows as lists of texts, spaces squeezed."""
    return [[" ".join(cell.text.split()) for cell in row.content] for row in table.all("tr")]


# What a page says


def headline(review):
    return parsed(month_page(review)).one(class_="headline").text


def test_the_summary_says_what_was_published_proven_open_and_withheld():
    honest = swapped()
    issue = honest.issues[0]
    cell = issue.suspects[0].cell
    withheld = [WithheldFigure("goods_and_services", "exports_goods_musd", *honest.facts.keys[cell][::2], "36,845", issue.id)]
    page = parsed(month_page(month_of(dataclasses.replace(honest, withheld=withheld))))
    # 2,157 identities hold in the document as published; the figure stands in three of them.
    assert page.one(class_="headline").text == (
        "“U.S. International Trade in Goods and Services” prints 2,898 figures; 2,154 of 2,157 identities between them hold, 3 do not. "
        "1 issue waits for a decision and 1 figure is withheld until then."
    )
    assert page.one(class_="pill").text == "▲ Needs review"
    numbers = {entry.one("dt").text: entry.one("dd").text for entry in page.one(class_="numbers").content}
    assert numbers == {
        "figures": "2,898", "proven to the print": "2,898", "identities hold": "2,154", "violated": "3", "not evaluable": "18",
        "issues open": "1", "issues decided": "0", "figures withheld": "1",
    }  # fmt: skip
    assert page.one("title").text == "Release month 2016-11: Needs review - trade-assets"
    assert [link.attributes["href"] for link in page.one("header").all("a")] == ["index.html"]


def test_each_state_of_a_month_has_its_word():
    clean = family_review("mxp")
    assert headline(month_of(clean)) == (
        "“Import and Export Price Indexes” prints 2,282 figures; all 2,733 identities between them hold. "
        "Nothing is open and nothing is withheld."
    )
    assert MonthSummary.of(month_of(clean)).status.word == "Clear"
    decided = dataclasses.replace(swapped(), decisions={swapped().issues[0].id: Decided()})
    assert headline(month_of(decided)).endswith("3 do not. 1 issue is decided.")
    assert MonthSummary.of(month_of(decided)).status.word == "Decided"
    assert headline(month_of(clean, swapped())).startswith("2 documents print 5,180 figures; 4,887 of 4,890 identities")
    unread = [{"path": "raw/2018-09/x.txt", "line": 3, "expected": "a table", "found": "prose", "todo": "fetch it again"}]
    assert headline(month_of(unread=unread)) == "No document of this month could be read. 1 document could not be read."
    assert MonthSummary.of(month_of(unread=unread)).status.word == "Needs review"
    assert headline(month_of()) == "No document of this month is in the store."
    assert MonthSummary.of(month_of()).status.word == "Nothing to prove"


def test_what_could_not_be_read_is_said_with_place_and_remedy():
    unread = [{"path": "raw/2018-09/x.txt", "line": 3, "expected": "a table", "found": "prose", "todo": "fetch it again"}]
    section = parsed(month_page(month_of(family_review("mxp"), unread=unread))).one(class_="unread")
    assert section.text == "raw/2018-09/x.txt, line 3Expecteda tableFoundproseTo dofetch it again"


def test_an_issue_shows_the_documents_lines_with_the_figure_marked():
    article = parsed(month_page(month_of(swapped()))).one("article")
    assert article.one("h3").text == "Line 44: 36,845 (exports.goods 1992-02) is wrong, probably 36,854 (transposed digits)."
    lines = list(article.one("pre").all("span", "line"))
    assert [line.text for line in lines] == ["42 4,762", "43 51,682", "44 36,845", "45 14,828", "46 52,513"]
    assert [[mark.text for mark in line.all("mark")] for line in lines] == [[], [], ["36,845"], [], []]
    assert "Exactly one figure can be the wrong one" in article.text


def test_an_issue_shows_its_identities_as_the_sums_they_are():
    goods, balance, year = parsed(month_page(month_of(swapped()))).one("article").all("table", "sum")
    assert goods.one("caption").text == "Total trade is the sum of goods and services. goods_plus_services_equals_total"
    assert rows(goods) == [
        ["", "Figure", "What it is", "Line"],
        ["", "36,845", "exports.goods 1992-02", "44"],
        ["+", "14,828", "exports.services 1992-02", "45"],
        ["=", "51,673", "computed from the parts", ""],
        ["≠", "51,682", "printed: exports.total 1992-02", "43"],
        ["", "Misses by 9, rounding allows 1 (inferred: no publisher states the rule)."],
    ]
    assert rows(balance)[2] == ["−", "42,447", "imports.goods 1992-02", "47"]
    assert len(rows(year)) == 1 + 12 + 2 + 1
    assert rows(year)[-1] == ["", "Misses by 9, rounding allows 6 (inferred: no publisher states the rule)."]
    assert [mark.text for table in (goods, balance, year) for mark in table.all("mark")] == ["36,845"] * 3


ALL_EXPORTS = "exports.end_use.all_commodities"
MONTHLY = ("0.6", "0.8", "0.1", "0.5", "0.1", "0.7", "0.2", "0.4", "0.5", "(r)0.7", "(r)0.2", "-0.5")
"""The changes of all exports from August 2017 to July 2018 as Table A prints them, a year's two lines apart."""


@pytest.mark.parametrize(
    ("family", "before", "after", "kind", "shown"),
    [
        # 100 * (119.8 / 117.9 - 1) = 1.6115; with 191.8 it is 62.6802.
        ("mxp", "| X | 1.098 | 117.9 | 119.8 |", "| X | 1.098 | 117.9 | 191.8 |", "percent_change_matches_rounded_indexes", [
            ["", "117.9", "earlier: imports.harmonized.X index 2018-06", "199"],
            ["", "191.8", "later: imports.harmonized.X index 2018-07", "199"],
            ["=", "62.6802", "computed: 100 × (later ÷ earlier − 1), in percent", ""],
            ["≠", "1.6", "printed: imports.harmonized.X percent_change 2018-06/2018-07", "199"],
        ]),
        # 3.389 * 141.3 / 1141.4 = 0.4195 against 2.228 * 144.5 / 144.2 + 1.161 * 137.1 / 137.8 = 2.2326 + 1.1551 = 3.3877.
        ("mxp", "| VII | 3.389 | 141.4 |", "| VII | 3.389 | 1141.4 |", "index_change_matches_weighted_parts", [
            ["", "2.2326", "imports.harmonized.39", "2.228", "144.2", "144.5"],
            ["+", "1.1551", "imports.harmonized.40", "1.161", "137.8", "137.1"],
            ["=", "3.3877", "computed from the parts", "", "", ""],
            ["≠", "0.4195", "as printed: imports.harmonized.VII", "3.389", "1141.4", "141.3"],
        ]),
        # Table A prints 4.3 twice: in Table A and in Table 2.
        ("mxp", "2018 | 4.8 | 40.7 | 1.3 | 4.3 |", "2018 | 4.8 | 40.7 | 1.3 | 5.3 |", "same_fact_printed_twice_agrees", [
            ["", "5.3", f"printed here: {ALL_EXPORTS} percent_change 2017-07/2018-07", "24"],
            ["≠", "4.3", f"and printed here: {ALL_EXPORTS} percent_change 2017-07/2018-07", "69"],
        ]),
        # The growth factors of twelve months, multiplied.
        ("mxp", "2018 | 4.8 | 40.7 | 1.3 | 4.3 |", "2018 | 4.8 | 40.7 | 1.3 | 8.3 |", "monthly_changes_compound_to_twelve_months", [
            *(["×" if at else "", mark, f"{ALL_EXPORTS} percent_change {add_months('2017-07', at)}/{add_months('2017-08', at)}",
               str(10 + at + (at > 4))] for at, mark in enumerate(MONTHLY)),
            ["=", "4.3782", "computed: the growth factors 1 + change ÷ 100 multiplied, in percent", ""],
            ["≠", "8.3", f"printed: {ALL_EXPORTS} percent_change 2017-07/2018-07", "24"],
        ]),
        ("mxp", "| 08 | 0.779 | 124.8 |", "| 08 | 0.779 | -124.8 |", "indexes_are_positive", [
            ["", "-124.8", "printed: imports.harmonized.08 index 2018-06", "173"], [">", "0", "what it must be above", ""],
        ]),
        ("mxp", "| 100.000 | 128.1 | 127.4 |", "| 101.000 | 128.1 | 127.4 |", "relative_importance_of_all_is_100", [
            ["", "101.000", f"printed: {ALL_EXPORTS} relative_importance 2018-06", "69"], ["≠", "100", "what it must be", ""],
        ]),
        # A part of 7.790 that was 0.779 is more than its whole, and the parts that are printed are not all there are.
        ("mxp", "| 08 | 0.779 |", "| 08 | 7.790 |", "relative_importances_of_some_parts_stay_within_total", [
            ["", "0.332", "imports.harmonized.07 relative_importance 2018-06", "172"],
            ["+", "7.790", "imports.harmonized.08 relative_importance 2018-06", "173"],
            ["+", "0.318", "imports.harmonized.09 relative_importance 2018-06", "174"],
            ["=", "8.44", "computed from the parts", ""],
            ["≰", "1.836", "printed, and should be no less: imports.harmonized.II relative_importance 2018-06", "171"],
        ]),
        ("mxp", "| July 2017 to 2018 | 4.8 |", "| July 2017 to 2018 | (r)4.8 |", "revised_marks_stand_in_open_months", [
            ["", "(r)4.8", "marked as revised: imports.end_use.all_commodities percent_change 2017-07/2018-07", "24"],
        ]),
        ("uscc", "Mar 9.11 1.20 7.92 16.55 3.60 12.95 1,096", "Mar 9.11 1.20 7.92 16.55 3.60 12.95 596", "cumulative_counts_never_fall", [
            ["", "706", "the least it may be: china.outbound_investment.enterprises count 2012-01/2012-02", "227"],
            ["<", "596", "printed: china.outbound_investment.enterprises count 2012-01/2012-03", "229"],
        ]),
        # 3,372.78 of 10,594.40 are 31.8355 percent.
        ("uscc", "3,372.78 31.8% 36.1%", "3,372.78 38.8% 36.1%", "share_equals_part_over_total", [
            ["", "3,372.78", "part: exports.china.top_five.agricultural_products 2012-11", "78"],
            ["", "10,594.40", "whole: exports.china.total 2012-11", "90"],
            ["=", "31.8355", "computed: 100 × part ÷ whole, in percent", ""],
            ["≠", "38.8%", "printed: exports.china.top_five.agricultural_products share 2012-11", "78"],
        ]),
    ],
)  # fmt: skip
def test_every_kind_of_identity_is_drawn(family, before, after, kind, shown):
    page = parsed(month_page(month_of(family_review(family, (before, after)))))
    table = next(table for table in page.all("table", "sum") if table.one("code").text == kind)
    assert rows(table)[1:-1] == shown


def test_a_mark_without_a_sum_is_drawn_too():
    flagged = family_review("mxp", ("| July 2017 to 2018 | 4.8 |", "| July 2017 to 2018 | (r)4.8 |"))
    article = parsed(month_page(month_of(flagged))).one("article")
    assert rows(article.one("table", "sum"))[-1] == ["", "No revision is open there."]


def test_an_issue_says_what_the_figure_should_read_and_why_no_other_is_wrong():
    article = parsed(month_page(month_of(swapped()))).one("article")
    said = {entry.one("dt").text: entry.one("dd").text for entry in article.one("dl", "one").content}
    assert said == {
        "Printed": "36,845 on line 44: exports.goods 1992-02",
        "Should read": "36,854",
        "Because": "transposed digits: that slip would turn 36,854 into what is printed",
        "All its identities allow": "36,853 to 36,855",
    }
    assert "16 other figures cannot be the single wrong one" in article.text


def test_several_suspects_are_a_table_with_what_each_may_read():
    # Outbound investment of 2011: 45.67 + 14.4 is 8.51 less than the printed 68.58 (docs/limits.md); nothing tells which is wrong.
    article = parsed(month_page(month_of(family_review("uscc")))).one("article")
    table = next(table for table in article.all("table") if table.one("caption").text == "Suspect figures")
    assert rows(table) == [
        ["Printed", "What it is", "Line", "All its identities allow", "In violated identities"],
        ["14.4", "china.outbound_investment.reinvested_profits 2011", "247", "22.90 to 22.92", "1 of 1"],
        ["68.58", "china.outbound_investment.total 2011", "247", "60.01 to 60.13", "1 of 1"],
        ["45.67", "china.outbound_investment.first_time 2011", "247", "54.12 to 54.24", "1 of 1"],
    ]
    assert [mark.text for mark in article.one("pre").all("mark")] == ["68.58", "14.4", "45.67"]


def test_figures_changed_together_are_said_to_be():
    exchanged = family_review("ft900", ("\n51,682\n36,854\n14,828\n", "\n51,682\n14,828\n36,854\n"))
    article = parsed(month_page(month_of(exchanged))).one("article")
    assert "changed together" in article.text
    assert len(list(article.one("pre").all("mark"))) == 2


def test_the_series_around_the_figure_is_plotted_with_print_and_proposal():
    drawing = parsed(month_page(month_of(swapped()))).one("article").one("svg")
    said = drawing.one("desc").text
    assert said.startswith("Printed 36,845 in 1992-02, proposed 36,854. As printed: 1992-01 35,498; 1992-02 36,845; 1992-03 35,711;")
    assert len(list(drawing.all("circle", "point"))) == 7  # January, and March to August
    assert len(list(drawing.all(class_="suspect"))) == 2
    assert {label.text for label in drawing.all("text", "proposed")} == {"36,854"}


def test_an_issues_consequences_stand_in_it():
    issue = swapped().issues[0]
    told = dataclasses.replace(swapped(), consequences={issue.id: ["the sign of the change of total exports in 2016-09 would flip"]})
    listed = parsed(month_page(month_of(told))).one("article").one("ul", "consequences")
    assert [item.text for item in listed.all("li")] == ["The sign of the change of total exports in 2016-09 would flip."]


def test_commands_are_one_line_each_and_are_taken_by_the_command_line():
    issue = swapped().issues[0]
    article = parsed(month_page(month_of(swapped()))).one("article")
    commands = [code.text for code in article.all("code", "command")]
    assert commands == [
        f"trade-assets review accept {issue.id} --reason '...'",
        f"trade-assets review correct {issue.id} --value 36,854 --reason '...'",
        f"trade-assets review withhold {issue.id} --reason '...'",
    ]
    shifted = family_review("ft900", ("\n51,682\n36,854\n14,828\n", "\n51,682\n14,828\n36,854\n")).issues[0]
    ambiguous = family_review("uscc").issues[0]
    for each in (issue, shifted, ambiguous):
        for _, command in deciding(each):
            assert "\n" not in command
            program, group, name, *arguments = shlex.split(command)
            assert (program, group) == ("trade-assets", "review")
            assert main.commands[group].commands[name].make_context(name, arguments).params["reason"] == "..."
    assert [command for _, command in deciding(ambiguous)][1] == (
        f"trade-assets review correct {ambiguous.id} --value 247:11='...' --reason '...'"
    )
    assert [command for _, command in deciding(shifted)][1].count("--value 44:0=36,854") == 1


def test_a_decision_stands_at_its_issue_and_in_the_list():
    issue = swapped().issues[0]
    page = parsed(month_page(month_of(dataclasses.replace(swapped(), decisions={issue.id: Decided(reason="One.\nTwo.")}))))
    box = page.one("article").one(class_="decision")
    for said in (
        "corrected",
        "One.Two.",
        "A. Reviewer on 2026-11-20",
        "36,854 on line 44",
        "2027-11-20",
        "2026-11-19",
        "It will be revised.",
    ):
        assert said in box.text
    assert [code.text for code in page.one("article").all("code", "command")] == [f"trade-assets review reopen {issue.id} --reason '...'"]
    table = next(table for table in page.all("table") if table.one("caption").text == "Decisions on record")
    assert rows(table)[1][:3] == [issue.id, "corrected", "36,854 on line 44"]
    assert table.one("a").attributes["href"] == f"#issue-{issue.id}"
    keyed_by_line_and_offset = dataclasses.replace(swapped(), decisions={issue.id: Decided(values={(44, 0): "36,854"})})
    assert "36,854 on line 44" in month_page(month_of(keyed_by_line_and_offset))


def test_open_issues_stand_before_decided_ones():
    family = many_errors(count=30)
    first, second = family.issues[:2]
    told = dataclasses.replace(family, states={first.id: "decided", second.id: "new"})
    page = parsed(month_page(month_of(told)))
    shown = [article.attributes["id"].removeprefix("issue-") for article in page.all("article")]
    assert shown[0] == second.id
    assert shown[-1] == first.id


def test_the_scoreboard_has_every_identity_and_coverage_every_table():
    family = family_review("mxp")
    page = parsed(month_page(month_of(family)))
    scored = rows(page.one("table", "scoreboard"))[1:]
    assert len(scored) == len(family.evaluation.counts)
    positive = "A price index is printed as a positive figure: changes are quotients of indexes.indexes_are_positive"
    assert [positive, "within bounds", "548", "0", "0"] in scored
    covered = rows(page.one("table", "coverage"))
    assert covered[-1][0] == "all tables"
    assert int(covered[-1][1].replace(",", "")) == len(family.coverage)
    assert [row[0] for row in covered[1:-1]] == list(dict.fromkeys(family.facts.place["table"]))


def test_withheld_figures_and_metrics_lead_to_their_issue():
    issue = swapped().issues[0]
    family = dataclasses.replace(
        swapped(),
        withheld=[WithheldFigure("goods_and_services", "exports_goods_musd", "exports.goods", "1992-02", "36,845", issue.id)] * 400,
        withheld_metrics=[WithheldMetric("trade_changes", "value_musd", "exports goods 1992-02", issue.id)],
    )
    page = parsed(month_page(month_of(family)))
    section = next(section for section in page.all("section") if section.attributes["aria-labelledby"] == "withheld")
    figures, metrics = section.all("table")
    assert rows(figures)[1] == ["36,845", "exports.goods 1992-02", "goods_and_services.exports_goods_musd", issue.id]
    assert "and 100 more figures, all of them in validated.in_doubt" in section.text
    assert rows(metrics)[1] == ["exports goods 1992-02", "trade_changes.value_musd", issue.id]
    assert {link.attributes["href"] for link in section.all("a")} == {f"#issue-{issue.id}"}


def test_trade_and_prices_are_plotted_with_their_figures_as_text():
    family = family_review("ft900")
    months = trade_months(family)
    page = parsed(month_page(month_of(family, trade=[*months, TradeMonth("2016-10", None, None, None)], prices=price_categories())))
    trade = next(section for section in page.all("section") if section.attributes["aria-labelledby"] == "trade")
    assert (
        trade.one("desc").text
        == "1992-01 to 2016-10, in billion dollars. The table below has every month. Latest balance: -36.4 in 2016-09."
    )
    assert rows(trade.one("table"))[2] == ["1992-02", "51,682", "52,513", "-831"]
    assert len(rows(trade.one("table"))) == 1 + len(months) + 1
    prices = next(section for section in page.all("section") if section.attributes["aria-labelledby"] == "prices")
    top, others = prices.all("table")
    assert rows(top)[1:4] == [
        ["Foods, feeds, & beverages", "-1.8", "-0.106", ""], ["Capital goods", "-0.1", "-0.026", ""],
        ["Automotive vehicles, parts & engines", "0.0", "0.000", ""],
    ]  # fmt: skip
    assert rows(top)[-1] == ["Withheld", "", "", "withheld"]
    assert [row[0] for row in rows(others)] == ["Category", "Crude"]


def test_the_index_leads_to_every_month_and_says_what_needs_review():
    reviews = [MonthSummary.of(month_of(each)) for each in (family_review("uscc"), swapped(), family_review("mxp"))]
    page = parsed(index_page(reviews))
    assert page.one(class_="headline").text == (
        "3 release months with 5,454 figures; 5,058 identities hold. 2 months need review: 2016-11, 2013-01."
    )
    links = [row.one("a") for row in page.one("tbody").all("tr")]
    assert [(link.text, link.attributes["href"]) for link in links] == [
        (month, f"{month}.html") for month in ("2018-08", "2016-11", "2013-01")
    ]
    assert rows(page.one("table"))[2][3:] == ["2,898", "2,154", "3", "18", "1", "0", "0"]
    assert parsed(index_page([])).one(class_="headline").text == "No release month has been built yet."


# Size


def test_the_page_of_2300_figures_is_smaller_than_a_megabyte():
    family = many_errors(count=120)
    assert len(family.facts) >= 2_282
    assert len(family.issues) > 50
    html = month_page(month_of(family, trade=trade_months(family_review("ft900")), prices=price_categories()))
    assert len(html.encode()) < 1_000_000
    page = parsed(html)
    assert len(list(page.all("article"))) == 50
    more = next(table for table in page.all("table") if table.one("caption").text == "More issues")
    assert len(rows(more)) == 1 + len(family.issues) - 50
    worst = month_page(month_of(many_errors("ft900", count=100)))
    assert len(worst.encode()) < 1_000_000


# Safety


def test_hostile_text_shows_as_text_and_nothing_else():
    html = month_page(hostile_review())
    page = parsed(html)  # no script, image, frame, handler or foreign link among its elements
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]", html)
    assert len(html.encode()) < 1_000_000
    assert "(10000 characters)" in html or f"({len(ALL_HOSTILE)} characters)" in html
    for said in (
        HOSTILE[0],
        HOSTILE[1],
        "**bold** [link](javascript:window.pwned=5)",
        "\\x1b[31mred",
        "=cmd|' /C calc'!A0",
        "\\u202egnp.exe",
        "&lt;b&gt;",
    ):
        assert said in page.text, said
    assert "A" * 2_000 not in html
    lines = [line.text for line in page.one("pre").all("span", "line")]
    assert lines[1] == f"43 {HOSTILE[0]}"
    assert lines[2].startswith(f"44 36,845 {HOSTILE[0]}")
    assert [mark.text for mark in page.one("pre").all("mark")] == ["36,845"]


def test_no_command_holds_text_of_a_document():
    page = parsed(month_page(hostile_review()))
    for code in page.all("code", "command"):
        assert re.fullmatch(r"trade-assets review [a-z]+ [0-9a-f]{12} (?:--value [0-9:=,.-]+ )?--reason '\.\.\.'", code.text), code.text


def test_a_hostile_title_stays_a_title_in_the_index():
    summary = MonthSummary.of(hostile_review())
    page = parsed(index_page([summary, *(dataclasses.replace(summary, documents=(each,)) for each in HOSTILE)]))
    assert HOSTILE[0] in page.one("tbody").text


@pytest.mark.parametrize("name", ["../x", "2016-11/..", "2016-13", "", "2016-11\n", "javascript:1"])
def test_a_page_is_named_after_nothing_but_a_month(name):
    with pytest.raises(ValueError, match="no release month"):
        month_page_name(name)


@pytest.mark.parametrize(
    "made",
    [
        lambda: element("script", "x"), lambda: element("p", onclick="x"), lambda: element("p", style="color:red"), lambda: element("img"),
        lambda: element("p", id='x"><b>'), lambda: element("a", "x", href="javascript:alert(1)"),
        lambda: element("a", "x", href="//host/x"),
        lambda: element("a", "x", href="https://host"), lambda: f"{element('p', 'x')}",
    ],
)  # fmt: skip
def test_markup_refuses_what_no_report_has(made):
    with pytest.raises((ValueError, TypeError)):
        made()


def test_text_is_escaped_wherever_it_stands():
    assert join("<b>", ["&", [None, 1234, text("'")]]).html == "&lt;b&gt;&amp;1,234&#x27;"
    assert element("p", "\x1b\u202e").html == "<p>\\x1b\\u202e</p>"


def test_only_one_module_writes_html():
    for module in PACKAGE.glob("*.py"):
        source = module.read_text()
        assert "dagster" not in source
        if module.name != "markup.py":
            assert not re.search(r"\bMarkup\(", source), module.name
            assert not re.search(r"[\"']</?[a-z]", source), module.name


def test_the_policy_lets_in_the_style_sheet_and_nothing_else():
    page = parsed(month_page(month_of(family_review("uscc"))))
    policy = next(meta.attributes["content"] for meta in page.all("meta") if meta.attributes.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


# Plots


def test_plots_take_single_and_equal_values_and_gaps():
    points = [("2016-01", "1", 1.0), ("2016-02", "1", 1.0)]
    for drawing in (
        figure_plot([report_point(*point) for point in points], 0, None, "series", "a"),
        figure_plot([report_point(*points[0])], 0, None, "series", "a"),
        trade_plot([("2016-01", None, 1.0, None), ("2016-02", 0.0, 0.0, 0.0), ("2016-03", None, 2.0, 1.0)], "b"),
        trade_plot([("2016-01", 0.0, 0.0, 0.0)], "b"),
        contribution_bar(0.0, 0.0, 0.0),
    ):
        assert "nan" not in drawing.html
        assert "inf" not in drawing.html


def report_point(period, shown, value):
    from trade_assets.review.report.plots import Point

    return Point(period, shown, value)


# Colours


def _luminance(colour):
    channels = [int(pair, 16) / 255 for pair in re.findall("..", colour if len(colour) == 6 else "".join(char * 2 for char in colour))]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_every_pair_of_colours_has_contrast_in_both_schemes():
    schemes = [
        dict(re.findall(r"--([a-z-]+): #([0-9a-f]{3,6});", block))
        for block in re.findall(r":root \{(.*?)\}", (PACKAGE / "style.css").read_text(), re.DOTALL)
    ]
    assert len(schemes) == 2
    papers = ("page", "panel")
    pairs = [(ink, paper) for ink in ("ink", "soft", "link", "red", "amber", "green", "grey") for paper in papers]
    pairs += [(tone, f"{tone}-panel") for tone in ("red", "amber", "green", "grey")] + [("mark-ink", "mark")]
    for scheme, (ink, paper) in itertools.product(schemes, pairs):
        light, dark = sorted((_luminance(scheme[ink]), _luminance(scheme[paper])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (ink, paper, scheme[ink], scheme[paper])
