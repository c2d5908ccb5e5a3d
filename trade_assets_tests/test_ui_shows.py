"""What Dagster's UI shows and asks for, looked at without a browser: keys, units, launchpads, whose runs are whose."""

import dagster as dg
import pytest
import yaml
from dagster._core.remote_origin import ManagedGrpcPythonEnvCodeLocationOrigin, RemoteRepositoryOrigin
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin

from trade_assets.definitions import defs
from trade_assets.defs.ranges import months_of_range, run_months
from trade_assets.facts.tables import IN_DATABASE
from trade_assets.warehouse.partitions import existing_months, read_months, read_partition
from trade_assets.warehouse.shown import read_rows
from trade_assets_tests.conftest import REPOSITORY, SHIPPED_MONTHS, rows_of_months

TABLES = {(table.layer, table.name): table for table in IN_DATABASE}


def _columns():
    """The columns of every asset as the UI shows them."""
    graph = defs.resolve_asset_graph()
    for key in graph.get_all_asset_keys():
        for column in graph.get(key).metadata["dagster/column_schema"].columns:
            yield tuple(key.path), column


# Tables


def test_a_column_is_called_unique_only_if_no_two_months_share_a_value(built_root):
    called = {(*table, column.name) for table, column in _columns() if column.constraints.unique}
    for layer, name, column in called:
        table = TABLES[layer, name]
        assert not read_months(built_root, table, existing_months(built_root, table))[column].duplicated().any(), (name, column)
    assert called == {("review", "reports", "release_month")}
    # The two shipped price releases print the same series, and every month has the same metrics.
    for layer, name, column in (("validated", "price_indexes", "series"), ("metrics", "definitions", "metric")):
        assert read_months(built_root, TABLES[layer, name], SHIPPED_MONTHS)[column].duplicated().any()


def test_the_key_that_is_shown_tells_the_rows_of_all_months_apart(built_root):
    graph = defs.resolve_asset_graph()
    for key in graph.get_all_asset_keys():
        table, shown = TABLES[tuple(key.path)], graph.get(key).metadata["key"].split(", ")
        frame = rows_of_months(built_root, table)
        assert not frame.duplicated(shown).any(), key
    assert graph.get(dg.AssetKey(["validated", "goods_and_services"])).metadata["key"] == "release_month, reference_month, period"


def test_no_table_shows_what_is_left_to_fill_in(built_root):
    """``{unit}`` is for the program; people read words."""
    for table in IN_DATABASE:
        frame = rows_of_months(built_root, table) if table.is_partitioned else None
        for column in table.columns:
            assert "{" not in column.description, (table.name, column.name)
            if frame is not None and column.kind == "string":
                assert not frame[column.name].dropna().str.contains("{", regex=False).any(), (table.name, column.name)


def test_the_unit_of_a_metric_is_a_unit_or_says_whose_it_is(built_root):
    """By hand: a difference is in the unit of the figures, a quotient in percent, and deflated dollars are those of the index's base."""
    definitions = read_partition(built_root, TABLES["metrics", "definitions"], "2016-11").set_index("metric")["unit"]
    assert definitions["change_1_month"] == definitions["year_to_date"] == "that of the figures"
    assert definitions["change_1_month_pct"] == definitions["services_share"] == "percent"
    assert definitions["deflated_goods"] == "million_usd at base-period prices"
    figures = read_rows(built_root, TABLES["metrics", "figures"], "2016-11")
    assert figures.loc[figures["metric"] == "change_1_month", "unit"].unique().tolist() == ["million_usd"]


# Launchpads


PLACEHOLDERS = {"issue": "", "action": "accept|correct|withhold|reopen", "reason": "", "reviewer": ""}
"""What the launchpad's button "Scaffold missing config" writes: empty text, and all words of a choice."""


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({}, ["issue", "action", "reason", "reviewer"]),
        (PLACEHOLDERS, ["action"]),
        (PLACEHOLDERS | {"action": "approve"}, ["action"]),
        (PLACEHOLDERS | {"action": "accept", "issue": None}, ["issue"]),
        (PLACEHOLDERS | {"action": "correct", "values": "36,854"}, ["values"]),
    ],
)
def test_the_launchpad_of_a_decision_refuses_what_is_not_filled_in(config, said):
    job = defs.resolve_job_def("decide_issue")
    with pytest.raises(dg.DagsterInvalidConfigError) as refused:
        dg.validate_run_config(job, {"ops": {"write_decision": {"config": config}}})
    assert all(name in str(refused.value) for name in said), refused.value


