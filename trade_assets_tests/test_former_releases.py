"""With which former document each release of a month is compared, over facts of a few rows and tables that only count them."""

import pandas as pd
import pytest

from trade_assets.facts.frames import empty
from trade_assets.facts.tables import CORRECTIONS, DOCUMENTS, FACTS, IN_DOUBT, VALIDATED
from trade_assets.metrics.registry import metrics_declared
from trade_assets.publication import earlier_releases as module
from trade_assets.publication.earlier_releases import Distance, former_release

NOW = "2018-08"
TRADE, BASES, CHANGES = "goods_and_services", "goods_on_two_bases", "annual_changes"


def _facts(product, latest, *, sha256, table=TRADE, periods=None, measure="value"):
    """Facts of a document, one for each period; by default one of its latest month."""
    periods = periods or [latest]
    return pd.DataFrame(
        {"product": product, "reference_month": latest, "sha256": sha256, "table": table, "measure": measure, "period": periods}
    ).astype("string")


class Warehouse:
    """Partitions of a few months, in place of those that are read."""

    def __init__(self, monkeypatch):
        self.frames, self.built = {}, []
        monkeypatch.setattr(module, "read_partition", self._read)
        monkeypatch.setattr(module, "existing_months", lambda root, table: sorted(m for name, m in self.frames if name == table.name))
        monkeypatch.setattr(module, "publish", self._publish)
        monkeypatch.setattr(module, "metrics_of", self._metrics_of)

    def _read(self, root, table, month):
        assert root == "a root"
        return self.frames.get((table.name, month), empty(table))

    def _publish(self, facts, doubt, corrections, table):
        """A table's rows: of which document, under which month, and how many figures are in doubt and corrected in all."""
        rows = facts.loc[facts["table"].isin(table.source_tables), ["sha256", "reference_month"]]
        return rows.assign(doubt=len(doubt), corrected=len(corrections))

    def _metrics_of(self, family, validated):
        self.built.append((family, sorted(validated)))
        return {table.name: validated[metrics_declared()[family].sources[0].name] for table in metrics_declared()[family].tables}

    def month(self, month, *documents, without_facts=(), doubt=(), corrections=(), family="ft900"):
        """Put a month's documents there, as facts, and those of which no figure could be read, as family and product."""
        products = [(family, frame["product"].iloc[0]) for frame in documents] + list(without_facts)
        self.frames[DOCUMENTS.name, month] = pd.DataFrame(products, columns=["family", "product"])
        if documents:
            self.frames[FACTS[family].name, month] = pd.concat(documents, ignore_index=True)
        for table, digests in ((IN_DOUBT, doubt), (CORRECTIONS, corrections)):
            self.frames[table.name, month] = pd.DataFrame({"sha256": list(digests)})

    def former(self, month=NOW):
        return former_release("a root", month, self._read("a root", DOCUMENTS, month))


@pytest.fixture
def warehouse(monkeypatch):
    return Warehouse(monkeypatch)


def _rows(frame):
    return frame.to_numpy().tolist()


# How far a release lies from the one before


def _distance(latest, before, *, periods=None, measure="value", more=None):
    facts = _facts("", latest, sha256="a", periods=periods, measure=measure)
    facts = facts if more is None else pd.concat([facts, more])
    now, former = (
        module._Document(month, latest, frame, None, None) for month, latest, frame in ((NOW, latest, facts), ("2018-01", before, None))
    )
    return module._Pair("ft900", now, former).distance


@pytest.mark.parametrize(
    ("latest", "before", "months"),
    [
        ("2018-06", "2018-05", None), ("2018-06", "2018-06", None), ("2018-06", "2018-04", 2), ("2018-06", "2017-06", 12),
        ("2018-01", "2017-12", None), ("2018-06", "2018-07", -1), ("2018-06", "2019-07", -13), ("", "2018-05", None), ("2018-06", "", None),
        ("", "", None),
    ],
)  # fmt: skip
def test_a_release_of_months_goes_on_by_one(latest, before, months):
    expected = None if months is None else Distance(latest, before, "2018-01", months)
    assert _distance(latest, before) == expected


@pytest.mark.parametrize(
    ("periods", "step"),
    [(["2018-04/2018-06"], 3), (["2018-04/2018-06", "2018-06"], 1), (["2018-01/2018-06"], 6), (["2018-01/2018-06", "2018-05"], 6),
     (["2018-01/2018-03"], 1), ([None], 1), ([None, "2018-04/2018-06"], 3)],
)  # fmt: skip
def test_a_release_goes_on_by_the_shortest_period_that_ends_with_it(periods, step):
    assert _distance("2018-06", "2018-05", periods=periods) is None
    for months in range(8):
        before = f"2018-{6 - months:02d}" if months < 6 else f"2017-{18 - months:02d}"
        expected = None if months <= step else Distance("2018-06", before, "2018-01", months)
        assert _distance("2018-06", before, periods=periods) == expected


