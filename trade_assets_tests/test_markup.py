"""HTML as values: what an element is written as, what it escapes and refuses, and what all pages have around them."""

import base64
import hashlib
import re

import pytest

from trade_assets.review.report.contents import CLEAR, DECIDED, INCOMPLETE, NEEDS_REVIEW, NOT_WRITTEN, NOTHING_TO_PROVE
from trade_assets.review.report.frame import framed, pill
from trade_assets.review.report.markup import element, entries, join, page, scrolling, table, text


@pytest.mark.parametrize(
    ("made", "html"),
    [
        (element("p"), "<p></p>"),
        (element("br"), "<br>"),
        (element("br", "text"), "<br>"),  # an element that has no content
        (element("meta", charset="utf-8"), '<meta charset="utf-8">'),
        (element("p", "a < b & \"c\" 'd'"), "<p>a &lt; b &amp; &quot;c&quot; &#x27;d&#x27;</p>"),
        (element("p", None, 1234567, "x", element("br"), ["y", [None, -5000]]), "<p>1,234,567x<br>y-5,000</p>"),
        (element("p", 0), "<p>0</p>"),
        (element("p", class_="a b", id="x"), '<p class="a b" id="x"></p>'),
        (element("p", class_=None, id="x"), '<p id="x"></p>'),
        (element("th", "x", scope="row", colspan=3), '<th scope="row" colspan="3">x</th>'),
        (element("p", aria_labelledby="a", text_anchor="end", viewBox="0 0 1 2"),
         '<p aria-labelledby="a" text-anchor="end" viewBox="0 0 1 2"></p>'),
        (element("line", x1=0.5, y2=-3), '<line x1="0.5" y2="-3"></line>'),
        (element("a", "x", href="#a-b2"), '<a href="#a-b2">x</a>'),
        (element("a", "x", href="2020-01.html"), '<a href="2020-01.html">x</a>'),
        (element("link", href="data:,"), '<link href="data:,">'),
        (join("a<", element("br"), None, 1000), "a&lt;<br>1,000"),
        (join(), ""),
    ],
)  # fmt: skip
def test_an_element_is_written_with_its_content_escaped(made, html):
    assert made.html == html


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: element("script"), "no report has an element 'script'"),
        (lambda: element("p", onclick="x"), "no report has an attribute 'onclick'"),
        (lambda: element("p", style="x"), "no report has an attribute 'style'"),
        (lambda: element("p", id='a"b'), "no report has an attribute id of 'a\"b'"),
        (lambda: element("p", id="a<b"), "no report has an attribute id of 'a<b'"),
        (lambda: element("p", id="a\x1b"), "no report has an attribute id of 'a\\\\x1b'"),
        (lambda: element("a", href="https://example.org"), "no report has an attribute href of 'https://example.org'"),
        (lambda: element("a", href="#"), "no report has an attribute href of '#'"),
        (lambda: element("a", href="../x.html"), "no report has an attribute href of '../x.html'"),
        (lambda: element("a", href="javascript:x"), "no report has an attribute href of 'javascript:x'"),
        (lambda: element("p", id="data:,{}"), "no report has an attribute id of 'data:,{}'"),
    ],
)
def test_what_no_report_has_is_refused(make, said):
    with pytest.raises(ValueError, match=r"^no report has") as refused:
        make()
    assert str(refused.value) == said


@pytest.mark.parametrize(
    ("shown", "html"),
    [
        ("x" * 600, "x" * 600), ("x" * 601, "x" * 600 + "… (601 characters)"), ("a\nb", "a\\nb"), ("a\u202eb", "a\\u202eb"),
        ("\x00" * 2, "\\x00\\x00"), ("<é>", "&lt;é&gt;"),
    ],
)  # fmt: skip
def test_text_is_cut_and_what_cannot_be_printed_is_shown_as_escapes(shown, html):
    assert text(shown).html == html == join(shown).html


@pytest.mark.parametrize(("limit", "html"), [(3, "abc"), (2, "ab… (3 characters)")])
def test_text_is_cut_where_it_is_told_to(limit, html):
    assert text("abc", limit).html == html


def test_markup_is_never_formatted_into_text():
    with pytest.raises(TypeError, match="markup is joined by elements, not formatted into text"):
        str(element("p"))


def test_a_table_has_a_scope_for_each_heading_and_stands_figures_to_the_right():
    made = table("About <it>", ["", "What", "Number"], [element("tr", element("td", "x"))], numbers=(2,), class_="a").html
    assert made == (
        '<table class="a"><caption>About &lt;it&gt;</caption><thead><tr><td></td><th scope="col">What</th>'
        '<th scope="col" class="number">Number</th></tr></thead><tbody><tr><td>x</td></tr></tbody></table>'
    )
    assert table("x", ["a"], []).html == '<table><caption>x</caption><thead><tr><th scope="col">a</th></tr></thead><tbody></tbody></table>'
    # Column 0 is the first.
    assert table("x", ["a"], [], numbers=range(1)).html.count('class="number"') == 1


def test_a_block_that_scrolls_is_reached_by_the_keyboard_and_says_what_it_is():
    assert scrolling("The <label>", element("p"), "it").html == (
        '<span id="it-label" class="unseen">The &lt;label&gt;</span>'
        '<div class="scroll" role="group" tabindex="0" aria-labelledby="it-label"><p></p></div>'
    )


def test_entries_are_a_list_of_names_and_what_is_said():
    html = "<dl{}><div><dt>a</dt><dd>1</dd></div><div><dt>b</dt><dd></dd></div></dl>"
    assert entries({"a": 1, "b": None}).html == html.format("")
    assert entries([("a", "1"), ("b", "")], "c").html == html.format(' class="c"')


def test_a_page_is_whole_and_lets_nothing_in():
    made = page("A <title>", [element("p", "x")], "p{}", "default-src 'none'")
    assert made == (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">'
        '<link rel="icon" href="data:,"><title>A &lt;title&gt;</title><style>p{}</style></head><body><p>x</p></body></html>\n'
    )


def test_every_page_has_the_style_that_its_policy_names_and_the_same_frame():
    made = framed("Something", [element("h1", "Head")], [element("p", "Body")])
    (style,) = re.findall(r"<style>(.*?)</style>", made, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    assert f'content="{policy}"' in made and "<title>Something - trade-assets</title>" in made
    assert made.partition("<body>")[2] == (
        '<a href="#content" class="skip">Skip to the content</a><header><h1>Head</h1></header>'
        '<main id="content" tabindex="-1"><p>Body</p></main>'
        "<footer><p>Made by trade-assets from the documents in the store; nothing on this page is loaded from elsewhere.</p></footer>"
        "</body></html>\n"
    )


@pytest.mark.parametrize(
    ("status", "word", "sign", "tone"),
    [
        (NEEDS_REVIEW, "Needs review", "▲", "red"), (DECIDED, "Decided", "◆", "amber"), (INCOMPLETE, "Incomplete", "◐", "amber"),
        (CLEAR, "Clear", "●", "green"), (NOTHING_TO_PROVE, "Nothing to prove", "○", "grey"), (NOT_WRITTEN, "Not written", "○", "grey"),
    ],
)  # fmt: skip
def test_a_status_is_a_word_and_a_sign_that_is_not_read_out(status, word, sign, tone):
    assert pill(status).html == f'<span class="pill {tone}"><span aria-hidden="true">{sign}</span> {word}</span>'
