"""Violated identities drawn as the sums and ratios they are: parts, what they come to, what is printed, the gap."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from trade_assets.identities.evaluate import Verdict
from trade_assets.identities.forms import Printed
from trade_assets.identities.kinds import Limit
from trade_assets.review.decimals import decimal_text
from trade_assets.review.equations import gap_sentence
from trade_assets.review.issues import Issue
from trade_assets.review.report.markup import Content, Markup, element, join, scrolling, text
from trade_assets.review.report.words import count, sentence

_SHOWN_PARTS = 16  # a year and its twelve months are shown whole
_MARK = 60  # characters of a printed mark


class _Row(NamedTuple):
    """A line of the sum: an operator, a figure, what it is, and the line where it is printed."""

    sign: str
    figure: Content
    what: Content
    line: Content = None
    class_: str | None = None


def drawn(issue: Issue, verdict: Verdict, name: str) -> Markup:
    """An identity as column arithmetic, its suspect figures marked.

    Args:
        name: an id of its own in the page.
    """
    sum_ = _Sum(issue, verdict)
    if verdict.rule.kind == "weighted change" and verdict.sought is None:
        return scrolling(f"Sum that does not add up: {verdict.rule.description}", _weighted(sum_), name)
    rows = _sought if verdict.sought is not None else _ROWS[verdict.rule.kind]
    return _table(sum_, ("", "Figure", "What it is", "Line"), [_line(row) for row in rows(sum_)])


class _Sum:
    """A violated identity with the figures in it."""

    def __init__(self, issue: Issue, verdict: Verdict) -> None:
        self.issue, self.verdict = issue, verdict
        self.cells = verdict.cells
        self.members: list[Printed] = [issue.facts.printed(cell) for cell in self.cells]
        self.values: list[Fraction] = [member.value for member in self.members]
        self.decimals = max(member.decimals for member in self.members)
        self.is_grouped = any("," in issue.place(cell).text for cell in self.cells)

    def figure(self, member: int) -> Markup:
        """The printed mark of a member, its decimal point below those of the others."""
        cell = self.cells[member]
        mark = issue_mark(self.issue, cell)
        decimals = self.members[member].decimals
        missing = self.decimals - decimals + (decimals == 0 < self.decimals)
        return join(mark, element("span", " " * missing, aria_hidden="true") if missing else None)

    def row(self, member: int, sign: str = "", what: str | None = None, class_: str | None = None) -> _Row:
        """A line for a member."""
        place = self.issue.place(self.cells[member])
        return _Row(sign, self.figure(member), place.fact if what is None else f"{what}: {place.fact}", place.line, class_)

    def number(self, value: Fraction, places: int | None = None) -> str:
        """A computed figure, with as many decimals as the print by default; grouped as the print is."""
        places = self.decimals if places is None else places
        if not self.is_grouped or abs(value) < 1000:
            return decimal_text(value, places) or "0"
        return grouped(decimal_text(value, places))

    def computed(self, value: Fraction, what: str, places: int | None = None) -> _Row:
        """The line of what the identity comes to."""
        return _Row("=", self.number(value, places), what, None, "computed")

    def printed(self) -> _Row:
        """The line of the printed total, change or share."""
        return self.row(0, "≠", "printed", "printed")


def issue_mark(issue: Issue, cell: int) -> Markup:
    """A cell's printed mark, marked if it is suspected."""
    shown = text(issue.place(cell).text, _MARK)
    return element("mark", shown) if cell in issue.marked else element("span", shown)


def grouped(number: str) -> str:
    """A decimal number with its thousands grouped."""
    whole, point, fraction = number.partition(".")
    return f"{'-' if whole.startswith('-') else ''}{int(whole.lstrip('-')):,}{point}{fraction}"


def _grouped(value: Fraction) -> str:
    """A number as figures of the sum are printed, its thousands grouped."""
    return grouped(decimal_text(value))


