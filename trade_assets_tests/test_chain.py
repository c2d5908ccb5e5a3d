"""The whole chain: documents in, tables and verdicts out; what a second run, a broken document, another root change."""

import hashlib
import shutil
from pathlib import Path

import dagster as dg
import duckdb
import pandas as pd
import pytest
from click.testing import CliRunner

from trade_assets.cli import main
from trade_assets.definitions import defs
from trade_assets.defs.instance import instance_of
from trade_assets.defs.ranges import run_months
from trade_assets.documents.ingest import ingest
from trade_assets.documents.store import documents_of
from trade_assets.facts.periods import MONTH_NAMES
from trade_assets.facts.tables import (
    ALL_TABLES,
    CELLS,
    DOCUMENTS,
    FACTS,
    IN_DATABASE,
    IN_DOUBT,
    ISSUES,
    METRIC_CHANGES,
    PRINTS,
    PUBLICATION,
    REPORTS,
    ROWS,
    SUSPECTS,
    UNREAD,
    VERDICTS,
    VINTAGE_METRICS,
    VINTAGES,
    VIOLATIONS,
)
from trade_assets.families.ft900.tables import GOODS_AND_SERVICES, TRADE_CHANGES
from trade_assets.families.mxp.tables import PRICE_INDEXES
from trade_assets.warehouse import database
from trade_assets.warehouse.partitions import existing_months, read_months, read_partition
from trade_assets.warehouse.root import DataRoot
from trade_assets.warehouse.shown import read_rows
from trade_assets_tests.altered_documents import three_years
from trade_assets_tests.conftest import SHIPPED, SHIPPED_MONTHS, rows_of_months, shipped_document
from trade_assets_tests.core_runs import run_core
from trade_assets_tests.shared_documents import shared_document

# Counted in the published documents, see ../shared/documents/README.md: figures and marks for missing ones.
FIGURES = {"2012-08": 2258, "2013-01": 274, "2016-11": 2898, "2018-08": 2282, "2018-09": 0}
ROW_COUNTS = {
    "2016-11": {"goods_and_services": 325},
    "2018-08": {
        "price_changes": 15, "imports_by_end_use": 32, "exports_by_end_use": 23, "imports_by_naics": 31, "exports_by_naics": 27,
        "imports_by_harmonized_system": 65, "exports_by_harmonized_system": 54, "imports_by_locality": 23, "transportation_services": 19,
    },
    "2012-08": {
        "price_changes": 15, "imports_by_end_use": 32, "exports_by_end_use": 23, "imports_by_naics": 29, "exports_by_naics": 26,
        "imports_by_harmonized_system": 64, "exports_by_harmonized_system": 51, "imports_by_locality": 27, "transportation_services": 19,
    },
    "2013-01": {
        "china_trade_growth": 4, "china_top_five": 28, "china_advanced_technology": 11, "china_purchasing_manager_surveys": 1,
        "china_outbound_investment": 13,
    },
}  # fmt: skip


def _run(root, months):
    with dg.DagsterInstance.ephemeral() as instance:
        return list(run_months(root, months, instance))


def _copied(root, folder):
    """A copy of a data root, to write to."""
    shutil.copytree(root.url, folder)
    return DataRoot.of(folder)


def _all_bytes(root):
    folder = Path(root.url, "warehouse")
    return {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.rglob("*") if file.is_file()}


def test_every_figure_is_in_the_warehouse(built_root):
    cells = read_months(built_root, CELLS, SHIPPED_MONTHS)
    assert cells.groupby("release_month").size().to_dict() == {month: count for month, count in FIGURES.items() if count}
    rows = read_months(built_root, ROWS, SHIPPED_MONTHS)
    assert {month: group["table"].value_counts().to_dict() for month, group in rows.groupby("release_month")} == ROW_COUNTS


def test_every_text_stands_at_its_place(built_root):
    for month in SHIPPED_MONTHS:
        cells = read_partition(built_root, CELLS, month)
        for document, _ in documents_of(built_root, month):
            lines = Path(built_root.url, document.path).read_bytes().decode().split("\n")
            for row in cells[cells["sha256"] == document.sha256].itertuples():
                assert lines[row.line - 1][row.start : row.end] == row.text


