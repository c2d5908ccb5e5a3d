"""Publications of products that take turns: each is compared with the last release of its own product."""

import pytest

from trade_assets.documents.ingest import ingest
from trade_assets.facts.tables import DOCUMENTS, PRINTS
from trade_assets.publication.difference_report import sentences
from trade_assets.publication.earlier_releases import former_release
from trade_assets.publication.publish import PublicationError, publication, publish_month
from trade_assets.warehouse.commits import forget, name_of
from trade_assets.warehouse.partitions import read_partition, write_partition
from trade_assets.warehouse.root import DataRoot
from trade_assets_tests.publications import copy_of
from trade_assets_tests.turn_taking import fred_file, run_whole


@pytest.fixture(scope="module")
def exports_twice(tmp_path_factory):
    """One series of FRED in the first and the last of these months: what the quick tests need of them. Do not write to it."""
    import dagster as dg

    folder = tmp_path_factory.mktemp("twice")
    root = DataRoot.of(folder / "data")
    for month, latest in (("2024-11", 50000), ("2025-01", 50001)):
        (folder / "exports.csv").write_bytes(fred_file("BOPTEXP", latest))
        ingest(root, folder / "exports.csv", release_month=month)
    with dg.DagsterInstance.ephemeral() as instance:
        run_whole(root, ("2024-11", "2025-01"), instance)
    return root


@pytest.mark.slow
def test_documents_are_compared_with_the_last_ones_of_their_product(turns):
    annual_, exhibit = (publication(turns, month).difference for month in ("2024-12", "2025-01"))
    assert exhibit.compared_with == {
        "validated.goods_and_services": {"ft900 exhibit_1": "2024-11"},
        "metrics.trade_changes": {"ft900 exhibit_1": "2024-11"},
        "metrics.trade_ratios": {"ft900 exhibit_1": "2024-11"},
        "validated.fred_observations": {"fred BOPTEXP": "2024-11"},
    }
    assert exhibit.not_released == {"fred BOPTIMP": "2024-12", "ft900 annual": "2024-12"}
    # Only the rows to date end with another month now; of no year and no series anything is lost.
    assert exhibit.losses == ()
    assert {(each.kind, each.first, each.last) for each in exhibit.rolled_off} == {("period", "2022-01/2022-09", "2024-01/2024-09")}
    assert {each.table for each in exhibit.rolled_off} == {"validated.goods_and_services", "metrics.trade_ratios"}
    changes = [(each.period, each.former, each.now) for each in exhibit.changes if each.table == "validated.fred_observations"]
    assert changes == [("1992-04", "50000", "50001")]
    # The annual file and imports are released for the first time, so nothing can be lost.
    assert set(map(str, (month for products in annual_.compared_with.values() for month in products.values()))) == {"None"}
    assert annual_.losses == annual_.changes == ()
    assert annual_.not_released == {"fred BOPTEXP": "2024-11", "ft900 exhibit_1": "2024-11"}
    assert list(sentences(annual_)) == ["no earlier release of these documents to compare with"]


@pytest.mark.slow
def test_a_former_document_without_figures_is_passed_over(exports_twice, tmp_path):
    root = copy_of(exports_twice, tmp_path)
    # As if 2024-12 had an issue of the product that could not be read: a document without facts.
    documents = read_partition(root, DOCUMENTS, "2024-11").assign(release_month="2024-12")
    write_partition(root, DOCUMENTS, "2024-12", documents)
    found = former_release(root, "2025-01", read_partition(root, DOCUMENTS, "2025-01"))
    assert found.compared["validated.fred_observations"] == {"fred BOPTEXP": "2024-11"}
    assert found.not_released == {}


@pytest.mark.slow
def test_tables_older_than_an_earlier_release_are_refused(turns, tmp_path, instance):
    root = copy_of(turns, tmp_path / "own")
    (tmp_path / "again.csv").write_bytes(fred_file("BOPTEXP", 49000))
    ingest(root, tmp_path / "again.csv", release_month="2024-11")
    run_whole(root, ["2024-11"], instance)
    with pytest.raises(PublicationError) as caught:
        publish_month(root, "2025-01")
    said = "vintages.revisions of 2025-01 is not what its documents and the releases before it give"
    assert str(caught.value) == f"{said}. To do: 'trade-assets run --month 2025-01', then publish"
    run_whole(root, ["2025-01"], instance)
    changes = publish_month(root, "2025-01").publication.difference.changes
    assert ("1992-04", "49000", "50001") in {(each.period, each.former, each.now) for each in changes}


@pytest.mark.slow
def test_months_built_in_the_wrong_order_are_refused(exports_twice, tmp_path):
    root = copy_of(exports_twice, tmp_path)
    forget(root, "2024-11", {name_of(PRINTS)})  # as before that month was built
    with pytest.raises(PublicationError, match=r"vintages\.revisions of 2025-01 is not what .* the releases before it give"):
        publication(root, "2025-01")
