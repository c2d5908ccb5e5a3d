"""What is wrong with the decision files of a month, each said as a whole; and where an entry goes and what it may not swallow."""

from dataclasses import replace

import pytest

from trade_assets.review.decisions import (
    MAX_BYTES,
    DecidedCell,
    Decision,
    DecisionError,
    as_day,
    entry_text,
    folder_of,
    history,
    parse_decisions,
    read_decisions,
    write_decision,
)
from trade_assets.warehouse.root import DataRoot

MONTH, ISSUE = "2021-02", "0123456789ab"
PATH = f"reviews/{MONTH}/{ISSUE}.yaml"
DECISION = Decision(PATH, 1, ISSUE, "accept", "as printed", "ada", "2021-02-28", "a" * 64, (DecidedCell(44, 3, "36,845"),))
TODO = "To do: correct the file, or decide anew."


@pytest.fixture
def root(tmp_path):
    return DataRoot.of(tmp_path / "data")


def _put(root, name, text=None):
    root.write((entry_text(DECISION) if text is None else text).encode(), "reviews", MONTH, name)


def test_the_files_of_a_month_are_read_in_order_and_others_are_left_alone(root):
    for name in ("b" * 12 + ".yml", "a" * 12 + ".yaml", "notes.txt", "yaml"):
        _put(root, name)
    _put(root, "c" * 12 + ".yaml", entry_text(DECISION) + entry_text(replace(DECISION, action="withhold")))
    found, errors = read_decisions(root, MONTH)
    assert errors == [] and list(found) == ["a" * 12, "b" * 12, "c" * 12]
    assert found["b" * 12] == [replace(DECISION, issue="b" * 12, path=f"reviews/{MONTH}/{'b' * 12}.yml")]
    assert [(entry.number, entry.action, entry.issue) for entry in found["c" * 12]] == [(1, "accept", "c" * 12), (2, "withhold", "c" * 12)]
    assert read_decisions(root, "2021-01") == ({}, [])


@pytest.mark.parametrize(
    "name", ["0123456789a.yaml", "0123456789abc.yaml", "0123456789AB.yaml", "x.yml", "0123456789ag.yaml", "0123456789ab.x.yaml"]
)
def test_a_file_of_another_name_decides_nothing_and_is_said(root, name):
    _put(root, name)
    found, errors = read_decisions(root, MONTH)
    assert found == {} and [str(error) for error in errors] == [
        f"reviews/{MONTH}/{name}: expected a file name <issue>.yaml with an issue's 12 hexadecimal digits, found {name}. {TODO}"
    ]


def test_two_files_of_an_issue_are_one_too_many(root):
    _put(root, f"{ISSUE}.yaml")
    _put(root, f"{ISSUE}.yml")
    found, errors = read_decisions(root, MONTH)
    said = f"reviews/{MONTH}/{ISSUE}.yml: expected one file for an issue, found {ISSUE}.yaml beside it. {TODO}"
    assert list(found) == [ISSUE] and [str(error) for error in errors] == [said]
    with pytest.raises(DecisionError) as refused:
        write_decision(root, MONTH, DECISION)
    assert str(refused.value) == said


def test_a_file_that_cannot_be_read_does_not_hide_the_others(root, monkeypatch):
    _put(root, f"{ISSUE}.yaml")
    _put(root, "f" * 12 + ".yaml")
    _put(root, "e" * 12 + ".yaml", "- accept")
    read = DataRoot.read

    def refused(self, *parts):
        if parts[-1].startswith(ISSUE):
            raise PermissionError("no access")
        return read(self, *parts)

    monkeypatch.setattr(DataRoot, "read", refused)
    found, errors = read_decisions(root, MONTH)
    assert list(found) == ["f" * 12]
    assert [str(error) for error in errors] == [
        f"{PATH}: expected a file that can be read, found PermissionError: no access. {TODO}",
        f"reviews/{MONTH}/{'e' * 12}.yaml, line 1: expected 'key: value' lines of a decision, found ScalarNode. {TODO}",
    ]


@pytest.mark.parametrize(("more", "is_read"), [(0, True), (1, False)])
def test_a_file_has_a_greatest_size(root, more, is_read):
    entry = entry_text(DECISION)
    _put(root, f"{ISSUE}.yaml", entry + "#" * (MAX_BYTES - len(entry) + more))
    found, errors = read_decisions(root, MONTH)
    assert (list(found), len(errors)) == (([ISSUE], 0) if is_read else ([], 1))
    with pytest.raises(DecisionError) as refused:
        write_decision(root, MONTH, DECISION)
    whole = MAX_BYTES + more + 1 + len(entry)
    assert str(refused.value) == f"{PATH}: expected at most {MAX_BYTES:,} bytes, found {whole:,} with the new entry. {TODO}"