def test_every_figure_reaches_its_validated_table(built_root):
    """The wide tables hold as many figures as the cells with a value, less the three withheld."""
    for month, table in (("2016-11", GOODS_AND_SERVICES), ("2018-08", PRICE_INDEXES)):
        cells = read_partition(built_root, CELLS, month)
        wide = read_partition(built_root, table, month)
        printed = cells[cells["table"].isin(table.source_tables) & cells["value"].notna()]
        assert wide[list(table.figures)].notna().sum().sum() == len(printed)


def test_identities_of_the_regular_releases_hold_without_false_alarm(built_root):
    verdicts = read_months(built_root, VERDICTS, SHIPPED_MONTHS).set_index(["release_month", "identity"])[
        ["holds", "violated", "not_evaluable"]
    ]
    found = {key: tuple(row) for key, row in verdicts.iterrows()}
    # FT-900: 322 printed rows times three flows or three kinds, three rows not yet released; 25 years times nine columns.
    assert found["2016-11", "goods_plus_services_equals_total"] == (966, 0, 9)
    assert found["2016-11", "balance_equals_exports_minus_imports"] == (966, 0, 9)
    assert found["2016-11", "year_equals_sum_of_months"] == (225, 0, 0)
    # Every row of Tables 1 to 8 and the six latest changes of Table A.
    assert found["2018-08", "percent_change_matches_rounded_indexes"] == (274 + 6, 0, 0)
    assert found["2012-08", "percent_change_matches_rounded_indexes"] == (271 + 6, 0, 0)
    # Table A prints five periods (four months and twelve months) of six columns again.
    assert found["2018-08", "same_fact_printed_twice_agrees"] == (30, 0, 0)
    assert found["2012-08", "same_fact_printed_twice_agrees"] == (30, 0, 0)
    violated = {key for key, (_, count, _) in found.items() if count}
    assert violated == {("2013-01", "first_time_plus_reinvested_equals_total")}


def test_the_bulletins_year_2011_is_withheld(built_root):
    """68.58 is printed beside 14.4 and 45.67, which sum to 60.07: no rounding explains 8.51."""
    doubt = read_partition(built_root, IN_DOUBT, "2013-01")
    assert doubt["text"].tolist() == ["68.58", "14.4", "45.67"]
    assert doubt["identities"].unique().tolist() == [
        "first_time_plus_reinvested_equals_total misses by 8.51, rounding allows 0.06 (inferred: no publisher states the rule)"
    ]
    violations = read_partition(built_root, VIOLATIONS, "2013-01")
    assert violations["text"].tolist() == ["68.58", "14.4", "45.67"]
    assert violations["is_total"].tolist() == [True, False, False]


def test_missing_months_are_rows_with_a_reason(built_root):
    months = read_partition(built_root, GOODS_AND_SERVICES, "2016-11").set_index("period")
    assert len(months) == 325
    unreleased = months[months["gaps"] != ""]
    assert unreleased.index.tolist() == ["2016-10", "2016-11", "2016-12"]
    assert unreleased["gaps"].unique().tolist() == ["every figure: not_yet_released"]
    assert unreleased[list(GOODS_AND_SERVICES.figures)].isna().all().all()
    assert months.index[months["is_revised"]].tolist() == ["2016-08"]


