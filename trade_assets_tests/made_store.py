"""A store with a made release, proven and decided without a run: what is kept, what is in doubt, and what a decision does."""

import copy
import datetime as dt
import shutil
from pathlib import Path

from trade_assets.documents.ingest import ingest
from trade_assets.documents.parse import facts_of, parse_documents
from trade_assets.documents.store import content, survey
from trade_assets.facts.tables import ISSUES
from trade_assets.review.decided import decisions_table, lingering_decisions
from trade_assets.review.decisions import read_decisions
from trade_assets.review.proof import prove
from trade_assets.warehouse.partitions import read_partition, write_partition
from trade_assets.warehouse.root import DataRoot
from trade_assets_tests.conftest import shipped_document
from trade_assets_tests.made_release import MONTH, release

TODAY = dt.date(2021, 3, 1)


def put_posts(root, folder, months):
    """Ingest a post without figures into each month."""
    post = shipped_document("kei", "2018-09").read_bytes()
    for month in months:
        file = folder / f"{month}.post.txt"
        file.write_bytes(post + month.encode() + b"\n")
        ingest(root, file)


class MadeStore:
    """A data root in a folder, with the goods-and-services release of ``made_release``."""

    def __init__(self, folder: Path, changed=()):
        self.folder, self.root = folder, DataRoot.of(folder / "data")
        self.put(changed)

    def copied(self, folder: Path) -> "MadeStore":
        """The store as it is, in another folder."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        other = copy.copy(self)
        other.folder, other.root = folder, DataRoot.of(folder / "data")
        return other

    def put(self, changed):
        """Ingest the release with other figures at some positions: a re-issue, if there is one already."""
        file = self.folder / f"{MONTH}.made.txt"
        file.write_text(release(changed))
        self.document = ingest(self.root, file).document

    def prove(self, today=TODAY):
        """Prove the current document and keep its issues, as a run of the month does."""
        documents, _ = survey(self.root, MONTH)
        parsed = parse_documents(MONTH, [(document, is_current, content(self.root, document)) for document, is_current in documents])
        former = read_partition(self.root, ISSUES, MONTH)
        proof = prove(facts_of(parsed, "ft900"), "ft900", former, decisions=self.decisions(), today=today)
        write_partition(self.root, ISSUES, MONTH, proof.issues)
        return proof

    def issue(self, today=TODAY):
        """The one issue of the release, as ``review.issues`` has it."""
        (row,) = self.prove(today).issues.to_dict("records")
        return row

    def decisions(self):
        """The decisions of the month by issue; every file must be readable."""
        found, errors = read_decisions(self.root, MONTH)
        assert errors == []
        return found

    def decided(self, today=TODAY):
        """The rows of ``review.decisions``, and what lingers."""
        proof = self.prove(today)
        table = decisions_table(MONTH, self.decisions(), proof.issues, proof.corrections)
        return table.to_dict("records"), lingering_decisions(table)
