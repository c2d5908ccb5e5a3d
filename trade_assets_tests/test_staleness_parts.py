"""What is said to be stale of a month, check by check: over tables of a few columns, and without building any again."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from trade_assets.documents.store import Damaged, Document
from trade_assets.facts.frames import conform
from trade_assets.facts.tables import (
    CORRECTIONS,
    DECISIONS,
    DOCUMENTS,
    FACTS,
    IN_DOUBT,
    ISSUES,
    METRIC_DEFINITIONS,
    PRINTS,
    REVISION_FINDINGS,
    REVISION_STATISTICS,
    REVISIONS,
    UNREAD,
    VALIDATED,
    VERDICTS,
    VINTAGE_METRICS,
)
from trade_assets.families.mxp.tables import INDEX_LEVELS
from trade_assets.metrics.registry import metrics_declared
from trade_assets.publication import staleness as module
from trade_assets.publication.staleness import stale
from trade_assets.reading import ReadError
from trade_assets.warehouse.parquet import frame_of
from trade_assets.warehouse.partitions import parquet_bytes

MONTH, TODAY = "2018-08", dt.date(2018, 9, 10)


def _document(sha256, family="mxp"):
    return Document(family, MONTH, "option", "P", "T", None, "S", sha256, 1, "2018-09-01", reference_month="2018-07")


class Month:
    """A month of one current document of mxp, d1, and a replaced one, d0; nothing is stale of it but what a test alters."""

    def __init__(self, monkeypatch):
        self.sound, self.damaged = [(_document("d0"), False), (_document("d1"), True)], []
        self.stored = {
            DOCUMENTS.name: pd.DataFrame({"sha256": ["d0", "d1"], "is_current": [False, True], "family": ["mxp", "mxp"]}),
            **{table.name: pd.DataFrame({"sha256": ["d1"]}) for table in (VERDICTS, IN_DOUBT, CORRECTIONS, ISSUES, INDEX_LEVELS)},
            DECISIONS.name: pd.DataFrame({"issue": ["i"], "is_in_force": [True], "expires_on": [None]}),
        }
        self.read = {UNREAD.name: self._unread(), FACTS["mxp"].name: pd.DataFrame({"sha256": ["d1"]})}
        self.decisions, self.made, self.asked = self.stored[DECISIONS.name].copy(), [], {}
        monkeypatch.setattr(module, "survey", lambda *given: (self.sound, self.damaged))
        monkeypatch.setattr(module, "read_partition", self._read)
        monkeypatch.setattr(module, "read_decisions", lambda root, month: (f"decisions of {month}", ["an error"]))
        monkeypatch.setattr(module, "decisions_table", lambda *given: self.asked.update(decisions=given) or self.decisions)
        monkeypatch.setattr(module, "require_proof", lambda *given: self.asked.setdefault("proof", []).append(given))
        monkeypatch.setattr(module, "_is_same", lambda made, stored, table: made is not None)
        monkeypatch.setattr(module, "_Made", self._made)

    def _unread(self, *rows):
        return pd.DataFrame(list(rows), columns=["is_current", "path", "family"]).astype({"is_current": bool})

    def _read(self, root, table, month):
        assert (root, month) == ("a root", MONTH)
        return self.read.get(table.name, pd.DataFrame({"sha256": []}))

    def _made(self, *given):
        self.asked["made"] = given
        month = self

        class Made:
            def wide_tables(self):
                yield from month.made[:2]

            def vintages(self):
                yield from month.made[2:3]

            def metrics(self):
                yield from month.made[3:]

        return Made()

    def said(self, today=TODAY):
        return list(stale("a root", MONTH, self.stored, today))


@pytest.fixture
def month(monkeypatch):
    return Month(monkeypatch)


OLD_DOCUMENTS = "the documents of 2018-08 are not those that its tables were built from"
NOT_CURRENT = "parsed.mxp of 2018-08 is not of the month's current documents"


def test_a_month_whose_tables_fit_is_not_stale(month):
    assert month.said() == []
    assert [(family, facts["sha256"].tolist()) for facts, _, family in month.asked["proof"]] == [
        (family, ["d1"] if family == "mxp" else []) for family in FACTS
    ]
    assert all(verdicts is month.stored[VERDICTS.name] for _, verdicts, _ in month.asked["proof"])
    told_month, decisions, issues, corrections = month.asked["decisions"]
    assert (told_month, decisions) == (MONTH, "decisions of 2018-08")
    assert issues is month.stored[ISSUES.name] and corrections is month.stored[CORRECTIONS.name]
    root, made_of, stored, facts, parsed, documents = month.asked["made"]
    assert (root, made_of, documents) == ("a root", MONTH, month.sound) and stored is month.stored
    assert facts["mxp"] is month.read[FACTS["mxp"].name] and list(facts) == list(FACTS) and parsed.unread is month.read[UNREAD.name]


def test_the_first_damaged_document_is_said_first(month):
    for name in ("raw/a.txt", "raw/b.txt"):
        month.damaged.append(Damaged("mxp", "x", name, ReadError(name, expected="a", found="b", todo="c")))
    month.sound.pop(0)
    assert month.said() == ["raw/a.txt: expected a, found b. To do: c.", OLD_DOCUMENTS]


@pytest.mark.parametrize("sound", [[("d1", True)], [("d0", False), ("d1", True), ("d2", False)], [("d0", True), ("d1", True)], []])
def test_other_documents_or_another_current_one_make_a_month_stale(month, sound):
    month.sound[:] = [(_document(sha256), is_current) for sha256, is_current in sound]
    assert month.said() == [OLD_DOCUMENTS]


def test_a_current_document_that_could_not_be_read_makes_its_family_older(month):
    rows = ((True, "raw/a.txt", "uscc"), (False, "raw/b.txt", "mxp"), (True, "raw/c.txt", "ft900"))
    month.read[UNREAD.name] = month._unread(*rows)
    assert month.said() == [
        f"{path} could not be read, so the tables of {family} are older than it"
        for path, family in (("raw/a.txt", "uscc"), ("raw/c.txt", "ft900"))
    ]


@pytest.mark.parametrize("facts", [[], ["d0"], ["d0", "d1"], ["d2"]])
def test_facts_are_of_the_current_documents_and_of_all_of_them(month, facts):
    month.read[FACTS["mxp"].name] = pd.DataFrame({"sha256": facts})
    assert month.said() == [NOT_CURRENT]


def test_facts_of_a_family_without_a_document_are_stale(month):
    month.read[FACTS["uscc"].name] = pd.DataFrame({"sha256": ["d1"]})
    assert month.said() == ["parsed.uscc of 2018-08 is not of the month's current documents"]


@pytest.mark.parametrize("table", [VERDICTS, IN_DOUBT, CORRECTIONS])
def test_a_table_is_of_no_document_that_the_month_does_not_have(month, table):
    month.stored[table.name] = pd.DataFrame({"sha256": ["d1", "d0"]})  # a replaced one may be
    assert month.said() == []
    month.stored[table.name] = pd.DataFrame({"sha256": ["d1", "d9"]})
    assert month.said() == [f"{table.layer}.{table.name} of 2018-08 is of a document that the month does not have"]


def test_issues_and_decisions_name_a_former_document_for_good(month):
    month.stored[ISSUES.name] = pd.DataFrame({"sha256": ["d9"]})
    month.stored[DECISIONS.name] = month.decisions = month.decisions.assign(sha256="d9")
    month.stored[INDEX_LEVELS.name] = pd.DataFrame({"sha256": ["d9"]})  # no column of this table
    assert "sha256" not in INDEX_LEVELS.by_name and month.said() == []


def test_decisions_that_were_taken_since_make_a_month_stale(month):
    month.decisions = month.decisions.assign(issue="j")
    assert month.said() == ["decisions on issues of 2018-08 were taken or changed since its tables were built"]


@pytest.mark.parametrize(
    ("expires_on", "is_in_force", "is_said"),
    [(None, True, False), ("2018-09-11", True, False), ("2018-09-10", True, True), ("2018-09-09", True, True), ("2018-09-09", False, False),
     ("2017-12-31", True, True), ("2019-01-01", True, False)],
)  # fmt: skip
def test_a_decision_is_in_force_until_the_day_on_which_it_expires(month, expires_on, is_in_force, is_said):
    table = pd.DataFrame({"issue": ["i", "j"], "is_in_force": [is_in_force, True], "expires_on": [expires_on, None]})
    month.decisions = month.stored[DECISIONS.name] = table
    assert month.said() == ([f"the decision on issue i of 2018-08 has expired on {expires_on}"] if is_said else [])


def test_tables_that_do_not_follow_are_named_with_what_they_are_made_of(month):
    """Wide tables, vintages, metrics: each that does not follow, and no other."""
    for table in (REVISIONS, PRINTS):
        month.stored[table.name] = pd.DataFrame({"sha256": ["d1"]})
    same = pd.DataFrame()
    month.made = [(INDEX_LEVELS, None, "its facts"), (PRINTS, same, "x"), (REVISIONS, None, "the releases"), (PRINTS, None, "all")]
    assert month.said() == [
        "validated.index_levels of 2018-08 is not what its facts give", "vintages.revisions of 2018-08 is not what the releases give",
        "vintages.prints of 2018-08 is not what all give",
    ]  # fmt: skip


# Tables that are built again


@pytest.fixture
def made():
    stored = {table.name: f"stored {table.name}" for table in (IN_DOUBT, CORRECTIONS, *module.ALL_TABLES)}
    facts = {family: f"facts of {family}" for family in FACTS}
    unread = pd.DataFrame({"family": ["mxp", "uscc", "mxp"], "is_current": [True, False, True]})
    parsed = module.Parsed("cells", "rows", "series", unread)
    return module._Made("a root", MONTH, stored, facts, parsed, ["documents"])


def test_validated_tables_are_built_of_facts_and_the_metrics_of_those_of_the_tables(made, monkeypatch):
    monkeypatch.setattr(module, "publish", lambda *given: given)
    monkeypatch.setattr(module, "metrics_of", lambda family, stored: {t.name: (family, stored) for t in metrics_declared()[family].tables})
    found = list(made.wide_tables())
    wide = [
        (table, (made.facts[table.family], "stored in_doubt", "stored corrections", table), "its facts and decisions")
        for table in VALIDATED
    ]  # fmt: skip
    metrics = [
        (table, (family, made.stored), "its validated tables") for family, declared in metrics_declared().items()
        for table in declared.tables
    ]  # fmt: skip
    assert found == wide + metrics and len(metrics) >= 6


def test_vintages_are_built_of_the_documents_and_the_releases_before(made, monkeypatch):
    before = "its documents and the releases before it"
    compared = type("Compared", (), {"revisions": "revisions", "findings": "findings"})
    monkeypatch.setattr(module._Made, "_prints", lambda self: "prints")
    monkeypatch.setattr("trade_assets.vintages.revisions.compare_month", lambda *given: compared if given == ("a root", MONTH) else None)
    monkeypatch.setattr("trade_assets.vintages.knowledge.numbered_prints", lambda *given: given)
    monkeypatch.setattr(
        "trade_assets.vintages.statistics.statistics_of_releases", lambda prints: pd.DataFrame({"root": [prints[0]], "month": [prints[1]]})
    )
    prints, revisions, findings, (table, statistics, sources) = made.vintages()
    assert prints == (PRINTS, "prints", "its documents and decisions")
    assert (revisions, findings) == ((REVISIONS, "revisions", before), (REVISION_FINDINGS, "findings", before))
    assert (table, sources) == (REVISION_STATISTICS, before)
    assert statistics.to_dict("records") == [{"root": "a root", "month": MONTH, "release_month": MONTH}]


def _prints(*rows):
    usual = {column.name: "" if column.kind == "string" and not column.is_nullable else None for column in PRINTS.columns}
    usual |= {column.name: False for column in PRINTS.columns if column.kind == "bool"}
    rows = [usual | {"sha256": sha256, "is_current": is_current, "series": series} for sha256, is_current, series in rows]
    return conform(pd.DataFrame(rows, columns=list(usual)), PRINTS)


def test_prints_of_replaced_documents_are_taken_as_they_are_stored(made, monkeypatch):
    """If the month still has them."""
    asked = []
    built = _prints(("d0", False, "built"), ("d1", True, "built"))
    monkeypatch.setattr("trade_assets.vintages.prints.prints_of", lambda *given: asked.append(given) or built)
    made.stored[PRINTS.name] = _prints(
        ("d0", False, "stored"), ("d1", True, "stored"), ("d9", False, "stored"), ("d1", False, "stored too")
    )
    found = made._prints()
    assert sorted(found[["sha256", "is_current", "series"]].to_numpy().tolist()) == [["d0", False, "stored"], ["d1", True, "built"]]
    assert asked == [(made.parsed, ["documents"], "stored in_doubt", "stored corrections")]


def test_metrics_are_built_of_all_that_the_month_knew(made, monkeypatch):
    known, asked = [], []
    monkeypatch.setattr("trade_assets.vintages.knowledge.release_knowledge", lambda *given: known.append(given) or "known")
    monkeypatch.setattr(
        "trade_assets.metrics.vintage.vintage_metrics",
        lambda *given: asked.append(given) or {table.name: f"made {table.name}" for table in VINTAGE_METRICS},
    )
    found = list(made.metrics())
    before, today = "its documents and the releases before it", "the definitions of today"
    assert found == [
        (table, f"made {table.name}", today if table is METRIC_DEFINITIONS else before) for table in VINTAGE_METRICS
    ]  # fmt: skip
    assert known == [("a root", MONTH, {"mxp"})]  # whose current documents could not all be read
    sources = {name: f"stored {name}" for name in ("revisions", "violations", "issues")}
    assert asked == [(MONTH, "known", made.facts, sources)]


# Whether a table is the same


def _through_a_file(frame, table):
    return conform(frame_of(parquet_bytes(frame, table)), table)


def _levels(**more):
    row = {column.name: "" if not column.is_nullable else None for column in INDEX_LEVELS.columns} | {"index": 0.1, "index_decimals": 1}
    return conform(pd.DataFrame([row | more]), INDEX_LEVELS)


def test_a_table_is_the_same_to_the_last_digit():
    stored = _through_a_file(_levels(), INDEX_LEVELS)
    assert module._is_same(_levels(), stored, INDEX_LEVELS) is True
    for more in ({"index": np.nextafter(0.1, 1)}, {"index": None}, {"series": "other"}, {"index_decimals": 2}):
        assert module._is_same(_levels(**more), stored, INDEX_LEVELS) is False
    assert module._is_same(_levels()[["index", *(n for n in INDEX_LEVELS.by_name if n != "index")]], stored, INDEX_LEVELS) is True


def _statistics(**more):
    usual = {column.name: "" if column.kind == "string" and not column.is_nullable else None for column in REVISION_STATISTICS.columns}
    return conform(pd.DataFrame([usual | {"n": 9, "bias_t": 2.0, "bias_p": 0.0, "series": "s"} | more]), REVISION_STATISTICS)


@pytest.mark.parametrize(
    ("more", "is_same"),
    [
        ({}, True), ({"bias_t": 2.0 * (1 + 0.9e-6)}, True), ({"bias_t": 2.0 * (1 - 0.9e-6)}, True), ({"bias_t": 2.0 * (1 + 1.1e-6)}, False),
        ({"bias_p": 0.9e-9}, True), ({"bias_p": 1.1e-9}, False), ({"bias_t": None}, False), ({"news_p": 0.0}, False), ({"n": 8}, False),
        ({"series": "t"}, False), ({"first_efficient_n": 1}, False),
    ],
)  # fmt: skip
def test_a_statistic_may_differ_in_what_another_machine_rounds_otherwise(more, is_same):
    stored = _through_a_file(_statistics(), REVISION_STATISTICS)
    assert module._is_same(_statistics(**more), stored, REVISION_STATISTICS) is is_same


def test_other_tables_of_numbers_may_not():
    stored = _through_a_file(_levels(index=2.0), INDEX_LEVELS)
    assert module._is_same(_levels(index=2.0 * (1 + 1e-12)), stored, INDEX_LEVELS) is False
