"""The day on which a decision expires, in each place that looks at it: one table of days for all."""

import datetime as dt

import pytest

from trade_assets.documents.parse import facts_of, parse_documents
from trade_assets.facts.tables import DECISIONS, FACTS, PROOF
from trade_assets.publication.publish import DATA, EVIDENCE
from trade_assets.publication.staleness import stale
from trade_assets.review.actions import Wish, decide
from trade_assets.review.built_from import inputs_of
from trade_assets.review.decided import decisions_table
from trade_assets.review.month import month_review
from trade_assets.warehouse.partitions import write_partition
from trade_assets.warehouse.shown import read_rows
from trade_assets_tests.made_release import MONTH, cell
from trade_assets_tests.made_store import TODAY, MadeStore

EXPIRES = dt.date(2021, 6, 30)
DAYS = [(dt.date(2021, 6, 29), True), (EXPIRES, False), (dt.date(2021, 7, 1), False)]
"""The day before, the day, the day after, and whether the decision is in force."""
each_day = pytest.mark.parametrize(("day", "is_in_force"), DAYS, ids=["the day before", "the day", "the day after"])


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A store with one issue, withheld until a day, proven while the decision is in force."""
    made = MadeStore(tmp_path_factory.mktemp("expiry"), {cell(3, 4): "1,012"})
    decide(made.root, made.issue()["issue"], Wish("withhold", "asked", "ada", expires_on=EXPIRES.isoformat()), TODAY)
    made.prove()
    return made


@each_day
def test_in_force(store, day, is_in_force):
    (row,) = store.prove(day).issues.to_dict("records")
    assert row["state"] == ("decided" if is_in_force else "open")
    assert row["history"].endswith("in force no more: expired on 2021-06-30") is not is_in_force
    (decision,), lingering = store.decided(day)
    assert (decision["is_in_force"], decision["why_not"]) == ((True, None) if is_in_force else (False, "expired on 2021-06-30"))
    assert lingering == []  # that a decision expires is foreseen


@each_day
def test_shown(store, day, is_in_force):
    (family,) = month_review(store.root, MONTH, {}, {}, day).families
    assert list(family.states.values()) == ["decided" if is_in_force else "open"]
    assert len(family.decisions) == is_in_force


def test_sensor(store):
    """The month is asked for once more on the day of expiry, and not again on the next."""
    prints = []
    for day, _ in DAYS:
        prints.append(inputs_of(store.root, MONTH, day))
    before, on, after = prints
    assert before != on == after


@each_day
def test_publication(store, day, is_in_force):
    _tables(store)
    stored = {table.name: read_rows(store.root, table, MONTH) for table in (*DATA, *EVIDENCE)}
    said = [sentence for sentence in stale(store.root, MONTH, stored, day) if "expired" in sentence]
    (issue,) = store.decisions()
    assert said == ([] if is_in_force else [f"the decision on issue {issue} of {MONTH} has expired on 2021-06-30"])


def _tables(store):
    """The tables of a month that was built while the decision was in force, as far as the publication asks who decided what."""
    parsed = parse_documents(MONTH, [(store.document, True, store.root.read(*store.document.path.split("/")))])
    proof = store.prove(TODAY)
    tables = dict(zip(PROOF, proof, strict=True))
    tables[FACTS["ft900"]] = facts_of(parsed, "ft900")
    tables[DECISIONS] = decisions_table(MONTH, store.decisions(), proof.issues, proof.corrections)
    for table, frame in tables.items():
        write_partition(store.root, table, MONTH, frame)
