"""Plots of the report, piece by piece, at the places that a ruler gives: few figures, so that every coordinate is a simple number."""

import pytest

from trade_assets.review.report.plots import (
    Point,
    Proposed,
    contribution_bar,
    contribution_plot,
    figure_plot,
    share_bar,
    standalone,
    trade_plot,
)
from trade_assets_tests.page_tree import Page


def _drawing(markup):
    return Page(markup.html).root.one("svg")


def _pieces(markup, *without):
    """The pieces of a drawing in their order: kind, look, what is written, and where it stands."""
    return [
        (
            node.tag,
            node.attributes.get("class"),
            node.text,
            *(f"{name} {value}" for name, value in node.attributes.items() if name != "class"),
        )
        for node in _drawing(markup).content
        if node.tag not in ("title", "desc", *without)
    ]


def _tick(said, x, y, anchor="middle"):
    return ("text", "tick", said, f"x {x}", f"y {y}", f"text-anchor {anchor}")


def _rule(left, right, y, look="grid"):
    return ("line", look, "", f"x1 {left}", f"x2 {right}", f"y1 {y}", f"y2 {y}")


def _size(markup):
    drawing = _drawing(markup)
    return [drawing.attributes[name] for name in ("viewbox", "width", "height", "class")]


# A series around a figure: 360 by 172, drawn between 62 and 298 across and 128 and 26 up.


def _points(*values):
    return [Point(f"2020-{month:02d}", f"{value:g}", float(value)) for month, value in enumerate(values, start=1)]


def test_a_series_is_drawn_with_what_is_printed_and_what_is_proposed():
    """100 to 300 take 102 up, so 200 stands at 77 and 150 at 102.5; three periods are 118 apart."""
    plot = figure_plot(_points(100, 300, 200), 1, Proposed("150", 150.0), "goods", "n")
    assert _pieces(plot) == [
        _rule(62, 298, 128), _tick("100", 56, 132, "end"), _rule(62, 298, 77), _tick("200", 56, 81, "end"),
        _rule(62, 298, 26), _tick("300", 56, 30, "end"),
        ("path", "proposed", "", "d M62 128L180 102.5L298 77"), ("path", "series", "", "d M62 128L180 26L298 77"),
        ("circle", "point", "", "cx 62", "cy 128", "r 2.5"), ("circle", "point", "", "cx 298", "cy 77", "r 2.5"),
        ("circle", "proposed", "", "cx 180", "cy 102.5", "r 5"),
        ("text", "proposed", "150", "x 180", "y 121.5", "text-anchor middle"),
        ("path", "suspect", "", "d M180 20l6 6l-6 6l-6-6z"), ("text", "suspect", "300", "x 180", "y 16", "text-anchor middle"),
        _tick("2020-01", 62, 166), _tick("2020-02", 180, 166), _tick("2020-03", 298, 166),
    ]  # fmt: skip
    assert _size(plot) == ["0 0 360 172", "360", "172", "plot"]
    drawing = _drawing(plot)
    assert drawing.one("title").text == "goods, 3 periods"
    assert drawing.one("desc").text == "Printed 300 in 2020-02, proposed 150. As printed: 2020-01 100; 2020-02 300; 2020-03 200."
    assert (drawing.one("title").attributes["id"], drawing.one("desc").attributes["id"]) == ("n-title", "n-desc")


