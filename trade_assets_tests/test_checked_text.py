"""What ``check`` and ``coverage`` say of one document, for people and for programs, over a document made of a few figures."""

import hashlib
from collections import Counter
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from trade_assets.identities.coverage import Coverage
from trade_assets.identities.evaluate import evaluate
from trade_assets.identities.findings import Finding, Suspect
from trade_assets.identities.network import Allowed
from trade_assets.identities.rules import rule
from trade_assets.review import check
from trade_assets.review import coverage as proven_parts
from trade_assets.review.check import Checked, as_json, as_text, issue_json, location, marked_line
from trade_assets.review.consequence import Consequence
from trade_assets.review.coverage import Proven
from trade_assets.review.issues import Issue
from trade_assets_tests.printed_facts import facts_of, figure

SUM = rule("goods_plus_services_equals_total")
PRINTS = [("exports.total", "value", "2020-03", "1,330"), ("exports.goods", "value", "2020-03", "1,012"),
          ("exports.services", "value", "2020-03", "309")]  # fmt: skip
UNREAD = ("line", "start", "end", "text", "sheet", "cell", "page", "box", "reason")


def _reading(*, cells=("a", "a", "b"), rows=("a", "b"), unread=(), notes=(), **more):
    usual = {"family": "ft900", "product": "", "reference_month": "2020-03", "published_date": "2020-05-05"}
    return SimpleNamespace(
        **usual | more, notes=list(notes), cells={"table": list(cells), "line": list(range(len(cells)))},
        rows={"table": list(rows), "row": list(range(len(rows)))},
        unread={name: [dict(zip(UNREAD, entry, strict=True))[name] for entry in unread] for name in UNREAD},
    )  # fmt: skip


FACTS = facts_of(*PRINTS)
VIOLATED = evaluate((SUM,), FACTS).violated


def _issue(number=0, **more):
    suspect = Suspect(1, (0,), Allowed(0, 1020, 1022), figure("1021"), "transposed digits")
    cleared = ((0, None), (2, "another"))
    finding = Finding(VIOLATED, (suspect,), ((0,),), "certain", cleared)
    return Issue(f"{number:012x}", replace(finding, **more), FACTS, Consequence(0.5, ("it would read 5",)))


def _checked(reading, issues=(), counts=None, **more):
    evaluation = SimpleNamespace(counts=counts or {})
    usual = {"path": Path("raw/a.txt"), "sha256": "a" * 64, "release_month": "2020-05"}
    lines = [text for *_, text in PRINTS]
    return Checked(**usual | more, reading=reading, lines=lines, facts=FACTS, evaluation=evaluation, issues=list(issues))


# For people


@pytest.mark.parametrize(
    ("reading", "more", "said"),
    [
        (_reading(), {}, "a.txt: ft900, release month 2020-05, 3 figures in 2 rows"),
        (_reading(product="annual"), {}, "a.txt: ft900 annual, release month 2020-05, 3 figures in 2 rows"),
        (_reading(), {"release_month": None}, "a.txt: ft900, release month unknown, 3 figures in 2 rows"),
        (_reading(), {"part": "B"}, "a.txt (B): ft900, release month 2020-05, 3 figures in 2 rows"),
        (_reading(cells="a" * 1234, rows="a" * 1001), {}, "a.txt: ft900, release month 2020-05, 1,234 figures in 1,001 rows"),
    ],
)
def test_a_document_is_named_with_what_it_has(reading, more, said):
    assert list(as_text(_checked(reading, **more))) == [
        said, "  0 identities hold, 0 violated, 0 not evaluable (an operand is not printed)", "  Nothing to review.",
    ]  # fmt: skip


def test_counts_are_added_up_over_all_identities():
    counts = {"one": (1000, 20, 300), "two": (234, 5, 1005)}
    assert list(as_text(_checked(_reading(), counts=counts)))[1] == (
        "  1,234 identities hold, 25 violated, 1,305 not evaluable (an operand is not printed)"
    )


