"""What ``check`` and ``coverage`` say of a made release, line by line as a person would write it from the figures."""

import json
from dataclasses import replace

import pytest

from trade_assets.review.check import as_json, as_text, check_file, issue_text, marked_line
from trade_assets.review.coverage import as_json as proven_json
from trade_assets.review.coverage import as_text as proven_text
from trade_assets.review.coverage import coverage_of
from trade_assets.review.issues import examine
from trade_assets_tests.conftest import shipped_document
from trade_assets_tests.made_files import goods_and_services
from trade_assets_tests.made_release import MONTH, SERIES, cell, line_of, release
from trade_assets_tests.printed_facts import facts_of

INFERRED = " (inferred: no publisher states the rule)"
# Exports of goods in March 1,012 for 1,021, imports of services in September 281 for 218.
WRONG = {cell(3, 4): "1,012", cell(9, 8): "281"}
TEXT = f"""\
2021-02.made.txt: ft900, release month 2021-02, 117 figures in 13 rows
  81 identities hold, 6 violated, 0 not evaluable (an operand is not printed)

  CERTAIN 9d83e8c458ab  line 54: 1,012 (exports.goods 2020-03) is wrong, probably 1,021 (transposed digits)
      line 54 | 1,012
                ^^^^^
      goods_plus_services_equals_total at line 53: misses by 9, rounding allows 1{INFERRED}
        1,330 = [1,012] + 309
      balance_equals_exports_minus_imports at line 51: misses by 9, rounding allows 1
        -394 = [1,012] - 1,415
      year_equals_sum_of_months at line 24: misses by 9, rounding allows 6{INFERRED}
        12,546 = 1,007 + 1,014 + [1,012] + 1,028 + 1,035 + 1,042 + 1,049 + 1,056 + 1,063 + 1,070 + 1,077 + 1,084
      suspect line 54: 1,012 (exports.goods 2020-03), 1020 to 1022 satisfy all its identities; proposal 1,021, transposed digits
      cleared: 16 other figures not in every violated identity

  CERTAIN da26bfa607da  line 118: 281 (imports.services 2020-09) is wrong, probably 218 (transposed digits)
      line 118 | 281
                 ^^^
      goods_plus_services_equals_total at line 116: misses by 63, rounding allows 1{INFERRED}
        1,663 = 1,445 + [281]
      balance_equals_exports_minus_imports at line 112: misses by 63, rounding allows 1
        109 = 327 - [281]
      year_equals_sum_of_months at line 28: misses by 63, rounding allows 6{INFERRED}
        2,556 = 202 + 204 + 206 + 208 + 210 + 212 + 214 + 216 + [281] + 220 + 222 + 224
      suspect line 118: 281 (imports.services 2020-09), 217 to 219 satisfy all its identities; proposal 218, transposed digits
      cleared: 16 other figures not in every violated identity""".splitlines()


@pytest.fixture
def made(tmp_path):
    """A file with the made release, altered at some positions."""

    def file(changed=()):
        path = tmp_path / f"{MONTH}.made.txt"
        path.write_text(release(changed))
        return path

    return file


def test_what_check_says_of_two_wrong_figures(made):
    assert list(as_text(check_file(made(WRONG)))) == TEXT


def test_what_check_says_of_a_sound_release(made):
    assert list(as_text(check_file(made()))) == [
        "2021-02.made.txt: ft900, release month 2021-02, 117 figures in 13 rows",
        "  87 identities hold, 0 violated, 0 not evaluable (an operand is not printed)",
        "  Nothing to review.",
    ]
    # Services of March are not printed: their sum, their balance and their year, and what is built of these.
    assert list(as_text(check_file(made({cell(3, 5): "--"}))))[1] == (
        "  84 identities hold, 0 violated, 3 not evaluable (an operand is not printed)"
    )


