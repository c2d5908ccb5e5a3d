"""Products of which each month has another: two Exhibits with the annual file between them, and two series of FRED."""

import dagster as dg

from trade_assets.documents.ingest import ingest
from trade_assets.warehouse.root import DataRoot
from trade_assets_tests.made_files import annual, exhibit_1, xls, xlsx
from trade_assets_tests.test_series_files import fred

TURNS = ("2024-11", "2024-12", "2025-01")
KNOWN = {"BOPTEXP": (50251, 51682, 50294), "BOPTIMP": (52277, 52513, 52935)}
"""The first figures of each series in trade_assets/facts/catalogue/fred.csv, by which a file is known."""


def fred_file(series, latest):
    months = [f"1992-{number:02d}-01,{value}" for number, value in enumerate((*KNOWN[series], latest), start=1)]
    return fred(*months, header=f"observation_date,{series}").encode()


def run_whole(root, months, instance):
    from trade_assets.defs.ranges import run_months

    assert [run.release_month for run in run_months(root, months, instance) if not run.is_success] == []


def build_turns(folder):
    """Two Exhibits with the annual file between them, and two series of FRED in alternating months, in ``data`` under the folder."""
    root = DataRoot.of(folder / "data")
    files = {
        "2024-11": {"exhibit.xlsx": xlsx(exhibit_1(2022, (2024, 9))), "exports.csv": fred_file("BOPTEXP", 50000)},
        "2024-12": {"annual.xls": xls(annual(1960, 2023, date="updated")), "imports.csv": fred_file("BOPTIMP", 53000)},
        "2025-01": {"exhibit.xlsx": xlsx(exhibit_1(2022, (2024, 10))), "exports.csv": fred_file("BOPTEXP", 50001)},
    }
    for month, of_month in files.items():
        for name, data in of_month.items():
            (folder / name).write_bytes(data)
            ingest(root, folder / name, release_month=month)
    with dg.DagsterInstance.ephemeral() as instance:
        run_whole(root, TURNS, instance)
