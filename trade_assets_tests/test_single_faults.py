"""Single faults of every shipped document, enumerated by benchmarks/single_faults.py, against brute force.

What it says of a change is held against benchmarks/brute_force.py, which knows nothing of the rule book, and against what
is printed: that a mark is irregular is seen in its characters.
"""

import random
import re

import pytest

from benchmarks.brute_force import missed
from benchmarks.single_faults import OUTCOMES, ROUNDING, UNBOUND, changes, checked, documents, figures, losses
from trade_assets.reading.marks import parse

SEED = 20161104
DOCUMENTS = {document.original.name: document for document in documents()}
every_document = pytest.mark.parametrize("name", DOCUMENTS)


def test_every_single_change_of_a_mark_is_made():
    made = {(kind, text) for kind, text in changes("(r)-1.20")}
    # By hand: nine other digits in each of three places, two exchanges, three drops, three doubles; point, sign, dash.
    assert {text for kind, text in made if kind == "exchanged"} == {"(r)-2.10", "(r)-1.02"}
    assert {text for kind, text in made if kind == "dropped"} == {"(r)-.20", "(r)-1.0", "(r)-1.2"}
    assert {text for kind, text in made if kind == "doubled"} == {"(r)-11.20", "(r)-1.220", "(r)-1.200"}
    assert {text for kind, text in made if kind in ("point lost", "sign", "dash")} == {"(r)-120", "(r)1.20", "--"}
    assert sum(kind == "replaced" for kind, _ in made) == 27
    assert len(made) == 27 + 2 + 3 + 3 + 3


def _missed(document, cell, text):
    """The identities that the document misses with another mark in a cell, beyond its own, by brute force."""
    mark = parse(text)
    columns = dict(document.original.reading.cells)
    own = missed(document.family, columns)
    for name, value in (("value", mark.value), ("decimals", mark.decimals)):
        columns[name] = [*columns[name][:cell], value, *columns[name][cell + 1 :]]
    return missed(document.family, columns) - own


def _is_irregular(before, after):
    """Whether a mark has other decimals, another sign at its end, or other groups than of three digits."""
    plain = [re.sub(r"^\([A-Za-z]\)", "", text).lstrip("-") for text in (before, after)]
    points = [len(text.rstrip("%").partition(".")[2]) for text in plain]
    grouped = re.fullmatch(r"\d{1,3}(,\d{3})*(\.\d+)?%?|\d+(\.\d+)?%?|\.\d+%?", plain[1])
    return points[0] != points[1] or not grouped


@pytest.mark.slow
@every_document
def test_what_is_silent_no_rule_can_see_and_what_is_seen_is_there(name):
    document, found = DOCUMENTS[name], []
    tally = figures(document, random.Random(SEED), 60, found.append)  # noqa: S311 - no secret
    assert sum(tally.counts["replaced"].values()) > 500
    by_outcome = {outcome: [fault for fault in found if fault.outcome == outcome] for outcome in OUTCOMES}
    rnd = random.Random(SEED)  # noqa: S311
    # Nothing but a digit within rounding is silent: no dash, no lost point, no sign, no digit lost, doubled or exchanged.
    assert {fault.kind for fault in by_outcome["silent"]} <= {"replaced"}
    assert {fault.reason for fault in by_outcome["silent"]} <= {ROUNDING}
    for fault in rnd.sample(by_outcome["silent"], min(40, len(by_outcome["silent"]))):
        assert _missed(document, fault.cell, fault.text) == set(), fault
    seen = [fault for fault in by_outcome["issue"] if fault.kind != "dash"]
    for fault in rnd.sample(seen, 60):
        before = document.original.texts[fault.cell]
        assert _is_irregular(before, fault.text) or _missed(document, fault.cell, fault.text), fault
    for fault in rnd.sample(by_outcome["same"], min(20, len(by_outcome["same"]))):
        assert parse(fault.text).value == parse(document.original.texts[fault.cell]).value
    assert checked(document, rnd, 15) == []


@pytest.mark.slow
@every_document
def test_no_row_is_lost_without_a_word(name):
    document, found = DOCUMENTS[name], []
    tally = losses(document, random.Random(SEED), 240, found.append)  # noqa: S311
    if tally.left_out["row removed"] == 0:
        lines = set(document.original.reading.rows["line"])
        assert len([loss for loss in found if loss.kind == "row removed"]) == len(lines)
    removed = [loss for loss in found if loss.kind == "row removed" and not _is_gap_row(document, loss)]
    assert [loss for loss in removed if loss.outcome in ("silent", "same")] == []
    # A line cut at its end loses digits unseen only of a figure that no exact identity holds.
    assert {loss.reason for loss in found if loss.outcome == "silent"} <= {UNBOUND}
    assert name.startswith("uscc") or not any(loss.outcome == "silent" for loss in found)


def _is_gap_row(document, loss):
    """Whether the row has no figures: months that are not yet released."""
    rows = document.original.reading.rows
    return dict(zip(rows["line"], rows["gap"], strict=True))[loss.line] is not None