@pytest.mark.parametrize("measure", ["percent_change", "percent_change_year_to_date"])
def test_a_change_over_a_month_makes_no_release_of_months(measure):
    change = _facts("", "2018-06", sha256="a", periods=["2018-06"], measure=measure)
    assert _distance("2018-06", "2018-03", periods=["2018-04/2018-06"], more=change) is None
    assert _distance("2018-06", "2018-02", periods=["2018-04/2018-06"], more=change).months == 4


def test_a_first_release_has_no_distance():
    now = module._Document(NOW, "2018-06", _facts("", "2018-06", sha256="a"), None, None)
    assert module._Pair("ft900", now, None).distance is None


# What is compared with what


def test_a_first_release_is_compared_with_nothing(warehouse):
    warehouse.month(NOW, _facts("", "2018-06", sha256="n"))
    former = warehouse.former()
    assert former.compared == {
        "validated.goods_and_services": {"ft900": None}, "metrics.trade_changes": {"ft900": None}, "metrics.trade_ratios": {"ft900": None},
    }  # fmt: skip
    assert (former.not_released, former.distant, former.now) == ({}, {}, {})
    # The tables of all families are there, so that each can be compared, and have no rows.
    tables = {table.name for table in VALIDATED} | {table.name for declared in metrics_declared().values() for table in declared.tables}
    assert set(former.frames) == tables and not any(len(frame) for frame in former.frames.values())
    assert warehouse.built == [(family, sorted(table.name for table in VALIDATED if table.family == family)) for family in FACTS]


def test_a_release_is_compared_with_the_last_one_before_it_as_it_was_published(warehouse):
    """Under its own reference month, with what was in doubt and corrected of that document, and of no other."""
    warehouse.month("2018-05", _facts("", "2018-04", sha256="too early"))
    warehouse.month(
        "2018-07", _facts("", "2018-05", sha256="before"), doubt=["before", "before", "x"], corrections=["before", "y", "z"],
    )  # fmt: skip
    warehouse.month(NOW, _facts("", "2018-06", sha256="n"), doubt=["n"])
    warehouse.month("2018-09", _facts("", "2018-07", sha256="later"))
    former = warehouse.former()
    assert former.compared["validated.goods_and_services"] == former.compared["metrics.trade_ratios"] == {"ft900": "2018-07"}
    assert _rows(former.frames[TRADE]) == _rows(former.frames["trade_ratios"]) == [["before", "2018-06", 2, 1]]
    assert (former.now, former.distant, former.not_released) == ({}, {}, {})


def test_a_month_that_could_not_be_read_is_passed_over(warehouse):
    warehouse.month("2018-06", _facts("", "2018-05", sha256="before"))
    warehouse.month("2018-07", without_facts=[("ft900", "")])
    warehouse.month(NOW, _facts("", "2018-06", sha256="n"))
    assert warehouse.former().compared["validated.goods_and_services"] == {"ft900": "2018-06"}


def test_products_are_compared_each_with_its_own(warehouse):
    """In the order of products, whichever document was first; a table names those that print it, now or before."""
    warehouse.month("2018-06", _facts("exhibit_1", "2018-05", sha256="e6"))
    warehouse.month(
        "2018-07", _facts("", "2018-05", sha256="m7"), _facts("exhibit_12", "2018-05", sha256="f7", table=BASES),
    )  # fmt: skip
    warehouse.month(
        NOW, _facts("exhibit_12", "2018-06", sha256="f8", table=TRADE), _facts("exhibit_1", "2018-06", sha256="e8"),
        _facts("", "2018-06", sha256="m8"),
    )  # fmt: skip
    former = warehouse.former()
    products = {"ft900": "2018-07", "ft900 exhibit_1": "2018-06", "ft900 exhibit_12": "2018-07"}
    assert former.compared == {
        "validated.goods_and_services": products, "metrics.trade_changes": products, "metrics.trade_ratios": products,
        "validated.goods_on_two_bases": {"ft900 exhibit_12": "2018-07"},
    }  # fmt: skip
    assert list(former.compared["validated.goods_and_services"]) == list(products)
    assert [row[0] for row in _rows(former.frames[TRADE])] == ["m7", "e6"]
    assert [row[0] for row in _rows(former.frames[BASES])] == ["f7"]


