"""Plots, measured: every coordinate is reckoned by hand from round figures, on the scales that are stated beside them."""

import re
from xml.etree import ElementTree

import pytest

from trade_assets.review.report.markup import join
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


def _drawn(plot):
    """The elements of a plot below its title and description, each as tag, class, text and other attributes."""
    root = ElementTree.fromstring(re.sub(r"&(?!amp;|lt;|gt;|quot;|#)", "&amp;", join(plot).html))  # noqa: S314  # our own
    return root, [
        (each.tag, each.get("class"), each.text, {name: value for name, value in each.items() if name != "class"})
        for each in root
        if each.tag not in ("title", "desc")
    ]


def _said(root):
    return [each.text for each in root if each.tag in ("title", "desc")]


def _line(y, class_="grid", left="62", right="298"):
    return ("line", class_, None, {"x1": left, "x2": right, "y1": y, "y2": y})


def _tick(text, x, y, anchor="end"):
    return ("text", "tick", text, {"x": x, "y": y, "text-anchor": anchor})


def _dot(x, y):
    return ("circle", "point", None, {"cx": x, "cy": y, "r": "2.5"})


# Values from 0 to 100 stand between 128 and 26 from the top, five periods 59 apart from 62 on.
FIVE = [Point(f"2020-{month:02d}", str(value), float(value)) for month, value in enumerate((0, 50, 100, 50, 0), start=1)]
GRID = [
    _line("128", "zero"), _tick("0", "56", "132"), _line("77"), _tick("50", "56", "81"), _line("26"), _tick("100", "56", "30"),
]  # fmt: skip


def test_a_suspect_figure_stands_in_its_series_with_what_it_should_read():
    root, drawn = _drawn(figure_plot(FIVE, 2, Proposed("50", 50.0), "exports", "p"))
    assert drawn == [
        *GRID,
        ("path", "proposed", None, {"d": "M121 77L180 77L239 77"}),
        ("path", "series", None, {"d": "M62 128L121 77L180 26L239 77L298 128"}),
        _dot("62", "128"), _dot("121", "77"), _dot("239", "77"), _dot("298", "128"),
        ("circle", "proposed", None, {"cx": "180", "cy": "77", "r": "5"}),
        ("text", "proposed", "50", {"x": "180", "y": "96", "text-anchor": "middle"}),  # the lower of the two below its place
        ("path", "suspect", None, {"d": "M180 20l6 6l-6 6l-6-6z"}),
        ("text", "suspect", "100", {"x": "180", "y": "16", "text-anchor": "middle"}),  # the higher above
        _tick("2020-01", "62", "166", "middle"), _tick("2020-03", "180", "166", "middle"), _tick("2020-05", "298", "166", "middle"),
    ]  # fmt: skip
    assert _said(root) == [
        "exports, 5 periods",
        "Printed 100 in 2020-03, proposed 50. As printed: 2020-01 0; 2020-02 50; 2020-03 100; 2020-04 50; 2020-05 0.",
    ]
    assert (root.get("viewBox"), root.get("width"), root.get("height"), root.get("class")) == ("0 0 360 172", "360", "172", "plot")
    assert (root.get("role"), root.get("aria-labelledby"), root.get("aria-describedby")) == ("img", "p-title", "p-desc")


@pytest.mark.parametrize(
    ("suspect", "x", "anchor", "near", "shown"),
    [
        (0, "62", "start", "M62 77L121 77", ["2020-01", "2020-05"]),
        (1, "121", "middle", "M62 128L121 77L180 26", ["2020-02", "2020-05"]),  # the first period is nearer than 70
        (3, "239", "middle", "M180 26L239 77L298 128", ["2020-04", "2020-01"]),
        (4, "298", "end", "M239 77L298 77", ["2020-01", "2020-05"]),
    ],
)
def test_a_suspect_at_either_end_keeps_its_figures_inside(suspect, x, anchor, near, shown):
    _, drawn = _drawn(figure_plot(FIVE, suspect, Proposed("50", 50.0), "exports", "p"))
    assert [more["d"] for tag, class_, _, more in drawn if (tag, class_) == ("path", "proposed")] == [near]
    beside = {class_: more for tag, class_, _, more in drawn if tag == "text" and class_ in ("proposed", "suspect")}
    assert {more["x"] for more in beside.values()} == {x} and {more["text-anchor"] for more in beside.values()} == {anchor}
    assert sorted(text for tag, _, text, more in drawn if tag == "text" and more["y"] == "166") == sorted(shown)


def test_a_low_suspect_stands_below_what_it_should_read():
    _, drawn = _drawn(figure_plot(FIVE, 4, Proposed("50", 50.0), "exports", "p"))
    beside = {class_: more["y"] for tag, class_, _, more in drawn if tag == "text" and class_ in ("proposed", "suspect")}
    assert beside == {"proposed": "67", "suspect": "147"}


