"""Plots of the report with few, equal and missing values, and the contrast of its colours."""

import itertools
import re
from pathlib import Path

from trade_assets.review import report
from trade_assets.review.report.plots import contribution_bar, figure_plot, trade_plot

PACKAGE = Path(report.__file__).parent


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