def test_two_releases_of_a_month_are_compared_each_with_the_one_before(warehouse):
    warehouse.month("2018-06", _facts("", "2018-04", sha256="four"))
    warehouse.month(NOW, _facts("", "2018-06", sha256="six"), _facts("", "2018-05", sha256="five"))
    former = warehouse.former()
    assert former.compared["validated.goods_and_services"] == {"ft900 2018-05": "2018-06", "ft900 2018-06": NOW}
    assert [row[:2] for row in _rows(former.frames[TRADE])] == [["four", "2018-05"], ["five", "2018-06"]]


def test_of_two_former_releases_the_later_one_counts(warehouse):
    warehouse.month("2018-07", _facts("", "2018-05", sha256="five"), _facts("", "2018-04", sha256="four"))
    warehouse.month(NOW, _facts("", "2018-06", sha256="six"))
    assert [row[0] for row in _rows(warehouse.former().frames[TRADE])] == ["five"]


def test_a_release_whose_neighbour_is_not_there_is_not_compared(warehouse):
    """Nor are its own rows; those of the other products are taken from the month anew."""
    warehouse.month("2018-05", _facts("", "2018-02", sha256="m5"))
    warehouse.month("2018-07", _facts("exhibit_1", "2018-05", sha256="e7"))
    warehouse.month(NOW, _facts("", "2018-06", sha256="m8"), _facts("exhibit_1", "2018-06", sha256="e8"), doubt=["e8", "m8"])
    former = warehouse.former()
    assert former.distant == {"ft900": Distance("2018-06", "2018-02", "2018-05", 4)}
    assert former.compared["validated.goods_and_services"] == former.compared["metrics.trade_changes"] == {"ft900 exhibit_1": "2018-07"}
    assert _rows(former.frames[TRADE]) == [["e7", "2018-06", 0, 0]]
    assert set(former.now) == {TRADE, BASES, CHANGES, "trade_changes", "trade_ratios"}
    assert _rows(former.now[TRADE]) == [["e8", "2018-06", 1, 0]]


def test_of_two_releases_only_the_distant_one_is_left_out(warehouse):
    warehouse.month("2018-05", _facts("", "2018-02", sha256="two"))
    warehouse.month(NOW, _facts("", "2018-05", sha256="five"), _facts("", "2018-06", sha256="six"))
    former = warehouse.former()
    assert former.distant == {"ft900 2018-05": Distance("2018-05", "2018-02", "2018-05", 3)}
    assert former.compared["validated.goods_and_services"] == {"ft900 2018-06": NOW}
    assert [row[:2] for row in _rows(former.frames[TRADE])] == [["five", "2018-06"]]
    assert [row[:2] for row in _rows(former.now[TRADE])] == [["six", "2018-06"]]


def test_products_that_the_month_does_not_have_are_named_with_their_last_month(warehouse):
    warehouse.month("2018-05", _facts("exhibit_1", "2018-03", sha256="e5"), without_facts=[("uscc", ""), ("kei", "")])
    warehouse.month("2018-06", _facts("exhibit_1", "2018-04", sha256="e6"), _facts("", "2018-04", sha256="m6"))
    warehouse.month(NOW, _facts("", "2018-06", sha256="m8"), without_facts=[("uscc", "")])
    warehouse.month("2018-09", without_facts=[("fred", "BOPTEXP")])
    former = warehouse.former()
    assert former.not_released == {"ft900 exhibit_1": "2018-06"}
    # Documents without figures are no product, and a released one without facts is compared with nothing.
    assert former.distant == {"ft900": Distance("2018-06", "2018-04", "2018-06", 2)} and former.compared == {}


def test_families_have_nothing_to_do_with_each_other(warehouse):
    warehouse.month("2018-07", without_facts=[("mxp", "")])
    warehouse.month(NOW, _facts("", "2018-06", sha256="m8"))
    former = warehouse.former()
    assert former.not_released == {"mxp": "2018-07"}
    assert former.compared["validated.goods_and_services"] == {"ft900": None}


def test_a_release_without_a_month_is_compared_as_it_is(warehouse):
    before, now = (_facts("", "2018-06", sha256=name).assign(reference_month=pd.array([None], dtype="string")) for name in ("b", "n"))
    warehouse.month("2018-07", before)
    warehouse.month(NOW, now)
    former = warehouse.former()
    assert former.compared["validated.goods_and_services"] == {"ft900": "2018-07"} and former.distant == {}
    assert [row[:2] for row in _rows(former.frames[TRADE])] == [["b", ""]]
