"""Whether the tables of a month are those of its documents and decisions: each table taken away or altered alone, in a made store."""

import copy
import itertools
from pathlib import Path

import pandas as pd
import pytest

from trade_assets.documents.parse import facts_of, parse_documents
from trade_assets.documents.store import survey
from trade_assets.facts.frames import conform, empty
from trade_assets.facts.tables import (
    CELLS,
    CORRECTIONS,
    DECISIONS,
    DOCUMENTS,
    FACTS,
    IN_DOUBT,
    ISSUES,
    PROOF,
    ROWS,
    SERIES,
    SUSPECTS,
    UNREAD,
    VERDICTS,
    VIOLATIONS,
)
from trade_assets.families.ft900.tables import GOODS_AND_SERVICES
from trade_assets.identities.publish import publish
from trade_assets.publication.publish import DATA, EVIDENCE
from trade_assets.publication.staleness import stale
from trade_assets.review.actions import Wish, decide
from trade_assets.review.decided import decisions_table
from trade_assets.warehouse.partitions import write_partition
from trade_assets.warehouse.shown import read_rows
from trade_assets_tests.made_release import MONTH, cell
from trade_assets_tests.made_store import TODAY, MadeStore

FT900 = FACTS["ft900"]
OTHER = "0" * 64


class Built:
    """A made store whose tables are built up to the proof."""

    def __init__(self, store):
        self.store, self.root = store, store.root
        documents, damaged = survey(store.root, MONTH)
        parsed = parse_documents(
            MONTH, [(document, is_current, store.root.read(*document.path.split("/"))) for document, is_current in documents], damaged
        )
        manifest = [
            {**vars(document), "path": document.path, "is_current": is_current, "known_from": document.known_from[0],
             "known_from_is": document.known_from[1]}
            for document, is_current in documents
        ]  # fmt: skip
        proof = store.prove(TODAY)
        self.tables = {
            DOCUMENTS: conform(pd.DataFrame(manifest), DOCUMENTS), CELLS: parsed.cells, ROWS: parsed.rows, SERIES: parsed.series,
            UNREAD: parsed.unread, FT900: facts_of(parsed, "ft900"), **dict(zip(PROOF, proof, strict=True)),
            DECISIONS: decisions_table(MONTH, store.decisions(), proof.issues, proof.corrections),
        }  # fmt: skip
        for table, frame in self.tables.items():
            write_partition(store.root, table, MONTH, frame)

    def said(self, today=TODAY, **altered):
        """What does not fit together, up to the tables that are built again; ``altered`` by the name of the table."""
        stored = {table.name: read_rows(self.root, table, MONTH) for table in (*DATA, *EVIDENCE)} | altered
        return list(itertools.takewhile(lambda sentence: "is not what" not in sentence, stale(self.root, MONTH, stored, today)))

    def copied(self, folder):
        """The same in a folder of its own."""
        other = copy.copy(self)
        other.store = self.store.copied(folder)
        other.root = other.store.root
        return other


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A release with one wrong figure, issued again; what is built is of both issues. Do not write to it."""
    store = MadeStore(tmp_path_factory.mktemp("fresh"), {cell(2, 1): "1,015"})
    store.put({cell(3, 4): "1,012"})
    return Built(store)


def test_tables_of_the_documents_and_decisions_are_fresh(built):
    documents = built.tables[DOCUMENTS]
    assert documents["is_current"].tolist() == [False, True] and len(built.tables[ISSUES]) == 1
    assert built.said() == []


@pytest.mark.parametrize("lost", ["all", "of the current issue", "an issue more"])
def test_documents_are_those_of_the_tables(built, lost):
    documents = built.tables[DOCUMENTS]
    other = {
        "all": documents.iloc[:0], "of the current issue": documents[~documents["is_current"]],
        "an issue more": pd.concat([documents, documents.iloc[:1].assign(sha256=OTHER, is_current=False)]),
    }[lost]  # fmt: skip
    assert f"the documents of {MONTH} are not those that its tables were built from" in built.said(documents=other)


def test_which_issue_is_current_is_part_of_it(built):
    documents = built.tables[DOCUMENTS]
    turned = documents.assign(is_current=~documents["is_current"])
    said = built.said(documents=turned)
    assert said[0] == f"the documents of {MONTH} are not those that its tables were built from"
    assert f"parsed.ft900 of {MONTH} is not of the month's current documents" in said


@pytest.mark.parametrize("which", ["none", "of the replaced issue", "of both"])
def test_facts_are_those_of_the_current_documents(built, tmp_path, which):
    """Facts of a current document that are missing, or of a replaced one that are still there, would be published without a word."""
    own = built.copied(tmp_path)
    facts, verdicts = own.tables[FT900], own.tables[VERDICTS]
    (replaced,) = own.tables[DOCUMENTS].loc[~own.tables[DOCUMENTS]["is_current"], "sha256"]
    former = facts.assign(sha256=replaced)
    kept = {"none": empty(FT900), "of the replaced issue": former, "of both": pd.concat([facts, former])}[which]
    write_partition(own.root, FT900, MONTH, kept)
    both = pd.concat([verdicts, verdicts.assign(sha256=replaced)])
    assert own.said(verdicts=both) == [f"parsed.ft900 of {MONTH} is not of the month's current documents"]


def test_a_current_document_that_cannot_be_read_is_said_and_a_replaced_one_is_not(built, tmp_path):
    own = built.copied(tmp_path)
    unread = {"family": "ft900", "sha256": OTHER, "path": "raw/x.txt", "line": None, "expected": "a", "found": "b", "todo": "c"}
    for is_current, said in ((True, ["raw/x.txt could not be read, so the tables of ft900 are older than it"]), (False, [])):
        frame = conform(pd.DataFrame([unread | {"is_current": is_current}]), UNREAD, release_month=MONTH)
        write_partition(own.root, UNREAD, MONTH, frame)
        assert own.said() == said


def test_a_document_that_was_damaged_is_said_first(built, tmp_path):
    own = built.copied(tmp_path)
    file = Path(own.root.path(*own.store.document.path.split("/")))
    file.write_bytes(file.read_bytes() + b"\n")
    assert "the file was changed in the store" in own.said()[0]


@pytest.mark.parametrize("table", [VERDICTS, VIOLATIONS, IN_DOUBT, SUSPECTS, CORRECTIONS], ids=lambda table: table.name)
def test_no_table_is_of_another_document(built, table):
    frame = built.tables[table]
    if frame.empty:
        frame = conform(pd.DataFrame([dict.fromkeys(table.by_name)]), table, release_month=MONTH, sha256=OTHER)
    one_more = pd.concat([frame, frame.iloc[:1].assign(sha256=OTHER)], ignore_index=True)
    said = f"{table.layer}.{table.name} of {MONTH} is of a document that the month does not have"
    assert said in built.said(**{table.name: one_more})


def test_issues_keep_the_document_that_showed_them(built):
    """An issue that is gone, and what was decided on it, name a document that is in the store no more."""
    issues = built.tables[ISSUES]
    gone = issues.assign(issue="0" * 12, sha256=OTHER, state="gone")
    assert built.said(issues=pd.concat([issues, gone], ignore_index=True)) == []


def test_decisions_are_those_of_the_files(built, tmp_path):
    own = built.copied(tmp_path)
    (issue,) = own.tables[ISSUES]["issue"]
    decide(own.root, issue, Wish("withhold", "asked", "ada"), TODAY)
    said = f"decisions on issues of {MONTH} were taken or changed since its tables were built"
    assert own.said() == [said]
    now = Built(own.store)
    assert now.said() == []
    assert now.said(decisions=empty(DECISIONS)) == [said]


@pytest.mark.parametrize("altered", [False, True], ids=["as it follows", "with another figure"])
def test_a_validated_table_is_what_its_facts_and_decisions_give(built, altered):
    """The first table that is found not to follow; the metrics of the month were never built here."""
    tables = built.tables
    wide = publish(tables[FT900], tables[IN_DOUBT], tables[CORRECTIONS], GOODS_AND_SERVICES)
    assert len(wide) == 13
    stored = {table.name: read_rows(built.root, table, MONTH) for table in (*DATA, *EVIDENCE)}
    wide = conform(wide, GOODS_AND_SERVICES)
    wide.loc[0, "exports_total_musd"] += altered
    said = list(itertools.islice(stale(built.root, MONTH, stored | {GOODS_AND_SERVICES.name: wide}, TODAY), 1))
    first = ("validated.goods_and_services", "its facts and decisions") if altered else ("metrics.trade_changes", "its validated tables")
    assert said == [f"{first[0]} of {MONTH} is not what {first[1]} give"]
