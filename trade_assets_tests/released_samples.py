"""The shared samples as a store of releases: which month each file was published in, and what is known of the day."""

from __future__ import annotations

import shutil
from pathlib import Path

from trade_assets.documents.ingest import ingest
from trade_assets.documents.parse import facts_of, parse_documents
from trade_assets.documents.store import content, survey
from trade_assets.facts.frames import together
from trade_assets.facts.tables import FACTS, PRINTS, PROOF
from trade_assets.review.proof import Proof, prove
from trade_assets.vintages.prints import prints_of
from trade_assets.warehouse.partitions import read_partition, write_partition
from trade_assets.warehouse.root import DataRoot
from trade_assets_tests.shared_documents import shared_document, shared_sample

# FT-900 appears about five weeks after its latest month; the annual file of 1960 to 2024 holds the restatement of June 2025,
# and the file of 2015 states its day. FRED and BLS files are copies of the day in their name.
RELEASED: dict[str, tuple[str, str | None]] = {
    "census-gands/gands_annual_1960-2015.xls": ("2016-02", None),
    "bls-labstat/EIUIR_labstat_2006-2016.txt": ("2016-12", None),
    "ft900-exhibit-1/exh1_2021-03.xlsx": ("2021-05", None),
    "ft900-exhibit-1/exh1_2021-05.xlsx": ("2021-07", None),
    "ft900-exhibit-1/exh1_2021-12.xlsx": ("2022-02", None),
    "bls-labstat/EIUIQ_asof_2024-12-08.csv": ("2024-11", None),
    "bls-labstat/EIUIR_asof_2024-12-08.csv": ("2024-11", None),
    "bls-labstat/EIUIQ_asof_2024-12-13.csv": ("2024-12", "2024-12-13"),
    "bls-labstat/EIUIR_asof_2024-12-13.csv": ("2024-12", "2024-12-13"),
    "fred/BOPGSTB_QUARTERLY_asof_2024-12-16.csv": ("2024-12", "2024-12-16"),
    "census-gands/gands_annual_1960-2024.pdf": ("2025-06", None),
    "fred/BOPTEXP_asof_2025-10-08.csv": ("2025-10", "2025-10-08"),
    "fred/BOPTIMP_asof_2025-10-08.csv": ("2025-10", "2025-10-08"),
    "fred/BOPGSTB_asof_2026-01-07.csv": ("2026-01", "2026-01-07"),
    "ft900-exhibit-1/exh1_2025-12.xlsx": ("2026-02", None),
    "ft900-exhibit-12/exh12_2025-12.xlsx": ("2026-02", None),
    "fred/BOPGSTB_asof_2026-02-22.csv": ("2026-02", "2026-02-22"),
    "fred/BOPGSTB_asof_2026-03-15.csv": ("2026-03", "2026-03-15"),
}
DOCUMENTS = {
    "2012-08.bls-import-export-price-indexes.txt": "2012-08",
    "2013-01.uscc-us-china-trade-bulletin.txt": "2013-01",
    "2016-11.ft900-goods-and-services.txt": "2016-11",
    "2018-08.bls-import-export-price-indexes.txt": "2018-08",
}


def ingest_samples(root: DataRoot, folder: Path) -> list[str]:
    """Put the samples and the whole documents into a store; their release months. Skips where they are absent."""
    for name in DOCUMENTS:
        ingest(root, shared_document(name))
    for name, (month, seen_on) in RELEASED.items():
        file = folder / Path(name).name
        shutil.copyfile(shared_sample(name), file)
        told = f"release_month: {month}\n" + (f"seen_on: {seen_on}\n" if seen_on else "")
        file.with_name(f"{file.name}.yaml").write_text(told, encoding="utf-8")
        ingest(root, file)
    return sorted({*DOCUMENTS.values(), *(month for month, _ in RELEASED.values())})


def build_prints(root: DataRoot, release_month: str) -> None:
    """A month from its documents to its prints, as the steps of a run build it."""
    documents, damaged = survey(root, release_month)
    read = [(document, is_current, content(root, document)) for document, is_current in documents]
    parsed = parse_documents(release_month, read, damaged)
    former = read_partition(root, PROOF[3], release_month)
    proofs = []
    for family, table in FACTS.items():
        facts = facts_of(parsed, family)
        if len(facts):
            write_partition(root, table, release_month, facts)
            proofs.append(prove(facts, family, former))
    found = Proof(*(together(frames, table) for table, frames in zip(PROOF, zip(*proofs, strict=True), strict=True)))
    for table, frame in zip(PROOF, found, strict=True):
        write_partition(root, table, release_month, frame)
    write_partition(root, PRINTS, release_month, prints_of(parsed, documents, found.in_doubt, found.corrections))