def test_a_suspect_without_a_proposal_stands_alone():
    root, drawn = _drawn(figure_plot(FIVE, 2, None, "exports", "p"))
    assert [each for each in drawn if each[1] == "proposed"] == []
    assert ("text", "suspect", "100", {"x": "180", "y": "16", "text-anchor": "middle"}) in drawn
    assert _said(root)[1].startswith("Printed 100 in 2020-03. As printed: ")


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ((0, 1), ["0", "0.5", "1"]), ((0, 3), ["0", "1", "2", "3"]), ((-2, 4), ["-2", "0", "2", "4"]), ((0, 7), ["0", "5"]),
        ((995, 1005), ["995", "1,000", "1,005"]), ((0, 60_000), ["0", "20,000", "40,000", "60,000"]), ((5, 5), ["4.5", "5", "5.5"]),
        ((0, 0), ["-0.1", "0", "0.1"]), ((-10, -10), ["-11", "-10", "-9"]),
    ],
)  # fmt: skip
def test_ticks_are_round_and_at_most_four(values, ticks):
    """Steps of 1, 2 or 5; equal values get a tenth of themselves, or of one, on either side."""
    points = [Point("2020-01", "a", float(values[0])), Point("2020-02", "b", float(values[1]))]
    _, drawn = _drawn(figure_plot(points, 1, None, "x", "p"))
    assert [text for tag, class_, text, more in drawn if tag == "text" and class_ == "tick" and more["text-anchor"] == "end"] == ticks
    assert [class_ for tag, class_, _, _ in drawn if tag == "line"] == ["zero" if tick == "0" else "grid" for tick in ticks]


def test_one_figure_is_a_plot_too():
    _, drawn = _drawn(figure_plot([Point("2020-01", "5", 5.0)], 0, None, "x", "p"))
    assert ("path", "series", None, {"d": "M62 77"}) in drawn and ("path", "suspect", None, {"d": "M62 71l6 6l-6 6l-6-6z"}) in drawn
    assert [text for tag, _, text, more in drawn if tag == "text" and more["y"] == "166"] == ["2020-01"]


# Trade: from -1 to 3 billion dollars between 266 and 14 from the top, 63 a billion; three months 310 apart from 56 on.
MONTHS = [("2019-12", -1000.0, 2000.0, 3000.0), ("2020-01", None, 1000.0, None), ("2020-02", 0.0, 2000.0, 2000.0)]


def test_trade_is_drawn_flow_by_flow_with_gaps():
    root, drawn = _drawn(trade_plot(MONTHS, "t"))
    ticks = [(text, more["y"]) for tag, class_, text, more in drawn if tag == "text" and class_ == "tick" and more["x"] == "50"]
    assert ticks == [("-1", "270"), ("0", "207"), ("1", "144"), ("2", "81"), ("3", "18")]
    assert [more["y1"] for tag, _, _, more in drawn if tag == "line"][:5] == ["266", "203", "140", "77", "14"]
    assert [(class_, more["d"]) for tag, class_, _, more in drawn if tag == "path"] == [
        ("flow imports", "M56 14"), ("flow imports", "M676 77"),
        ("flow exports", "M56 77L366 140L676 77"),
        ("area", "M56 266L56 203L56 203z"), ("flow balance", "M56 266"),
        ("area", "M676 203L676 203L676 203z"), ("flow balance", "M676 203"),
    ]  # fmt: skip
    # Imports and exports end at the same place: the second name stands 16 below the first.
    assert [(text, more) for tag, class_, text, more in drawn if class_ and class_.startswith("name")] == [
        ("imports", {"x": "682", "y": "81"}), ("exports", {"x": "682", "y": "97"}), ("balance", {"x": "682", "y": "207"}),
    ]  # fmt: skip
    years = [(text, more["x"], more["y"]) for tag, class_, text, more in drawn if class_ == "tick" and more["text-anchor"] == "middle"]
    assert years == [("2019", "56", "286"), ("2020", "366", "286")]
    assert drawn[-4:][0] == ("line", "zero", None, {"x1": "56", "x2": "56", "y1": "266", "y2": "271"})
    assert _said(root) == [
        "Exports, imports and balance of trade by month",
        "2019-12 to 2020-02, in billion dollars. The table below has every month. Latest balance: 0.0 in 2020-02.",
    ]
    assert (root.get("viewBox"), root.get("class")) == ("0 0 760 300", "plot wide")


def test_a_balance_is_an_area_from_zero():
    _, drawn = _drawn(trade_plot([("2020-01", -1000.0, None, None), ("2020-02", 3000.0, None, None)], "t"))
    assert [more["d"] for tag, class_, _, more in drawn if class_ == "area"] == ["M56 266L676 14L676 203L56 203z"]


