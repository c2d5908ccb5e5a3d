"""Plots where no style sheet is: what each class looks like; and the labels, ticks and edges of plots that are made of a few figures."""

import re

import pytest

from trade_assets.review.report.markup import element
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

SANS = 'font-family="sans-serif"'
LOOKS = {
    "grid": 'stroke="#8883"', "zero": 'stroke="#888"', "tick": f'fill="#777" font-size="12" {SANS}',
    "name imports": f'fill="#3b76c4" font-size="13" {SANS}', "name exports": f'fill="#2f8f4e" font-size="13" {SANS}',
    "name balance": f'fill="#c4453b" font-size="13" {SANS}',
    "flow imports": 'fill="none" stroke="#3b76c4" stroke-width="1.8" stroke-dasharray="5 2"',
    "flow exports": 'fill="none" stroke="#2f8f4e" stroke-width="1.8"', "flow balance": 'fill="none" stroke="#c4453b" stroke-width="1.8"',
    "area": 'fill="#c4453b33"', "bar exports": 'fill="#2f8f4e"', "bar balance": 'fill="#c4453b"', "plot wide": "", "nothing": "",
}  # fmt: skip


@pytest.mark.parametrize(("name", "looks"), LOOKS.items())
def test_a_class_is_written_as_what_it_looks_like(name, looks):
    plot = element("svg", element("path", d="M0 0", class_=name), width=5)
    assert standalone(plot) == f'<svg xmlns="http://www.w3.org/2000/svg" width="5"><path d="M0 0" {looks}></path></svg>'


def test_every_class_of_the_plots_of_their_own_has_its_looks():
    months = [("2020-01", -1.0, 2.0, 3.0), ("2020-02", -2.0, 2.0, 4.0)]
    categories = [("Up", 1.0, 0.5), ("Down", -1.0, -0.5)]
    found = {
        name for plot in (trade_plot(months, "t"), contribution_plot(categories, "c")) for name in re.findall(r'class="(.*?)"', plot.html)
    }
    assert found == set(LOOKS) - {"nothing"} | {"plot"}


def _svg(plot):
    return Page(plot.html).root.one("svg")


def _said(plot):
    return _svg(plot).one("desc").text


@pytest.mark.parametrize(("length", "shown"), [(24, "9" * 24), (25, "9" * 23 + "…")])
def test_long_marks_are_cut_in_a_plot(length, shown):
    points = [Point("2020-01", "1", 1.0), Point("2020-02", "9" * length, 2.0)]
    plot = _svg(figure_plot(points, 1, None, "x", "p"))
    assert plot.one("desc").text == f"Printed {shown} in 2020-02. As printed: 2020-01 1; 2020-02 {shown}."
    assert plot.one("text", "suspect").text == shown
    proposed = _svg(figure_plot(points, 0, Proposed("9" * length, 2.0), "x", "p"))
    assert proposed.one("text", "proposed").text == shown


@pytest.mark.parametrize(
    ("printed", "proposed", "above"),
    [(3.0, 2.0, "suspect"), (2.0, 3.0, "proposed"), (2.0, 2.0, "suspect")],
)
def test_the_higher_of_print_and_proposal_is_written_above_its_place(printed, proposed, above):
    plot = _svg(
        figure_plot(
            [Point("2020-01", "0", 0.0), Point("2020-02", "a", printed), Point("2020-03", "9", 9.0)], 1, Proposed("b", proposed), "x", "p"
        )
    )
    place = {"suspect": 128 - printed / 9 * 102, "proposed": 128 - proposed / 9 * 102}
    for name, y in place.items():
        assert float(plot.one("text", name).attributes["y"]) == pytest.approx(y - 10 if name == above else y + 19, abs=0.06)


@pytest.mark.parametrize(
    ("points", "suspect", "anchor"),
    [
        # On 236 pixels from 62 on: what stands within 30 of the left edge is written to the right, within 10 of the right to the left.
        (24, 0, "start"), (24, 2, "start"), (24, 3, "middle"), (24, 22, "middle"), (25, 23, "end"), (24, 23, "end"), (9, 1, "start"),
        (8, 1, "middle"),
    ],
)  # fmt: skip
def test_what_is_written_beside_a_figure_stays_within_the_plot(points, suspect, anchor):
    series = [Point(f"{2000 + at}", "5", float(at)) for at in range(points)]
    assert _svg(figure_plot(series, suspect, None, "x", "p")).one("text", "suspect").attributes["text-anchor"] == anchor


def test_periods_are_told_by_their_end_and_each_once():
    points = [Point("2019-01/2019-12", "1", 1.0), Point("2019-02/2020-01", "2", 2.0)]
    plot = _svg(figure_plot(points, 1, None, "x", "p"))
    assert [text.text for text in plot.all("text", "tick") if text.attributes["text-anchor"] == "middle"] == ["2019-12", "2020-01"]
    assert plot.one("title").text == "x, 2 periods"


