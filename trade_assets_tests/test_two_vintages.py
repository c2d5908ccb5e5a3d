"""Documents that mix two vintages: what contradicts itself is withheld, and no right figure for a mark of the older piece.

Which figure of which vintage stands where is written down by hand; figures of the samples are read from their files with ``csv``.
"""

import csv

import pytest

from trade_assets.documents.ingest import ingest
from trade_assets.documents.parse import facts_of, parse_documents
from trade_assets.facts.frames import empty
from trade_assets.facts.tables import ISSUES
from trade_assets.identities.document_facts import Facts
from trade_assets.reading import read_document
from trade_assets.review.check import as_text, check_file
from trade_assets.review.issues import examine
from trade_assets.review.proof import prove
from trade_assets.warehouse.root import DataRoot
from trade_assets_tests.altered_documents import lines_of
from trade_assets_tests.shared_documents import shared_sample

HEADER = "series_id,year,period,value,footnotes"
MARKED = "revised_marks_stand_in_open_months"


def records(year, *values):
    """Records of EIUIR, a month each: the month's number, the figure, and R where it is marked."""
    return [f"EIUIR,{year},M{number:02d},{value},{mark}" for number, value, mark in values]


def examined(lines):
    reading = read_document("\n".join([*lines, ""]).encode(), "mixed.csv")
    facts = Facts.of_reading(reading)
    return facts, examine(facts, reading.family, None, reading.product)[1]


def withheld(lines):
    """The withheld figures as period and text; and the issues of marks by period."""
    facts, issues = examined(lines)
    held = {(facts.keys[cell][2], facts.place["text"][cell]) for issue in issues for cell in issue.withheld}
    marks = {facts.keys[issue.violated[0].cells[0]][2]: issue for issue in issues if issue.violated[0].rule.name == MARKED}
    return held, marks


# The vintage of November 2004, which revised October and September; that of October had revised July.
NEWER = records(2004, (11, "103.5", ""), (10, "104.3", "R"), (9, "102.2", "R"), (8, "102.0", ""), (7, "101.7", ""), (6, "101.6", ""))
OLDER = records(2004, (10, "104.1", ""), (9, "102.4", ""), (8, "102.0", ""), (7, "101.7", "R"), (6, "101.6", ""))
DIFFERING = {("2004-10", "104.1"), ("2004-10", "104.3"), ("2004-09", "102.4"), ("2004-09", "102.2")}


@pytest.mark.parametrize("pieces", [(OLDER, NEWER), (NEWER, OLDER), (NEWER, OLDER[::-1])], ids=["older first", "newer first", "turned"])
def test_a_right_figure_is_not_withheld_for_the_older_pieces_mark(pieces):
    held, marks = withheld([HEADER, *pieces[0], *pieces[1]])
    assert held == DIFFERING
    (issue,) = marks.values()
    assert issue.certainty == "certain" and issue.suspects == () and issue.withheld == ()
    assert "101.7 (imports.end_use.all_commodities index 2004-07) is marked as revised" in issue.title
    assert issue.title.endswith("another print without it shows the same figure")
    assert [by for _, by in issue.finding.cleared] == ["index_printed_twice_agrees"]


def test_a_marked_figure_that_differs_is_withheld_with_its_other_print():
    older = [line.replace("101.7", "101.9") for line in OLDER]
    held, marks = withheld([HEADER, *older, *NEWER])
    assert held == DIFFERING | {("2004-07", "101.9"), ("2004-07", "101.7")}
    assert marks == {} or not marks["2004-07"].finding.cleared


def test_a_mark_that_nothing_proves_withholds_its_figure():
    # One print only, and no later month contradicts itself: the figure may be of the older vintage.
    held, marks = withheld([HEADER, *NEWER[:4], OLDER[3], NEWER[5]])
    assert held == {("2004-07", "101.7")}
    assert marks["2004-07"].certainty == "ambiguous"
    assert marks["2004-07"].title.endswith("no revision is open there")


def test_two_prints_that_both_have_the_mark_prove_nothing():
    # Both may be of the older vintage, copied twice.
    held, _ = withheld([HEADER, *NEWER[:4], OLDER[3], OLDER[3]])
    assert held == {("2004-07", "101.7")}


@pytest.mark.parametrize(
    ("differs", "is_final"),
    # July is final in the vintage of October, and open in that of September; November is of the newest vintage alone.
    [((10, "104.1", ""), True), ((9, "102.4", ""), False), ((11, "103.9", ""), False)],
)
def test_a_figure_that_was_final_in_the_older_vintage_is_right(differs, is_final):
    held, marks = withheld([HEADER, *NEWER[:4], OLDER[3], NEWER[5], *records(2004, differs)])
    assert (("2004-07", "101.7") in held) is not is_final
    assert bool(marks["2004-07"].finding.cleared) is is_final
    if is_final:
        assert marks["2004-07"].title.endswith("The mark is of an older vintage, which had the figure as final")
    assert {period for period, _ in held} - {"2004-07"} == {f"2004-{differs[0]:02d}"}


