"""What is not published: months without documents, and tables that do not follow from what they are made of."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from trade_assets import cli
from trade_assets.documents.ingest import ingest
from trade_assets.facts.schemas import Table
from trade_assets.facts.tables import (
    IN_DOUBT,
    METRIC_CHANGES,
    METRIC_DEFINITIONS,
    METRIC_FIGURES,
    PRINTS,
    REPRODUCED,
    REVISION_STATISTICS,
    REVISIONS,
    VERDICTS,
)
from trade_assets.families.ft900.tables import GOODS_AND_SERVICES
from trade_assets.families.mxp.tables import PRICE_RATIOS
from trade_assets.identities.publish import UnprovenError
from trade_assets.publication.publish import PublicationError, publication, publish_month
from trade_assets.warehouse.partitions import read_partition, write_partition
from trade_assets_tests.conftest import shipped_document
from trade_assets_tests.publications import copy_of


def test_a_month_without_tables_or_documents_is_refused(built_root, tmp_path):
    runner = CliRunner()
    result = runner.invoke(cli.main, ["--data-root", built_root.url, "publish", "--month", "1999-01", "--to", str(tmp_path)])
    assert result.exit_code == cli.UNREADABLE
    said = f"trade-assets: there is no document of 1999-01 under {built_root.url}/raw; 5 months have some, 2012-08 to 2018-09. To do: "
    assert result.stderr.startswith(said) and result.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
    result = runner.invoke(cli.main, ["--data-root", built_root.url, "publish", "--month", "soon"])
    assert result.exit_code == cli.UNREADABLE and "is no month" in result.stderr


def test_tables_older_than_the_documents_are_refused(own_root, tmp_path):
    document = tmp_path / "2016-11.later.txt"
    text = shipped_document("ft900", "2016-11").read_text(encoding="utf-8")
    document.write_text(text.replace("\n36,854\n", "\n36,845\n", 1), encoding="utf-8")
    ingest(own_root, document)
    with pytest.raises(PublicationError, match=r"documents of 2016-11 are not those .* To do: 'trade-assets run --month 2016-11'"):
        publish_month(own_root, "2016-11")
    assert own_root.names("publications") == []


def test_a_document_that_was_damaged_in_the_store_is_refused(own_root):
    path = own_root.path("raw", "2016-11", "ft900-53880adbf212.txt")
    Path(path).write_bytes(Path(path).read_bytes() + b"\n")
    with pytest.raises(PublicationError, match="the file was changed in the store"):
        publish_month(own_root, "2016-11")


def test_facts_without_verdicts_of_the_same_document_are_refused(own_root):
    verdicts = read_partition(own_root, VERDICTS, "2016-11")
    write_partition(own_root, VERDICTS, "2016-11", verdicts.assign(sha256="0" * 64))
    with pytest.raises(UnprovenError, match="no verdicts of the same document"):
        publish_month(own_root, "2016-11")
    result = CliRunner().invoke(cli.main, ["--data-root", own_root.url, "publish", "--month", "2016-11"])
    assert result.exit_code == cli.UNREADABLE and result.stderr.startswith("trade-assets: the facts of ft900 have no verdicts")


@pytest.mark.parametrize("table", [GOODS_AND_SERVICES, IN_DOUBT, PRINTS], ids=lambda table: table.name)
def test_a_table_that_does_not_follow_from_the_others_is_refused(own_root, table):
    month = "2013-01" if table is IN_DOUBT else "2016-11"
    frame = read_partition(own_root, table, month)
    if table is GOODS_AND_SERVICES:
        frame.loc[0, "exports_goods_musd"] += 1
    elif table is IN_DOUBT:
        frame = frame.iloc[1:]  # one withheld figure fewer
    else:
        frame = frame.assign(sha256="0" * 64)
    write_partition(own_root, table, month, frame)
    with pytest.raises(PublicationError, match=f"of {month} is"):
        publish_month(own_root, month)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("table", "column", "sources"),
    [
        (PRICE_RATIOS, "export_over_import_prices", "its validated tables"),
        (PRINTS, "value", "its documents and decisions"),
        (REVISIONS, "new_value", "its documents and the releases before it"),
        (METRIC_CHANGES, "value", "its documents and the releases before it"),
        (METRIC_DEFINITIONS, "formula", "the definitions of today"),
        (REPRODUCED, "printed", "its documents and the releases before it"),
    ],
    ids=lambda each: each.name if isinstance(each, Table) else "",
)
@pytest.mark.parametrize("is_cut", [True, False], ids=["a row fewer", "another value"])
def test_a_derived_table_that_its_sources_do_not_give_is_refused(own_root, table, column, sources, is_cut):
    frame = read_partition(own_root, table, "2018-08")
    place = frame[column].first_valid_index()
    if is_cut:
        frame = frame.drop(index=place)
    else:
        frame.loc[place, column] = frame.loc[place, column] + (" " if table.by_name[column].kind == "string" else 1)
    write_partition(own_root, table, "2018-08", frame)
    with pytest.raises(PublicationError) as caught:
        publish_month(own_root, "2018-08")
    derived = METRIC_FIGURES if table is METRIC_CHANGES else table
    said = f"{derived.layer}.{derived.name} of 2018-08 is not what {sources} give"
    assert str(caught.value) == f"{said}. To do: 'trade-assets run --month 2018-08', then publish"


@pytest.mark.slow
def test_the_last_digits_of_a_statistic_may_differ_and_no_others(turns, tmp_path):
    root = copy_of(turns, tmp_path)
    frame = read_partition(root, REVISION_STATISTICS, "2025-01")
    mean = frame["mean_absolute_revision"]
    assert (mean > 0).any()
    write_partition(root, REVISION_STATISTICS, "2025-01", frame.assign(mean_absolute_revision=mean * (1 + 1e-12)))
    assert publication(root, "2025-01").rows["vintages.revision_statistics"] == len(frame)
    for other in (frame.assign(mean_absolute_revision=mean * 1.001), frame.assign(n=frame["n"] + 1), frame.iloc[1:]):
        write_partition(root, REVISION_STATISTICS, "2025-01", other)
        with pytest.raises(PublicationError, match=r"vintages\.revision_statistics of 2025-01 is not what .* To do: "):
            publication(root, "2025-01")