def test_an_entry_is_put_behind_those_that_are_there(root):
    assert write_decision(root, MONTH, DECISION) == PATH
    assert root.read("reviews", MONTH, f"{ISSUE}.yaml").decode() == entry_text(DECISION)
    reopened = replace(DECISION, action="reopen", cells=(), reason="a mistake")
    write_decision(root, MONTH, reopened)
    assert root.read("reviews", MONTH, f"{ISSUE}.yaml").decode() == entry_text(DECISION) + entry_text(reopened)
    assert read_decisions(root, MONTH)[0] == {ISSUE: [DECISION, replace(reopened, number=2)]}


def test_a_list_in_another_form_takes_no_entry(root):
    flow = f"action: accept, reason: x, reviewer: ada, decided_on: '2021-02-28', sha256: '{'a' * 64}'"
    before = f"[{{{flow}, cells: [{{line: 1, start: 0, text: a}}]}}]"
    _put(root, f"{ISSUE}.yaml", before)
    assert len(read_decisions(root, MONTH)[0][ISSUE]) == 1
    with pytest.raises(DecisionError, match=f"^{PATH}, line 2: expected YAML, found "):
        write_decision(root, MONTH, DECISION)
    assert root.read("reviews", MONTH, f"{ISSUE}.yaml").decode() == before


def test_an_entry_as_it_is_written():
    corrected = replace(
        DECISION, action="correct", cells=(DecidedCell(44, 3, "36,845", "36,854"), DecidedCell(45, 0, "é")), expires_on="2021-06-30",
        told_publisher_on="2021-02-27", publisher_answer="soon", is_forced=True,
    )  # fmt: skip
    assert entry_text(corrected).splitlines() == [
        "- action: correct", "  reason: as printed", "  reviewer: ada", "  decided_on: '2021-02-28'", "  expires_on: '2021-06-30'",
        "  told_publisher_on: '2021-02-27'", "  publisher_answer: soon", "  is_forced: true", f"  sha256: {'a' * 64}", "  cells:",
        "  - line: 44", "    start: 3", "    text: 36,845", "    value: 36,854", "  - line: 45", "    start: 0", "    text: é",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "day"),
    [("2021-02-28", (2021, 2, 28)), ("2021-02-29", None), ("2021-2-28", None), ("20210228", None), (" 2021-02-28", None),
     ("2021-02-28\n", None), ("", None), ("2021-W08-7", None), ("٢٠٢١-02-28", None)],
)  # fmt: skip
def test_a_day_is_written_in_one_way(text, day):
    found = as_day(text)
    assert (found and (found.year, found.month, found.day)) == day


def test_each_day_and_each_word_of_an_entry_must_be_what_it_says():
    whole = replace(DECISION, expires_on="2021-06-30", told_publisher_on="2021-02-27", is_forced=True, action="correct")
    lines = entry_text(replace(whole, cells=(DecidedCell(44, 3, "36,845", "36,854"),))).splitlines()
    assert len(parse_decisions("\n".join(lines).encode(), PATH, ISSUE)) == 1
    day = "a day, YYYY-MM-DD"
    wrong = {
        "  decided_on: x": day, "  expires_on: x": day, "  told_publisher_on: x": day, "  is_forced: x": "true or false",
        "- action: x": "one of accept, correct, withhold, reopen", "  sha256: x": "the document's sha256, 64 hexadecimal digits",
        "  - line: x": "a number as line", "    start: x": "a number as start", "    value: x": "a figure, such as 36,854",
    }  # fmt: skip
    for line, expected in wrong.items():
        name = line.partition(":")[0]
        (at,) = [at for at, each in enumerate(lines) if each.partition(":")[0] == name]
        with pytest.raises(DecisionError) as refused:
            parse_decisions("\n".join([*lines[:at], line, *lines[at + 1 :]]).encode(), PATH, ISSUE)
        assert str(refused.value) == f"{PATH}, line {at + 1}: expected {expected}, found 'x'. {TODO}"


def test_a_month_has_its_folder_and_what_is_none_has_not():
    assert folder_of("2021-02") == ("reviews", "2021-02")
    with pytest.raises(ValueError, match=r"^'2021-13' is no month; expected YYYY-MM$"):
        folder_of("2021-13")


@pytest.mark.parametrize(("length", "cut"), [(1900, False), (2100, True)])
def test_a_long_decision_is_cut_where_it_is_shown(length, cut):
    said = replace(DECISION, reason="x" * length).sentence
    whole = f"accepted as published by ada on 2021-02-28: {'x' * length}"
    assert said == (f"{whole[:2000]}… ({len(whole)} characters)" if cut else whole)
    assert list(history([DECISION, replace(DECISION, action="reopen")])) == [
        "accepted as published by ada on 2021-02-28: as printed", "reopened by ada on 2021-02-28: as printed",
    ]  # fmt: skip
