"""What used to be lost without a word: dashes for figures, lost points and signs, rows, ends of lines.

Figures and lines are those of the documents; what a dash stood for is read from the document before it was put there.
"""

import json
import random
import re

import dagster as dg
import pandas as pd
import pytest
from click.testing import CliRunner

from trade_assets.cli import main
from trade_assets.defs.ranges import run_months
from trade_assets.documents.ingest import ingest
from trade_assets.documents.parse import facts_of, parse_documents
from trade_assets.facts import catalogue
from trade_assets.facts.families import parts
from trade_assets.facts.frames import empty
from trade_assets.facts.tables import IN_DOUBT, ISSUES
from trade_assets.families.ft900.tables import GOODS_AND_SERVICES
from trade_assets.families.mxp import tables as price_tables
from trade_assets.identities.binding import bind
from trade_assets.identities.document_facts import Facts
from trade_assets.identities.marks import gaps
from trade_assets.identities.publish import publish
from trade_assets.identities.rules import rules_of
from trade_assets.reading.printing import Column, flag_irregular
from trade_assets.review.decisions import DecidedCell, Decision
from trade_assets.review.issues import examine
from trade_assets.review.proof import prove
from trade_assets.warehouse.partitions import read_partition
from trade_assets.warehouse.root import DataRoot
from trade_assets_tests.altered_documents import PRICE_INDEXES, WITH_TABLES, attempt, cells, lines_of, reading_of, refusal

OWN = {"uscc": {"6aefbff643a0"}}
"""What the bulletin's own year 2011 shows, as published."""


def _issues(name, lines):
    """The new issues of an altered document, as facts and issues."""
    reading, error = attempt(lines)
    assert error is None, error
    facts = Facts.of_reading(reading)
    family, month = WITH_TABLES[name]
    return facts, [issue for issue in examine(facts, family, month)[1] if issue.id not in OWN.get(name, ())]


def _with(name, line, start, end, mark):
    lines = list(lines_of(name))
    lines[line - 1] = lines[line - 1][:start] + mark + lines[line - 1][end:]
    return lines


def _replaced(name, line, before, after):
    """The document with a text on a line, which stands there once, replaced."""
    lines = list(lines_of(name))
    assert lines[line - 1].count(before) == 1, lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(before, after)
    return lines


def _line(name, beginning, nth=0):
    """The number of the nth line that begins so."""
    return [at for at, line in enumerate(lines_of(name), start=1) if line.startswith(beginning)][nth]


def _without(name, *numbers):
    return [line for at, line in enumerate(lines_of(name), start=1) if at not in numbers]


# A dash in place of a figure


@pytest.mark.parametrize("name", WITH_TABLES)
def test_the_documents_own_dashes_are_no_issues(name):
    _, found = _issues(name, lines_of(name))
    assert found == []
    if name != "ft900":
        assert any(gap == "not_published" for (gap,) in cells(reading_of(name), "gap"))


@pytest.mark.parametrize("mark", ["-", "--"])
@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("ft900", "goods_and_services"), ("uscc", "china_advanced_technology"), ("mxp_2018", "price_changes"),
        ("mxp_2012", "imports_by_end_use"),
    ],
)  # fmt: skip
def test_a_dash_that_the_other_figures_determine_is_an_issue_with_the_figure(name, table, mark):
    # The latest month of Table A stands in Tables 1 and 2 as well; index and latest change of Table 1 determine each other;
    # every figure of goods and services, and of technology, is a sum or the part of one.
    reading = reading_of(name)
    columns = ("table", "column", "period", "line", "start", "end", "text", "value")
    places = [
        cell for cell in cells(reading, *columns)
        if cell[0] == table
        and (table != "price_changes" or cell[2] in ("2018-06/2018-07", "2017-07/2018-07"))
        and (table != "imports_by_end_use" or cell[1] in ("index_latest_month", "change_latest_month_pct"))
        and (table != "price_changes" or not cell[1].startswith("imports_nonfuel"))
    ]  # fmt: skip
    rnd = random.Random(11)  # noqa: S311 - no secret
    for _, _, _, line, start, end, text, value in rnd.sample(places, min(len(places), 12)):
        facts, found = _issues(name, _with(name, line, start, end, mark))
        at = [cell for cell in range(len(facts)) if (facts.place["line"][cell], facts.place["start"][cell]) == (line, start)]
        (issue,) = [each for each in found if each.finding.suspected.issuperset(at)]
        suspect = issue.suspects[0]
        place = issue.place(suspect.cell)
        assert (place.line, place.start, place.text) == (line, start, mark)
        low, high = (each / 10**suspect.allowed.decimals for each in (suspect.allowed.low, suspect.allowed.high))
        assert low <= value <= high, (text, low, high)
        assert issue.proposal(suspect) is not None
        assert issue.withheld == (suspect.cell,)
        assert issue.title.startswith(f"printed {mark} (") and "should read" in issue.title