def test_a_figure_at_an_end_is_written_inwards_and_below_if_it_is_the_lower_one():
    first = figure_plot(_points(100, 300, 200), 0, Proposed("250", 250.0), "goods", "n")
    assert _pieces(first, "line", "circle")[3:5] == [
        ("path", "proposed", "", "d M62 51.5L180 26"), ("path", "series", "", "d M62 128L180 26L298 77"),
    ]  # fmt: skip
    assert [piece for piece in _pieces(first) if piece[1] in ("proposed", "suspect")][1:] == [
        ("circle", "proposed", "", "cx 62", "cy 51.5", "r 5"), ("text", "proposed", "250", "x 62", "y 41.5", "text-anchor start"),
        ("path", "suspect", "", "d M62 122l6 6l-6 6l-6-6z"), ("text", "suspect", "100", "x 62", "y 147", "text-anchor start"),
    ]  # fmt: skip
    last = figure_plot(_points(100, 300, 200), 2, None, "goods", "n")
    assert [piece for piece in _pieces(last) if piece[1] in ("proposed", "suspect")] == [
        ("path", "suspect", "", "d M298 71l6 6l-6 6l-6-6z"), ("text", "suspect", "200", "x 298", "y 67", "text-anchor end"),
    ]  # fmt: skip
    assert _drawing(last).one("desc").text == "Printed 200 in 2020-03. As printed: 2020-01 100; 2020-02 300; 2020-03 200."


@pytest.mark.parametrize(
    ("periods", "suspect", "written"),
    [
        (4, 1, ["2020-01", "2020-02", "2020-04"]),
        (6, 1, ["2020-02", "2020-06"]),
        (6, 4, ["2020-01", "2020-05"]),
        (6, 0, ["2020-01", "2020-06"]),
    ],
)
def test_the_period_of_an_end_is_left_out_beside_that_of_the_figure(periods, suspect, written):
    """Four periods are 79 apart, which is room enough; six are 47 apart."""
    plot = figure_plot(_points(*range(1, periods + 1)), suspect, None, "goods", "n")
    assert [node.text for node in _drawing(plot).all("text", "tick") if node.text.startswith("2020")] == written


@pytest.mark.parametrize(
    ("value", "ticks"),
    [
        (5, [("grid", "4.5", 128), ("grid", "5", 77), ("grid", "5.5", 26)]),
        (0, [("grid", "-0.1", 128), ("zero", "0", 77), ("grid", "0.1", 26)]),
    ],
)
def test_equal_figures_stand_in_the_middle_of_a_scale_of_a_tenth_to_either_side(value, ticks):
    pieces = _pieces(figure_plot(_points(value, value), 0, None, "goods", "n"))
    drawn = [piece for look, said, y in ticks for piece in (_rule(62, 298, y, look), _tick(said, 56, y + 4, "end"))]
    assert pieces[:7] == [*drawn, ("path", "series", "", "d M62 77L298 77")]


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 3, ["0", "1", "2", "3"]),
        (0, 4, ["0", "2", "4"]),
        (0, 10, ["0", "5", "10"]),
        (1, 16, ["5", "10", "15"]),
        (0, 7000, ["0", "5,000"]),
    ],
)
def test_a_scale_has_round_numbers_at_most_three_steps_apart(low, high, ticks):
    plot = figure_plot(_points(low, high), 0, None, "goods", "n")
    assert [node.text for node in _drawing(plot).all("text", "tick")][: len(ticks) + 1] == [*ticks, "2020-01"]


# Trade by month: 760 by 300, drawn between 56 and 676 across and 266 and 14 up.

MONTHS = [
    ("2019-11", -1000.0, 2000.0, 3000.0), ("2019-12", 0.0, 2000.0, 2000.0), ("2020-01", None, None, 1000.0),
    ("2020-02", 1000.0, 2000.0, 1000.0), ("2020-03", 1000.0, 3000.0, 2000.0),
]  # fmt: skip