def _table(sum_: _Sum, headings: Sequence[str], lines: Sequence[Markup]) -> Markup:
    rule = sum_.verdict.rule
    said = gap_sentence(sum_.verdict, _grouped if sum_.is_grouped else decimal_text)
    heads = (
        element("th", heading, scope="col", class_=None if heading == "What it is" else "number") if heading else element("td")
        for heading in headings
    )
    return element(
        "table",
        element("caption", rule.description, " ", element("code", rule.name)),
        element("thead", element("tr", *heads)),
        element("tbody", *lines),
        element("tfoot", element("tr", element("td"), element("td", element("strong", sentence(said)), colspan=len(headings) - 1))),
        class_="sum",
    )


def _line(row: _Row) -> Markup:
    return element(
        "tr",
        element("td", row.sign, class_="sign"),
        element("td", row.figure, class_="figure"),
        element("th", row.what, scope="row"),
        element("td", row.line if row.line is not None else "", class_="number"),
        class_=row.class_,
    )


def _sum(sum_: _Sum) -> Iterator[_Row]:
    form = sum_.verdict.form
    weights = form.weights or ()
    parts = range(1, len(sum_.cells))
    shown = parts if len(parts) <= _SHOWN_PARTS else parts[: _SHOWN_PARTS - 1]
    for member in shown:
        weight = weights[member]
        times = "" if abs(weight) == 1 else f" {abs(weight)} ×"
        yield sum_.row(member, ("−" if weight < 0 else "+" if member > 1 else "") + times)
    rest = parts[len(shown) :]
    values = [weight * value for weight, value in zip(weights, sum_.values, strict=True)]
    if rest:
        yield _Row("+", sum_.number(sum(values[rest[0] :], Fraction(0))), f"{len(rest)} more parts")
    total = sum(values[1:], Fraction(0)) / -weights[0]
    yield sum_.computed(total, "computed from the parts")
    yield sum_.printed() if form.sense == "equal" else sum_.row(0, "≰", "printed, and should be no less", "printed")


def _change(sum_: _Sum) -> Iterator[_Row]:
    _, earlier, later = sum_.values
    yield sum_.row(1, "", "earlier")
    yield sum_.row(2, "", "later")
    yield sum_.computed(100 * (later / earlier - 1), "computed: 100 × (later ÷ earlier − 1), in percent", 4)
    yield sum_.printed()


def _share(sum_: _Sum) -> Iterator[_Row]:
    if len(sum_.cells) != 3:
        yield from _limit(sum_)
        return
    yield sum_.row(1, "", "part")
    yield sum_.row(2, "", "whole")
    yield sum_.computed(100 * sum_.values[1] / sum_.values[2], "computed: 100 × part ÷ whole, in percent", 4)
    yield sum_.printed()


def _compound(sum_: _Sum) -> Iterator[_Row]:
    growth = Fraction(1)
    for member in range(1, len(sum_.cells)):
        growth *= 1 + sum_.values[member] / 100
        yield sum_.row(member, "×" if member > 1 else "")
    yield sum_.computed(100 * (growth - 1), "computed: the growth factors 1 + change ÷ 100 multiplied, in percent", 4)
    yield sum_.printed()


def _limit(sum_: _Sum) -> Iterator[_Row]:
    rule = sum_.verdict.rule
    yield sum_.row(0, "", "printed", "printed")
    if isinstance(rule, Limit):
        if rule.low is not None and rule.low == rule.high:
            yield _Row("≠", rule.low, "what it must be", None, "computed")
            return
        if rule.low is not None:
            said = "what it must be above" if rule.is_low_excluded else "the least it may be"
            yield _Row(">" if rule.is_low_excluded else "≥", rule.low, said, None, "computed")
        if rule.high is not None:
            yield _Row("≤", rule.high, "the most that it may be", None, "computed")


