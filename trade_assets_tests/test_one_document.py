"""Whatever is raised about one document, by an opener, a reader or a judge, stays with that document."""

import json
import zlib

import dagster as dg
import pandas as pd
import pytest
from click.testing import CliRunner

from trade_assets.cli import main
from trade_assets.defs.ranges import run_months
from trade_assets.documents.ingest import ingest
from trade_assets.documents.parse import facts_of, parse_documents
from trade_assets.facts.frames import empty
from trade_assets.facts.tables import IN_DOUBT, ISSUES, PROOF, UNJUDGED, UNREAD, VERDICTS
from trade_assets.families.ft900.tables import GOODS_AND_SERVICES
from trade_assets.families.uscc.tables import CHINA_TOP_FIVE
from trade_assets.reading import ReadError, open_document, read_document
from trade_assets.review.proof import prove
from trade_assets.warehouse.partitions import read_partition
from trade_assets.warehouse.root import DataRoot
from trade_assets_tests.altered_documents import text_of
from trade_assets_tests.conftest import shipped_document

LINE = 44  # exports of goods in February 1992, printed 36,854


def _ft900(mark, tmp_path):
    lines = text_of("ft900").split("\n")
    assert lines[LINE - 1] == "36,854"
    lines[LINE - 1] = mark
    file = tmp_path / "2016-11.ft900.txt"
    file.write_text("\n".join(lines))
    return file


def _bulletin(before, after, tmp_path):
    text = text_of("uscc")
    assert text.count(before) == 1
    file = tmp_path / "2013-01.uscc.txt"
    file.write_text(text.replace(before, after))
    return file


def _checked(*files):
    result = CliRunner().invoke(main, ["check", "--format", "json", *map(str, files)])
    return result, json.loads(result.stdout)


# Marks with a sign that their column does not have


@pytest.mark.parametrize(
    ("mark", "proposal"),
    # 51,682 = 36,854 + 14,828 on lines 43 to 45; 3,684 lacks a digit, 36,845 has two exchanged.
    [("36,84%", "36,854"), ("36,845%", "36,854"), ("$36,84", "36,854"), ("-36,854%", "36,854"), ("3,6,8,5,4,0%", "36,854")],
)
def test_a_sign_beside_a_wrong_figure_is_no_crash(mark, proposal, tmp_path):
    result, (checked,) = _checked(_ft900(mark, tmp_path))
    assert result.exit_code == 1
    (issue,) = checked["issues"]
    assert issue["certainty"] == "certain"
    assert issue["suspects"][0]["text"] == mark
    assert issue["suspects"][0]["proposal"] == proposal


@pytest.mark.parametrize(
    ("before", "after", "proposal"),
    [
        # 9,036.65 of 100,208.13 is 9.018 percent; 33,849.57 of 390,808.58 is 8.661 percent.
        ("9,036.65 9.0% Leather", "9,036.65 9,0% Leather", "9.0%"),
        ("33,849.57 8.7%", "33,849.57 8,7%", "8.7%"),
    ],
)
def test_a_comma_for_the_point_of_a_share_is_no_crash(before, after, proposal, tmp_path):
    result, (checked,) = _checked(_bulletin(before, after, tmp_path))
    assert result.exit_code == 1
    proposals = [suspect["proposal"] for issue in checked["issues"] for suspect in issue["suspects"]]
    assert proposal in proposals


# What an opener, a reader, a judge raises


def _raising(error):
    def raises(*_, **__):
        raise error

    return raises


@pytest.mark.parametrize("error", [zlib.error("invalid stored block"), NotImplementedError("encoding"), RecursionError("deep")], ids=str)
def test_whatever_an_opener_raises_is_about_its_document(error, monkeypatch):
    monkeypatch.setattr("trade_assets.reading.decode", _raising(error))
    with pytest.raises(ReadError) as caught:
        open_document(b"text", "one.txt")
    assert str(caught.value).startswith("one.txt: ")
    assert f"{type(error).__name__}: {error}" in caught.value.found


@pytest.mark.parametrize("part", ["read", "recognises"])
@pytest.mark.parametrize("error", [TypeError("no number"), OverflowError("too large"), OSError("lost\nmedium")], ids=str)
def test_whatever_a_reader_raises_is_about_its_document(error, part, monkeypatch):
    monkeypatch.setattr(f"trade_assets.families.ft900.long_table.{part}", _raising(error))
    with pytest.raises(ReadError) as caught:
        read_document(text_of("ft900").encode(), "one.txt")
    assert str(caught.value).startswith("one.txt: ")
    assert f"{type(error).__name__}: {' '.join(str(error).split())}" in caught.value.found
    assert str(caught.value).isprintable()


