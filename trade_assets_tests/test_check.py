"""``trade-assets check`` and ``coverage``: the contract of their output, what they import, and what they say of a wrong cell."""

import hashlib
import json
import subprocess
import sys
from collections import Counter

import pytest
from click.testing import CliRunner

from trade_assets.cli import main
from trade_assets.identities.binding import bind
from trade_assets.identities.coverage import coverage, notices
from trade_assets.identities.document_facts import Facts
from trade_assets.identities.kinds import Limit, Sum
from trade_assets.identities.lint import lint
from trade_assets.identities.network import Network
from trade_assets.identities.rule_book import markdown
from trade_assets.identities.rules import rules_of
from trade_assets.reading import read_document
from trade_assets_tests.altered_documents import WITH_TABLES, reading_of, text_of
from trade_assets_tests.conftest import REPOSITORY, shipped_document
from trade_assets_tests.made_files import made_files
from trade_assets_tests.shared_documents import shared_document

WHOLE = (
    "2012-08.bls-import-export-price-indexes.txt",
    "2016-11.ft900-goods-and-services.txt",
    "2018-08.bls-import-export-price-indexes.txt",
)


@pytest.fixture
def wrong(tmp_path):
    """The FT-900 table with two digits of exports of goods in February 1992 transposed; 36,854 is printed."""
    lines = text_of("ft900").split("\n")
    assert lines[43] == "36,854"
    lines[43] = "36,845"
    file = tmp_path / "2016-11.ft900.txt"
    file.write_text("\n".join(lines))
    return file


def _check(*arguments):
    return CliRunner().invoke(main, ["check", *map(str, arguments)])


def test_json_is_as_the_contract_says(wrong):
    result = _check(wrong, "--format", "json")
    assert result.exit_code == 1
    (found,) = json.loads(result.output)
    assert set(found) == {"document", "tables", "verdicts", "issues", "claims", "unread"}
    assert found["document"] == {
        "family": "ft900", "product": "", "reference_month": "2016-09", "release_month": "2016-11", "published_date": None,
        "sha256": hashlib.sha256(wrong.read_bytes()).hexdigest(), "path": str(wrong),
    }  # fmt: skip
    assert found["tables"] == [{"name": "goods_and_services", "rows": 325, "cells": 2898}]
    assert {"identity": "goods_plus_services_equals_total", "holds": 965, "violated": 1, "not_evaluable": 9} in found["verdicts"]
    assert found["claims"] == found["unread"] == []
    (issue,) = found["issues"]
    assert issue["certainty"] == "certain"
    assert issue["title"] == "line 44: 36,845 (exports.goods 1992-02) is wrong, probably 36,854 (transposed digits)"
    total = {"line": 43, "start": 0, "end": 6, "text": "51,682"}
    goods, services = {**total, "line": 44, "text": "36,845"}, {**total, "line": 45, "text": "14,828"}
    assert {
        "identity": "goods_plus_services_equals_total", "gap": "9", "allowed": "1", "cells": [total, goods, services],
    } in issue["violated"]  # fmt: skip
    assert [violated["identity"] for violated in issue["violated"]] == [
        "goods_plus_services_equals_total", "balance_equals_exports_minus_imports", "year_equals_sum_of_months",
    ]  # fmt: skip
    (suspect,) = issue["suspects"]
    assert suspect == {
        "line": 44, "start": 0, "end": 6, "text": "36,845", "series": "exports.goods", "measure": "value", "period": "1992-02",
        "proposal": "36,854", "slip": "transposed digits", "interval": ["36853", "36855"], "explains": [0, 1, 2],
    }  # fmt: skip


def test_text_shows_line_sums_and_proposal(wrong):
    result = _check(wrong)
    assert result.exit_code == 1
    shown = result.output.split("\n")
    at = next(number for number, line in enumerate(shown) if line.endswith("line 44 | 36,845"))
    assert shown[at + 1].rstrip() == " " * shown[at].index("36,845") + "^^^^^^"
    assert "        51,682 = [36,845] + 14,828" in shown
    inferred = "(inferred: no publisher states the rule)"
    assert f"      goods_plus_services_equals_total at line 43: misses by 9, rounding allows 1 {inferred}" in shown
    assert "      balance_equals_exports_minus_imports at line 41: misses by 9, rounding allows 1" in shown  # by definition
    assert any("36853 to 36855 satisfy all its identities; proposal 36,854, transposed digits" in line for line in shown)