def test_the_shape_of_an_issue_about_a_dash(tmp_path):
    file = tmp_path / "2016-11.ft900.txt"
    file.write_text("\n".join(_replaced("ft900", 44, "36,854", "--")))
    result = CliRunner().invoke(main, ["check", "--format", "json", str(file)])
    assert result.exit_code == 1
    (checked,) = json.loads(result.output)
    (issue,) = checked["issues"]
    # The id is that of a wrong figure at the same place: its facts are the same.
    file.write_text("\n".join(_replaced("ft900", 44, "36,854", "36,845")))
    (wrong,) = json.loads(CliRunner().invoke(main, ["check", "--format", "json", str(file)]).output)[0]["issues"]
    assert (issue["id"], issue["certainty"]) == (wrong["id"], "certain")
    (suspect,) = issue["suspects"]
    assert suspect == {
        "line": 44, "start": 0, "end": 2, "text": "--", "series": "exports.goods", "measure": "value", "period": "1992-02",
        "proposal": "36,854", "slip": None, "interval": ["36853", "36855"], "explains": [0, 1, 2, 3],
    }  # fmt: skip
    assert {each["identity"] for each in issue["violated"]} == {
        "goods_plus_services_equals_total", "balance_equals_exports_minus_imports", "year_equals_sum_of_months",
        "trade_figures_are_printed_as_their_columns",
    }  # fmt: skip
    # An identity without one of its operands is not evaluable, whatever is known of it.
    verdicts = {each["identity"]: (each["violated"], each["not_evaluable"]) for each in checked["verdicts"]}
    assert verdicts["goods_plus_services_equals_total"] == (0, 9 + 1)  # nine of the three months that are not yet released


def _facts(rows):
    """Facts of (series, period, text) in one column of one row each."""
    frame = pd.DataFrame(rows, columns=["series", "period", "text"])
    is_gap = frame["text"].isin(["-", "--"])
    frame["value"] = pd.to_numeric(frame["text"].where(~is_gap))
    frame["decimals"] = [None if gap else len(text.partition(".")[2]) for gap, text in zip(is_gap, frame["text"], strict=True)]
    frame["measure"], frame["table"], frame["flags"] = "value", "goods_and_services", ""
    frame["column"], frame["row"] = frame["series"], frame["period"].rank(method="dense").astype(int)
    frame["line"] = range(1, len(frame) + 1)
    frame["start"], frame["end"] = 0, frame["text"].str.len()
    return Facts.of_frame(frame)


def _sought(rows):
    """The dashes that are determined, with the ends of their range and what is proposed."""
    facts = _facts(rows)
    found = gaps(facts, bind(rules_of("ft900"), facts))
    suspects = [finding.suspects[0] for finding in found]
    return {facts.keys[each.cell]: (each.allowed.low, each.allowed.high, each.proposal.scaled) for each in suspects}


