"""Half a declaration of a family, each half by itself: the whole sentence that says which is missing, and where it goes."""

import dataclasses
import sys
from types import ModuleType, SimpleNamespace

import pytest

from trade_assets.facts import completeness
from trade_assets.facts.columns import CORRECTIONS, GAPS, KEY_PERIOD, OF_RELEASE, SERIES, figure, metric, text
from trade_assets.facts.families import PARTS, IncompleteFamilyError, _checked, families
from trade_assets.facts.period_rules import OWN
from trade_assets.facts.schemas import Column, Fact, Table

FAMILY = families()["uscc"]
REASONS = dict.fromkeys(PARTS, "a reason")


@pytest.fixture
def checked(tmp_path, monkeypatch):
    """Checks a folder ``tried`` with these modules and this family."""

    def check(family, *modules):
        for name in modules:
            (tmp_path / f"{name}.py").touch()
        package = ModuleType("trade_assets.families.tried")
        package.__path__ = [str(tmp_path)]
        if family is not None:
            package.FAMILY = family
        monkeypatch.setitem(sys.modules, package.__name__, package)
        return _checked("tried")

    return check


def _family(**more):
    return dataclasses.replace(FAMILY, **{"name": "tried", "without": REASONS, **more})


def test_the_parts_of_a_family():
    assert {name: tuple(attributes) for name, attributes in PARTS.items()} == {
        "readers": ("READERS", "UNPACKERS"), "tables": ("TABLES", "METRIC_TABLES"), "rules": ("RULES", "STRUCTURE", "ROWS", "EXPECTED"),
        "policy": ("POLICY",), "metrics": ("METRICS", "COMPONENTS"), "formulas": ("DEFINITIONS",), "headlines": ("HEADLINES",),
        "assumed": ("ASSUMED",),
    }  # fmt: skip


def test_a_whole_family_is_given_back(checked):
    family = _family()
    assert checked(family) is family
    of_parts = _family(without={})
    assert checked(of_parts, *PARTS) is of_parts


@pytest.mark.parametrize(
    ("family", "modules", "said"),
    [
        (None, (), "trade_assets/families/tried/__init__.py declares no FAMILY"),
        ("no family", (), "trade_assets/families/tried/__init__.py declares no FAMILY"),
        (_family(name="other"), (), "trade_assets/families/tried/__init__.py declares the family 'other': its name is that of the folder"),
        (_family(without={**REASONS, "b": "", "a": ""}), (),
         "trade_assets/families/tried: there is no part a, b; "
         "parts are readers, tables, rules, policy, metrics, formulas, headlines, assumed"),
        (_family(), ("rules",), "trade_assets/families/tried has rules.py, and FAMILY.without says that it has none: a reason"),
        (_family(without={**REASONS, "rules": ""}), ("rules",),
         "trade_assets/families/tried has rules.py, and FAMILY.without says that it has none: "),
        (_family(without={**REASONS, "tables": ""}), (),
         "trade_assets/families/tried/tables.py with TABLES and METRIC_TABLES is missing, "
         "and FAMILY.without does not say why there is none"),
        (_family(without={name: "a reason" for name in PARTS if name != "policy"}), (),
         "trade_assets/families/tried/policy.py with POLICY is missing, and FAMILY.without does not say why there is none"),
    ],
)  # fmt: skip
def test_half_a_family_is_said(checked, family, modules, said):
    with pytest.raises(IncompleteFamilyError) as caught:
        checked(family, *modules)
    assert str(caught.value) == said


# Tables


def _table(name="small", **more):
    columns = (SERIES, KEY_PERIOD, *figure("x", "of x", "index", Fact("{series}", "value", OWN)), GAPS, CORRECTIONS, OF_RELEASE)
    return Table(
        "validated", name, "Small.", more.pop("columns", columns), key=("series",), **{"family": "uscc", "source_tables": ("t",), **more}
    )


def _without(*names):
    return tuple(column for column in _table().columns if column.name not in names)


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ([_table()], []),
        ([_table(family="mxp")], ["the table small says that it is of mxp: its family is that of the folder"]),
        ([_table("kei")], ["the table kei has the name of a family, whose facts are the table parsed.kei: name it otherwise"]),
        ([_table(columns=(*_without("x"), Column("x", "float", "of x")))],
         ["the figure small.x has no fact: say in tables.py which series, measure and period it holds"]),
        ([_table(kept_with="a.b")], ["the table small is kept with a.b: a validated table is an asset of its own"]),
        ([_table(columns=_without("gaps"))], ["the table small has no column gaps: without it a missing figure has no reason"]),
        ([_table(columns=_without("corrections", "reference_month")), _table("more", family="mxp")],
         ["the table small has no column corrections: without it a missing figure has no reason",
          "the table small has no column reference_month: without it a missing figure has no reason",
          "the table more says that it is of mxp: its family is that of the folder"]),
    ],
)  # fmt: skip
def test_what_a_table_lacks(tables, said):
    assert list(completeness._tables(FAMILY, tuple(tables))) == said