def test_what_check_says_to_programs(made):
    file = made(WRONG)
    told = json.loads(json.dumps(as_json(check_file(file))))
    assert (told["document"]["family"], told["document"]["release_month"], told["document"]["path"]) == ("ft900", MONTH, str(file))
    assert told["tables"] == [{"name": "goods_and_services", "rows": 13, "cells": 117}]
    assert [(each["identity"], each["holds"], each["violated"], each["not_evaluable"]) for each in told["verdicts"] if each["holds"]] == [
        ("goods_plus_services_equals_total", 37, 2, 0), ("balance_equals_exports_minus_imports", 37, 2, 0),
        ("year_equals_sum_of_months", 7, 2, 0),
    ]  # fmt: skip
    assert told["claims"] == told["unread"] == []
    first, second = told["issues"]
    assert (first["id"], first["certainty"], first["pattern"], first["is_cut"], first["consequences"]) == (
        "9d83e8c458ab", "certain", None, False, [],
    )  # fmt: skip
    assert [(each["identity"], each["gap"], each["allowed"], len(each["cells"])) for each in first["violated"]] == [
        ("goods_plus_services_equals_total", "9", "1", 3), ("balance_equals_exports_minus_imports", "9", "1", 3),
        ("year_equals_sum_of_months", "9", "6", 13),
    ]  # fmt: skip
    assert first["violated"][0]["cells"] == [
        {"line": 53, "start": 0, "end": 5, "text": "1,330"}, {"line": 54, "start": 0, "end": 5, "text": "1,012"},
        {"line": 55, "start": 0, "end": 3, "text": "309"},
    ]  # fmt: skip
    (suspect,) = first["suspects"]
    place = {name: suspect.pop(name) for name in ("line", "start", "end", "text")}
    assert place == {"line": 54, "start": 0, "end": 5, "text": "1,012"}
    assert {name: suspect[name] for name in ("series", "measure", "period", "proposal", "slip", "interval", "explains")} == {
        "series": "exports.goods", "measure": "value", "period": "2020-03", "proposal": "1,021", "slip": "transposed digits",
        "interval": ["1020", "1022"], "explains": [0, 1, 2],
    }  # fmt: skip
    assert first["explanations"] == [[0]]
    assert [each["line"] for each in first["cleared"]] == sorted(
        [51, 53, 55, 57, 24, *(line_of(cell(month, 4)) for month in range(1, 13) if month != 3)]
    )
    assert {each["by"] for each in first["cleared"]} == {None}
    assert second["id"] == "da26bfa607da" and second["title"].startswith("line 118: 281 ")


def _months(count, wrong):
    """Months without their years: exports of goods are off by a hundred in the first ones, so that each is an issue of its own."""
    prints = []
    for number in range(count):
        figures = goods_and_services(number + 1)
        figures[4] += 100 * (number < wrong)
        month = f"{2001 + number // 12}-{number % 12 + 1:02d}"
        prints += [(series, "value", month, f"{figure}") for series, figure in zip(SERIES, figures, strict=True)]
    return facts_of(*prints)


@pytest.mark.parametrize(("wrong", "more"), [(19, 0), (20, 0), (21, 1), (23, 3)])
def test_twenty_issues_are_shown_and_all_are_counted(made, wrong, more):
    facts = _months(24, wrong)
    evaluation, issues = examine(facts, "ft900", MONTH)
    checked = replace(check_file(made()), facts=facts, evaluation=evaluation, issues=issues, lines=list(facts.place["text"]))
    lines = list(as_text(checked))
    assert sum(line.startswith(("  CERTAIN ", "  LIKELY ")) for line in lines) == min(wrong, 20)
    said = [line for line in lines if "more issues" in line]
    assert said == ([f"  and {more} more issues; --format json lists all {wrong}"] if more else [])
    assert not more or lines[-2:] == ["", *said]


def test_an_unexplained_issue_shows_six_identities_and_counts_the_rest(made):
    """Eight balances are off at once, by figures that no two cells explain."""
    changed = {cell(month, column): 5000 + 37 * month * column for month in (2, 3, 5, 7) for column in (3, 4, 5)}
    checked = check_file(made(changed))
    texts = [list(issue_text(issue, checked.lines)) for issue in checked.issues]
    long = next(text for issue, text in zip(checked.issues, texts, strict=True) if len(issue.violated) > 6)
    shown = [line for line in long if " at line " in line]
    assert len(shown) == 6
    (issue,) = [issue for issue in checked.issues if f"{issue.id}  " in long[0]]
    assert f"    and {len(issue.violated) - 6} more violated identities" in long