def test_views_answer_from_any_directory(built_root, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with duckdb.connect(built_root.path("warehouse", "trade.duckdb"), read_only=True) as connection:
        schemas = {
            row[0]
            for row in connection.execute(
                "SELECT DISTINCT table_schema FROM information_schema.views WHERE table_schema <> 'main'"
            ).fetchall()
        }
        assert {"raw", "parsed", "validated", "metrics"} <= schemas
        for table in (table for table in ALL_TABLES if existing_months(built_root, table)):
            count = connection.execute(f"SELECT count(*) FROM {table.layer}.{table.name}").fetchall()[0][0]
            expected = sum(len(read_rows(built_root, table, month)) for month in existing_months(built_root, table))
            assert count == expected, table.name


def test_expectations_judge_the_publication(built_root):
    frame = read_months(built_root, PUBLICATION, SHIPPED_MONTHS)
    assert set(frame["status"]) == {"as_expected", "not_evaluable"}
    months = frame[(frame["family"] == "ft900") & (frame["months_long"] == 1)]
    # No release month before it; the catalogue knows the first quarters of 1992 to 2016.
    assert months["earlier_observations"].unique().tolist() == [75]
    assert months["status"].unique().tolist() == ["as_expected"]
    years = frame[(frame["family"] == "ft900") & (frame["months_long"] == 12)]
    assert years["status"].unique().tolist() == ["not_evaluable"]
    assert built_root.exists("data_docs", "index.html")


def test_second_run_changes_no_byte_while_the_database_is_held_open(built_root, tmp_path):
    root = _copied(built_root, tmp_path / "data")
    database.refresh(root, IN_DATABASE)  # the copy stands elsewhere, so its views are written anew
    before = _all_bytes(root)
    file = Path(root.path("warehouse", "trade.duckdb"))
    identity = file.stat()
    with duckdb.connect(str(file)) as held:
        (run,) = _run(root, ["2016-11"])
        assert run.is_success and run.red == ()
        assert held.execute("SELECT count(*) FROM validated.goods_and_services").fetchall() == [(325,)]
    after = _all_bytes(root)
    assert {k: v for k, v in after.items() if not k.endswith(".wal")} == before
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (identity.st_ino, identity.st_mtime_ns)


def test_moved_data_root_is_found_again_after_a_run(built_root, tmp_path):
    root = _copied(built_root, tmp_path / "moved")
    assert _run(root, ["2018-09"])[0].is_success
    shutil.rmtree(tmp_path / "elsewhere", ignore_errors=True)
    with duckdb.connect(root.path("warehouse", "trade.duckdb"), read_only=True) as connection:
        sql = connection.execute("SELECT sql FROM duckdb_views() WHERE view_name = 'goods_and_services'").fetchall()[0][0]
        assert str(tmp_path / "moved") in sql
        assert connection.execute("SELECT count(*) FROM validated.goods_and_services").fetchall() == [(325,)]


def test_chain_on_a_url(built_root, is_whole):
    """fsspec's memory file system: no path of this machine is involved, and the tables are the same."""
    root = DataRoot.of("memory://chain-test")
    try:
        for name in built_root.names("raw", "2018-08"):
            root.write(built_root.read("raw", "2018-08", name), "raw", "2018-08", name)
        (run,) = _run(root, ["2018-08"]) if is_whole else [run_core(root, "2018-08", also=(PRINTS, REPORTS))]
        assert run.is_success and run.red == (), run
        for table in ALL_TABLES:
            # Publications, revisions and metrics over all that was known look back, and here 2012-08 is not there.
            if table not in (PUBLICATION, *VINTAGES, *VINTAGE_METRICS, METRIC_CHANGES) or table is PRINTS:
                pd.testing.assert_frame_equal(read_partition(root, table, "2018-08"), read_partition(built_root, table, "2018-08"))
        with database.connect(root, ALL_TABLES) as connection:
            assert connection.execute("SELECT count(*) FROM validated.price_indexes").fetchall() == [(274,)]
    finally:
        root.filesystem.rm(root.url, recursive=True)


def test_month_without_documents_is_empty_and_says_so(tmp_path, instance):
    from trade_assets.defs.calendar import AWAITS

    root = DataRoot.of(tmp_path)
    job = defs.resolve_job_def("release_month")
    config = {"resources": {"data_root": {"config": {"url": root.url}}}}
    result = job.execute_in_process(partition_key="2015-03", instance=instance, run_config=config, tags={AWAITS: "mxp"})
    assert result.success
    materialized = {event.asset_key.to_user_string(): event for event in result.get_asset_materialization_events()}
    documents = materialized["raw/documents"].materialization.metadata
    assert "no document was published" in documents["documents"].value
    assert read_partition(root, DOCUMENTS, "2015-03").empty
    assert "validated/goods_and_services" not in materialized
    checks = {(c.asset_key.to_user_string(), c.check_name): c for c in result.get_asset_check_evaluations()}
    awaited = checks["parsed/mxp", "release_has_arrived"]
    assert not awaited.passed and awaited.severity.value == "WARN"
    assert "awaited since 2015-03-17 09:00 New York time" in awaited.description
    # Neither passed nor failed: nothing was there to check, and nobody waits for it.
    always = {
        ("parsed/cells", "every_document_is_read"), ("review/issues", "every_decision_matches_its_issue"),
        ("review/issues", "no_issue_waits_for_a_decision"),
    }  # fmt: skip
    assert set(checks) == {("parsed/mxp", "release_has_arrived"), *always}


def _broken_copy(month, family, old, new, tmp_path):
    text = three_years() if family == "ft900" else shipped_document(family, month).read_text()
    assert old in text
    file = tmp_path / f"{month}.{family}.txt"
    file.write_text(text.replace(old, new, 1))
    return file


def test_wrong_figure_is_shown_withheld_and_kept(tmp_path):
    """Exports of goods in February 1992 are printed 36,854; two digits are transposed here."""
    root = DataRoot.of(tmp_path / "data")
    ingest(root, _broken_copy("2016-11", "ft900", "36,854", "36,845", tmp_path))
    run = run_core(root, "2016-11")
    assert run.is_success
    red = {check: description for _, check, is_warning, description in run.red if not is_warning}
    identities = {"goods_plus_services_equals_total", "balance_equals_exports_minus_imports", "year_equals_sum_of_months"}
    assert set(red) == {*identities, "no_issue_waits_for_a_decision"}
    line = shipped_document("ft900", "2016-11").read_text().split("\n").index("36,854") + 1
    doubt = read_partition(root, IN_DOUBT, "2016-11")
    assert doubt[["line", "text", "series", "period"]].to_dict("records") == [
        {"line": line, "text": "36,845", "series": "exports.goods", "period": "1992-02"}
    ]
    said = f"line {line}: 36,845 (exports.goods 1992-02) is wrong, probably 36,854 (transposed digits) [certain]"
    assert all(said in description for description in red.values())
    issues = read_partition(root, ISSUES, "2016-11")
    assert issues[["certainty", "state", "violated", "suspects", "withheld"]].to_numpy().tolist() == [["certain", "new", 3, 1, 1]]
    issue = issues["issue"].iloc[0]
    months = read_partition(root, GOODS_AND_SERVICES, "2016-11").set_index("period")
    assert pd.isna(months.loc["1992-02", "exports_goods_musd"])
    assert months.loc["1992-02", "gaps"] == f"exports_goods_musd: withheld_by_issue_{issue}"
    # The month is in doubt, its year and everything else is not.
    assert months[list(GOODS_AND_SERVICES.figures)].notna().sum().sum() == 351 - 1
    changes = read_partition(root, TRADE_CHANGES, "2016-11").set_index(["period", "flow", "kind"])
    assert pd.isna(changes.loc[("1992-03", "exports", "goods"), "change_1_month_musd"])
    assert changes.loc[("1992-03", "exports", "services"), "change_1_month_musd"] == 14583 - 14828


def test_unreadable_document_stops_its_family_only_and_loses_nothing(built_root, tmp_path):
    root = _copied(built_root, tmp_path / "data")
    before = read_partition(root, PRICE_INDEXES, "2018-08")
    assert len(before) == 274
    table = tmp_path / "table.txt"
    table.write_text(three_years())
    ingest(root, table, release_month="2018-08")
    # A re-issue that is stored and then turns out unreadable, as after a change of the reader.
    reissue = _broken_copy("2018-08", "mxp", "| 128.1 | 4.8 |", "| 128.2 | 4.8 |", tmp_path)
    _replace_stored(root, ingest(root, reissue).document, b"| 128.2 | 4.8 |", b"| 12x.2 | 4.8 |")
    run = run_core(root, "2018-08")
    assert not run.is_success
    assert [step for step, _ in run.failures] == ["parsed_mxp"]
    message = run.failures[0][1]
    assert "12x.2" in message and "line" in message and "To do" in message and "Traceback" not in message
    assert read_partition(root, UNREAD, "2018-08")["found"].tolist() == ["'12x.2'"]
    pd.testing.assert_frame_equal(read_partition(root, PRICE_INDEXES, "2018-08"), before)
    assert len(read_partition(root, GOODS_AND_SERVICES, "2018-08")) == 39
    # The former issue's cells are still there; the broken one has none.
    assert len(read_partition(root, CELLS, "2018-08")) == 2282 + 351


def _materialize(root, month, *selection):
    """Materialise selected assets only, as a person does in the UI."""
    with dg.DagsterInstance.ephemeral() as instance:
        job = defs.resolve_implicit_global_asset_job_def().get_subset(asset_selection={dg.AssetKey(key.split("/")) for key in selection})
        config = {"resources": {"data_root": {"config": {"url": root.url}}}, "loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
        return job.execute_in_process(partition_key=month, instance=instance, raise_on_error=False, run_config=config)


@pytest.mark.slow
def test_a_figure_in_doubt_stays_withheld_when_its_document_becomes_unreadable(tmp_path):
    """The gate is in the data: a later run of a downstream table alone must not pass what was held."""
    root = DataRoot.of(tmp_path / "data")
    stored = ingest(root, _broken_copy("2018-08", "mxp", "| 128.1 | 128.1 | 4.8 |", "| 128.1 | 128.7 | 4.8 |", tmp_path)).document
    assert run_core(root, "2018-08").red
    before = {table.name: read_partition(root, table, "2018-08") for table in (VERDICTS, VIOLATIONS, IN_DOUBT, PRICE_INDEXES)}
    assert "128.7" in before["in_doubt"]["text"].tolist()
    _replace_stored(root, stored, b"| 128.7 | 4.8 |", b"| 12x.7 | 4.8 |")
    assert not run_core(root, "2018-08").is_success
    assert _materialize(root, "2018-08", "validated/price_indexes").success
    for table in (VERDICTS, VIOLATIONS, IN_DOUBT, PRICE_INDEXES):
        pd.testing.assert_frame_equal(read_partition(root, table, "2018-08"), before[table.name])


@pytest.mark.slow
def test_facts_without_verdicts_of_the_same_document_are_not_published(built_root, tmp_path):
    root = _copied(built_root, tmp_path / "data")
    ingest(root, _broken_copy("2013-01", "uscc", "68.58 14.4 45.67", "68.58 22.91 45.67", tmp_path))
    result = _materialize(root, "2013-01", "raw/documents", "parsed/cells", "parsed/uscc")
    assert result.success
    result = _materialize(root, "2013-01", "validated/china_outbound_investment")
    assert not result.success
    (failure,) = result.filter_events(lambda event: event.is_step_failure)
    assert "have no verdicts of the same document" in failure.step_failure_data.user_failure_data.description
    assert _run(root, ["2013-01"])[0].red == ()
    investment = read_partition(root, next(t for t in ALL_TABLES if t.name == "china_outbound_investment"), "2013-01").set_index("period")
    assert investment.loc["2011", "cumulative_reinvested_profits_busd"] == 22.91


@pytest.mark.slow
def test_a_figure_out_of_range_is_withheld_alone(tmp_path):
    """A relative importance of -5.910: no share is negative."""
    root = DataRoot.of(tmp_path / "data")
    ingest(root, _broken_copy("2018-08", "mxp", "| 5.910 |", "| -5.910 |", tmp_path))
    run = run_core(root, "2018-08")
    assert run.is_success
    assert "relative_importances_lie_within_0_and_100" in {check for _, check, _, _ in run.red}
    assert read_partition(root, IN_DOUBT, "2018-08")["text"].tolist() == ["-5.910"]
    assert read_partition(root, SUSPECTS, "2018-08")["proposal"].tolist() == ["5.910"]
    assert read_partition(root, PRICE_INDEXES, "2018-08")["relative_importance_pct"].isna().sum() == 1


def test_a_table_that_breaks_its_model_is_red_and_stops_no_other(tmp_path, monkeypatch):
    """A model that is stricter than the rule book: its table keeps its former rows, the other is built."""
    import pandera.pandas as pa

    from trade_assets.identities.models import MODELS

    class Stricter(MODELS["price_indexes"]):
        @pa.check("relative_importance_pct")
        def is_not_the_one_of_food(cls, column):
            return column != 5.91

    monkeypatch.setitem(MODELS, "price_indexes", Stricter)
    root = DataRoot.of(tmp_path / "data")
    ingest(root, shipped_document("mxp", "2018-08"))
    run = run_core(root, "2018-08")
    assert not run.is_success
    assert [step for step, _ in run.failures] == ["validated_mxp"]
    (red,) = [(asset, description) for asset, check, _, description in run.red if check == "rows_match_their_model"]
    assert red[0] == "validated/price_indexes" and "relative_importance_pct" in red[1] and "5.91" in red[1]
    assert read_partition(root, PRICE_INDEXES, "2018-08").empty
    assert len(read_partition(root, next(t for t in ALL_TABLES if t.name == "price_changes"), "2018-08")) == 15


def test_documents_of_a_month_that_is_no_partition_stop_no_other(shipped_root):
    result = CliRunner().invoke(main, ["--data-root", shipped_root.url, "run", "--month", "1989-12", "--month", "2018-09"])
    assert result.exit_code == 2
    assert "1989-12 is no release month; they run from 1990-01" in result.output
    assert "2018-09  kei: 0 figures; built" in result.output


@pytest.mark.slow
def test_documents_that_are_gone_leave_no_table_behind(shipped_root):
    assert _run(shipped_root, ["2018-08"])[0].is_success
    shutil.rmtree(shipped_root.path("raw", "2018-08"))
    result = CliRunner().invoke(main, ["--data-root", shipped_root.url, "run", "--month", "2018-08"])
    assert result.exit_code == 0, result.output
    assert "2018-08  no documents: 0 figures; built" in result.output
    for table in ALL_TABLES:
        # The page of the month stays, and says that there is no document.
        assert read_rows(shipped_root, table, "2018-08").empty is (table is not REPORTS), table.name


@pytest.mark.slow
def test_run_without_a_month_also_empties_months_whose_documents_are_gone(tmp_path):
    root = DataRoot.of(tmp_path / "data")
    ingest(root, shipped_document("kei", "2018-09"), release_month="2018-09")
    assert _run(root, ["2018-09"])[0].is_success
    shutil.rmtree(root.path("raw"))
    result = CliRunner().invoke(main, ["--data-root", root.url, "run"])
    assert result.exit_code == 0 and "2018-09  no documents" in result.output
    assert read_partition(root, DOCUMENTS, "2018-09").empty


def test_two_wrong_figures_of_a_year_are_both_withheld(tmp_path):
    """Their violated identities are linked by the year; neither may keep the table from being published."""
    root = DataRoot.of(tmp_path / "data")
    lines = three_years().split("\n")
    year = lines.index("1994")
    march, june = (lines.index(name, year) for name in ("March", "June"))
    goods, services = march + 5, june + 6  # the fifth and sixth of nine figures: exports of goods, of services
    lines[goods] = f"{int(lines[goods].replace(',', '')) + 100:,}"
    lines[services] = f"{int(lines[services].replace(',', '')) + 3:,}"
    file = tmp_path / "2016-11.two.txt"
    file.write_text("\n".join(lines))
    ingest(root, file)
    run = run_core(root, "2016-11")
    assert run.is_success
    doubt = read_partition(root, IN_DOUBT, "2016-11")
    assert {goods + 1, services + 1} & set(doubt["line"])
    assert len(read_partition(root, GOODS_AND_SERVICES, "2016-11")) == 39


@pytest.mark.slow
def test_an_identity_that_could_nowhere_be_evaluated_is_no_pass(tmp_path):
    """All services are missing: nothing is proven, and the check says so instead of passing."""
    lines = three_years().split("\n")
    for at, line in enumerate(lines):
        if line in ("Jan. - Dec.", "Jan. - Sep.") or line.split(" ")[0] in MONTH_NAMES:
            for column in (3, 6, 9):
                if at + column < len(lines) and lines[at + 1][-1:].isdigit() and lines[at + 1] not in ("1992",):
                    lines[at + column] = "--"
    file = tmp_path / "2016-11.missing.txt"
    file.write_text("\n".join(lines))
    root = DataRoot.of(tmp_path / "data")
    ingest(root, file)
    run = run_core(root, "2016-11")
    found = {check: (is_warning, description) for _, check, is_warning, description in run.red}
    is_warning, description = found["goods_plus_services_equals_total"]
    # No place could be evaluated; that dashes stand where figures must is an issue, which is red: three flows in 39 rows.
    assert not is_warning and description.startswith("0 of 0 places violated. ") and description.endswith(" Not evaluable: 117.")
    assert "balance_equals_exports_minus_imports" not in found


def test_every_stored_table_obeys_its_declaration(built_root):
    for table in ALL_TABLES:
        frame = rows_of_months(built_root, table)
        assert not frame.duplicated([*dict.fromkeys(["release_month", *table.key])]).any(), table.name
        for column in table.columns:
            values = frame[column.name].dropna()
            where = f"{table.layer}.{table.name}.{column.name}"
            assert column.is_nullable or len(values) == len(frame), where
            if column.pattern:
                assert values.str.fullmatch(column.pattern).all(), where
            if column.one_of:
                assert values.isin(column.one_of).all(), where
            assert column.low is None or (values >= column.low).all(), where
            assert column.high is None or (values <= column.high).all(), where


@pytest.mark.parametrize("root", ["foo://x", "memory://", "s3://"])
def test_a_data_root_that_is_none_is_one_line(root):
    result = CliRunner().invoke(main, ["--data-root", root, "run"])
    assert result.exit_code == 2
    assert len(result.stderr.strip().split("\n")) == 1 and result.stderr.startswith("trade-assets: ")


def test_a_data_root_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "data").mkdir()
    shutil.copytree(SHIPPED / "2018-09", tmp_path / "data" / "raw" / "2018-09")
    (tmp_path / "data" / "dagster").write_text("a file where a folder should be")
    result = CliRunner().invoke(main, ["--data-root", str(tmp_path / "data"), "run"])
    assert result.exit_code == 2
    assert len(result.stderr.strip().split("\n")) == 1 and "dagster" in result.stderr


def _replace_stored(root, document, old, new):
    """Change a stored document and its sidecar together, as no command does."""
    data = root.read("raw", document.release_month, f"{document.stem}.txt")
    assert old in data
    data = data.replace(old, new, 1)
    digest = hashlib.sha256(data).hexdigest()
    sidecar = root.read("raw", document.release_month, f"{document.stem}.yaml").replace(document.sha256.encode(), digest.encode())
    for ending in ("txt", "yaml"):
        Path(root.path("raw", document.release_month, f"{document.stem}.{ending}")).unlink()
    root.write(sidecar, "raw", document.release_month, f"{document.family}-{digest[:12]}.yaml")
    root.write(data, "raw", document.release_month, f"{document.family}-{digest[:12]}.txt")


@pytest.mark.slow
def test_a_file_damaged_in_the_store_stops_its_family_only(tmp_path):
    root = DataRoot.of(tmp_path / "data")
    stored = ingest(root, shipped_document("mxp", "2018-08")).document
    ingest(root, shipped_document("uscc", "2013-01"), release_month="2018-08")
    name = f"{stored.stem}.txt"
    root.write(root.read("raw", "2018-08", name) + b"!", "raw", "2018-08", name)
    run = run_core(root, "2018-08")
    assert not run.is_success and [step for step, _ in run.failures] == ["parsed_mxp"]
    assert "the file was changed in the store" in run.failures[0][1]
    assert read_partition(root, UNREAD, "2018-08")["path"].tolist() == [stored.path]
    assert read_partition(root, DOCUMENTS, "2018-08")["family"].tolist() == ["uscc"]
    assert len(read_partition(root, CELLS, "2018-08")) == 274
    assert len(read_partition(root, FACTS["uscc"], "2018-08")) == 274


def test_reissue_is_current_and_both_are_kept(tmp_path):
    root = DataRoot.of(tmp_path / "data")
    ingest(root, shipped_document("uscc", "2013-01"), release_month="2013-01")
    ingest(root, _broken_copy("2013-01", "uscc", "820 430", "830 430", tmp_path))
    assert run_core(root, "2013-01").is_success
    documents = read_partition(root, DOCUMENTS, "2013-01")
    assert documents["is_current"].tolist().count(True) == 1 and len(documents) == 2
    assert len(read_partition(root, CELLS, "2013-01")) == 2 * 274
    facts = read_partition(root, FACTS["uscc"], "2013-01")
    assert facts.loc[facts["measure"] == "companies_surveyed", "value"].tolist() == [830, 430]


@pytest.mark.slow
def test_range_job_runs_each_month_once(shipped_root):
    with instance_of(shipped_root) as instance:
        result = defs.resolve_job_def("release_range").execute_in_process(
            instance=instance,
            run_config={
                "ops": {"run_range": {"config": {"first": "2018-07", "last": "2018-09"}}},
                "resources": {"data_root": {"config": {"url": shipped_root.url}}},
            },
        )
        assert result.success
        runs = instance.get_runs()
        (run,) = (run for run in runs if run.job_name == "release_month")
        ends = run.tags["dagster/asset_partition_range_start"], run.tags["dagster/asset_partition_range_end"]
        assert ends == ("2018-07", "2018-09") and existing_months(shipped_root, DOCUMENTS) == ["2018-07", "2018-08", "2018-09"]


@pytest.mark.slow
def test_command_line_runs_and_says_what_needs_review(shipped_root):
    result = CliRunner().invoke(main, ["--data-root", shipped_root.url, "run", "--month", "2013-01", "--month", "2018-09"])
    assert result.exit_code == 1, result.output
    assert "2013-01  uscc: 274 figures; built" in result.output
    assert "REVIEW validated/china_outbound_investment first_time_plus_reinvested_equals_total: 1 of 20 places violated" in result.output
    assert "withheld: 3 figures" in result.output
    assert CliRunner().invoke(main, ["--data-root", shipped_root.url, "run", "--month", "2018-09"]).exit_code == 0


@pytest.mark.parametrize("month", ["2018-13", "august", "1960-01"])
def test_command_line_refuses_a_month_that_is_none(shipped_root, month):
    result = CliRunner().invoke(main, ["--data-root", shipped_root.url, "run", "--month", month])
    assert result.exit_code == 2
    said = f"{month} is no release month; they run from 1990-01 to" if month == "1960-01" else f"'{month}' is no month; expected YYYY-MM"
    assert said in result.stderr and "Traceback" not in result.output


def test_command_line_without_documents_says_what_to_do(tmp_path):
    result = CliRunner().invoke(main, ["--data-root", str(tmp_path), "run"])
    assert result.exit_code == 2
    assert "trade-assets ingest" in result.output


# Location, and what identifies the bytes, differ between the whole documents and the shipped ones.
_OF_THE_BYTES = {"line", "last_line", "where", "start", "end", "sha256", "former_sha256", "path", "size_bytes"}


@pytest.mark.slow
def test_whole_documents_build_the_same_tables_as_the_shipped_ones(built_root, tmp_path):
    files = [shared_document(name) for name in sorted(path.name for path in shared_document("README.md").parent.glob("*.txt"))]
    assert len(files) == 5
    root = DataRoot.of(tmp_path / "data")
    assert CliRunner().invoke(main, ["--data-root", root.url, "ingest", *map(str, files)]).exit_code == 0
    assert CliRunner().invoke(main, ["--data-root", root.url, "run"]).exit_code == 1
    for table in ALL_TABLES:
        assert existing_months(root, table) == existing_months(built_root, table), table.name
        columns = [name for name in table.dtypes if name not in _OF_THE_BYTES]
        for month in existing_months(root, table):
            whole, shipped = (read_rows(r, table, month)[columns] for r in (root, built_root))
            pd.testing.assert_frame_equal(whole, shipped, obj=f"{table.layer}.{table.name} {month}")