@pytest.mark.parametrize(
    ("periods", "suspect", "told"),
    [
        # Of four periods each takes 78.67, of five 59: a label that would stand nearer than 70 to that of the suspect is left out.
        (4, 1, ["2020-01", "2020-02", "2020-04"]), (5, 1, ["2020-02", "2020-05"]), (5, 2, ["2020-01", "2020-03", "2020-05"]),
        (5, 3, ["2020-01", "2020-04"]), (2, 0, ["2020-01", "2020-02"]), (1, 0, ["2020-01"]),
    ],
)  # fmt: skip
def test_labels_of_periods_do_not_cover_that_of_the_suspect(periods, suspect, told):
    points = [Point(f"2020-{month:02d}", str(month), float(month)) for month in range(1, periods + 1)]
    plot = _svg(figure_plot(points, suspect, None, "x", "p"))
    assert sorted(text.text for text in plot.all("text", "tick") if text.attributes["text-anchor"] == "middle") == told


def test_trade_says_its_months_and_the_last_balance_that_is_known():
    months = [("2019-11", -1000.0, 1.0, 2.0), ("2019-12", -1234567.0, 1.0, None), ("2020-01", None, 1.0, 2.0)]
    said = "2019-11 to 2020-01, in billion dollars. The table below has every month."
    assert _said(trade_plot(months, "t")) == f"{said} Latest balance: -1,234.6 in 2019-12."
    assert _said(trade_plot([(period, None, exports, imports) for period, _, exports, imports in months], "t")) == said


def test_flows_that_end_together_are_named_below_each_other():
    """All three end at 0: the first name stands at its line, each other 16 below the one before."""
    plot = _svg(trade_plot([("2020-01", 1000.0, 1000.0, 1000.0), ("2020-02", 0.0, 0.0, 0.0)], "t"))
    names = [(text.text, text.attributes["y"]) for text in plot.all("text", "name")]
    assert names == [("imports", "270"), ("exports", "286"), ("balance", "302")]
    apart = _svg(trade_plot([("2020-01", 0.0, 0.0, 0.0), ("2020-02", 0.0, 1000.0, 2000.0)], "t"))
    assert [(text.text, text.attributes["y"]) for text in apart.all("text", "name")] == [
        ("imports", "18"),
        ("exports", "144"),
        ("balance", "270"),
    ]
    # A flow without any figure has no name.
    alone = _svg(trade_plot([("2020-01", None, 1000.0, None)], "t"))
    assert [text.text for text in alone.all("text", "name")] == ["exports"]


@pytest.mark.parametrize(("years", "step"), [(1, 1), (9, 1), (10, 2), (18, 2), (19, 3)])
def test_nine_years_at_most_are_named(years, step):
    months = [(f"{2000 + year}-01", 1.0, None, None) for year in range(years)]
    plot = _svg(trade_plot(months, "t"))
    named = [text.text for text in plot.all("text", "tick") if text.attributes["text-anchor"] == "middle"]
    assert named == [str(2000 + year) for year in range(0, years, step)]
    marks = [line for line in plot.all("line", "zero") if line.attributes["y1"] == "266" and line.attributes["y2"] == "271"]
    assert len(marks) == len(named)


def test_bars_have_their_size():
    bar = _svg(contribution_bar(1.0, 0.0, 1.0))
    assert {name: bar.attributes[name] for name in ("width", "height", "viewbox", "class")} == {
        "width": "160", "height": "18", "viewbox": "0 0 160 18", "class": "bar",
    }  # fmt: skip
    share = _svg(share_bar([("exact", 1.0)]))
    assert {name: share.attributes[name] for name in ("width", "height", "viewbox", "class", "aria-hidden")} == {
        "width": "120", "height": "10", "viewbox": "0 0 120 10", "class": "share", "aria-hidden": "true",
    }  # fmt: skip
    assert share.one("rect").attributes == {"x": "0", "y": "0", "width": "120", "height": "10", "class": "exact"}


@pytest.mark.parametrize(("length", "shown"), [(34, "L" * 34), (35, "L" * 33 + "…")])
def test_labels_of_contributions_are_cut(length, shown):
    plot = _svg(contribution_plot([("L" * length, 0.0, 0.25)], "c"))
    assert [text.text for text in plot.all("text")] == [f"{shown}, +0.0 %", "+0.25"]
    label = plot.one("text").attributes
    assert (label["x"], label["y"], label["text-anchor"]) == ("330", "19", "end")
    # From 0 to 0.25 on 340 pixels from 340 on.
    assert {name: plot.one("rect").attributes[name] for name in ("x", "y", "width", "height")} == {
        "x": "340", "y": "5", "width": "340", "height": "18",
    }  # fmt: skip
    assert plot.one("title").text == "Contributions to the change of import prices, in percentage points"
    assert plot.one("desc").text == "Each category with its price change."
