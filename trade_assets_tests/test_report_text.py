"""The page of a made month, read as a person reads it: every figure on it is reckoned from the made release.

Exports of goods in March are printed 1,012 for 1,021 (1000 + 3 × 7) and undecided; imports of services in September 281 for
218 (200 + 9 × 2) and withheld by decision.
"""

from pathlib import Path

import pytest

from trade_assets.facts.tables import IN_DOUBT
from trade_assets.review.actions import Wish, decide
from trade_assets.review.month import month_review
from trade_assets.review.report import MonthSummary, month_page
from trade_assets.warehouse.partitions import write_partition
from trade_assets_tests.made_release import MONTH, YEAR, cell, line_of
from trade_assets_tests.made_store import TODAY, MadeStore
from trade_assets_tests.page_tree import parsed, rows

GOODS, SERVICES = cell(3, 4), cell(9, 8)
FIRST, SECOND = "9d83e8c458ab", "da26bfa607da"


@pytest.fixture(scope="module")
def review(tmp_path_factory):
    """What the page shows."""
    store = MadeStore(Path(tmp_path_factory.mktemp("page")), {GOODS: "1,012", SERVICES: "281"})
    write_partition(store.root, IN_DOUBT, MONTH, store.prove().in_doubt)
    wish = Wish("withhold", "asked the publisher", "ada", expires_on="2021-06-30", told_publisher_on="2021-02-28", publisher_answer="soon")
    decide(store.root, SECOND, wish, TODAY)
    return month_review(store.root, MONTH, {}, {}, TODAY)


@pytest.fixture(scope="module")
def page(review):
    """The page as a tree."""
    return parsed(month_page(review))


@pytest.fixture(scope="module")
def issues(page):
    """The issues on it by id."""
    return {next(code.text for code in node.all("code") if code.text in (FIRST, SECOND)): node for node in page.all(class_="issue")}


def _table(node, caption):
    (table,) = [each for each in node.all("table") if each.one("caption").text.strip() == caption]
    return rows(table)


def _sums(issue):
    """The tables of an issue that draw its identities, without their heads and last sentence."""
    return [[row for row in rows(table)[1:] if len(row) == 4] for table in issue.all("table") if "computed from the parts" in table.text]


def test_the_summary_counts_figures_identities_and_issues(review, page):
    summary = MonthSummary.of(review)
    assert (summary.release_month, summary.figures, summary.holds, summary.violated) == (MONTH, 117, 81, 6)
    stated = dict(zip((" ".join(each.text.split()) for each in page.all("dt")), (each.text for each in page.all("dd")), strict=True))
    assert {name: stated[name] for name in ("figures", "proven to the print", "identities hold", "violated", "not evaluable")} == {
        "figures": "117", "proven to the print": "117", "identities hold": "81", "violated": "6", "not evaluable": "0",
    }  # fmt: skip
    assert (stated["issues open"], stated["issues decided"], stated["figures withheld"]) == ("1", "1", "2")
    headline = " ".join(page.one(class_="headline").text.split())
    assert "prints 117 figures; 81 of 87 identities between them hold, 6 do not." in headline
    assert headline.endswith("1 issue waits for a decision, 1 issue is decided and 2 figures are withheld.")
    (family,) = review.families
    title = f"U.S. International Trade in Goods and Services, {YEAR} - Present"
    assert rows(next(page.all("table")))[1] == [
        title, "U.S. Census Bureau, Foreign Trade Division", "ft900", "117", family.path, family.sha256,
    ]  # fmt: skip


def test_the_identities_are_drawn_as_sums_with_what_they_come_to(issues):
    month = [["", "1,012", "exports.goods 2020-03", "54"], ["+", "309", "exports.services 2020-03", "55"]]
    parts = [1000 + 7 * number - 9 * (number == 3) for number in range(1, 13)]
    assert sum(parts) == 12537
    assert _sums(issues[FIRST]) == [
        [*month, ["=", "1,321", "computed from the parts", ""], ["≠", "1,330", "printed: exports.total 2020-03", "53"]],
        [["", "1,012", "exports.goods 2020-03", "54"], ["−", "1,415", "imports.goods 2020-03", "57"],
         ["=", "-403", "computed from the parts", ""], ["≠", "-394", "printed: balance.goods 2020-03", "51"]],
        [*(["+" if number > 1 else "", f"{part:,}", f"exports.goods 2020-{number:02d}", str(line_of(cell(number, 4)))]
           for number, part in enumerate(parts, start=1)),
         ["=", "12,537", "computed from the parts", ""], ["≠", "12,546", "printed: exports.goods 2020", "24"]],
    ]  # fmt: skip
    second = _sums(issues[SECOND])
    assert [table[-2][1] for table in second] == ["1,726", "46", "2,619"]  # 1,445 + 281, 327 - 281, 2,556 + 63
    assert [table[-1][1] for table in second] == ["1,663", "109", "2,556"]
    missed = [" ".join(each.text.split()) for each in issues[FIRST].all("td") if "Misses by" in each.text]
    assert [said.partition(" (")[0].rstrip(".") for said in missed] == [
        "Misses by 9, rounding allows 1", "Misses by 9, rounding allows 1", "Misses by 9, rounding allows 6",
    ]  # fmt: skip