def test_trade_is_drawn_as_lines_that_break_at_gaps_and_an_area_of_the_balance():
    """Minus one to three billion take 252 up, 63 each, so zero stands at 203; five months are 155 apart."""
    plot = trade_plot(MONTHS, "n")
    scale = [(266, "-1", "grid"), (203, "0", "zero"), (140, "1", "grid"), (77, "2", "grid"), (14, "3", "grid")]
    assert _pieces(plot) == [
        *(piece for y, said, look in scale for piece in (_rule(56, 676, y, look), _tick(said, 50, y + 4, "end"))),
        ("path", "flow imports", "", "d M56 14L211 77L366 140L521 140L676 77"),
        ("path", "flow exports", "", "d M56 77L211 77"), ("path", "flow exports", "", "d M521 77L676 14"),
        ("path", "area", "", "d M56 266L211 203L211 203L56 203z"), ("path", "flow balance", "", "d M56 266L211 203"),
        ("path", "area", "", "d M521 140L676 140L676 203L521 203z"), ("path", "flow balance", "", "d M521 140L676 140"),
        ("text", "name exports", "exports", "x 682", "y 18"), ("text", "name imports", "imports", "x 682", "y 81"),
        ("text", "name balance", "balance", "x 682", "y 144"),
        ("line", "zero", "", "x1 56", "x2 56", "y1 266", "y2 271"), _tick("2019", 56, 286),
        ("line", "zero", "", "x1 366", "x2 366", "y1 266", "y2 271"), _tick("2020", 366, 286),
    ]  # fmt: skip
    assert _size(plot) == ["0 0 760 300", "760", "300", "plot wide"]
    said = "2019-11 to 2020-03, in billion dollars. The table below has every month."
    assert _drawing(plot).one("desc").text == f"{said} Latest balance: 1.0 in 2020-03."
    without = [(period, None, exports, imports) for period, _, exports, imports in MONTHS]
    assert _drawing(trade_plot(without, "n")).one("desc").text == said


def test_names_at_the_end_of_lines_that_meet_stand_below_each_other():
    """Of 0 to 10 billion: all end at 10, which is 14 from the top; a name takes 16."""
    plot = trade_plot([("2020-01", 0.0, 0.0, 0.0), ("2020-02", 10_000.0, 10_000.0, 10_000.0)], "n")
    assert [(node.text, node.attributes["y"]) for node in _drawing(plot).all("text", "name")] == [
        ("imports", "18"), ("exports", "34"), ("balance", "50"),
    ]  # fmt: skip


@pytest.mark.parametrize(("years", "step"), [(1, 1), (9, 1), (10, 2), (18, 2), (19, 3)])
def test_of_many_years_every_second_or_third_is_written(years, step):
    months = [(f"{2000 + number // 12}-{number % 12 + 1:02d}", 1.0, 1.0, 1.0) for number in range(12 * years)]
    drawn = _drawing(trade_plot(months, "n"))
    written = [node.text for node in drawn.all("text", "tick") if node.attributes["y"] == "286"]
    assert written == [str(2000 + year) for year in range(0, years, step)]


# Bars


@pytest.mark.parametrize(
    ("value", "low", "high", "look", "x", "width", "zero"),
    [(-1.0, -2.0, 2.0, "down", "40", "40", "80"), (2.0, -2.0, 2.0, "up", "80", "80", "80"), (0.0, -2.0, 2.0, "up", "80", "1", "80"),
     (0.0, 0.0, 0.0, "up", "0", "1", "0"), (0.01, 0.0, 2.0, "up", "0", "1", "0"), (1.0, 0.0, 2.0, "up", "0", "80", "0")],
)  # fmt: skip
def test_a_contribution_is_a_bar_from_zero_on_the_scale_of_its_neighbours(value, low, high, look, x, width, zero):
    """160 by 18."""
    bar = contribution_bar(value, low, high)
    assert _pieces(bar) == [
        ("rect", look, "", f"x {x}", "y 2", f"width {width}", "height 14"),
        ("line", "zero", "", f"x1 {zero}", f"x2 {zero}", "y1 0", "y2 18"),
    ]  # fmt: skip
    assert _size(bar) == ["0 0 160 18", "160", "18", "bar"]


def test_shares_fill_their_bar():
    """120 by 10: a half, a quarter, nothing, a quarter."""
    bar = share_bar([("exact", 0.5), ("interval", 0.25), ("limit", 0.0), ("none", 0.25)])
    assert _pieces(bar) == [
        ("rect", look, "", f"x {x}", "y 0", f"width {width}", "height 10")
        for look, x, width in (("exact", 0, 60), ("interval", 60, 30), ("limit", 90, 0), ("none", 90, 30))
    ]
    assert _size(bar) == ["0 0 120 10", "120", "10", "share"]


