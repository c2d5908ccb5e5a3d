"""What an asset, its columns, its dependencies and its checks say to Dagster of the table that they are of."""

import warnings

import dagster as dg

from trade_assets.defs.partitions import RELEASE_MONTHS
from trade_assets.defs.release_month import ASSETS, PARTS, months
from trade_assets.defs.specs import KEPT_WITH, asset_key, asset_spec, check_spec, column_schema
from trade_assets.facts.schemas import Column, Table
from trade_assets.facts.tables import ALL_TABLES, CELLS, DOCUMENTS, FACTS, ISSUES, METRIC_FIGURES, ROWS, VERDICTS

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
    spec = asset_spec(CELLS, [DOCUMENTS])
    assert (spec.key, spec.group_name, list(spec.owners), spec.kinds) == (
        dg.AssetKey(["parsed", "cells"]), "parsed", ["team:trade-statistics"], {"parquet", "pandas"},
    )  # fmt: skip
    assert spec.description == CELLS.description and spec.skippable is True and spec.partitions_def == RELEASE_MONTHS
    with_it = {name: said for name, said in spec.metadata.items() if name.startswith("with ")}
    assert with_it == {f"with parsed.{table.name}": table.description for table in KEPT_WITH[spec.key]}
    assert spec.metadata["dagster/table_name"] == "trade.parsed.cells"
    assert spec.metadata["dagster/column_schema"] == column_schema(CELLS)
    assert spec.metadata["key"] == ", ".join(("release_month", *(name for name in CELLS.key if name != "release_month")))
    assert {name for name in spec.metadata if "/kind/" not in name} == {"dagster/column_schema", "dagster/table_name", "key", *with_it}


def test_dependencies_are_named_once_and_in_order():
    assert [dep.asset_key for dep in asset_spec(METRIC_FIGURES, [ROWS, DOCUMENTS, CELLS, VERDICTS, ISSUES]).deps] == [
        dg.AssetKey(["parsed", "cells"]), dg.AssetKey(["raw", "documents"]), dg.AssetKey(["review", "issues"]),
    ]  # fmt: skip
    assert list(asset_spec(CELLS, []).deps) == []


def test_a_check_is_of_its_table_s_asset_and_of_every_month_and_warns_of_no_preview():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        spec = check_spec("a_holds", VERDICTS, "A holds.")
    assert (spec.name, spec.asset_key, spec.description) == ("a_holds", dg.AssetKey(["review", "issues"]), "A holds.")
    assert spec.partitions_def == RELEASE_MONTHS


def test_months_begin_with_1990_and_are_counted_in_new_york():
    assert RELEASE_MONTHS.get_first_partition_key() == "1990-01" and RELEASE_MONTHS.timezone == "America/New_York"
    assert (RELEASE_MONTHS.fmt, RELEASE_MONTHS.end_offset) == ("%Y-%m", 1)


def test_one_step_builds_months_whole_or_in_part_and_a_range_of_them_in_one_run():
    assert list(ASSETS) == [months] and months.op.name == "build_months"
    assert months.partitions_def == RELEASE_MONTHS and months.can_subset
    assert months.backfill_policy == dg.BackfillPolicy.single_run()
    # Nothing waits for an output that a month may not have: most families publish nothing in most months.
    assert not any(out.is_required for out in months.op.output_dict.values())


def test_the_step_has_the_asset_of_each_table_and_the_checks_of_each_part():
    assert months.keys == {asset_key(table) for table in ALL_TABLES if table.is_partitioned}
    told = [key for part in PARTS for key in part.check_keys]
    assert months.check_keys == set(told) and len(set(told)) == len(told)
    assert all(key.asset_key in part.keys for part in PARTS for key in part.check_keys), "a check is told with the table that it is of"


def test_an_asset_needs_what_its_part_reads_of_the_month():
    specs = months.specs_by_key
    for part in PARTS:
        for key in part.keys:
            assert {dep.asset_key for dep in specs[key].deps} == set(map(asset_key, part.needs)), part.name
    # By hand: what is proven was read, and what is published was proven.
    assert asset_key(CELLS) in {dep.asset_key for dep in specs[asset_key(ISSUES)].deps}
    published = next(part for part in PARTS if part.name == "validated_ft900")
    assert {asset_key(FACTS["ft900"]), asset_key(VERDICTS)} <= {dep.asset_key for dep in specs[published.keys[0]].deps}
    assert list(specs[asset_key(DOCUMENTS)].deps) == []


def test_the_parts_of_a_month_are_those_of_each_family_and_those_of_all():
    names = {part.name for part in PARTS}
    whole = {"raw_documents", "parsed_cells", "proof", "publication", "prints", "revisions", "vintage_metrics", "report"}
    of_families = {f"{of}_{family}" for of in ("parsed", "validated") for family in ("ft900", "mxp", "uscc", "fred")}
    assert names == whole | of_families | {"metrics_ft900", "metrics_mxp", "metrics_uscc"}