# Table A of a price release


def _mixed_table(rows):
    """The release of 2018-08 with rows of Table A, by their beginning, as an older vintage might have printed them."""
    lines = list(lines_of("mxp_2018"))
    start = next(at for at, line in enumerate(lines) if line.startswith("| 2018 |"))
    for beginning, row in rows.items():
        at = next(at for at in range(start, len(lines)) if lines[at].startswith(beginning))
        lines[at] = row
    return lines


def _held(lines):
    reading = read_document("\n".join(lines).encode(), "mixed.txt")
    facts = Facts.of_reading(reading)
    issues = examine(facts, reading.family, None, reading.product)[1]
    return {(facts.keys[cell][0], facts.keys[cell][2], facts.place["text"][cell]) for issue in issues for cell in issue.withheld}, issues


MARCH = "| March | -0.2 | (r)-2.6 | 0.1 | 0.4 | 3.2 | 0.1 | "


def test_a_row_of_the_older_release_in_table_a_is_withheld_only_where_it_may_be_wrong():
    # Table 1 of the release prints -0.1 for June; the release before printed -0.4, when March was open for the last time.
    june = "| June | -0.4 | (r)1.3 | -0.3 | (r)0.2 | -1.0 | 0.4 | "
    held, issues = _held(_mixed_table({"| March |": MARCH, "| June |": june}))
    assert ("imports.end_use.all_commodities", "2018-05/2018-06", "-0.4") in held
    assert not any(period == "2018-02/2018-03" for _, period, _ in held)
    (mark,) = [issue for issue in issues if issue.violated[0].rule.name == MARKED]
    assert "(r)-2.6" in mark.title and mark.title.endswith("which had the figure as final")


def test_the_same_row_alone_is_withheld_at_its_mark():
    held, _ = _held(_mixed_table({"| March |": MARCH}))
    assert {(period, text) for _, period, text in held} == {("2018-02/2018-03", "(r)-2.6")}


# Files of the publisher


@pytest.mark.parametrize("series", ["EIUIR", "EIUIQ"])
def test_two_downloads_of_a_series_one_below_the_other(series, tmp_path):
    """As people append a download to the one of the month before: what differs is withheld, nothing else."""
    older = shared_sample(f"bls-labstat/{series}_asof_2024-12-08.csv")
    newer = shared_sample(f"bls-labstat/{series}_asof_2024-12-13.csv")
    text = older.read_text().rstrip("\n") + "\n" + "".join(newer.read_text().splitlines(keepends=True)[1:60])
    file = tmp_path / "mixed.csv"
    file.write_text(text)
    found = [{f"{row['year']}-{row['period'][1:]}": row["value"] for row in _rows(path)} for path in (older, newer)]
    differing = {month for month in found[0] if found[0][month] != found[1][month]}
    assert differing, "the two vintages are one"
    checked = check_file(file)
    keys = checked.facts.keys
    assert {keys[cell][2] for issue in checked.issues for cell in issue.withheld} == differing
    assert "which holds and would not" not in "\n".join(as_text(checked))


def _rows(path):
    """The records of the first download in a file."""
    taken, rows = set(), []
    for row in csv.DictReader(path.read_text().splitlines()):
        if (row["year"], row["period"]) not in taken:
            taken.add((row["year"], row["period"]))
            rows.append(row)
    return rows


def test_what_is_proven_beside_its_mark_is_published(tmp_path):
    file = tmp_path / "mixed.csv"
    file.write_text("\n".join([HEADER, *OLDER, *NEWER, ""]))
    document = ingest(DataRoot.of(tmp_path / "data"), file, release_month="2004-12").document
    facts = facts_of(parse_documents("2004-12", [(document, True, file.read_bytes())]), "mxp")
    proof = prove(facts, "mxp", empty(ISSUES))
    assert set(proof.in_doubt["period"]) == {"2004-09", "2004-10"}
    marked = proof.issues[proof.issues["title"].str.contains("101.7")]
    assert marked[["certainty", "suspects", "withheld"]].to_numpy().tolist() == [["certain", 0, 0]]
    assert set(proof.violations["identity"]) == {
        "index_printed_twice_agrees", "indexes_of_a_year_stand_once_or_all_twice", MARKED
    }  # fmt: skip