@pytest.mark.parametrize(("unread", "said"), [(0, []), (1, ["1 other figure"]), (2, ["2 other figures"])])
def test_notes_and_what_stands_in_no_table_are_said(unread, said):
    reading = _reading(notes=["a note", "odd\x1b[1m"], unread=[(7, 0, 2, "12", None, None, None, None, "no table")] * unread)
    assert list(as_text(_checked(reading)))[2:] == [
        "  note: a note", "  note: odd\\x1b[1m", *(f"  {each} in no table that is read; --format json lists them" for each in said),
        "  Nothing to review.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "more"),
    [
        (1, None), (20, None), (21, "  and 1 more issues; --format json lists all 21"),
        (23, "  and 3 more issues; --format json lists all 23"),
    ],
)  # fmt: skip
def test_twenty_issues_are_shown_each_behind_an_empty_line(number, more):
    text = list(as_text(_checked(_reading(), [_issue(at) for at in range(number)])))[2:]
    heads = [at for at, line in enumerate(text) if "CERTAIN" in line]
    assert [text[at].split()[1] for at in heads] == [f"{at:012x}" for at in range(min(number, 20))]
    assert all(text[at - 1] == "" for at in heads) and text.count("") == min(number, 20) + (more is not None)
    assert text[0] == "" and (text[-1] == more if more else text[-1].startswith("      consequence: "))
    assert "  Nothing to review." not in text


def test_an_issue_is_told_in_full():
    title = "line 2: 1,012 (exports.goods 2020-03) is wrong, probably 1,021 (transposed digits)"
    assert list(as_text(_checked(_reading(), [_issue()])))[2:] == [
        "", f"  CERTAIN {0:012x}  {title}", "      line 2 | 1,012", "               ^^^^^",
        f"      {SUM.name} at line 1: misses by 9, rounding allows 1{SUM.note}", "        1,330 = [1,012] + 309",
        "      suspect line 2: 1,012 (exports.goods 2020-03), 1020 to 1022 satisfy all its identities; proposal 1,021, transposed digits",
        "      cleared: 1 other figure by another, which holds and would not",
        "      cleared: 1 other figure not in every violated identity",
        "      consequence: it would read 5",
    ]  # fmt: skip


def test_without_a_suspect_the_figures_of_the_first_identity_are_shown_and_nothing_is_cleared():
    issue = _issue(suspects=(), explanations=(), certainty="ambiguous")
    text = [line.strip() for line in as_text(_checked(_reading(), [issue]))][3:]
    assert text[0].startswith(f"AMBIGUOUS {0:012x}  lines 1 to 3: 1,330, 1,012, 309 do not satisfy")
    assert [line for line in text if " | " in line] == ["line 1 | 1,330", "line 2 | 1,012", "line 3 | 309"]
    assert not any(line.startswith(("suspect", "cleared", "cut")) for line in text)


def test_of_several_identities_without_a_suspect_the_first_ones_figures_are_shown():
    first, second = (replace(VIOLATED[0], cells=cells) for cells in ((1, 0, 2), (2, 2, 2)))
    issue = _issue(suspects=(), explanations=(), violated=(first, second), certainty="ambiguous")
    text = [line.strip() for line in as_text(_checked(_reading(), [issue]))]
    assert [line.partition(" | ")[0] for line in text if " | " in line] == ["line 1", "line 2", "line 3"]
    assert [line for line in text if " = " in line] == ["1,012 = 1,330 + 309", "309 = 309 + 309"]
    assert [line.partition(":")[0] for line in text if line.startswith(SUM.name)] == [f"{SUM.name} at line 2", f"{SUM.name} at line 3"]


