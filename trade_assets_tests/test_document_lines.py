"""The document's own lines in a report: which are shown, where they are cut, and that each mark stands at its figure."""

import html
import re

import pytest

from trade_assets.review.report.document import lines_around
from trade_assets.review.report.markup import join
from trade_assets_tests.test_issue_titles import _found, _issue, _suspect


def _shown(lines, *places):
    """The lines of an issue with suspects at these (line, start, end), marks as »«, and what is said below them."""
    prints = [("s", "value", f"20{number:02d}", "5") for number in range(len(places))]
    finding = _found(*map(_suspect, range(len(places))), sets=(tuple(range(len(places))),))
    at = {name: [place[number] for place in places] for number, name in enumerate(("line", "start", "end"))}
    written = join(lines_around(_issue(finding, prints, **at), lines, "n")).html
    code = re.search(r"<code>(.*)</code>", written, re.DOTALL)[1]
    code = code.replace("<mark>", "»").replace("</mark>", "«").replace('<span class="line', '\n<span class="line')
    found = [html.unescape(re.sub(r"<[^>]*>", "", line)) for line in code.split("\n") if line]
    note = re.search(r'<p class="note">(.*)</p>', written)
    return found, note[1] if note else None


TEN = [f"line {number} of ten" for number in range(1, 11)]


@pytest.mark.parametrize(
    ("marked", "shown"),
    [
        ([5], [3, 4, 5, 6, 7]), ([1], [1, 2, 3]), ([2], [1, 2, 3, 4]), ([10], [8, 9, 10]), ([9], [7, 8, 9, 10]),
        ([3, 5], [1, 2, 3, 4, 5, 6, 7]),
        ([2, 7], [1, 2, 3, 4, 5, 6, 7, 8, 9]),  # 4 and 5 are neighbours: nothing is left out
        ([2, 8], [1, 2, 3, 4, "⋮", 6, 7, 8, 9, 10]),
    ],
)  # fmt: skip
def test_two_lines_to_either_side_are_shown_and_what_is_left_out_is_marked(marked, shown):
    expected = []
    for number in shown:
        if number == "⋮":
            expected[-1] += "⋮"
        else:
            expected.append(f"{number} " + (f"»line«{TEN[number - 1][4:]}" if number in marked else TEN[number - 1]))
    assert _shown(TEN, *((line, 0, 4) for line in marked)) == (expected, None)


@pytest.mark.parametrize(
    ("marked", "hit", "said"),
    [
        (range(1, 31, 5), 6, None),
        (range(1, 36, 5), 6, "and 1 more line with suspect figures"),
        (range(1, 46, 5), 6, "and 3 more lines with suspect figures"),
        # The seventh and the eighth stand beside the sixth, and are shown with it.
        (range(1, 9), 8, None),
        (range(1, 10), 8, "and 1 more line with suspect figures"),
    ],
)
def test_six_lines_with_suspects_are_shown_with_their_neighbours_and_the_others_counted(marked, hit, said):
    lines, note = _shown([f"x{number}" for number in range(1, 61)], *((line, 0, 1) for line in marked))
    assert note == said
    assert [line.rstrip("⋮") for line in lines if "»" in line] == [f"{number} »x«{number}" for number in list(marked)[:hit]]


def test_figures_of_a_line_are_marked_in_its_order():
    assert _shown(["a 1,012 b 309 c"], (1, 10, 13), (1, 2, 7))[0] == ["1 a »1,012« b »309« c"]


def _long(length, *marks):
    """A line of letters, those of the alphabet in turn."""
    return "".join(chr(ord("a") + at % 26) for at in range(length))


@pytest.mark.parametrize("length", [199, 200])
def test_a_line_of_two_hundred_characters_is_shown_whole(length):
    line = _long(length)
    assert _shown([line], (1, 150, 155))[0] == [f"1 {line[:150]}»{line[150:155]}«{line[155:]}"]


def test_a_longer_line_is_cut_ninety_characters_before_its_first_figure():
    line = _long(1000)
    # From 210 on, two hundred characters: the second figure ends within twice that and is shown, the third is not.
    shown = f"1 …{line[210:300]}»{line[300:305]}«{line[305:410]}… (1,000 characters)"
    assert _shown([line], (1, 300, 305))[0] == [shown]
    assert _shown([line], (1, 300, 305), (1, 700, 705))[0] == [shown]
    assert _shown([line], (1, 300, 305), (1, 605, 610))[0] == [
        f"1 …{line[210:300]}»{line[300:305]}«{line[305:605]}»{line[605:610]}«… (1,000 characters)"
    ]
    assert _shown([line], (1, 300, 305), (1, 606, 611))[0] == [shown]
    # A figure near the beginning leaves the beginning, one at the end is the end.
    assert _shown([line], (1, 90, 95))[0] == [f"1 {line[:90]}»{line[90:95]}«{line[95:200]}… (1,000 characters)"]
    assert _shown([line], (1, 91, 96))[0] == [f"1 …{line[1:91]}»{line[91:96]}«{line[96:201]}… (1,000 characters)"]
    assert _shown([line], (1, 990, 1000))[0] == [f"1 …{line[900:990]}»{line[990:]}«"]


def test_lines_below_each_other_are_cut_at_one_place():
    """Also those that need not be; a blank line and one that ends before the cut have nothing to leave out."""
    lines = ["", _long(250), _long(100), _long(120)]
    assert _shown(lines, (2, 200, 205))[0] == [
        "1 ", f"2 …{lines[1][110:200]}»{lines[1][200:205]}«{lines[1][205:]}", "3 …", f"4 …{lines[3][110:]}",
    ]  # fmt: skip
    short = [_long(150), _long(150)]
    assert _shown(short, (1, 100, 105))[0] == [f"1 {short[0][:100]}»{short[0][100:105]}«{short[0][105:]}", f"2 {short[1]}"]