@pytest.mark.parametrize("name", ["ft900", "mxp_2012", "mxp_2018"])
def test_no_false_alarm_on_the_shipped_releases(name):
    result = _check(shipped_document(*WITH_TABLES[name]))
    assert (result.exit_code, "Nothing to review." in result.output) == (0, True), result.output


@pytest.mark.parametrize("name", WHOLE)
def test_no_false_alarm_on_the_whole_releases(name):
    result = _check(shared_document(name), "--format", "json")
    assert result.exit_code == 0
    (found,) = json.loads(result.output)
    assert found["issues"] == []
    assert sum(verdict["holds"] for verdict in found["verdicts"]) > 2000


def test_the_bulletin_shows_one_true_violation():
    """68.58 is printed beside 14.4 and 45.67: a sum of 60.07. Nothing else speaks for one of the three."""
    result = _check(shipped_document("uscc", "2013-01"), "--format", "json")
    assert result.exit_code == 1
    (issue,) = json.loads(result.output)[0]["issues"]
    assert issue["certainty"] == "ambiguous"
    assert {suspect["text"] for suspect in issue["suspects"]} == {"68.58", "14.4", "45.67"}
    assert [(violated["gap"], violated["allowed"]) for violated in issue["violated"]] == [("8.51", "0.06")]


def test_exit_status_and_the_other_files(wrong, tmp_path):
    good, missing = shipped_document("mxp", "2018-08"), tmp_path / "none.txt"
    assert _check(good).exit_code == 0
    assert _check(good, wrong).exit_code == 1
    result = _check(missing, good, tmp_path, wrong, "--format", "json")
    assert result.exit_code == 2
    assert [found["document"]["family"] for found in json.loads(result.stdout)] == ["mxp", "ft900"]
    assert len(result.stderr.strip().split("\n")) == 2 and "none at this path" in result.stderr


def test_without_a_release_month_it_is_null_and_ids_stay_apart(wrong, tmp_path):
    nameless = tmp_path / "table.txt"
    nameless.write_bytes(wrong.read_bytes())
    (without,), (named,) = (json.loads(_check(path, "--format", "json").output) for path in (nameless, wrong))
    assert without["document"]["release_month"] is None
    assert without["issues"][0]["id"] != named["issues"][0]["id"]
    (given,) = json.loads(_check(nameless, "--release-month", "2016-11", "--format", "json").output)
    assert given["issues"][0]["id"] == named["issues"][0]["id"]


def test_a_file_of_the_store_has_the_month_of_its_sidecar():
    (found,) = json.loads(_check(shipped_document("ft900", "2016-11"), "--format", "json").output)
    assert found["document"]["release_month"] == "2016-11"


def test_check_imports_neither_dagster_nor_pandas(wrong):
    script = (
        "import sys; from trade_assets.cli import main\n"
        "try: main(['check', sys.argv[1]])\n"
        "except SystemExit: pass\n"
        "print([name for name in ('dagster', 'great_expectations', 'pandas', 'duckdb', 'pandera') if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", script, str(wrong)], capture_output=True, text=True, check=True)
    assert said.stdout.strip().endswith("[]")


# Coverage


def test_every_figure_of_goods_and_services_stands_in_three_identities():
    facts = Facts.of_reading(reading_of("ft900"))
    found = coverage(rules_of("ft900"), facts)
    assert len(found) == 2898
    assert {(figure.noticed["exact"], figure.declared) for figure in found} == {(3, 3)}


@pytest.mark.parametrize("name", ["mxp_2012", "mxp_2018"])
def test_at_least_44_of_100_figures_of_a_price_release_stand_in_an_exact_identity(name):
    found = coverage(rules_of("mxp"), Facts.of_reading(reading_of(name)))
    exact = [figure for figure in found if figure.noticed["exact"]]
    assert len(exact) / len(found) >= 0.44
    assert all(figure.noticed["exact"] == figure.declared for figure in found)  # who is declared notices