@pytest.mark.parametrize(("given", "stored", "asked"), [("beside", "kept", "beside"), (None, "kept", "kept"), (None, None, None)])
def test_the_month_of_a_document_is_told_by_what_stands_beside_it_before_the_store(monkeypatch, given, stored, asked):
    reading = _reading(product="annual", printed=["1,330"])
    path, found = Path("raw/a.txt"), SimpleNamespace(reading=reading, data=b"bytes", which="B")
    sha256 = hashlib.sha256(b"bytes").hexdigest()
    monkeypatch.setattr(check, "given_sidecar", lambda at: given if at == path else "another")
    monkeypatch.setattr(check, "stored_month", lambda at, digest: stored if (at, digest) == (path, sha256) else "another")
    monkeypatch.setattr(check, "release_month_of", lambda *of: ("2020-05", "option") if of == (path, reading, asked, "2020-06") else None)
    monkeypatch.setattr(check, "Facts", SimpleNamespace(of_reading=lambda read: FACTS if read is reading else None))
    monkeypatch.setattr(check, "examine", lambda *of: ("evaluation", ["issue"]) if of == (FACTS, "ft900", "2020-05", "annual") else None)
    checked = check.check_document(path, found, "2020-06")
    assert checked == Checked(path, sha256, "2020-05", reading, ["1,330"], FACTS, "evaluation", ["issue"], "B")


def test_suspects_without_an_explanation_are_not_told_as_such():
    text = [line.strip() for line in as_text(_checked(_reading(), [_issue(explanations=(), is_cut=True)]))]
    assert not any(line.startswith("suspect") for line in text)
    assert text[-1] == "cut: the search ended before every explanation was tried"


# A line with its marks


@pytest.mark.parametrize(
    ("text", "places", "shown", "marks"),
    [
        ("ab 12 cd 345", [(9, 12), (3, 5)], "line 1 | ab 12 cd 345", "            ^^    ^^^"),
        ("x" * 110, [(0, 1)], "line 1 | " + "x" * 110, "         ^"),
        # A longer line is cut to 110 characters, from 20 before the first figure, but no later than needed.
        ("x" * 111, [(0, 1)], "line 1 | " + "x" * 110, "         ^"),
        ("y" + "x" * 110, [(20, 21)], "line 1 | y" + "x" * 109, "         " + " " * 20 + "^"),
        ("y" + "x" * 300, [(21, 22)], "line 1 | ..." + "x" * 110, "            " + " " * 20 + "^"),
        ("x" * 300 + "yz", [(300, 302)], "line 1 | ..." + "x" * 108 + "yz", "            " + " " * 108 + "^^"),
        ("x" * 300, [(100, 103), (200, 203)], "line 1 | ..." + "x" * 110, "            " + " " * 20 + "^^^"),
        ("x" * 300, [(100, 103), (189, 195)], "line 1 | ..." + "x" * 110, "            " + " " * 20 + "^^^" + " " * 86 + "^"),
        ("a\x1bb 12", [(4, 6)], "line 1 | a?b 12", "         " + "    ^^"),
    ],
)  # fmt: skip
def test_a_line_is_shown_with_its_figures_marked_below(text, places, shown, marks):
    facts = facts_of(*(("s", "value", f"20{at:02d}", "5") for at in range(len(places) + 1)))
    starts, ends = ([place[end] for place in places] + [0] for end in (0, 1))
    facts.place.update(line=[*[1] * len(places), 2], start=starts, end=ends)
    issue = replace(_issue(), facts=facts)
    assert marked_line(issue, 1, frozenset(range(len(places) + 1)), [text, "another"]) == (shown, marks)


# For programs


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, {"line": 7, "start": 3, "end": 5}),
        ({"sheet": "1", "cell": "B8"}, {"sheet": "1", "cell": "B8"}),
        ({"page": 2, "box": "1 2 3 4"}, {"page": 2, "box": "1 2 3 4"}),
        ({"page": 2, "box": "1 2 3 4", "sheet": "1", "cell": "B8"}, {"sheet": "1", "cell": "B8"}),
        ({"page": 0, "box": None}, {"page": 0, "box": None}),
    ],
)
def test_where_a_mark_stands_is_told_as_its_format_has_it(given, found):
    assert location({**dict.fromkeys(UNREAD), "line": 7, "start": 3, "end": 5, **given}) == found


