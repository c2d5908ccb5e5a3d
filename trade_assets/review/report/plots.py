"""Plots as inline SVG: a series around a suspect figure, trade by month, price categories. All numbers, no document text
but in escaped labels; colours, dashes and shapes are the style sheet's.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from trade_assets.review.report.markup import Content, Markup, element, join
from trade_assets.review.report.words import short

_WIDTH, _HEIGHT = 360, 172
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 298, 26, 128
_LABEL = 24  # characters of a label inside a plot


class Point(NamedTuple):
    """A figure of a series: its period, its mark as printed, its value."""

    period: str
    text: str
    value: float


class Proposed(NamedTuple):
    """What the figure probably should read."""

    text: str
    value: float


def figure_plot(points: Sequence[Point], suspect: int, proposed: Proposed | None, what: str, name: str) -> Markup:
    """A series as a line, the suspect figure marked, and what it should read.

    Args:
        suspect: position of the suspect point.
        name: an id of its own in the page.
    """
    values = [point.value for point in points] + ([proposed.value] if proposed else [])
    scale = _Scale.over(values, _BOTTOM, _TOP)
    across = (_RIGHT - _LEFT) / max(1, len(points) - 1)
    at = [(_LEFT + across * position, scale(point.value)) for position, point in enumerate(points)]
    x, y = at[suspect]
    drawing: list[Content] = [*_grid(scale, _LEFT, _RIGHT)]
    if proposed:
        through = [*at[:suspect], (x, scale(proposed.value)), *at[suspect + 1 :]]
        drawing.append(element("path", d=_path(through[max(0, suspect - 1) : suspect + 2]), class_="proposed"))
    drawing.append(element("path", d=_path(at), class_="series"))
    others = [place for position, place in enumerate(at) if position != suspect]
    drawing.extend(element("circle", cx=_n(px), cy=_n(py), r=2.5, class_="point") for px, py in others)
    is_high = proposed is None or points[suspect].value >= proposed.value
    if proposed:
        drawing.append(element("circle", cx=_n(x), cy=_n(scale(proposed.value)), r=5, class_="proposed"))
        drawing.append(_beside(x, scale(proposed.value), proposed.text, "proposed", is_above=not is_high))
    drawing.append(element("path", d=f"M{_n(x)} {_n(y - 6)}l6 6l-6 6l-6-6z", class_="suspect"))
    drawing.append(_beside(x, y, points[suspect].text, "suspect", is_above=is_high))
    for position in dict.fromkeys((0, suspect, len(points) - 1)):
        px = at[position][0]
        is_near = position != suspect and abs(px - x) < 70  # pixels that a period takes
        if not is_near:
            drawing.append(element("text", points[position].period[-7:], x=_n(px), y=_BOTTOM + 38, text_anchor="middle", class_="tick"))
    listed = "; ".join(f"{point.period} {short(point.text, _LABEL)}" for point in points)
    said = f"Printed {short(points[suspect].text, _LABEL)} in {points[suspect].period}" + (
        f", proposed {proposed.text}" if proposed else ""
    )
    return _svg(f"{what}, {len(points)} periods", f"{said}. As printed: {listed}.", name, drawing, width=_WIDTH, height=_HEIGHT)


def _beside(x: float, y: float, text: str, class_: str, *, is_above: bool) -> Markup:
    anchor = "start" if x < _LEFT + 30 else "end" if x > _RIGHT - 10 else "middle"
    return element("text", short(text, _LABEL), x=_n(x), y=_n(y - 10 if is_above else y + 19), text_anchor=anchor, class_=class_)


class _Scale:
    """Values to places on the page, with round ticks."""

    def __init__(self, low: float, high: float, from_: float, to: float) -> None:
        self.low, self.high, self.from_, self.to = low, high, from_, to

    @classmethod
    def over(cls, values: Sequence[float], from_: float, to: float) -> _Scale:
        """The scale that shows all the values."""
        low, high = min(values), max(values)
        if low == high:
            low, high = low - (abs(low) or 1) / 10, high + (abs(high) or 1) / 10
        return cls(low, high, from_, to)

    def __call__(self, value: float) -> float:
        return self.from_ + (value - self.low) / (self.high - self.low) * (self.to - self.from_)

    def ticks(self, most: int) -> list[float]:
        """Round numbers within the scale."""
        step = 10.0 ** math.floor(math.log10((self.high - self.low) / most))
        step *= next(times for times in (1, 2, 5, 10, 20) if (self.high - self.low) / (step * times) <= most)
        return [number * step for number in range(math.ceil(self.low / step), math.floor(self.high / step) + 1)]


def _grid(scale: _Scale, left: float, right: float, most: int = 3) -> Iterator[Markup]:
    for tick in scale.ticks(most):
        y = scale(tick)
        yield element("line", x1=_n(left), x2=_n(right), y1=_n(y), y2=_n(y), class_="zero" if tick == 0 else "grid")
        yield element("text", f"{tick:,.10g}", x=_n(left - 6), y=_n(y + 4), text_anchor="end", class_="tick")


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in points)


def _svg(title: str, said: str, name: str, drawing: Sequence[Content], *, width: int, height: int, class_: str = "plot") -> Markup:
    return element(
        "svg",
        element("title", title, id=f"{name}-title"),
        element("desc", said, id=f"{name}-desc"),
        *drawing,
        role="img",
        aria_labelledby=f"{name}-title",
        aria_describedby=f"{name}-desc",
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
        class_=class_,
    )


# Trade by month

_WIDE, _TALL = 760, 300
_TRADE_LEFT, _TRADE_RIGHT, _TRADE_TOP, _TRADE_BOTTOM = 56, 676, 14, 266
_FLOWS = ("imports", "exports", "balance")


def trade_plot(months: Sequence[tuple[str, float | None, float | None, float | None]], name: str) -> Markup:
    """Exports, imports and their balance by month, in billion dollars.

    Args:
        months: period, balance, exports, imports in million dollars; ``None`` leaves a gap.
    """
    flows = {
        flow: [None if month[at] is None else month[at] / 1000 for month in months]  # type: ignore[operator]  # not None there
        for flow, at in (("imports", 3), ("exports", 2), ("balance", 1))
    }
    values = [value for flow in flows.values() for value in flow if value is not None]
    scale = _Scale.over([0.0, *values], _TRADE_BOTTOM, _TRADE_TOP)
    across = (_TRADE_RIGHT - _TRADE_LEFT) / max(1, len(months) - 1)
    drawing: list[Content] = [*_grid(scale, _TRADE_LEFT, _TRADE_RIGHT, most=6)]
    ends: dict[str, float] = {}
    for flow, series in flows.items():
        for run in _runs(series):
            places = [(_TRADE_LEFT + across * at, scale(value)) for at, value in run]
            if flow == "balance":
                first, last = places[0][0], places[-1][0]
                outline = f"{_path(places)}L{_n(last)} {_n(scale(0))}L{_n(first)} {_n(scale(0))}z"
                drawing.append(element("path", d=outline, class_="area"))
            drawing.append(element("path", d=_path(places), class_=f"flow {flow}"))
            ends[flow] = places[-1][1]
    for flow, y in _apart(ends, 16):
        drawing.append(element("text", flow, x=_TRADE_RIGHT + 6, y=_n(y + 4), class_=f"name {flow}"))
    drawing.extend(_years([month[0] for month in months], across))
    balances = [(period, balance) for period, balance, _, _ in months if balance is not None]
    said = f"{months[0][0]} to {months[-1][0]}, in billion dollars. The table below has every month."
    if balances:
        said += f" Latest balance: {balances[-1][1] / 1000:,.1f} in {balances[-1][0]}."
    return _svg("Exports, imports and balance of trade by month", said, name, drawing, width=_WIDE, height=_TALL, class_="plot wide")


def _runs(series: Sequence[float | None]) -> Iterator[list[tuple[int, float]]]:
    """Runs of figures between gaps."""
    run: list[tuple[int, float]] = []
    for at, value in enumerate(series):
        if value is None:
            if run:
                yield run
            run = []
        else:
            run.append((at, value))
    if run:
        yield run


def _apart(ends: dict[str, float], least: float) -> Iterator[tuple[str, float]]:
    """Names at the ends of lines, moved down where they would cover each other."""
    before = -least
    for name, y in sorted(ends.items(), key=lambda item: item[1]):
        before = max(y, before + least)
        yield name, before


def _years(periods: Sequence[str], across: float) -> Iterator[Markup]:
    """Years below the plot, as many as there is room for."""
    firsts = [(at, period[:4]) for at, period in enumerate(periods) if period.endswith("-01") or at == 0]
    step = math.ceil(len(firsts) / 9)
    for at, year in firsts[::step]:
        x = _TRADE_LEFT + across * at
        yield element("line", x1=_n(x), x2=_n(x), y1=_TRADE_BOTTOM, y2=_TRADE_BOTTOM + 5, class_="zero")
        yield element("text", year, x=_n(x), y=_TRADE_BOTTOM + 20, text_anchor="middle", class_="tick")


# Contributions

_BAR_WIDTH, _BAR_HEIGHT = 160, 18


def contribution_bar(value: float, low: float, high: float) -> Markup:
    """A bar from zero to a value, on a scale that its neighbours share. The figure stands beside it, so this is ornament."""
    span = (high - low) or 1.0
    zero, end = ((0 - low) / span * _BAR_WIDTH, (value - low) / span * _BAR_WIDTH)
    bar = element(
        "rect", x=_n(min(zero, end)), y=2, width=_n(max(1.0, abs(end - zero))), height=_BAR_HEIGHT - 4, class_="down" if value < 0 else "up"
    )
    axis = element("line", x1=_n(zero), x2=_n(zero), y1=0, y2=_BAR_HEIGHT, class_="zero")
    size = {"width": _BAR_WIDTH, "height": _BAR_HEIGHT}
    return element("svg", bar, axis, aria_hidden="true", viewBox=f"0 0 {_BAR_WIDTH} {_BAR_HEIGHT}", class_="bar", **size)


def share_bar(shares: Sequence[tuple[str, float]]) -> Markup:
    """A bar of parts of a whole; the figures stand beside it, so this is ornament."""
    parts: list[Content] = []
    at = 0.0
    for name, share in shares:
        parts.append(element("rect", x=_n(at * 120), y=0, width=_n(share * 120), height=10, class_=name))
        at += share
    return join(element("svg", *parts, aria_hidden="true", viewBox="0 0 120 10", width=120, height=10, class_="share"))


# Plots outside the report

_ROW, _LABELS = 30, 330


def contribution_plot(categories: Sequence[tuple[str, float | None, float | None]], name: str) -> Markup:
    """Contributions of categories as bars from zero, with the price change beside each label.

    Args:
        categories: label, price change in percent, contribution in percentage points; ``None`` for a withheld figure.
    """
    values = [contribution for _, _, contribution in categories if contribution is not None]
    low, high = min([0.0, *values]), max([0.0, *values])
    across = (_WIDE - _LABELS - 90) / ((high - low) or 1.0)
    zero = _LABELS + 10 - low * across
    drawing: list[Content] = []
    for row, (label, change, contribution) in enumerate(categories):
        y = row * _ROW
        said = f"{short(label, 34)}, {'withheld' if change is None else f'{change:+.1f} %'}"
        drawing.append(element("text", said, x=_LABELS, y=_n(y + 19), text_anchor="end", class_="tick"))
        if contribution is not None:
            start, end = sorted((zero, zero + contribution * across))
            bar = "balance" if contribution < 0 else "exports"
            drawing.append(element("rect", x=_n(start), y=y + 5, width=_n(max(1.0, end - start)), height=_ROW - 12, class_=f"bar {bar}"))
            drawing.append(element("text", f"{contribution:+.2f}", x=_n(end + 6), y=_n(y + 19), class_="tick"))
    tall = _ROW * len(categories)
    drawing.append(element("line", x1=_n(zero), x2=_n(zero), y1=0, y2=tall, class_="zero"))
    title = "Contributions to the change of import prices, in percentage points"
    return _svg(title, "Each category with its price change.", name, drawing, width=_WIDE, height=max(tall, _ROW))


_LOOKS = {
    "grid": 'stroke="#8883"',
    "zero": 'stroke="#888"',
    "tick": 'fill="#777" font-size="12" font-family="sans-serif"',
    "name imports": 'fill="#3b76c4" font-size="13" font-family="sans-serif"',
    "name exports": 'fill="#2f8f4e" font-size="13" font-family="sans-serif"',
    "name balance": 'fill="#c4453b" font-size="13" font-family="sans-serif"',
    "flow imports": 'fill="none" stroke="#3b76c4" stroke-width="1.8" stroke-dasharray="5 2"',
    "flow exports": 'fill="none" stroke="#2f8f4e" stroke-width="1.8"',
    "flow balance": 'fill="none" stroke="#c4453b" stroke-width="1.8"',
    "area": 'fill="#c4453b33"',
    "bar exports": 'fill="#2f8f4e"',
    "bar balance": 'fill="#c4453b"',
}
"""How the classes look where the report's style sheet is not there; colours that do on light and on dark."""


def standalone(plot: Markup) -> str:
    """A plot as a file of its own: looks as attributes, no style sheet."""
    drawn = re.sub(r'class="([^"]*)"', lambda found: _LOOKS.get(found[1], ""), plot.html)
    start, _, rest = drawn.partition(" ")
    return f'{start} xmlns="http://www.w3.org/2000/svg" {rest}'