@pytest.mark.parametrize(("name", "family"), [("uscc", "uscc"), ("mxp_2018", "mxp")])
def test_sums_asked_at_once_notice_what_each_of_them_notices_alone(name, family):
    """Brute force: every place of every figure by itself."""
    facts = Facts.of_reading(reading_of(name))
    network = Network(facts, bind(rules_of(family), facts), work=10**12)
    network.index()
    found = coverage(rules_of(family), facts)
    assert [each.cell for each in found] == [cell for cell in range(len(facts)) if not facts.figures.is_missing[cell]]
    for each in found:
        sites = network.sites(each.cell)
        assert each.noticed == Counter(site.rule.strength for site in sites if notices(network, each.cell, site))
        assert each.declared == sum(site.rule.strength == "exact" for site in sites)


def test_coverage_lists_what_nothing_proves():
    result = CliRunner().invoke(main, ["coverage", "--format", "json", str(shipped_document("uscc", "2013-01"))])
    assert result.exit_code == 0
    (found,) = json.loads(result.output)
    growth = next(table for table in found["tables"] if table["name"] == "china_trade_growth")
    assert growth["figures"] == growth["proof"]["none"] == 40
    untouched = [figure for figure in found["untouched"] if figure["table"] == "china_trade_growth"]
    assert len(untouched) == 40 and {figure["line"] for figure in untouched} == {13, 15, 17, 19}


# The rule book


def _documents(family):
    """The shipped documents of a family, and made ones where the family also has files that none of them is."""
    readings = [reading_of(name) for name, (found, _) in WITH_TABLES.items() if found == family]
    return [Facts.of_reading(reading) for reading in (*readings, *(read_document(data, family) for data in made_files(family)))]


@pytest.mark.parametrize("family", ["ft900", "mxp", "uscc"])
def test_the_rule_book_neither_contradicts_nor_repeats_itself_and_all_of_it_is_used(family):
    assert lint(rules_of(family), _documents(family)) == []


def test_what_is_wrong_with_a_rule_book_is_said():
    about = {"family": "ft900", "table": "goods_and_services", "description": ".", "source": "made up", "authority": "definition"}
    wrong = [
        Sum(name="never", total="no.such", parts={"exports.goods": 1, "nothing": 1}, **about),
        Sum(name="nowhere", total="exports.goods", parts={"exports.services": 1, "exports.total": 1}, **about),
        Sum(name="repeated", total="exports.total", parts={"exports.goods": 1, "exports.services": 1}, over={}, **about),
        Limit(name="positive", measure="value", low=1_000_000_000, series=("exports.goods",), **about),
        Limit(name="small", measure="value", high=999_999_999, series=("exports.goods",), **about),
    ]
    found = lint([*rules_of("ft900"), *wrong], _documents("ft900"))
    assert "never is never evaluated" in found
    assert "nowhere holds nowhere" in found and "positive holds nowhere" in found
    assert "repeated is implied by other rules wherever it applies" in found
    assert "positive and small cannot both hold" in found


def test_the_rule_book_s_page_is_up_to_date():
    assert (REPOSITORY / "docs" / "rule-book.md").read_text(encoding="utf-8") == markdown(), "run 'make docs'"


# What documents could do to a terminal


def test_hostile_lines_are_shown_as_text(tmp_path):
    """A line beside a suspect with what a terminal, a browser or a spreadsheet would obey."""
    hostile = "\x1b[31m<script>alert(1)</script>\u202e=cmd|' /C calc'!A0 " + "x" * 10_000
    lines = text_of("ft900").split("\n")
    lines[43] = "36,845"
    lines.insert(0, hostile)
    file = tmp_path / "2016-11.ft900.txt"
    file.write_text("\n".join(lines))
    result = _check(file)
    assert result.exit_code == 1
    assert "\x1b" not in result.output and "\u202e" not in result.output
    assert all(len(line) < 400 for line in result.output.split("\n"))
    assert read_document(file.read_bytes(), "x").cells["text"][0] == reading_of("ft900").cells["text"][0]
