"""The document's own lines around suspect figures, the figures marked where they are printed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from trade_assets.review.issues import Issue
from trade_assets.review.report.markup import Content, Markup, element, join, scrolling, text
from trade_assets.review.report.words import count

_AROUND = 2  # lines before and after
_SHOWN_LINES = 6  # marked lines
_WIDTH = 200  # characters of a line; a row of the widest table printed so far has 140
_BEFORE = 90  # characters before the first mark, where a line is cut


class _Span(NamedTuple):
    start: int
    end: int


def lines_around(issue: Issue, lines: Sequence[str], name: str) -> Markup:
    """The lines with the issue's figures, two lines before and after each.

    Args:
        lines: the document's lines as printed.
        name: an id of its own in the page.
    """
    marks: dict[int, list[_Span]] = defaultdict(list)
    for cell in issue.marked or issue.violated[0].cells:
        place = issue.place(cell)
        marks[place.line].append(_Span(place.start, place.end))
    marked = sorted(marks)
    shown = marked[:_SHOWN_LINES]
    first = max(0, min(span.start for line in shown for span in marks[line]) - _BEFORE)
    # All lines are cut at the same place, so that what stands below each other in the document does so here.
    first = first if any(len(_line(lines, line)) > _WIDTH for line in shown) else 0
    pieces: list[Content] = []
    before = 0
    near = _with_neighbours(shown, len(lines))
    for line in near:
        if before and line != before + 1:
            pieces.append(element("span", "⋮", class_="cut"))
        pieces.append(_numbered(line, _line(lines, line), sorted(marks.get(line, ())), first))
        before = line
    block = element("pre", element("code", *pieces), class_="lines", dir="ltr")
    label = f"Document lines around line {', '.join(map(str, shown))}"
    more = len(set(marked).difference(near))
    said = f"and {count(more, 'more line')} with suspect figures"
    return join(scrolling(label, block, name), element("p", said, class_="note") if more else None)


def _line(lines: Sequence[str], line: int) -> str:
    return lines[line - 1] if 0 < line <= len(lines) else ""


def _with_neighbours(marked: Iterable[int], last: int) -> list[int]:
    wanted = {near for line in marked for near in range(line - _AROUND, line + _AROUND + 1)}
    return sorted(line for line in wanted if 1 <= line <= last)


def _numbered(line: int, printed: str, marks: Sequence[_Span], first: int) -> Markup:
    """A line with its number. The space behind the number keeps both apart where the page is read as text."""
    number = element("span", f"{line} ", class_="at")
    return element("span", number, *_marked(printed, marks, first), class_="line hit" if marks else "line")


def _marked(printed: str, marks: Sequence[_Span], first: int) -> Iterator[Content]:
    last = max([first + _WIDTH, *(mark.end for mark in marks if mark.end <= first + 2 * _WIDTH)])
    if first and printed:
        yield element("span", "…", class_="cut")
    at = first
    for start, end in marks:
        if end > last:
            break
        yield _visible(printed[at:start])
        yield element("mark", _visible(printed[start:end]))
        at = end
    yield _visible(printed[at:last])
    if len(printed) > last:
        yield element("span", f"… ({count(len(printed), 'character')})", class_="cut")


def _visible(printed: str) -> Markup:
    return text(printed, limit=2 * _WIDTH)