def test_what_two_dashes_determine():
    exports = [("exports.total", "2016-01", "100"), ("exports.goods", "2016-01", "--"), ("exports.services", "2016-01", "--")]
    # One sum of two unknown parts determines neither.
    assert _sought(exports) == {}
    # With imports and balances each is in a difference of its own: 30 + 40 and 25 + 5, within the rounding of two figures.
    goods = [("balance.goods", "2016-01", "30"), ("imports.goods", "2016-01", "40")]
    services = [("balance.services", "2016-01", "25"), ("imports.services", "2016-01", "5")]
    assert _sought(exports + goods + services) == {
        ("exports.goods", "value", "2016-01"): (69, 71, 70), ("exports.services", "value", "2016-01"): (29, 31, 30)
    }  # fmt: skip


def test_a_dash_may_stand_for_zero_where_no_zero_is_printed():
    nothing = [("exports.total", "2016-01", "100"), ("exports.goods", "2016-01", "100"), ("exports.services", "2016-01", "-")]
    assert _sought(nothing) == {}
    zero = [("exports.total", "2016-02", "80"), ("exports.goods", "2016-02", "80"), ("exports.services", "2016-02", "0")]
    assert _sought(nothing + zero) == {("exports.services", "value", "2016-01"): (-1, 1, 0)}


def test_months_that_are_not_yet_released_are_determined_by_nothing():
    assert {gap for (gap,) in zip(reading_of("ft900").rows["gap"], strict=True)} == {None, "not_yet_released"}
    assert _issues("ft900", lines_of("ft900"))[1] == []


def test_a_dash_in_a_headline_says_what_it_does_to_it():
    _, (issue,) = _issues("ft900", _with("ft900", *cells_of("ft900", "balance.total", "2016-09"), "--"))
    assert any("the change of the total balance on the month before in 2016-09 would read" in said for said in issue.consequence.sentences)


def cells_of(name, series, period):
    """Line, start and end of the first print of a fact."""
    found = cells(reading_of(name), "series", "period", "line", "start", "end")
    return next(place for s, p, *place in found if (s, p) == (series, period))


def test_a_dash_that_is_corrected_is_published_as_the_figure(tmp_path):
    file = tmp_path / "2016-11.ft900.txt"
    file.write_text("\n".join(_replaced("ft900", 44, "36,854", "--")))
    document = ingest(DataRoot.of(tmp_path / "data"), file).document
    facts = facts_of(parse_documents("2016-11", [(document, True, file.read_bytes())]), "ft900")
    before = prove(facts, "ft900", empty(ISSUES))
    issue = before.issues["issue"].iloc[0]
    held = publish(facts, before.in_doubt, before.corrections, GOODS_AND_SERVICES).set_index("period").loc["1992-02"]
    assert pd.isna(held["exports_goods_musd"]) and held["gaps"] == f"exports_goods_musd: withheld_by_issue_{issue}"
    (cell,) = before.suspects[["line", "start", "text"]].itertuples(index=False)
    decision = Decision(
        "reviews/x.yaml", 1, issue, "correct", "seen in the PDF", "ada", "2020-01-01", document.sha256,
        (DecidedCell(int(cell.line), int(cell.start), str(cell.text), "36,854"),),
    )  # fmt: skip
    after = prove(facts, "ft900", before.issues, decisions={issue: [decision]})
    assert after.issues["state"].tolist() == ["decided"]
    row = publish(facts, after.in_doubt, after.corrections, GOODS_AND_SERVICES).set_index("period").loc["1992-02"]
    assert row["exports_goods_musd"] == 36854 and row["gaps"] == ""
    assert "-- printed, corrected by issue" in row["corrections"]


# Marks that are printed otherwise than their column


@pytest.mark.parametrize("name", WITH_TABLES)
def test_every_mark_of_the_documents_is_regular(name):
    assert {flag for (flags,) in cells(reading_of(name), "flags") for flag in flags.split()} <= {"r"}
    columns = parts("readers")[WITH_TABLES[name][0]][0].COLUMNS
    assert set(reading_of(name).cells["column"]) <= set(columns)


def test_a_column_that_is_not_declared_is_an_error():
    with pytest.raises(KeyError):
        flag_irregular(reading_of("uscc"), {"value_musd": Column(2)})


