"""Altered tables: what is left is read as what it is, or the document is refused; a figure is never mislabelled.

Every test compares with the facts of the shipped document itself, which test_typed_samples.py checks against
figures typed by hand.
"""

import random
import re
from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trade_assets.families.ft900.long_table import TABLE as GOODS_AND_SERVICES
from trade_assets.families.mxp.release import DETAIL_TABLES, TABLE_A
from trade_assets.families.mxp.release import TABLES as OF_PRICES
from trade_assets.families.uscc.bulletin import TABLES as CHINA_TABLES
from trade_assets_tests.altered_documents import (
    PRICE_INDEXES,
    WITH_TABLES,
    attempt,
    cells,
    facts,
    facts_of,
    facts_without,
    lines_of,
    outcome,
    reading_of,
    refusal,
    text_of,
)

PRICE_TABLES = list(OF_PRICES)
every_document = pytest.mark.parametrize("name", WITH_TABLES)
every_release = pytest.mark.parametrize("name", PRICE_INDEXES)


# Every family: rows lost, doubled, moved


@every_document
def test_a_removed_line_shifts_no_other_fact(name, thinned, is_whole):
    lines = lines_of(name)
    # Ten lines make a row of ft900: every 21st, and every 189th, meets the label and each of the nine columns.
    step = 21 if name == "ft900" else 1
    rows_read_past = 0
    for at in thinned(range(0, max(reading_of(name).cells["line"]) + 3, step), 9):
        got = outcome(lines[:at] + lines[at + 1 :])
        if got is not None:
            assert got == facts_without(name, at), f"without line {at + 1}: {lines[at]!r}"
            rows_read_past += got != facts_of(name)
    # A month of ft900 is never missing; in the other families most rows can be.
    assert rows_read_past >= {"ft900": 0, "mxp_2012": 250, "mxp_2018": 250, "uscc": 40}[name] // (1 if is_whole else 10)


def test_a_removed_row_of_ft900_is_missed(thinned):
    lines = lines_of("ft900")
    rows = list(zip(reading_of("ft900").rows["line"], reading_of("ft900").rows["gap"], strict=True))
    # A year has thirteen rows: every fifth meets each month and the year itself; the last ones are without figures.
    for line, gap in [*thinned(rows[:-4], 14), *rows[-4:]]:
        # The next row, or what follows the last one.
        end = line if gap else line + 9
        assert refusal(lines[: line - 1] + lines[end:]).line <= line + 17, f"without the row on line {line}"


@every_document
def test_a_lost_block_of_lines_shifts_no_other_fact(name, is_whole):
    @settings(max_examples=60 if is_whole else 15)
    @given(data=st.data())
    def holds(data):
        lines = lines_of(name)
        count = data.draw(st.integers(2, 60), label="lines lost")
        at = data.draw(st.integers(0, len(lines) - count), label="from index")
        assert outcome(lines[:at] + lines[at + count :]) in (None, facts_without(name, at, count))

    holds()


@every_release
@pytest.mark.parametrize("count", [2, 3, 4])
def test_rows_without_codes_are_never_those_of_the_row_above_a_lost_one(name, count, thinned):
    # 'Manufacturing' is that of the country above it; with that country's row lost it must not become another's.
    lines = lines_of(name)
    first, last = _tables(lines)[7][0], _tables(lines)[8][2]
    for at in thinned(range(first, last - count), 6):
        got = outcome(lines[:at] + lines[at + count :])
        assert got in (None, facts_without(name, at, count)), f"without {count} lines from {at + 1}"


@every_document
def test_a_doubled_line_is_no_second_fact(name, thinned):
    lines = lines_of(name)
    for at in [*range(40), *thinned(range(40, len(lines), 61 if name == "ft900" else 4), 8)]:
        assert outcome([*lines[: at + 1], *lines[at:]]) in (None, facts_of(name)), f"line {at + 1} twice: {lines[at]!r}"