def test_a_long_line_is_cut_around_its_figure():
    """Of a line of 300 characters 110 are shown, twenty of them before the figure; marks stand below it."""
    text = "a" * 150 + "1,012" + "b" * 145
    month = "2020-03"
    facts = facts_of(*((f"exports.{kind}", "value", month, text) for kind, text in (("total", "5"), ("goods", "1,012"), ("services", "3"))))
    facts.place["start"][1], facts.place["end"][1] = 150, 155
    (issue,) = examine(facts, "ft900", MONTH)[1]
    shown, marks = marked_line(issue, 2, frozenset({1}), ["", text, ""])
    assert shown == "line 2 | ..." + "a" * 20 + "1,012" + "b" * 85
    assert marks == " " * 32 + "^^^^^"
    # Twenty before the end of a line are never cut; control characters take one place each.
    facts.place["start"][1], facts.place["end"][1] = 295, 300
    assert marked_line(issue, 2, frozenset({1}), ["", "a" * 294 + "\t1,012", ""]) == (
        "line 2 | ..." + "a" * 104 + "?1,012", " " * 117 + "^^^^^",
    )  # fmt: skip
    facts.place["start"][1], facts.place["end"][1] = 105, 110
    assert marked_line(issue, 2, frozenset({1}), ["", "a" * 105 + "1,012", ""]) == ("line 2 | " + "a" * 105 + "1,012", " " * 114 + "^^^^^")


# Coverage


def test_every_figure_of_the_made_release_is_proven_three_times(made):
    """Each in a sum, a balance and a year; without March's services, four figures and their year and months lose one."""
    heading = "  0 to 3+: how many figures stand in so many exact identities. Those in none of them: what proves them instead."
    columns = "  table                 figures        0        1        2       3+ interval    limit     none"
    assert list(proven_text(coverage_of(made()))) == [
        "2021-02.made.txt: ft900, 117 figures", heading, columns,
        "  goods_and_services        117        0        0        0      117        0        0        0",
        "  all tables                117        0        0        0      117        0        0        0",
        "  117 of 117 figures (100.0 %) stand in an exact identity.",
        "  Every figure is proven.",
    ]  # fmt: skip
    # Total and goods of exports, services of balance and imports in March; services of exports in the year and eleven months.
    assert list(proven_text(coverage_of(made({cell(3, 5): "--"}))))[3] == (
        "  goods_and_services        116        0        0       16      100        0        0        0"
    )


def test_coverage_for_programs(made):
    file = made({cell(3, 5): "--"})
    assert proven_json(coverage_of(file)) == {
        "document": {"family": "ft900", "path": str(file)},
        "tables": [
            {
                "name": "goods_and_services", "figures": 116, "exact_identities": {"0": 0, "1": 0, "2": 16, "3+": 100},
                "proof": {"exact": 116},
            }
        ],
        "untouched": [],
    }  # fmt: skip


def test_what_nothing_proves_is_listed_by_column_as_runs_of_lines():
    """Growth of trade with China stands in no identity (docs/limits.md): two rows of ten months for each flow."""
    proven = coverage_of(shipped_document("uscc", "2013-01"))
    lines = list(proven_text(proven))
    cells = proven.reading.cells
    growth = [at for at, table in enumerate(cells["table"]) if table == "china_trade_growth"]
    assert len(growth) == 40
    line = f"    china_trade_growth exports_month_on_month_pct: 10 figures, line {cells['line'][growth[0]]}"
    assert line in lines
    told = [each for each in proven_json(proven)["untouched"] if each["table"] == "china_trade_growth"]
    assert len(told) == 40 and {each["proof"] for each in told} <= {"none", "limit"}
    first = told[0]
    assert (first["line"], first["text"], first["series"], first["measure"], first["period"]) == (
        13, "4.6%", "exports.china.total", "percent_change", "2012-01/2012-02",
    )  # fmt: skip