IRREGULAR = {
    # name, a line, what stands there once, what is put there, proposal. In no exact identity unless it says so.
    "a point lost from a change": ("uscc", ("Imports -18.2%", 0), " 6.4% ", " 64% ", "6.4%"),
    "a point lost from an index": ("mxp_2018", ("| All commodities | 100.000 | 128.1", 0), "| 128.1 | 4.8 |", "| 1281 | 4.8 |", "128.1"),
    "a point lost from an older change": ("mxp_2018", ("| All commodities | 100.000 | 128.1", 0), "| 0.9 |", "| 09 |", "0.9"),
    "a point lost from a weight": ("mxp_2018", ("| Foods, feeds, & beverages | 0 |", 0), "5.910", "5910", "5.910"),
    "the last digit of a weight lost": ("mxp_2018", ("| Foods, feeds, & beverages | 0 |", 0), "5.910", "5.91", None),
    "a comma for a point": ("uscc", ("Imports -18.2%", 0), " 6.4% ", " 6,4% ", "6.4%"),
    "a percent sign lost": ("uscc", ("Imports -18.2%", 0), " 6.4% ", " 6.4 ", None),
    "a percent sign at an index": ("mxp_2012", ("| Fuels & lubricants", 0), "| 249.4 |", "| 249.4% |", None),
    "a dollar sign at a change": ("uscc", ("Imports -18.2%", 0), " 6.4% ", " $6.4% ", None),
    "a group of two digits": ("uscc", ("2010 60.16", 0), "3,125", "3,12", None),
    "a dash for a change": ("uscc", ("Imports -18.2%", 0), " 6.4% ", " - ", None),
    "a dash for a product's change": ("uscc", ("Chemicals", 0), " -11.5% ", " - ", None),
    "digits lost at the end of a line": ("uscc", ("Imports 6.6%", 0), "6.5% 6.6%", "6.5% 6", None),
    "a last zero lost from a month": ("uscc", ("Jan 4.38", 0), "4.38 1.20 3.18 355", "4.38 1.2 3.18 355", None),
}


@pytest.mark.parametrize("case", IRREGULAR)
def test_an_irregular_mark_is_an_issue(case):
    name, where, before, after, proposal = IRREGULAR[case]
    line = _line(name, *where)
    if name == "mxp_2012":
        before = re.search(r"\| \d+\.\d \|", lines_of(name)[line - 1])[0]
        after = f"{before[:-2]}% |"
    _, found = _issues(name, _first(name, line, before, after))
    named = [s for issue in found for s in issue.suspects if issue.place(s.cell).line == line and issue.place(s.cell).text in after.split()]
    assert named, [issue.title for issue in found]
    said = [issue for issue in found if any(verdict.rule.kind == "print" for verdict in issue.violated)]
    assert said
    if proposal is not None:
        assert proposal in [issue.proposal(suspect) for issue in found for suspect in issue.suspects]


def _first(name, line, before, after):
    lines = list(lines_of(name))
    assert before in lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(before, after, 1)
    return lines


def test_an_irregular_mark_of_a_suspected_figure_is_no_second_issue():
    _, found = _issues("ft900", _replaced("ft900", 44, "36,854", "36,84%"))
    assert len(found) == 1
    kinds = [verdict.rule.kind for verdict in found[0].violated]
    assert kinds == ["sum", "sum", "sum", "print"]


# Rows