@pytest.mark.parametrize("name", ["mxp_2012", "mxp_2018", "uscc"])
def test_two_neighbouring_lines_exchanged_shift_no_fact(name, thinned):
    # Not so in ft900, whose figures have a line each: there the identities must tell.
    lines = [line for line in lines_of(name) if line.strip()]
    last_row = lines.index(lines_of(name)[max(reading_of(name).cells["line"]) - 1])
    for at in thinned(range(0, last_row + 2, 1 if name == "uscc" else 3), 9):
        got = outcome([*lines[:at], lines[at + 1], lines[at], *lines[at + 2 :]])
        # A row with a year for its label is no longer told from prose once it has left its table.
        is_read = got is None or Counter(got) == Counter(facts_of(name)) or lines[at].startswith("2010 ")
        assert is_read, f"lines exchanged: {lines[at]!r}, {lines[at + 1]!r}"


# Every family: figures


EVERY_TABLE = [
    ("ft900", GOODS_AND_SERVICES),
    *(("mxp_2018", table) for table in PRICE_TABLES),
    *(("uscc", table) for table in CHINA_TABLES),
]


@pytest.mark.parametrize(("name", "table"), EVERY_TABLE)
def test_a_figure_that_does_not_parse_is_named_with_its_line(name, table, thinned):
    places = [place for of, *place in cells(reading_of(name), "table", "line", "start", "end") if of == table]
    for line, start, end in [*thinned(places[:: len(places) // 15 + 1], 3), places[-1]]:
        lines = list(lines_of(name))
        lines[line - 1] = f"{lines[line - 1][:start]}1,2x4{lines[line - 1][end:]}"
        error = refusal(lines)
        assert error.line == line
        assert "1,2x4" in error.found


def _other_figure(rnd, mark):
    """Another figure of the same kind and of any width: sign, thousands, decimals, percent sign."""
    number = rnd.randrange(10 ** rnd.randrange(1, 10))
    plain = f"{'-' * rnd.randrange(2)}{number:,}" + "".join(f".{rnd.randrange(10**d):0{d}}" for d in [rnd.randrange(4)] if d)
    return f"{plain}%" if mark.endswith("%") else plain


@every_document
def test_figures_of_any_width_are_read_at_their_places(name, is_whole):
    @settings(max_examples=8 if is_whole else 3)
    @given(seed=st.integers(0, 2**32))
    def holds(seed):
        rnd, lines = random.Random(seed), list(lines_of(name))  # noqa: S311 - no secret
        original = cells(reading_of(name), "table", "series", "measure", "period", "line", "start", "end", "text", "gap")
        texts = [text if gap else _other_figure(rnd, text) for *_, text, gap in original]
        # From the right, so that the offsets to the left still hold.
        changes = sorted(zip(original, texts, strict=True), key=lambda change: change[0][4:6], reverse=True)
        for (*_, line, start, end, _, _), text in changes:
            lines[line - 1] = lines[line - 1][:start] + text + lines[line - 1][end:]
        reading, error = attempt(lines)
        assert error is None
        read = cells(reading, "table", "series", "measure", "period", "line", "text")
        assert read == [(*cell[:5], text) for cell, text in zip(original, texts, strict=True)]
        for line, start, end, text, value, decimals in cells(reading, "line", "start", "end", "text", "value", "decimals"):
            assert lines[line - 1][start:end] == text
            if value is not None:
                assert f"{value:,.{decimals}f}" == text.strip("%") or float(value) == 0

    holds()


# BLS price indexes


def _tables(lines):
    """Header, first row and the end of each table, the closing 'Footnotes' included; as half-open line ranges."""
    found = []
    for at, line in enumerate(lines):
        if line.startswith(("| Month |", "| Description |")):
            end = next(i for i in range(at, len(lines)) if "Footnotes" in lines[i]) + 1
            found.append((at, at + (3 if line.startswith("| Month |") else 4), end))
    assert len(found) == len(PRICE_TABLES)
    return found


def _without_field(line, place):
    fields = line.split("|")
    del fields[place + 1]
    return "|".join(fields)


def _without_column(lines, table, column):
    """A table without one of its columns, in header and body."""
    at, first, end = table
    lines = list(lines)
    has_codes = lines[at].count("|") > 4 and "Relative" not in lines[at].split("|")[2] and not lines[at].startswith("| Month |")
    if lines[at].startswith("| Month |"):
        where = (at, 0) if column == 0 else (at + 2, column - 1)
    else:
        logical = column - has_codes if column else 0
        if column <= 1 + has_codes:
            where = (at, column)
        elif logical <= 3:
            where = (at + 2, logical - 2)
        else:
            where = (at + 3, logical - 4)
    lines[where[0]] = _without_field(lines[where[0]], where[1])
    for row in range(first, end - 2):
        place = column
        if has_codes and column and not lines[row].split("|")[-2].strip():  # a row without a code: its blank stands last
            place = lines[row].count("|") - 2 if column == 1 else column - 1
        lines[row] = _without_field(lines[row], place)
    return lines


@every_release
@pytest.mark.parametrize("table", PRICE_TABLES)
def test_a_price_table_without_a_column_is_refused(name, table):
    lines = lines_of(name)
    place = _tables(lines)[PRICE_TABLES.index(table)]
    columns = 7 if table == TABLE_A else 9 + (DETAIL_TABLES[table] is not None)
    for column in range(columns):
        error = refusal(_without_column(lines, place, column))
        assert place[0] < error.line <= place[2], f"column {column}: {error}"


@every_release
@pytest.mark.parametrize("blanked", [False, True], ids=["lost", "blank"])
def test_a_row_with_a_field_less_is_refused(name, blanked, thinned):
    lines = list(lines_of(name))
    for at in thinned([line - 1 for line in reading_of(name).rows["line"]], 11):
        fields = lines[at].split("|")
        places = [place for place in range(1, len(fields) - 1) if fields[place].strip()]
        place = places[at * 3 % len(places)]
        left = [*fields[:place], " ", *fields[place + 1 :]] if blanked else [*fields[:place], *fields[place + 1 :]]
        assert refusal([*lines[:at], "|".join(left), *lines[at + 1 :]]).line == at + 1


@every_release
def test_a_row_cut_off_in_its_line_is_refused(name):
    # What is left of a last figure may be a figure: only the closing bar shows that it is whole.
    lines = list(lines_of(name))
    at = _tables(lines)[1][1]
    whole = lines[at].rstrip()
    said = Counter()
    for end in range(1, len(whole)):
        error = refusal([*lines[:at], whole[:end], *lines[at + 1 :]])
        assert error.line in (at + 1, at + 2)  # a line of a bar alone ends the table, and the next one is no 'Footnotes'
        said[error.expected] += 1
    assert said.keys() == {"a bar at the end of the row", "8 figures", "figures", "the line 'Footnotes' that closes a table"}
    assert said["the line 'Footnotes' that closes a table"] <= 2


@every_release
@pytest.mark.parametrize(("one", "other"), list(combinations(range(1, len(PRICE_TABLES)), 2)))
def test_two_whole_tables_exchanged_are_refused(name, one, other):
    lines, tables = lines_of(name), _tables(lines_of(name))
    (a, _, b), (c, _, d) = tables[one], tables[other]
    error = refusal([*lines[:a], *lines[c:d], *lines[b:c], *lines[a:b], *lines[d:]])
    assert "at this place" in error.expected
    assert error.line in (a + 1, c + 1 + (d - c) - (b - a))  # where one of them now stands


@every_release
@pytest.mark.parametrize(("one", "other"), [(1, 3), (2, 5), (4, 6), (1, 7), (6, 8)])
def test_the_headers_of_two_tables_exchanged_are_refused(name, one, other):
    lines, tables = lines_of(name), _tables(lines_of(name))
    (a, b, _), (c, d, _) = tables[one], tables[other]
    assert outcome([*lines[:a], *lines[c:d], *lines[b:c], *lines[a:b], *lines[d:]]) is None


@every_release
@pytest.mark.parametrize("first", [1, 3, 5])
def test_imports_printed_in_the_place_of_exports_are_refused(name, first):
    lines, tables = lines_of(name), _tables(lines_of(name))
    (a, _, b), (c, _, d) = tables[first], tables[first + 1]
    for twice in (lines[a:b], lines[c:d]):
        assert outcome([*lines[:a], *twice, *lines[b:c], *twice, *lines[d:]]) is None


@every_release
@pytest.mark.parametrize("place", range(len(PRICE_TABLES)))
def test_table_a_may_stand_anywhere_between_the_tables(name, place):
    lines, tables = lines_of(name), _tables(lines_of(name))
    a, _, b = tables[0]
    moved = [*lines[:a], *lines[b : tables[place][2]], *lines[a:b], *lines[max(b, tables[place][2]) :]]
    assert Counter(outcome(moved)) == Counter(facts_of(name))


@every_release
def test_table_a_within_another_table_is_refused(name):
    lines, tables = lines_of(name), _tables(lines_of(name))
    a, _, b = tables[0]
    middle = tables[2][1] + 3
    assert outcome([*lines[:a], *lines[b:middle], *lines[a:b], *lines[middle:]]) is None
    assert outcome([*lines[:b], *lines[a:b], *lines[b:]]) is None  # nor may there be two


@every_release
def test_headings_of_another_month_are_refused(name):
    year = name[-4:]
    for old, new in [(f"June {year} |", f"May {year} |"), (f"Mar. {year} to Apr. {year}", f"Feb. {year} to Mar. {year}"), ("JULY", "JUNE")]:
        assert old in text_of(name)
        assert outcome(text_of(name).replace(old, new)) is None


# FT-900 goods and services


_HEADER = lines_of("ft900")[:17]


def _without_page_breaks():
    """The table with its first header only."""
    return (*_HEADER, *"\n".join(lines_of("ft900")[17:]).replace("\n".join(_HEADER) + "\n", "").split("\n"))


def _between_rows(lines):
    """The indexes at which a page may break: before each year, row and the closing note."""
    begins = re.compile(r"\d{4}|Jan\. - .*|[A-Z][a-z]+( \(R\))?|\(1\) .*")
    return [at for at, line in enumerate(lines) if at > 17 and begins.fullmatch(line.strip()) and line not in ("Source", "Total")]


def test_a_page_header_may_be_missing():
    lines = lines_of("ft900")
    pages = [at for at, line in enumerate(lines) if line == lines[0]]
    assert len(pages) == 6
    for at in pages[1:]:
        assert outcome([*lines[:at], *lines[at + 17 :]]) == facts_of("ft900")
    assert outcome(_without_page_breaks()) == facts_of("ft900")


def test_the_first_page_may_not_be_missing():
    # The title says since when: a table that begins later was cut.
    lines = lines_of("ft900")
    second = lines.index(lines[0], 1)
    assert "1992" in refusal(lines[second:]).expected


def test_a_page_may_break_between_any_rows(is_whole):
    @settings(max_examples=25 if is_whole else 6)
    @given(data=st.data())
    def holds(data):
        lines = _without_page_breaks()
        places = data.draw(st.sets(st.sampled_from(_between_rows(lines)), max_size=8), label="page breaks")
        for at in sorted(places, reverse=True):
            lines = [*lines[:at], *_HEADER, *lines[at:]]
        assert outcome(lines) == facts_of("ft900")

    holds()


def test_a_page_may_break_before_and_after_months_without_figures():
    lines = _without_page_breaks()
    for at in _between_rows(lines)[-6:]:
        broken = [*lines[:at], *_HEADER, *lines[at:]]
        reading, error = attempt(broken)
        assert error is None
        assert facts(reading) == facts_of("ft900")
        assert reading.rows["gap"].count("not_yet_released") == 3


def test_a_page_break_within_a_row_and_a_header_with_other_columns_are_refused():
    lines = _without_page_breaks()
    figure = _between_rows(lines)[5] + 4
    assert outcome([*lines[:figure], *_HEADER, *lines[figure:]]) is None
    for at in range(len(_HEADER)):
        assert outcome([*_HEADER[:at], *_HEADER[at + 1 :], *lines[17:]]) is None, f"header without {_HEADER[at]!r}"
        if at < 16 and _HEADER[at] != _HEADER[at + 1]:
            exchanged = [*_HEADER[:at], _HEADER[at + 1], _HEADER[at], *_HEADER[at + 2 :]]
            assert outcome([*exchanged, *lines[17:]]) is None, f"header with {_HEADER[at]!r} one line later"


def test_a_closing_note_before_the_last_page_is_refused():
    lines = lines_of("ft900")
    second = lines.index(lines[0], 1)
    assert "no further page" in refusal([*lines[:second], "(1) Balance of Payments (BOP) Basis.", *lines[second:]]).expected


@pytest.mark.parametrize("column", range(9))
def test_goods_and_services_without_a_column_are_refused(column):
    lines, header = list(lines_of("ft900")), 8
    of_column = {line - 1 for line, at in cells(reading_of("ft900"), "line", "column") if at == reading_of("ft900").cells["column"][column]}
    titles = {at + header + column for at, line in enumerate(lines) if line == lines[0]}
    assert len(of_column) == 322
    assert outcome([line for at, line in enumerate(lines) if at not in of_column | titles]) is None
    assert outcome([line for at, line in enumerate(lines) if at not in of_column]) is None


def _with_last_month(name, figures):
    """The table of 2016 up to the named month; later months keep their label only."""
    lines = list(lines_of("ft900"))
    at = lines.index("Jan. - Sep.")
    lines[at] = f"Jan. - {name[:3]}."
    month = next(i for i in range(at, len(lines)) if lines[i].startswith(name))
    end = next(i for i in range(at, len(lines)) if lines[i] == "October")
    labels = [line for line in lines[month + 10 : end] if line[0].isalpha()]
    return [*lines[: month + 10], *labels, *figures, *lines[end:]]


@pytest.mark.parametrize(("name", "number"), [("January", 1), ("May", 5), ("August", 8), ("September", 9)])
def test_months_without_figures_are_gaps(name, number):
    reading, error = attempt(_with_last_month(name, []))
    assert error is None
    to_date = f"2016-01/2016-{number:02}"
    later = {f"2016-{month:02}" for month in range(number + 1, 13)}
    gaps = {period for period, gap in zip(reading.rows["period"], reading.rows["gap"], strict=True) if gap == "not_yet_released"}
    assert gaps == later
    # All facts of the other periods are the same, and the year to date is now that of its months.
    got = [fact for fact in facts(reading) if fact[4] != to_date]
    assert got == [fact for fact in facts_of("ft900") if fact[4] != "2016-01/2016-09" and fact[4] not in later]
    assert sum(fact[4] == to_date for fact in facts(reading)) == 9


def test_months_without_figures_out_of_place_are_refused():
    lines = list(lines_of("ft900"))
    september, october = len(lines) - 1 - lines[::-1].index("September"), lines.index("October", 3300)
    nine = lines[september + 1 : october]
    assert len(nine) == 9
    assert outcome([*lines[: september + 1], *lines[october:]]) is None  # a month of the year to date without figures
    assert outcome([*lines[: october + 1], *nine, *lines[october + 1 :]]) is None  # figures after the year to date
    assert outcome([*lines[:october], *lines[october + 1 :]]) is None  # eleven months
    april = lines.index("April")
    assert outcome([*lines[: april + 1], *lines[april + 10 :]]) is None  # a gap between months


# USCC bulletins


def test_blank_lines_mean_nothing_in_a_bulletin(is_whole):
    @settings(max_examples=40 if is_whole else 10)
    @given(places=st.lists(st.integers(0, len(lines_of("uscc"))), max_size=60))
    def holds(places):
        lines = list(lines_of("uscc"))
        for at in sorted(places, reverse=True):
            lines[at:at] = [""] if at % 2 else ["  ", "\t"]
        assert outcome(lines) == facts_of("uscc")

    holds()


def test_a_bulletin_with_or_without_all_blank_lines():
    assert outcome([line for line in lines_of("uscc") if line.strip()]) == facts_of("uscc")
    assert outcome([part for line in lines_of("uscc") for part in (line, "", " ")]) == facts_of("uscc")


def test_a_word_lost_or_doubled_in_a_bulletin_changes_no_fact(thinned):
    lines, original = lines_of("uscc"), facts_of("uscc")
    for at, line in thinned(enumerate(lines[: lines.index("Figures stated in the text, in our own words")]), 8):
        for word in re.finditer(r"\S+", line):
            place, start, end = f"line {at + 1}: {word[0]!r}", word.start(), word.end()
            lost = outcome([*lines[:at], line[:start] + line[end:], *lines[at + 1 :]])
            # The '-' of "Other" says that there is no change; without it there is still none.
            gaps = [[*original[:i], *original[i + 1 :]] for i, fact in enumerate(original) if word[0] == fact[-1] == "-"]
            assert lost in (None, original, *gaps), place
            if start % 3 == 0:
                assert outcome([*lines[:at], f"{line[:end]} {line[start:]}", *lines[at + 1 :]]) in (None, original), place


# The headings of each table, in the order of its columns; wrapping means nothing.
_HEADINGS = {
    "china_top_five": [
        "Exports", "Share of total (%)", "Change over Nov'11 (%)", "Imports", "Share of total (%)", "Change over Nov'11 (%)",
    ],
    "china_advanced_technology": [
        "Exports", "Imports", "Balance Nov'12", "Exports", "Imports", "YTD Balance Nov'12", "YTD Balance Nov'11",
    ],
    "china_purchasing_manager_surveys": ["China Federation of Logistics and Purchasing", "HSBC Markit"],
    "china_outbound_investment": [
        *["Total", "Re-investment of overseas profits", "First-Time Outbound Investment"] * 2, "No. of enterprises",
    ],
}  # fmt: skip
# The lines of the shipped bulletin that print them, from and to (included).
_HEADING_LINES = {
    "china_top_five": (46, 74),
    "china_advanced_technology": (112, 124),
    "china_purchasing_manager_surveys": (179, 181),
    "china_outbound_investment": (195, 221),
}


def _bulletin_without_column(table, lost):
    """The bulletin without one of a table's columns; ``None`` leaves all, with the headings set anew."""
    lines = list(lines_of("uscc"))
    columns = len(_HEADINGS[table])
    at_line = {}
    for of, line, start, end in cells(reading_of("uscc"), "table", "line", "start", "end"):
        if of == table:
            at_line.setdefault(line, []).append((start, end))
    for line, places in at_line.items():
        spans = sorted(places)
        if table == "china_top_five":
            # Two rows stand on a line, each with two or three of its three columns.
            half = len(spans) // 2
            named = {k: spans[k] for k in range(half)} | {k + 3: spans[half + k] for k in range(half)}
        else:
            named = dict(enumerate(spans, start=columns - len(spans)))
        if lost in named:
            start, end = named[lost]
            lines[line - 1] = lines[line - 1][:start] + lines[line - 1][end:]
    first, last = _HEADING_LINES[table]
    left = [heading for column, heading in enumerate(_HEADINGS[table]) if column != lost]
    lines[first - 1 : last] = ["PMI survey", *left] if table == "china_purchasing_manager_surveys" else left
    return lines


@pytest.mark.parametrize("table", _HEADINGS)
def test_a_table_of_a_bulletin_without_a_column_is_refused(table):
    assert outcome(_bulletin_without_column(table, None)) == facts_of("uscc")
    for column in range(len(_HEADINGS[table])):
        assert outcome(_bulletin_without_column(table, column)) is None, f"column {column}"


def test_growth_without_a_month_is_refused_unless_it_is_the_first():
    lines = list(lines_of("uscc"))
    at = next(i for i, line in enumerate(lines) if line.startswith("Feb Mar"))
    for month in range(10):
        without = list(lines)
        for row in (at, at + 2, at + 4, at + 6, at + 8):
            words = without[row].split()
            del words[month + (row > at)]
            without[row] = " ".join(words)
        got = outcome(without)
        if month:
            assert got is None
        else:  # a bulletin may begin its months anywhere
            assert got == [fact for fact in facts_of("uscc") if not (fact[0] == "china_trade_growth" and fact[4] == "2012-01/2012-02")]


def test_rows_of_growth_are_told_apart_with_any_of_them_lost():
    lines = list(lines_of("uscc"))
    rows = [i for i, line in enumerate(lines) if re.match(r"(Exports|Imports) .*%.*%", line)]
    assert len(rows) == 4
    for count in (1, 2, 3):
        for lost in combinations(rows, count):
            got = outcome([line for at, line in enumerate(lines) if at not in lost])
            at_lines = zip(reading_of("uscc").cells["line"], facts_of("uscc"), strict=True)
            assert got in (None, [fact for line, fact in at_lines if line - 1 not in lost]), f"without {lost}"
            assert got is not None or count > 1


def test_investment_without_the_last_month_of_its_title_is_refused():
    lines = [line for line in lines_of("uscc") if not line.startswith("Nov 4.36")]
    assert len(lines) == len(lines_of("uscc")) - 1
    assert "2012-11" in refusal(lines).expected


def test_months_of_growth_are_those_of_one_year():
    """Eleven months before November are of the same year; a twelfth is December, and no heading says of which."""
    lines = list(lines_of("uscc"))
    at = next(i for i, line in enumerate(lines) if line.startswith("Feb Mar"))
    figures = range(at + 2, at + 9, 2)

    def with_months(*names):
        """The months before those that the bulletin prints, with a figure of growth for each."""
        longer = list(lines)
        longer[at] = " ".join((*names, lines[at]))
        for row in figures:
            flow, *rest = lines[row].split()
            longer[row] = " ".join((flow, *["1.5%"] * len(names), *rest))
        return longer

    reading, error = attempt(with_months("Jan"))
    assert error is None
    assert len(facts(reading)) == len(facts_of("uscc")) + 4  # one month of two flows, by month and to date
    assert [fact[3:6] for fact in facts(reading) if fact not in facts_of("uscc")] == [
        ("percent_change", "2011-12/2012-01", 1.5), ("percent_change", "2011-12/2012-01", 1.5),
        ("percent_change_year_to_date", "2012-01/2012-01", 1.5), ("percent_change_year_to_date", "2012-01/2012-01", 1.5),
    ]  # fmt: skip
    assert "consecutive months up to 2012-11" in refusal(with_months("Dec", "Jan")).expected
    assert "consecutive months up to 2012-11" in refusal(with_months("Jan", "Jan")).expected


@pytest.mark.parametrize(("last", "is_read"), [("2018", True), ("2017", False), ("2019", False), ("2027", False)])
def test_twelve_months_of_table_a_are_twelve(last, is_read):
    """The row 'July 2017 to 2018' and no longer and no shorter one."""
    text = text_of("mxp_2018")
    assert text.count("| July 2017 to 2018 |") == 1
    altered = text.replace("| July 2017 to 2018 |", f"| July 2017 to {last} |")
    if is_read:
        assert outcome(altered) == facts_of("mxp_2018")
    else:
        assert "twelve months, such as 'July 2017 to 2018'" in refusal(altered).expected


@pytest.mark.parametrize(
    ("row", "is_left"), [("Corn 1.0 2.0 3.0", True), ("Corn 9,999 1.0% -2.0%", True), ("Corn 1.0 2.0", False), ("1.0 2.0 3.0", False)]
)
def test_a_row_of_three_figures_that_no_table_takes_is_refused(row, is_left):
    """Below the titles that close a table; two figures or none of a label may stand in any sentence."""
    lines = list(lines_of("uscc"))
    at = lines.index("Figures stated in the text, in our own words")
    altered = [*lines[:at], row, *lines[at:]]
    if is_left:
        error = refusal(altered)
        assert error.line == at + 1 and error.expected == "this row in the place of its table"
    else:
        assert outcome(altered) == facts_of("uscc")


@pytest.mark.parametrize("year", ["2017", "2018"])
def test_no_year_follows_months_without_figures(year):
    """On a page of its own, where no figure could be meant; without the gap a year must be the next one."""
    lines = _without_page_breaks()
    at = next(number for number, line in enumerate(lines) if line.startswith("(1)"))
    error = refusal([*lines[:at], *_HEADER, year, "Jan. - Jan.", *["1"] * 9, "January", *["1"] * 9, *lines[at:]])
    assert (error.line, error.found) == (at + 18, f"'{year}'")
    assert error.expected == "the closing note '(1) ...' after months without figures"
    of_1993 = lines.index("1993")
    wrong = refusal([*lines[:of_1993], "1994", *lines[of_1993 + 1 :]])
    assert wrong.line == of_1993 + 1 and "1993" in wrong.expected