def test_a_document_for_programs():
    unread = [(7, 0, 2, "12", None, None, None, None, "no table"), (8, 0, 1, "5", "1", "B8", None, None, "no period")]
    counts = {"one": (1, 2, 3), "two": (4, 5, 6)}
    found = as_json(_checked(_reading(cells="aabbb", rows="aabab", unread=unread, product="annual"), [_issue(1), _issue(2)], counts))
    assert [issue["id"] for issue in found.pop("issues")] == ["000000000001", "000000000002"]
    assert found == {
        "document": {
            "family": "ft900", "product": "annual", "reference_month": "2020-03", "release_month": "2020-05",
            "published_date": "2020-05-05", "sha256": "a" * 64, "path": "raw/a.txt",
        },
        "tables": [{"name": "a", "rows": 3, "cells": 2}, {"name": "b", "rows": 2, "cells": 3}],
        "verdicts": [
            {"identity": "one", "holds": 1, "violated": 2, "not_evaluable": 3},
            {"identity": "two", "holds": 4, "violated": 5, "not_evaluable": 6},
        ],
        "claims": [],
        "unread": [
            {"line": 7, "start": 0, "end": 2, "text": "12", "reason": "no table"},
            {"sheet": "1", "cell": "B8", "text": "5", "reason": "no period"},
        ],
    }  # fmt: skip


def test_part_and_notes_are_there_only_where_there_are_any():
    plain, other = as_json(_checked(_reading())), as_json(_checked(_reading(notes=["a note"]), part=""))
    assert "part" not in plain["document"] and "notes" not in plain
    assert other["document"]["part"] == "" and other["notes"] == ["a note"]
    # A table without a figure has its rows.
    assert as_json(_checked(_reading(cells="a", rows="ab")))["tables"][1] == {"name": "b", "rows": 1, "cells": 0}


def _at(line, text):
    return {"line": line, "start": 0, "end": len(text), "text": text}


def test_an_issue_for_programs():
    cells = [_at(1, "1,330"), _at(2, "1,012"), _at(3, "309")]
    assert issue_json(_issue(pattern="shifted", is_cut=True)) == {
        "id": "0" * 12,
        "title": "line 2: shifted",
        "certainty": "certain",
        "violated": [{"identity": SUM.name, "gap": "9", "allowed": "1", "cells": cells}],
        "suspects": [{
            **cells[1], "series": "exports.goods", "measure": "value", "period": "2020-03", "proposal": "1,021",
            "slip": "transposed digits", "interval": ["1020", "1022"], "explains": [0],
        }],
        "explanations": [[0]],
        "cleared": [{**cells[0], "by": None}, {**cells[2], "by": "another"}],
        "pattern": "shifted",
        "consequences": ["it would read 5"],
        "is_cut": True,
    }  # fmt: skip
    (suspect,) = issue_json(_issue(suspects=(Suspect(1, (0,), None),)))["suspects"]
    assert (suspect["proposal"], suspect["slip"], suspect["interval"]) == (None, None, [None, None])


# Coverage


def _proven(tables, proofs, part=None):
    """Figures of these tables, one on each line, with what notices them: so many exact identities, or another kind."""
    facts = facts_of(*((f"s{at}", "value", "2020-03", "5") for at in range(len(tables))))
    facts.place["table"][:] = tables
    facts.place.update({name: [None] * len(tables) for name in ("sheet", "cell", "page", "box")})
    noticed = [Counter({"exact": proof} if isinstance(proof, int) else {proof: 1} if proof else {}) for proof in proofs]
    figures = [Coverage(at, each, 0) for at, each in enumerate(noticed)]
    reading = SimpleNamespace(family="ft900", cells={"table": tables})
    return Proven(Path("raw/a.txt"), reading, facts, figures, part)