BULLETIN_ROWS = {
    # A line of the top five holds a row of exports and one of imports.
    "a product": (("Chemicals", 0), ["a product of exports, 2012-11,", "a product of imports, 2012-11,"]),
    "a product to date": (("Machinery, Except", 1), ["a product of exports, 2012 to date,", "a product of imports, 2012 to date,"]),
    "Other": (("Other", 0), ["'Other' of exports, 2012-11,", "'Other' of imports, 2012-11,"]),
    "Total": (("Total 10,594.40", 0), ["'Total' of exports, 2012-11,", "'Total' of imports, 2012-11,"]),
    "Total to date": (("Total 100,208.13", 0), ["'Total' of exports, 2012 to date,", "'Total' of imports, 2012 to date,"]),
    "Exports on the month": (("Exports 4.6%", 0), ["'Exports' of growth on the month"]),
    "Imports to date": (("Imports 6.6%", 0), ["'Imports' of growth to date"]),
    "January": (("Jan 4.38", 0), ["of 2012-01"]),
    "a month in between": (("May 5.36", 0), ["of 2012-05"]),
    "the year before": (("2011 68.58", 0), ["of 2011"]),
    "the last year": (("2010 60.16", 0), ["of 2010"]),
    "a technology group": (("(09) Weapons", 0), ["'(09) Weapons'"]),
    "the first group": (("(01) Biotechnology", 0), ["'(01) Biotechnology'"]),
    "all groups together": (("TOTAL 1,609", 0), ["'TOTAL'"]),
}


@pytest.mark.parametrize("case", BULLETIN_ROWS)
def test_a_bulletin_without_a_row_is_an_issue_that_names_it(case):
    (beginning, nth), named = BULLETIN_ROWS[case]
    line = _line("uscc", beginning, nth)
    _, found = _issues("uscc", _without("uscc", line))
    missing = [issue for issue in found if issue.violated[0].rule.kind == "rows"]
    assert len(missing) == len(named)
    for said in named:
        assert sum(said in issue.title and "not printed" in issue.title for issue in missing) == 1, [issue.title for issue in missing]
    for issue in missing:
        assert issue.withheld == () and issue.suspects == ()


def test_a_top_five_of_three_says_so():
    _, found = _issues("uscc", _without("uscc", _line("uscc", "Chemicals"), _line("uscc", "Transportation Equipment")))
    assert any(issue.title.endswith("of china_top_five is not printed: 3 of 5") for issue in found)


@pytest.mark.parametrize("beginning", ["Nov 4.36", "# of companies"])
def test_a_bulletin_without_what_its_reader_needs_is_refused(beginning):
    error = refusal(_without("uscc", _line("uscc", beginning)))
    assert error.line is not None and error.expected


@pytest.mark.parametrize("name", PRICE_INDEXES)
def test_table_a_without_a_row_is_an_issue_or_refused(name):
    year = int(name[-4:])
    # The first month is not missed by the months after it, nor are the years; a month in between is.
    for beginning, said in ((f"| {year - 1} |", None), ("| July |", f"of {year - 1}-07")):
        line = _line(name, beginning)
        if said is None:
            assert "month" in refusal(_without(name, line)).expected
            continue
        _, found = _issues(name, _without(name, line))
        assert [issue.title for issue in found] == [f"the row {said} of price_changes is not printed"]
    for end in (year - 1, year):
        _, found = _issues(name, _without(name, _line(name, f"| July {end - 1} to {end}")))
        assert [issue.title for issue in found] == [f"the row of the twelve months to {end}-07 of price_changes is not printed"]
    assert refusal(_without(name, _line(name, "| October |"))).line is not None


@pytest.mark.parametrize(
    ("name", "codes"),
    # Two rows of the Harmonized System; one that only one of the releases prints; one of another table.
    [
        ("mxp_2018", ("61", "62")), ("mxp_2012", ("39", "84")), ("mxp_2018", ("44",)), ("mxp_2012", ("19",)), ("mxp_2018", ("10",)),
        ("mxp_2012", ("311",)),
    ],
)  # fmt: skip
def test_a_price_release_without_a_row_is_an_issue_that_names_it(name, codes):
    lines = [next(at for at, line in enumerate(lines_of(name), 1) if line.startswith("|") and f" | {code} | " in line) for code in codes]
    _, found = _issues(name, _without(name, *lines))
    missing = [issue for issue in found if issue.violated[0].rule.kind == "rows"]
    assert len(missing) == len(codes) == len({issue.id for issue in missing})
    for code in codes:
        assert any(f"({code}) of" in issue.title and "not printed" in issue.title for issue in missing)
    for issue in missing:
        assert issue.withheld == () and issue.suspects == ()
        assert issue.lines[0] < max(lines)