def test_the_launchpad_of_a_decision_has_no_values_of_its_own():
    with pytest.raises(dg.DagsterInvalidConfigError, match="write_decision"):
        dg.validate_run_config(defs.resolve_job_def("decide_issue"), {})


GOOD = {"issue": "6aefbff643a0", "action": "withhold", "reason": "asked", "reviewer": "ada"}


def _failure(job, op, config, root, instance):
    """What the one failed step of a run says, as the UI shows it."""
    result = defs.resolve_job_def(job).execute_in_process(
        instance=instance, raise_on_error=False,
        run_config={"ops": {op: {"config": config}}, "resources": {"data_root": {"config": {"url": str(root)}}}},
    )  # fmt: skip
    (event,) = [event for event in result.all_events if event.is_step_failure]
    data = event.step_failure_data
    assert data.user_failure_data is not None, data.error.to_string()
    said = data.user_failure_data.description
    assert "\n" not in said and data.error.cause is None
    return said


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"issue": ""}, "there is no document under"),
        ({"issue": "ID of the issue, from review.issues"}, "there is no document under"),
        ({"issue": "../../etc"}, "there is no document under"),
        ({"reason": ""}, "a decision needs a reason and a reviewer"),
        ({"reason": "..."}, "a decision needs a reason and a reviewer"),
        ({"reviewer": "  "}, "a decision needs a reason and a reviewer"),
        ({"reviewer": "a\nb"}, "one line of plain text"),
        ({"expires_on": "soon"}, "expected a day, YYYY-MM-DD, after --expires, found 'soon'"),
        ({"expires_on": "2016-02-30"}, "expected a day"),
        ({"expires_on": "2016-02-01"}, "would never be in force"),
        ({"told_publisher_on": "2999-01-01"}, "cannot have been told on 2999-01-01"),
        ({"values": ["36,854"]}, "--value goes with 'correct' only"),
        ({"action": "reopen", "issue": "6aefbff643a0"}, "issue '6aefbff643a0' is not decided"),
    ],
)
def test_a_wrong_decision_fails_in_one_line(wrong, said, tmp_path, instance):
    assert said in _failure("decide_issue", "write_decision", GOOD | wrong, tmp_path, instance)


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("2018-09", "2018-08", "2018-09 to 2018-08 is no range: the first month is after the last"),
        ("18-9", "18-10", "expected a release month, YYYY-MM, from 1990-01 to"),
        ("2018-13", "", "found '2018-13'"),
        ("1985-01", "1990-02", "found '1985-01'"),
        ("2018-09", "x\ny", r"found 'x\\ny'"),
        ("", "2999-01", "found '2999-01'"),
        ("", "", "no month of the range has documents"),
    ],
)
def test_a_range_that_is_none_fails_in_one_line(first, last, said, tmp_path, instance):
    assert said in _failure("release_range", "run_range", {"first": first, "last": last}, tmp_path, instance)


def test_an_open_range_is_what_the_store_has(shipped_root):
    """Its documents are of 2012-08, 2013-01, 2016-11, 2018-08 and 2018-09, and of no month between."""
    assert months_of_range(shipped_root, "", "") == SHIPPED_MONTHS
    assert months_of_range(shipped_root, "2013-02", "") == ["2016-11", "2018-08", "2018-09"]
    assert months_of_range(shipped_root, "", "2013-02") == ["2012-08", "2013-01"]
    assert months_of_range(shipped_root, "2018-07", "2018-09") == ["2018-07", "2018-08", "2018-09"]


# Runs


def test_runs_of_the_command_line_are_runs_of_the_job(shipped_root, instance):
    """The UI lists the runs of a job by a label that Dagster itself gives to the runs that it launches."""
    (location,) = yaml.safe_load((REPOSITORY / "workspace.yaml").read_text())["load_from"]
    name = location["python_module"]["location_name"]
    target = LoadableTargetOrigin(module_name="trade_assets.definitions")
    origin = RemoteRepositoryOrigin(ManagedGrpcPythonEnvCodeLocationOrigin(target, name), defs.get_repository_def().name)
    (run,) = run_months(shipped_root, ["2018-09"], instance)
    listed = instance.get_runs(dg.RunsFilter(job_name="release_month", tags={".dagster/repository": origin.get_label()}))
    assert [each.run_id for each in listed] == [run.run_id]
