"""Parts of a month called as the functions that they are, on tables that are made by hand and held in memory."""

import logging
from types import SimpleNamespace

import pandas as pd

from trade_assets.defs.parts import Asked
from trade_assets.facts.frames import conform, empty
from trade_assets.facts.tables import ALL_TABLES
from trade_assets.warehouse.root import DataRoot

MONTH, SHA = "2021-02", "0" * 64
TABLE = {table.name: table for table in ALL_TABLES}
USUAL = {"string": "x", "int": 1, "float": 1.0, "bool": True}
LOG = logging.getLogger(__name__)


def made(table, *rows):
    """Rows of a table: what is not given is some value of its kind."""
    usual = {column.name: USUAL[column.kind] for column in table.columns} | {"release_month": MONTH, "sha256": SHA}
    return conform(pd.DataFrame([usual | row for row in rows]), table) if rows else empty(table)


class Kept:
    """A source of which parts read the tables in memory, by name; one that is not there has no rows."""

    def __init__(self, root: DataRoot, **frames: pd.DataFrame):
        self.root, self.frames, self.read_of = root, frames, set()
        self.made_in_run = set()

    def read(self, table, release_month):
        """The table's rows, whatever the month, which is noted."""
        self.read_of.add(release_month)
        return self.frames.get(table.name, empty(table))

    def once(self, key, make):
        """What is made, made anew each time."""
        return make()

    def is_made(self, table):
        """Whether the run has made a table: those that are put into ``made_in_run``, by name."""
        return table.name in self.made_in_run


def begun(part, kept, *, tags=None, outputs=None, checks=None):
    """The generator that a part is.

    Args:
        outputs, checks: the names of those that are asked for; all by default.
    """
    names = {table.name for table in part.tables} if outputs is None else outputs
    keys = {key for key in part.check_keys if checks is None or key.name in checks}
    return part.build(Asked(MONTH, SimpleNamespace(run_id="run", tags=tags or {}), LOG, frozenset(names), frozenset(keys)), kept)


def done(part, kept, **more):
    """What a part yields: its outputs, and its checks by name."""
    yielded = list(begun(part, kept, **more))
    outputs = [each for each in yielded if hasattr(each, "output_name")]
    return outputs, {each.check_name: each for each in yielded if hasattr(each, "check_name")}