def test_what_may_be_wrong_is_said_with_its_place_and_what_it_should_read(issues):
    said = [" ".join(each.text.split()) for each in issues[FIRST].all("dd")]
    for line in (
        f"1,012 on line {line_of(GOODS)}: exports.goods 2020-03", "1,021", "1,020 to 1,022",
        "transposed digits: that slip would turn 1,021 into what is printed",
    ):  # fmt: skip
        assert line in said
    assert "16 other figures cannot be the single wrong one" in issues[FIRST].text
    cleared = next(" ".join(each.text.split()) for each in issues[FIRST].all("li") if "Not part of every" in each.text)
    assert cleared.startswith("Not part of every violated identity: 12,546 (exports.goods 2020), 1,007 (exports.goods 2020-01), 1,014 (")
    shown = "".join(f"{line} {text}\n" for line, text in ((52, "103"), (53, "1,330"), (54, "1,012"), (55, "309"), (56, "1,621")))
    assert "".join(shown.split()) in "".join(issues[FIRST].text.split())


def test_the_series_is_shown_six_periods_to_either_side(issues):
    first, second = (" ".join(next(issues[name].all("desc")).text.split()) for name in (FIRST, SECOND))
    march = "; ".join(f"2020-{number:02d} {1000 + 7 * number - 9 * (number == 3):,}" for number in range(1, 10))
    assert first == f"Printed 1,012 in 2020-03, proposed 1,021. As printed: {march}."
    september = "; ".join(f"2020-{number:02d} {200 + 2 * number + 63 * (number == 9)}" for number in range(3, 13))
    assert second == f"Printed 281 in 2020-09, proposed 218. As printed: {september}."


def test_a_decided_issue_has_its_decision_and_an_open_one_the_commands(issues, page):
    commands = [each.text for each in issues[FIRST].all("code") if each.text.startswith("trade-assets")]
    assert commands == [
        f"trade-assets review accept {FIRST} --reason '...'", f"trade-assets review correct {FIRST} --value 1,021 --reason '...'",
        f"trade-assets review withhold {FIRST} --reason '...'",
    ]  # fmt: skip
    assert [each.text for each in issues[SECOND].all("code") if each.text.startswith("trade-assets")] == [
        f"trade-assets review reopen {SECOND} --reason '...'"
    ]
    said = [" ".join(each.text.split()) for each in issues[SECOND].all("dd")]
    for value in ("asked the publisher", "ada on 2021-03-01", "2021-06-30", "2021-02-28", "soon"):
        assert value in said
    assert _table(page, "Decisions on record")[1:] == [
        [SECOND, "withheld", "", "asked the publisher", "ada", "2021-03-01", "2021-06-30", "2021-02-28", "soon"]
    ]


def test_withheld_figures_lead_to_their_issues(page):
    (withheld,) = [rows(each) for each in page.all("table") if "Issue" in rows(each)[0] and "Printed" in rows(each)[0]]
    assert withheld[1:] == [
        ["1,012", "exports.goods 2020-03", "goods_and_services.exports_goods_musd", FIRST],
        ["281", "imports.services 2020-09", "goods_and_services.imports_services_musd", SECOND],
    ]


def test_scoreboard_and_coverage_have_the_counts(page):
    scores = {cell.one("code").text: row for table in page.all("table") for cell, row in _coded(table)}
    names = ("goods_plus_services_equals_total", "balance_equals_exports_minus_imports", "year_equals_sum_of_months")
    assert [scores[name][2:] for name in names] == [["37", "2 ✗", "0"], ["37", "2 ✗", "0"], ["7", "2 ✗", "0"]]
    (covered,) = [row for table in page.all("table") for row in rows(table) if row[:1] == ["goods_and_services"]]
    assert covered[1:9] == ["117", "117", "0", "0", "0", "0", "0", "100 %"]


def _coded(table):
    """The rows that begin with a name in code."""
    for row in table.all("tr"):
        first = row.content[0]
        if not isinstance(first, str) and list(first.all("code")):
            yield first, [" ".join(cell.text.split()) for cell in row.content]