def test_contributions_are_bars_from_zero_beside_their_labels():
    """1.7 points from -0.7 to 1 take 340 across from 340 on, 200 each, so zero stands at 480; a row is 30 high."""
    plot = contribution_plot([("Fuels", 2.0, 1.0), ("Foods", None, -0.7), ("Cars", 0.5, None), ("Other", 0.1, 0.0)], "n")

    def label(said, row):
        return ("text", "tick", said, "x 330", f"y {30 * row + 19}", "text-anchor end")

    def bar(row, look, x, width, said, at):
        rect = ("rect", f"bar {look}", "", f"x {x}", f"y {30 * row + 5}", f"width {width}", "height 18")
        return rect, ("text", "tick", said, f"x {at}", f"y {30 * row + 19}")

    assert _pieces(plot) == [
        label("Fuels, +2.0 %", 0), *bar(0, "exports", 480, 200, "+1.00", 686),
        label("Foods, withheld", 1), *bar(1, "balance", 340, 140, "-0.70", 486),
        label("Cars, +0.5 %", 2),
        label("Other, +0.1 %", 3), *bar(3, "exports", 480, 1, "+0.00", 486),
        ("line", "zero", "", "x1 480", "x2 480", "y1 0", "y2 120"),
    ]  # fmt: skip
    assert _size(plot) == ["0 0 760 120", "760", "120", "plot"]
    assert _size(contribution_plot([], "n")) == ["0 0 760 30", "760", "30", "plot"]
    only = contribution_plot([("Fuels", 2.0, 1.0)], "n")
    assert _pieces(only)[1] == ("rect", "bar exports", "", "x 340", "y 5", "width 340", "height 18")
    assert _pieces(contribution_plot([("Fuels", 2.0, -1.0)], "n"))[1][3:] == ("x 340", "y 5", "width 340", "height 18")


@pytest.mark.parametrize(("length", "shown"), [(34, "x" * 34), (35, "x" * 33 + "…")])
def test_a_long_label_is_cut(length, shown):
    plot = contribution_plot([("x" * length, 2.0, 1.0)], "n")
    assert _drawing(plot).one("text").text == f"{shown}, +2.0 %"


@pytest.mark.parametrize(("length", "shown"), [(24, "9" * 24), (25, "9" * 23 + "…")])
def test_a_long_mark_is_cut(length, shown):
    plot = figure_plot([Point("2020-01", "9" * length, 1.0), Point("2020-02", "1", 2.0)], 0, None, "goods", "n")
    assert [node.text for node in _drawing(plot).all("text", "suspect")] == [shown]
    assert _drawing(plot).one("desc").text == f"Printed {shown} in 2020-01. As printed: 2020-01 {shown}; 2020-02 1."


def test_outside_the_report_a_line_and_its_name_have_one_colour_of_their_own():
    drawing = Page(standalone(trade_plot(MONTHS, "n"))).root.one("svg")
    assert drawing.attributes["xmlns"] == "http://www.w3.org/2000/svg"
    names = {node.text: node.attributes["fill"] for node in drawing.all("text") if node.text in ("imports", "exports", "balance")}
    assert len(set(names.values())) == 3
    strokes = {node.attributes["d"]: node.attributes["stroke"] for node in drawing.all("path") if "stroke" in node.attributes}
    assert strokes["M56 14L211 77L366 140L521 140L676 77"] == names["imports"]
    assert strokes["M521 77L676 14"] == names["exports"] and strokes["M521 140L676 140"] == names["balance"]
    bars = Page(standalone(contribution_plot([("Fuels", 2.0, 1.0), ("Foods", None, -0.7)], "n"))).root.one("svg")
    assert [node.attributes["fill"] for node in bars.all("rect")] == [names["exports"], names["balance"]]
