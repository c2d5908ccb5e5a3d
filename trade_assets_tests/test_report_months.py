"""What a page of the report says of a month as a whole, and the index of all months."""

import dataclasses

import pytest

from trade_assets.documents.ingest import ingest
from trade_assets.facts.tables import VALIDATED
from trade_assets.review.month import month_review
from trade_assets.review.report import Missing, MonthSummary, TradeMonth, WithheldFigure, WithheldMetric, index_page, month_page
from trade_assets.warehouse.root import DataRoot
from trade_assets_tests.conftest import shipped_document
from trade_assets_tests.made_files import made_files
from trade_assets_tests.page_tree import parsed, rows
from trade_assets_tests.reviewed_months import Decided, family_review, many_errors, month_of, price_categories, swapped, trade_months


def headline(review):
    return parsed(month_page(review)).one(class_="headline").text


def test_the_summary_says_what_was_published_proven_open_and_withheld():
    honest = swapped()
    issue = honest.issues[0]
    cell = issue.suspects[0].cell
    withheld = [WithheldFigure("goods_and_services", "exports_goods_musd", *honest.facts.keys[cell][::2], "36,845", issue.id)]
    page = parsed(month_page(month_of(dataclasses.replace(honest, withheld=withheld))))
    # 2,157 identities hold in the document as published; the figure stands in three of them.
    assert page.one(class_="headline").text == (
        "“U.S. International Trade in Goods and Services” prints 2,898 figures; 2,154 of 2,157 identities between them hold, 3 do not. "
        "1 issue waits for a decision and 1 figure is withheld until then."
    )
    assert page.one(class_="pill").text == "▲ Needs review"
    numbers = {entry.one("dt").text: entry.one("dd").text for entry in page.one(class_="numbers").content}
    assert numbers == {
        "figures": "2,898", "proven to the print": "2,898", "identities hold": "2,154", "violated": "3", "not evaluable": "18",
        "issues open": "1", "issues decided": "0", "figures withheld": "1",
    }  # fmt: skip
    assert page.one("title").text == "Release month 2016-11: Needs review - trade-assets"
    assert [link.attributes["href"] for link in page.one("header").all("a")] == ["index.html"]


def test_each_state_of_a_month_has_its_word():
    clean = family_review("mxp")
    assert headline(month_of(clean)) == (
        "“Import and Export Price Indexes” prints 2,282 figures; all 2,733 identities between them hold. "
        "Nothing is open and nothing is withheld."
    )
    assert MonthSummary.of(month_of(clean)).status.word == "Clear"
    decided = dataclasses.replace(swapped(), decisions={swapped().issues[0].id: Decided()})
    assert headline(month_of(decided)).endswith("3 do not. 1 issue is decided.")
    assert MonthSummary.of(month_of(decided)).status.word == "Decided"
    assert headline(month_of(clean, swapped())).startswith("2 documents print 5,180 figures; 4,887 of 4,890 identities")
    unread = [{"path": "raw/2018-09/x.txt", "line": 3, "expected": "a table", "found": "prose", "todo": "fetch it again"}]
    assert headline(month_of(unread=unread)) == "No document of this month could be read. 1 document could not be read."
    assert MonthSummary.of(month_of(unread=unread)).status.word == "Needs review"
    assert headline(month_of()) == "No document of this month is in the store."
    assert MonthSummary.of(month_of()).status.word == "Nothing to prove"


def test_what_could_not_be_read_is_said_with_place_and_remedy():
    unread = [{"path": "raw/2018-09/x.txt", "line": 3, "expected": "a table", "found": "prose", "todo": "fetch it again"}]
    section = parsed(month_page(month_of(family_review("mxp"), unread=unread))).one(class_="unread")
    assert section.text == "raw/2018-09/x.txt, line 3Expecteda tableFoundproseTo dofetch it again"


def test_the_scoreboard_has_every_identity_and_coverage_every_table():
    family = family_review("mxp")
    page = parsed(month_page(month_of(family)))
    scored = rows(page.one("table", "scoreboard"))[1:]
    assert len(scored) == len(family.evaluation.counts)
    positive = "A price index is printed as a positive figure: changes are quotients of indexes.indexes_are_positive"
    assert [positive, "within bounds", "548", "0", "0"] in scored
    covered = rows(page.one("table", "coverage"))
    assert covered[-1][0] == "all tables"
    assert int(covered[-1][1].replace(",", "")) == len(family.coverage)
    assert [row[0] for row in covered[1:-1]] == list(dict.fromkeys(family.facts.place["table"]))


def test_withheld_figures_and_metrics_lead_to_their_issue():
    issue = swapped().issues[0]
    family = dataclasses.replace(
        swapped(),
        withheld=[WithheldFigure("goods_and_services", "exports_goods_musd", "exports.goods", "1992-02", "36,845", issue.id)] * 400,
        withheld_metrics=[WithheldMetric("trade_changes", "value_musd", "exports goods 1992-02", issue.id)],
    )
    page = parsed(month_page(month_of(family)))
    section = next(section for section in page.all("section") if section.attributes["aria-labelledby"] == "withheld")
    figures, metrics = section.all("table")
    assert rows(figures)[1] == ["36,845", "exports.goods 1992-02", "goods_and_services.exports_goods_musd", issue.id]
    assert "and 100 more figures, all of them in validated.in_doubt" in section.text
    assert rows(metrics)[1] == ["exports goods 1992-02", "trade_changes.value_musd", issue.id]
    assert {link.attributes["href"] for link in section.all("a")} == {f"#issue-{issue.id}"}