def test_rows_without_codes_are_named_by_what_they_are_of():
    line = _line("mxp_2018", "| Canada") + 2
    assert lines_of("mxp_2018")[line - 1].startswith("| Manufacturing |")
    _, found = _issues("mxp_2018", _without("mxp_2018", line))
    assert [issue.title for issue in found] == ["the row 'Manufacturing' of 'Canada' of imports_by_locality is not printed"]


def test_a_row_is_expected_of_the_months_in_which_releases_print_it():
    entries = {(entry.table, entry.code): entry for entry in catalogue.entries("mxp") if entry.code}
    wood, nickel = (entries["imports_by_harmonized_system", code] for code in ("44", "75"))
    # 44 stands in the release of 2018-08 (July) only, 75 in that of 2012-08 only.
    months = ("2011-01", "2012-07", "2012-08", "2018-06", "2018-07", "2019-01", None)
    assert [wood.is_expected_in(month) for month in months] == [False, False, False, False, True, True, False]
    assert [nickel.is_expected_in(month) for month in months] == [True, True, False, False, False, False, False]


def test_the_id_of_a_missing_row_is_of_the_row_and_of_nothing_beside_it():
    line = _line("mxp_2018", "| Articles of apparel and clothing accessories, not")
    _, (alone,) = _issues("mxp_2018", _without("mxp_2018", line))
    _, others = _issues("mxp_2018", ["A line more.", *_without("mxp_2018", line, line - 1)])
    assert alone.id in {issue.id for issue in others}


def test_a_missing_row_may_be_accepted(tmp_path):
    line = _line("mxp_2018", "| Articles of apparel and clothing accessories, not")
    file = tmp_path / "2018-08.mxp.txt"
    file.write_text("\n".join(_without("mxp_2018", line)))
    document = ingest(DataRoot.of(tmp_path / "data"), file).document
    facts = facts_of(parse_documents("2018-08", [(document, True, file.read_bytes())]), "mxp")
    (issue,) = prove(facts, "mxp", empty(ISSUES)).issues["issue"]
    decision = Decision("reviews/x.yaml", 1, issue, "accept", "BLS dropped it", "ada", "2020-01-01", document.sha256, ())
    proof = prove(facts, "mxp", empty(ISSUES), decisions={issue: [decision]})
    assert proof.issues[["state", "suspects", "withheld"]].to_numpy().tolist() == [["decided", 0, 0]]
    assert proof.in_doubt.empty and len(proof.violations) == 1


# In a run


@pytest.mark.slow
def test_a_run_shows_what_is_lost_at_the_checks_and_withholds_the_dash_alone(tmp_path):
    root = DataRoot.of(tmp_path / "data")
    line = _line("mxp_2018", "| Articles of apparel and clothing accessories, not")
    for name, lines in (("mxp", _without("mxp_2018", line)), ("ft900", _replaced("ft900", 44, "36,854", "--"))):
        file = tmp_path / f"2018-08.{name}.txt"
        file.write_text("\n".join(lines))
        ingest(root, file)
    with dg.DagsterInstance.ephemeral() as instance:
        (run,) = run_months(root, ["2018-08"], instance)
    assert run.is_success, run.failures
    red = {check: said for _, check, is_warning, said in run.red if not is_warning}
    assert "(62) of imports_by_harmonized_system is not printed" in red["expected_rows_are_printed"]
    assert "should read 36,854" in red["goods_plus_services_equals_total"]
    doubt = read_partition(root, IN_DOUBT, "2018-08")
    assert doubt[["family", "line", "text"]].to_numpy().tolist() == [["ft900", 44, "--"]]
    published = read_partition(root, price_tables.PRICE_INDEXES, "2018-08")
    assert len(published) == 274 - 1 and published["index_latest_month"].notna().all()  # 289 rows less 15 of Table A
    page = root.read("reports", "2018-08.html").decode()
    assert "should read 36,854" in page and "is not printed" in page