def test_there_are_at_most_nine_years_below():
    months = [(f"{year}-{month:02d}", 1.0, None, None) for year in range(2000, 2019) for month in range(1, 13)]
    _, drawn = _drawn(trade_plot(months, "t"))
    years = [text for tag, class_, text, more in drawn if class_ == "tick" and more["text-anchor"] == "middle"]
    assert years == [str(year) for year in range(2000, 2019, 3)]  # nineteen years, every third


# Bars of 160 by 18, and of 120 by 10


@pytest.mark.parametrize(
    ("value", "low", "high", "bar", "zero"),
    [
        (2.0, -2.0, 2.0, {"x": "80", "width": "80", "class": "up"}, "80"),
        (-1.0, -2.0, 2.0, {"x": "40", "width": "40", "class": "down"}, "80"),
        (0.0, -2.0, 2.0, {"x": "80", "width": "1", "class": "up"}, "80"),
        (-3.0, -4.0, 0.0, {"x": "40", "width": "120", "class": "down"}, "160"),
        (0.0, 0.0, 0.0, {"x": "0", "width": "1", "class": "up"}, "0"),
    ],
)
def test_a_contribution_is_a_bar_from_zero(value, low, high, bar, zero):
    root, ((_, class_, _, drawn), (_, axis, _, line)) = _drawn(contribution_bar(value, low, high))
    assert {**drawn, "class": class_} == {**bar, "y": "2", "height": "14"}
    assert (axis, line) == ("zero", {"x1": zero, "x2": zero, "y1": "0", "y2": "18"})
    assert root.get("viewBox") == "0 0 160 18" and root.get("aria-hidden") == "true"


def test_shares_stand_beside_each_other():
    _, drawn = _drawn(share_bar([("holds", 0.5), ("violated", 0.25), ("unknown", 0.25)]))
    assert [(class_, more["x"], more["width"]) for _, class_, _, more in drawn] == [
        ("holds", "0", "60"), ("violated", "60", "30"), ("unknown", "90", "30"),
    ]  # fmt: skip


def test_contributions_stand_in_rows_with_their_changes():
    """From -0.1 to 0.4 points over 340: zero at 340 + 68, a tenth of a point 68 wide."""
    categories = [("Crude", 1.2, 0.4), ("Foods, feeds, & beverages of a very long name", -1.8, -0.1), ("Withheld", None, None)]
    root, drawn = _drawn(contribution_plot(categories, "c"))
    labels = [text for tag, _, text, more in drawn if tag == "text" and more.get("text-anchor") == "end"]
    assert labels[::2] == ["Crude, +1.2 %", "Withheld, withheld"] and labels[1].endswith(", -1.8 %") and len(labels[1]) < 45
    assert [(class_, more) for tag, class_, _, more in drawn if tag == "rect"] == [
        ("bar exports", {"x": "408", "y": "5", "width": "272", "height": "18"}),
        ("bar balance", {"x": "340", "y": "35", "width": "68", "height": "18"}),
    ]  # fmt: skip
    assert [(text, more["x"], more["y"]) for tag, _, text, more in drawn if tag == "text" and "text-anchor" not in more] == [
        ("+0.40", "686", "19"), ("-0.10", "414", "49"),
    ]  # fmt: skip
    assert drawn[-1] == ("line", "zero", None, {"x1": "408", "x2": "408", "y1": "0", "y2": "90"})
    assert (root.get("viewBox"), root.get("height")) == ("0 0 760 90", "90")
    assert _drawn(contribution_plot([], "c"))[0].get("height") == "30"


def test_a_contribution_of_nothing_is_no_fall():
    _, drawn = _drawn(contribution_plot([("Falls", -1.0, -0.5), ("Stays", 0.0, 0.0), ("Rises", 1.0, 0.5)], "c"))
    assert [(class_, more["x"], more["width"]) for tag, class_, _, more in drawn if tag == "rect"] == [
        ("bar balance", "340", "170"), ("bar exports", "510", "1"), ("bar exports", "510", "170"),
    ]  # fmt: skip


def test_a_plot_of_its_own_has_its_looks_in_it():
    text = standalone(trade_plot(MONTHS, "t"))
    assert text.startswith('<svg xmlns="http://www.w3.org/2000/svg" ') and "class=" not in text
    root = ElementTree.fromstring(text)  # noqa: S314  # our own
    lines = [each for each in root if each.tag.endswith("path")]
    assert {each.get("stroke") for each in lines if each.get("fill") == "none"} == {"#3b76c4", "#2f8f4e", "#c4453b"}
    assert [each.get("stroke-dasharray") for each in lines if each.get("stroke") == "#3b76c4"] == ["5 2", "5 2"]