def _agree(sum_: _Sum) -> Iterator[_Row]:
    yield sum_.row(0, "", "printed here", "printed")
    yield sum_.row(1, "≠", "and printed here", "printed")


def _order(sum_: _Sum) -> Iterator[_Row]:
    yield sum_.row(1, "", "the least it may be")
    yield sum_.row(0, "<", "printed", "printed")


def _flag(sum_: _Sum) -> Iterator[_Row]:
    yield sum_.row(0, "", "marked as revised", "printed")


def _print(sum_: _Sum) -> Iterator[_Row]:
    yield sum_.row(0, "", "printed", "printed")


def _rows(sum_: _Sum) -> Iterator[_Row]:
    yield sum_.row(0, "", "in the row above, or the table's first")


def _sought(sum_: _Sum) -> Iterator[_Row]:
    """An identity without one of its figures: computing it would take a nothing for zero."""
    for member, cell in enumerate(sum_.cells):
        is_sought = cell == sum_.verdict.sought
        yield sum_.row(member, "?" if is_sought else "", "not printed" if is_sought else None, "printed" if is_sought else None)


def _label(sum_: _Sum) -> Iterator[_Row]:
    form = sum_.verdict.form
    for member in range(min(len(sum_.cells), _SHOWN_PARTS)):
        yield sum_.row(member, "", "printed", "printed")
    if len(sum_.cells) > _SHOWN_PARTS:
        yield _Row("", "", f"and {count(len(sum_.cells) - _SHOWN_PARTS, 'more figure')}")
    if form.term_of:
        yield _Row("≥", sum_.number(-form.constant - form.slack), "the least that known figures let it be", None, "computed")
        yield _Row("≤", sum_.number(form.slack - form.constant), "the most that they let it be", None, "computed")


_ROWS: dict[str, Callable[[_Sum], Iterator[_Row]]] = {
    "agree": _agree,
    "sum": _sum,
    "change": _change,
    "share": _share,
    "compound": _compound,
    "bounds": _limit,
    "order": _order,
    "flag": _flag,
    "print": _print,
    "rows": _rows,
    "label": _label,
}


def _weighted(sum_: _Sum) -> Markup:
    """Weights times index ratios, a line for each part."""
    values = sum_.values
    firsts = range(0, len(values), 3)
    products = [values[first] * values[first + 2] / values[first + 1] for first in firsts]
    lines = []
    for at, first in enumerate(firsts[1:], start=1):
        if at == _SHOWN_PARTS and len(products) - 1 > _SHOWN_PARTS:
            rest = sum(products[at:], Fraction(0))
            lines.append(_weighted_line(f"and {count(len(products) - at, 'more part')}", ("", "", ""), decimal_text(rest), "+"))
            break
        part = sum_.issue.place(sum_.cells[first]).series
        lines.append(_weighted_line(part, _three(sum_, first), decimal_text(products[at]), "+" if at > 1 else ""))
    total = decimal_text(sum(products[1:], Fraction(0)))
    lines.append(_weighted_line("computed from the parts", ("", "", ""), total, "=", "computed"))
    whole = sum_.issue.place(sum_.cells[0]).series
    lines.append(_weighted_line(f"as printed: {whole}", _three(sum_, 0), decimal_text(products[0]), "≠", "printed"))
    return _table(sum_, ("", "Weight × later ÷ earlier", "What it is", "Weight", "Earlier", "Later"), lines)


def _three(sum_: _Sum, first: int) -> tuple[Content, ...]:
    return tuple(issue_mark(sum_.issue, sum_.cells[first + at]) for at in range(3))


def _weighted_line(what: str, three: Sequence[Content], product: str, sign: str, class_: str | None = None) -> Markup:
    return element(
        "tr",
        element("td", sign, class_="sign"),
        element("td", product, class_="figure"),
        element("th", what, scope="row"),
        *(element("td", each, class_="number") for each in three),
        class_=class_,
    )