def test_a_document_that_cannot_be_judged_leaves_the_other_files_of_a_check(tmp_path, monkeypatch):
    from trade_assets.review import check

    examine = check.examine

    def examined(facts, family, *rest):
        if family == "uscc":
            raise ZeroDivisionError("no\nwhole")
        return examine(facts, family, *rest)

    monkeypatch.setattr(check, "examine", examined)
    result, found = _checked(shipped_document("uscc", "2013-01"), _ft900("36,845", tmp_path))
    assert result.exit_code == 2
    assert [each["document"]["family"] for each in found] == ["ft900"]
    (line,) = result.stderr.splitlines()
    assert "uscc" in line and "ZeroDivisionError: no whole" in line and "To do" in line


def test_words_that_fail_are_about_their_document_too(tmp_path, monkeypatch):
    monkeypatch.setattr("trade_assets.review.check.issue_text", _raising(KeyError("word")))
    files = [_ft900("36,845", tmp_path), shipped_document("mxp", "2018-08")]
    result = CliRunner().invoke(main, ["check", *map(str, files)])
    assert result.exit_code == 2
    assert "KeyError" in result.stderr and "Traceback" not in result.stderr
    assert "Nothing to review." in result.stdout  # of the price release


def _parsed(tmp_path, *files):
    """The documents of one release month as parsed tables, and their hashes."""
    root = DataRoot.of(tmp_path / "data")
    documents = [ingest(root, file, release_month="2016-11").document for file in files]
    parsed = parse_documents("2016-11", [(each, True, file.read_bytes()) for each, file in zip(documents, files, strict=True)])
    return parsed, [document.sha256 for document in documents]


def _two_documents(tmp_path):
    """The table of FT-900 and the same with one wrong figure, as two documents of a family: the facts, the first, the second."""
    parsed, _ = _parsed(tmp_path, shipped_document("ft900", "2016-11"), _ft900("36,845", tmp_path))
    facts = facts_of(parsed, "ft900")
    return facts, *facts["sha256"].unique()


def test_a_document_that_cannot_be_judged_is_an_issue_and_the_others_are_proven(tmp_path, monkeypatch):
    from trade_assets.review import proof

    facts, first, second = _two_documents(tmp_path)
    alone = prove(facts[facts["sha256"] == second], "ft900", empty(ISSUES))
    examine = proof.examine
    calls = []

    def examined(*arguments):
        calls.append(1)
        if len(calls) == 1:
            raise ValueError("invalid literal for int() with base 10: '36854%'")
        return examine(*arguments)

    monkeypatch.setattr(proof, "examine", examined)
    together = prove(facts, "ft900", empty(ISSUES))
    for table, one, both in zip(PROOF, alone, together, strict=True):
        rest = both[both["sha256"] == second].reset_index(drop=True)
        pd.testing.assert_frame_equal(rest, one, obj=table.name)
    (issue,) = together.issues[together.issues["sha256"] == first].to_dict("records")
    assert issue["pattern"] == UNJUDGED
    assert "ValueError: invalid literal for int() with base 10: '36854%'" in issue["title"]
    assert issue["title"].isprintable() and "To do" in issue["title"]
    # All that it prints is withheld: 322 rows of nine figures.
    assert len(together.in_doubt[together.in_doubt["sha256"] == first]) == issue["withheld"] == 322 * 9
    held = together.verdicts[together.verdicts["sha256"] == first]
    assert len(held) and (held[["holds", "violated", "not_evaluable"]] == 0).all(axis=None)


def test_the_issues_of_a_document_that_cannot_be_judged_stay_as_they_were(tmp_path, monkeypatch):
    from trade_assets.review import proof

    parsed, _ = _parsed(tmp_path, _ft900("36,845", tmp_path))
    facts = facts_of(parsed, "ft900")
    before = prove(facts, "ft900", empty(ISSUES)).issues
    monkeypatch.setattr(proof, "examine", _raising(ValueError("later")))
    after = prove(facts, "ft900", before).issues
    assert set(after["issue"]) > set(before["issue"])
    assert "gone" not in set(after["state"])
    again = prove(facts, "ft900", after).issues
    assert again.set_index("issue")["state"].to_dict() == {**before.set_index("issue")["state"], after.iloc[0]["issue"]: "open"}