def _reader(unshown=None, **printed):
    reader = SimpleNamespace(TABLES=printed)
    if unshown is not None:
        reader.UNSHOWN = unshown
    return reader


@pytest.mark.parametrize(
    ("readers", "said"),
    [
        ([_reader(t=("x",))], []), ([_reader(t=()), _reader(t=("x",))], []), ([_reader({"u": "a reason"}, t=("x",), u=("y",))], []),
        ([_reader({"u": ""}, t=("x",), u=("y",)), _reader(u=("z",))],
         ["its reader gives the table u, which no validated table shows: name it in source_tables of one in tables.py, "
          "or say in UNSHOWN of the reader why not"]),
        ([_reader(t=("x", "z", "y"))], ["its reader gives the column y of t, which small does not have: add it in tables.py",
                                        "its reader gives the column z of t, which small does not have: add it in tables.py"]),
        ([_reader()], ["the table small shows t, which no reader gives: add it to TABLES of a reader",
                       "the figure small.x is given by no reader: add it to TABLES of one, or take it away"]),
        ([_reader(t=())], ["the figure small.x is given by no reader: add it to TABLES of one, or take it away"]),
        ([_reader({"t": "a reason"}, t=("x",))], ["the table small shows t, which no reader gives: add it to TABLES of a reader",
                                                 "the figure small.x is given by no reader: add it to TABLES of one, or take it away"]),
    ],
)  # fmt: skip
def test_what_readers_give_and_tables_show(readers, said):
    assert list(completeness._printed((_table(),), tuple(readers))) == said


def test_a_figure_may_be_given_in_any_of_its_tables():
    assert list(completeness._printed((_table(source_tables=("t", "u")),), (_reader(t=("x",), u=()),))) == []


# Metrics


def _wide(name="wide", column=None, **more):
    columns = (text("a", "a"), column or metric("m", "m", "percent", "share"))
    return Table("metrics", name, "Wide.", columns, key=("a",), family="uscc", **more)


def _metrics(tables, sources=(), defined=("share",)):
    return SimpleNamespace(tables=tables, sources=sources, definitions=[SimpleNamespace(metric=name) for name in defined])


SMALL, WIDE = _table(), _wide()


@pytest.mark.parametrize(
    ("metrics", "declared", "said"),
    [
        (_metrics((WIDE,), (SMALL,)), (WIDE,), []),
        (_metrics(()), (WIDE,), ["the metric table wide has no rows: name it in METRICS of metrics.py with the function that gives them"]),
        (_metrics((WIDE,)), (), ["the metric table wide is not among METRIC_TABLES: add it in tables.py"]),
        (_metrics((WIDE,), defined=()), (WIDE,),
         ["the figure wide.m is the metric share, which nothing defines: "
          "add it to DEFINITIONS in formulas.py, or to METRICS in metrics.py"]),
        (_metrics((WIDE,), (_table("other"),)), (WIDE,), ["its metrics come from other, which is not among its TABLES"]),
    ],
)  # fmt: skip
def test_what_metrics_lack(metrics, declared, said):
    assert list(completeness._metrics((SMALL,), metrics, declared)) == said


def test_figures_of_metrics_are_computed_by_metrics_that_are_defined():
    bare = _wide(column=Column("m", "float", "m"))
    assert list(completeness._metrics((), _metrics((bare,)), (bare,))) == [
        "the figure wide.m is computed by nothing: say in tables.py which metric it is"
    ]
    # A count is no metric; formulas over all that was known are defined for every family.
    count = _wide(column=Column("m", "int", "m"))
    known = _wide(column=metric("m", "m", "percent", "services_share"))
    for table in (count, known):
        assert list(completeness._metrics((), _metrics((table,)), (table,))) == []


def test_a_table_of_metrics_is_kept_with_one_that_stands_by_itself():
    kept, alone = _wide("kept", kept_with="metrics.wide"), _wide()
    assert list(completeness._metrics((), _metrics((kept, alone)), (kept, alone))) == []
    for other in (_wide(kept_with="metrics.kept"), _wide("another")):
        found = list(completeness._metrics((), _metrics((kept, other)), (kept, other)))
        assert found[0] == "the metric table kept is kept with metrics.wide, which is none of its METRIC_TABLES: name one of them"


def test_all_families_are_whole():
    completeness.require_complete()
    assert [list(completeness._missing(family)) for family in families().values()] == [[]] * len(families())
