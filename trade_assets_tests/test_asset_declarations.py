"""What an asset, its columns, its dependencies and its checks say to Dagster of the table that they are of."""

import warnings

import dagster as dg

from trade_assets.defs import metrics, parsed, publication, raw, report, validated, vintage_metrics, vintages
from trade_assets.defs.partitions import RELEASE_MONTHS
from trade_assets.defs.release_month import ASSETS
from trade_assets.defs.resources import TABLES, WarehouseIOManager
from trade_assets.defs.specs import KEPT_WITH, asset_deps, asset_key, asset_out, check_spec, column_schema
from trade_assets.facts.schemas import Column, Table
from trade_assets.facts.tables import ALL_TABLES, CELLS, DOCUMENTS, ISSUES, METRIC_FIGURES, ROWS, VERDICTS

TABLE = Table(
    "metrics", "shares", "Shares of goods.",
    (
        Column("release_month", "string", "the month", is_nullable=False),
        Column("series", "string", "the series", is_nullable=False),
        Column("share_pct", "float", "the share", unit="percent"),
        Column("count", "int", "how many"),
    ),
    key=("series", "count"), kept_with="metrics.figures",
)  # fmt: skip


def test_the_columns_of_a_table_are_those_of_its_declaration():
    told = [
        (each.name, each.type, each.description, each.constraints.nullable, each.constraints.unique)
        for each in column_schema(TABLE).columns
    ]
    assert told == [
        ("release_month", "string", "the month", False, False), ("series", "string", "the series", False, False),
        ("share_pct", "float", "the share [percent]", True, False), ("count", "int", "how many", True, False),
    ]  # fmt: skip
    alone = Table("metrics", "one", "One.", TABLE.columns, key=("series",), is_partitioned=False)
    assert [each.name for each in column_schema(alone).columns if each.constraints.unique] == ["series"]


def test_a_table_is_an_asset_by_layer_and_name_or_that_of_the_one_it_is_kept_with():
    assert asset_key(CELLS) == dg.AssetKey(["parsed", "cells"]) == asset_key(ROWS)
    assert asset_key(TABLE) == dg.AssetKey(["metrics", "figures"]) == asset_key(METRIC_FIGURES)
    assert asset_key(VERDICTS) == asset_key(ISSUES)
    told = {key.to_user_string(): {table.name for table in tables} for key, tables in KEPT_WITH.items()}
    assert told["parsed/cells"] == {"rows", "series", "unread"} and told["raw/documents"] == set()
    assert told["metrics/figures"] == {"changes", "definitions", "revision_explanations", "reproduced"}
    assert set(KEPT_WITH) == {asset_key(table) for table in ALL_TABLES}


def test_an_asset_says_where_its_table_stands_and_what_is_written_with_it():
    out = asset_out(CELLS)
    assert (out.key, out.group_name, out.owners, out.kinds) == (
        dg.AssetKey(["parsed", "cells"]), "parsed", ["team:trade-statistics"], {"parquet", "pandas"},
    )  # fmt: skip
    assert out.description == CELLS.description and out.is_required is False
    with_it = {name: said for name, said in out.metadata.items() if name.startswith("with ")}
    assert with_it == {f"with parsed.{table.name}": table.description for table in KEPT_WITH[out.key]}
    assert out.metadata["dagster/table_name"] == "trade.parsed.cells"
    assert out.metadata["key"] == ", ".join(("release_month", *(name for name in CELLS.key if name != "release_month")))
    assert set(out.metadata) == {"dagster/column_schema", "dagster/table_name", "key", *with_it}


def test_dependencies_are_named_once_and_in_order():
    assert [dep.asset_key for dep in asset_deps(ROWS, DOCUMENTS, CELLS, VERDICTS, ISSUES)] == [
        dg.AssetKey(["parsed", "cells"]), dg.AssetKey(["raw", "documents"]), dg.AssetKey(["review", "issues"]),
    ]  # fmt: skip
    assert asset_deps() == []


def test_a_check_is_of_its_table_s_asset_and_of_every_month_and_warns_of_no_preview():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        spec = check_spec("a_holds", VERDICTS, "A holds.")
    assert (spec.name, spec.asset_key, spec.description) == ("a_holds", dg.AssetKey(["review", "issues"]), "A holds.")
    assert spec.partitions_def == RELEASE_MONTHS


def test_months_begin_with_1990_and_are_counted_in_new_york():
    assert RELEASE_MONTHS.get_first_partition_key() == "1990-01" and RELEASE_MONTHS.timezone == "America/New_York"
    assert (RELEASE_MONTHS.fmt, RELEASE_MONTHS.end_offset) == ("%Y-%m", 1)


def test_every_step_is_of_a_release_month_and_those_that_may_be_asked_for_in_part_say_so():
    assert all(assets.partitions_def == RELEASE_MONTHS for assets in ASSETS)
    whole = {raw.raw_documents, parsed.parsed_cells, validated.proof, vintages.prints, report.report, *metrics.metrics}
    assert {assets.op.name for assets in ASSETS if not assets.can_subset} == {assets.op.name for assets in whole}
    in_part = {
        publication.publication,
        vintages.revisions,
        vintage_metrics.vintage_metrics,
        *parsed.parsed_facts,
        *validated.validated_tables,
    }
    assert {assets.op.name for assets in in_part | whole} == {assets.op.name for assets in ASSETS}


def test_every_table_has_its_place_by_key_and_an_io_manager_writes_them():
    assert {(table.layer, table.name): table for table in ALL_TABLES} == TABLES
    assert issubclass(WarehouseIOManager, dg.ConfigurableIOManager)