def test_coverage_counts_figures_by_table_and_by_what_proves_them():
    proven = _proven("bbbbaaa", [0, 1, 2, 5, "interval", "limit", None], "B")
    text = list(proven_parts.as_text(proven))
    assert text == [
        "a.txt (B): ft900, 7 figures",
        "  0 to 3+: how many figures stand in so many exact identities. Those in none of them: what proves them instead.",
        "  table         figures        0        1        2       3+ interval    limit     none",
        "  b                   4        1        1        1        1        0        0        1",
        "  a                   3        3        0        0        0        1        1        1",
        "  all tables          7        4        1        1        1        1        1        2",
        "  3 of 7 figures (42.9 %) stand in an exact identity.",
        "  Not proven by any identity (at most kept within limits):",
        "    b value: 1 figure, line 1",
        "    a value: 2 figures, lines 6-7",
    ]  # fmt: skip


def test_a_long_name_of_a_table_makes_its_column_wider():
    text = list(proven_parts.as_text(_proven(["a_long_name_of_a_table"], [3])))
    assert text[2].startswith("  table" + " " * 19 + "  figures") and text[3].startswith("  a_long_name_of_a_table          1")
    assert text[-2:] == ["  1 of 1 figures (100.0 %) stand in an exact identity.", "  Every figure is proven."]


def test_a_document_without_figures_is_covered_by_nothing():
    nothing = Proven(Path("raw/a.txt"), SimpleNamespace(family="ft900", cells={"table": []}), facts_of(*PRINTS), [])
    assert list(proven_parts.as_text(nothing)) == ["a.txt: ft900, 0 figures", "  No figure stands in a table."]


def test_coverage_for_programs():
    proven = _proven("bba", [4, "limit", None])
    assert proven_parts.as_json(proven) == {
        "document": {"family": "ft900", "path": "raw/a.txt"},
        "tables": [
            {"name": "b", "figures": 2, "exact_identities": {"0": 1, "1": 0, "2": 0, "3+": 1}, "proof": {"exact": 1, "limit": 1}},
            {"name": "a", "figures": 1, "exact_identities": {"0": 1, "1": 0, "2": 0, "3+": 0}, "proof": {"none": 1}},
        ],
        "untouched": [
            {**_at(2, "5"), "table": "b", "column": "value", "series": "s1", "measure": "value", "period": "2020-03", "proof": "limit"},
            {**_at(3, "5"), "table": "a", "column": "value", "series": "s2", "measure": "value", "period": "2020-03", "proof": "none"},
        ],
    }  # fmt: skip
    assert proven_parts.as_json(_proven("a", [1], ""))["document"]["part"] == ""
    # An interval binds a figure; it is not among those that nothing touches.
    assert proven_parts.as_json(_proven("a", ["interval"]))["untouched"] == []


def test_a_file_is_read_within_bounds_and_its_one_document_asked_who_notices_each_figure(monkeypatch):
    path, reading = Path("raw/a.txt"), _reading(family="ft900")
    found = SimpleNamespace(reading=reading, which="B")
    monkeypatch.setattr(proven_parts, "read_bounded", lambda at: b"bytes" if at == path else b"")
    monkeypatch.setattr(proven_parts, "documents_in", lambda *of: ["found"] if of == (b"bytes", "a.txt") else [])
    monkeypatch.setattr(proven_parts, "only", lambda *of: found if of == (["found"], "a.txt") else None)
    monkeypatch.setattr(proven_parts, "Facts", SimpleNamespace(of_reading=lambda read: FACTS if read is reading else None))
    proven = proven_parts.coverage_of(path)
    assert (proven.path, proven.reading, proven.facts, proven.part) == (path, reading, FACTS, "B")
    # One sum of three figures is all that there is, and each of them would be noticed in it.
    assert [(figure.cell, figure.proof, figure.declared) for figure in proven.figures] == [(at, "exact", 1) for at in range(3)]
    assert proven.tables == ["a", "b"] and len(proven.table("table")) == 3 and proven.table("a") == []
