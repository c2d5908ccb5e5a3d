"""What hostile text cannot do to the report, and what no page of it may have."""

import dataclasses
import re
from pathlib import Path

import pytest

from trade_assets.review import report
from trade_assets.review.report import MonthSummary, index_page, month_page, month_page_name
from trade_assets.review.report.markup import element, join, text
from trade_assets_tests.page_tree import parsed
from trade_assets_tests.reviewed_months import ALL_HOSTILE, HOSTILE, family_review, hostile_review, month_of

PACKAGE = Path(report.__file__).parent


def test_hostile_text_shows_as_text_and_nothing_else():
    html = month_page(hostile_review())
    page = parsed(html)  # no script, image, frame, handler or foreign link among its elements
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]", html)
    assert len(html.encode()) < 1_000_000
    assert "(10000 characters)" in html or f"({len(ALL_HOSTILE)} characters)" in html
    for said in (
        HOSTILE[0],
        HOSTILE[1],
        "**bold** [link](javascript:window.pwned=5)",
        "\\x1b[31mred",
        "=cmd|' /C calc'!A0",
        "\\u202egnp.exe",
        "&lt;b&gt;",
    ):
        assert said in page.text, said
    assert "A" * 2_000 not in html
    lines = [line.text for line in page.one("pre").all("span", "line")]
    assert lines[1] == f"43 {HOSTILE[0]}"
    assert lines[2].startswith(f"44 36,845 {HOSTILE[0]}")
    assert [mark.text for mark in page.one("pre").all("mark")] == ["36,845"]


def test_no_command_holds_text_of_a_document():
    page = parsed(month_page(hostile_review()))
    for code in page.all("code", "command"):
        assert re.fullmatch(r"trade-assets review [a-z]+ [0-9a-f]{12} (?:--value [0-9:=,.-]+ )?--reason '\.\.\.'", code.text), code.text


def test_a_hostile_title_stays_a_title_in_the_index():
    summary = MonthSummary.of(hostile_review())
    page = parsed(index_page([summary, *(dataclasses.replace(summary, documents=(each,)) for each in HOSTILE)]))
    assert HOSTILE[0] in page.one("tbody").text


@pytest.mark.parametrize("name", ["../x", "2016-11/..", "2016-13", "", "2016-11\n", "javascript:1"])
def test_a_page_is_named_after_nothing_but_a_month(name):
    with pytest.raises(ValueError, match="no release month"):
        month_page_name(name)


@pytest.mark.parametrize(
    "made",
    [
        lambda: element("script", "x"), lambda: element("p", onclick="x"), lambda: element("p", style="color:red"), lambda: element("img"),
        lambda: element("p", id='x"><b>'), lambda: element("a", "x", href="javascript:alert(1)"),
        lambda: element("a", "x", href="//host/x"),
        lambda: element("a", "x", href="https://host"), lambda: f"{element('p', 'x')}",
    ],
)  # fmt: skip
def test_markup_refuses_what_no_report_has(made):
    with pytest.raises((ValueError, TypeError)):
        made()


def test_text_is_escaped_wherever_it_stands():
    assert join("<b>", ["&", [None, 1234, text("'")]]).html == "&lt;b&gt;&amp;1,234&#x27;"
    assert element("p", "\x1b\u202e").html == "<p>\\x1b\\u202e</p>"


def test_only_one_module_writes_html():
    for module in PACKAGE.glob("*.py"):
        source = module.read_text()
        assert "dagster" not in source
        if module.name != "markup.py":
            assert not re.search(r"\bMarkup\(", source), module.name
            assert not re.search(r"[\"']</?[a-z]", source), module.name


def test_the_policy_lets_in_the_style_sheet_and_nothing_else():
    page = parsed(month_page(month_of(family_review("uscc"))))
    policy = next(meta.attributes["content"] for meta in page.all("meta") if meta.attributes.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