def test_trade_and_prices_are_plotted_with_their_figures_as_text():
    family = family_review("ft900")
    months = trade_months(family)
    page = parsed(month_page(month_of(family, trade=[*months, TradeMonth("2016-10", None, None, None)], prices=price_categories())))
    trade = next(section for section in page.all("section") if section.attributes["aria-labelledby"] == "trade")
    assert (
        trade.one("desc").text
        == "1992-01 to 2016-10, in billion dollars. The table below has every month. Latest balance: -36.4 in 2016-09."
    )
    assert rows(trade.one("table"))[2] == ["1992-02", "51,682", "52,513", "-831"]
    assert len(rows(trade.one("table"))) == 1 + len(months) + 1
    prices = next(section for section in page.all("section") if section.attributes["aria-labelledby"] == "prices")
    top, others = prices.all("table")
    assert rows(top)[1:4] == [
        ["Foods, feeds, & beverages", "-1.8", "-0.106", ""], ["Capital goods", "-0.1", "-0.026", ""],
        ["Automotive vehicles, parts & engines", "0.0", "0.000", ""],
    ]  # fmt: skip
    assert rows(top)[-1] == ["Withheld", "", "", "withheld"]
    assert [row[0] for row in rows(others)] == ["Category", "Crude"]


def test_the_index_leads_to_every_month_and_says_what_needs_review():
    reviews = [MonthSummary.of(month_of(each)) for each in (family_review("uscc"), swapped(), family_review("mxp"))]
    page = parsed(index_page(reviews))
    assert page.one(class_="headline").text == (
        "3 release months with 5,454 figures; 5,058 identities hold. 2 months need review: 2016-11, 2013-01."
    )
    links = [row.one("a") for row in page.one("tbody").all("tr")]
    assert [(link.text, link.attributes["href"]) for link in links] == [
        (month, f"{month}.html") for month in ("2018-08", "2016-11", "2013-01")
    ]
    assert rows(page.one("table"))[2][3:] == ["2,898", "2,154", "3", "18", "1", "0", "0"]
    assert parsed(index_page([])).one(class_="headline").text == "No release month has been built yet."


@pytest.mark.slow
def test_the_page_of_2300_figures_is_smaller_than_a_megabyte():
    family = many_errors(count=120)
    assert len(family.facts) >= 2_282
    assert len(family.issues) > 50
    html = month_page(month_of(family, trade=trade_months(family_review("ft900")), prices=price_categories()))
    assert len(html.encode()) < 1_000_000
    page = parsed(html)
    assert len(list(page.all("article"))) == 50
    more = next(table for table in page.all("table") if table.one("caption").text == "More issues")
    assert len(rows(more)) == 1 + len(family.issues) - 50
    worst = month_page(month_of(many_errors("ft900", count=100)))
    assert len(worst.encode()) < 1_000_000


INGEST = "trade-assets ingest FILE, then trade-assets run --month 2020-03"


def test_a_month_without_documents_says_of_each_family_what_is_missing(tmp_path):
    root = DataRoot.of(tmp_path)
    absent = "no document of this month is in the store", f"nothing if none was published; else {INGEST}"
    assert month_review(root, "2020-03", {}, {"ft900": "Monday", "uscc": "Friday"}).missing == [
        Missing("ft900", "awaited since Monday", INGEST, is_awaited=True), Missing("uscc", "awaited since Friday", INGEST, is_awaited=True),
        Missing("mxp, fred", *absent),
    ]  # fmt: skip
    assert month_review(root, "2020-03", {}, {}).missing == [Missing("ft900, mxp, fred, uscc", *absent)]
    assert month_review(root, "2020-03", {}, dict.fromkeys(("ft900", "mxp", "fred", "uscc"), "Monday")).missing == [
        Missing(family, "awaited since Monday", INGEST, is_awaited=True) for family in ("ft900", "mxp", "fred", "uscc")
    ]


def test_of_each_family_the_tables_that_no_document_prints_are_said(tmp_path):
    """A file of one price series prints no table of a release, and a file that was changed in the store is not read at all."""
    root = DataRoot.of(tmp_path)
    for family, content in (("mxp", made_files("mxp")[0]), ("uscc", shipped_document("uscc", "2013-01").read_bytes())):
        (tmp_path / family).write_bytes(content)
        ingest(root, tmp_path / family, release_month="2020-03")
    (name,) = [name for name in root.names("raw", "2020-03") if name.startswith("uscc") and not name.endswith(".yaml")]
    root.write(root.read("raw", "2020-03", name) + b"!", "raw", "2020-03", name)
    review = month_review(root, "2020-03", {}, {})
    (unread,) = review.unread
    assert unread["path"] == f"raw/2020-03/{name}"
    of_uscc = ", ".join(table.name for table in VALIDATED if table.family == "uscc")
    tables = {"mxp": "price_indexes, price_changes", "uscc": of_uscc}
    said = "no document of {} that can be read prints what they are made of; so there are no metrics of them either"
    assert review.missing[1:] == [
        Missing(tables[family], said.format(family), "nothing, unless a document that does was published") for family in ("mxp", "uscc")
    ]
    assert review.missing[0].what == "ft900, fred"