def test_what_cannot_be_published_of_one_document_withholds_that_document(tmp_path, monkeypatch):
    from trade_assets.review import proof

    parsed, _ = _parsed(tmp_path, shipped_document("ft900", "2016-11"))
    message = "two figures for 1992-02 in the document, and no rule compares them"
    monkeypatch.setattr(proof, "publish", _raising(ValueError(message)))
    issues = prove(facts_of(parsed, "ft900"), "ft900", empty(ISSUES)).issues
    assert issues["withheld"].tolist() == [2898]
    assert message in issues["title"].iloc[0]


def test_a_document_that_cannot_be_read_leaves_the_others_of_its_family(tmp_path):
    sound = shipped_document("ft900", "2016-11")
    parsed, (sha256,) = _parsed(tmp_path, sound)
    root = DataRoot.of(tmp_path / "data")
    other = ingest(root, _ft900("36,845", tmp_path)).document
    stored = ingest(root, sound, release_month="2016-11").document
    broken = text_of("ft900").replace("September", "Septober", 1).encode()
    parsed = parse_documents("2016-11", [(stored, True, sound.read_bytes()), (other, True, broken)])
    assert parsed.unread["sha256"].tolist() == [other.sha256]
    assert set(facts_of(parsed, "ft900")["sha256"]) == {sha256}
    with pytest.raises(ReadError, match="Septober"):
        facts_of(parse_documents("2016-11", [(other, True, broken)]), "ft900")


def test_figures_that_fit_no_table_are_about_their_document(tmp_path, monkeypatch):
    monkeypatch.setattr("trade_assets.documents.parse.tidy", _raising(ValueError("3 facts of ft900 have no row")))
    parsed, (sha256,) = _parsed(tmp_path, shipped_document("ft900", "2016-11"))
    assert parsed.unread["sha256"].tolist() == [sha256]
    assert "3 facts of ft900 have no row" in parsed.unread["found"].iloc[0]


# In a run


@pytest.mark.slow
def test_a_run_with_a_document_that_cannot_be_judged_is_not_green_and_builds_the_rest(tmp_path, monkeypatch):
    from trade_assets.review import month, proof

    root = DataRoot.of(tmp_path / "data")
    ingest(root, shipped_document("ft900", "2016-11"), release_month="2016-11")
    ingest(root, shipped_document("uscc", "2013-01"), release_month="2016-11")
    examine = proof.examine

    def examined(facts, family, *rest):
        if family == "ft900":
            raise ArithmeticError("a judge's fault")
        return examine(facts, family, *rest)

    for module in (proof, month):
        monkeypatch.setattr(module, "examine", examined)
    with dg.DagsterInstance.ephemeral() as instance:
        (run,) = run_months(root, ["2016-11"], instance)
    assert run.is_success, run.failures
    red = {check: description for _, check, is_warning, description in run.red if not is_warning}
    assert "ArithmeticError: a judge's fault" in red["no_issue_waits_for_a_decision"]
    assert read_partition(root, UNREAD, "2016-11").empty
    published = read_partition(root, GOODS_AND_SERVICES, "2016-11")
    assert len(published) == 325 and published[list(GOODS_AND_SERVICES.figures)].isna().all(axis=None)
    # The bulletin is proven as ever: 171 of its identities hold, 28 rows of its top five are published.
    verdicts = read_partition(root, VERDICTS, "2016-11")
    assert verdicts.loc[verdicts["family"] == "uscc", "holds"].sum() == 171
    assert read_partition(root, CHINA_TOP_FIVE, "2016-11")["value_musd"].notna().sum() == 28
    assert set(read_partition(root, IN_DOUBT, "2016-11")["family"]) == {"ft900", "uscc"}
    page = root.read("reports", "2016-11.html").decode()
    assert "a judge&#x27;s fault" in page or "a judge's fault" in page
    assert "China" in page


@pytest.mark.slow
def test_a_document_that_makes_no_page_leaves_the_others_theirs(tmp_path, monkeypatch):
    from trade_assets.review.month import write_page
    from trade_assets.review.report import page

    root = DataRoot.of(tmp_path / "data")
    ingest(root, _ft900("36,845", tmp_path), release_month="2016-11")
    ingest(root, shipped_document("uscc", "2013-01"), release_month="2016-11")
    article = page.issue_article

    def drawn(family, issue):
        if family.family == "ft900":
            raise IndexError("no such line")
        return article(family, issue)

    monkeypatch.setattr(page, "issue_article", drawn)
    assert len(write_page(root, "2016-11", {}, {})) == 1
    shown = root.read("reports", "2016-11.html").decode()
    assert "IndexError: no such line" in shown
    assert "china.outbound_investment.reinvested_profits" in shown and "14.4" in shown  # the bulletin's own issue
