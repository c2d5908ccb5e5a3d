"""The parts of wide metrics: what they read, yield and count, and the plot beside the report."""

import dagster as dg
import pandas as pd
import pytest

from trade_assets.defs import metrics as steps
from trade_assets.defs.metrics import _plot
from trade_assets.defs.parts import Source
from trade_assets.facts.frames import conform, empty
from trade_assets.facts.tables import ALL_TABLES, METRICS
from trade_assets.metrics import wide
from trade_assets.metrics.registry import Metrics, WideMetrics, metrics_declared
from trade_assets.review.report import plots
from trade_assets.warehouse.partitions import write_partition
from trade_assets.warehouse.root import DataRoot
from trade_assets_tests.steps_called import begun

MONTH = "2021-02"
TABLE = {table.name: table for table in ALL_TABLES}
USUAL = {"string": "x", "int": 1, "float": 1.0, "bool": True}
PART = {part.name: part for part in steps.metrics}


def made(table, *rows):
    """Rows of a table: what is not given is some value of its kind."""
    usual = {column.name: USUAL[column.kind] for column in table.columns} | {"release_month": MONTH, "reference_month": "2020-12"}
    return conform(pd.DataFrame([usual | row for row in rows]), table) if rows else empty(table)


def yielded(part, root):
    """All that a part yields of a month."""
    return list(begun(part, Source(root)))


def test_families_with_wide_metrics_have_a_part_whose_tables_are_those_that_stand_alone():
    assert set(PART) == {f"metrics_{family}" for family, declared in metrics_declared().items() if declared.tables}
    of = {name: ({table.name for table in part.tables}, {table.name for table in part.needs}) for name, part in PART.items()}
    assert of["metrics_ft900"] == ({"trade_changes"}, {"goods_and_services"})
    assert of["metrics_mxp"] == ({"price_contributions"}, {"price_indexes"})
    assert of["metrics_uscc"] == ({"china_balances"}, {"china_top_five", "china_advanced_technology"})
    assert all(part.checks == () for part in PART.values())


TRADE = [
    {"period": period, "flow": flow, "kind": "total", "value_musd": value}
    for period, figures in (("2020-11", (-70.0, 180.0, 250.0)), ("2020-12", (-60.0, 190.0, 250.0)))
    for flow, value in zip(("balance", "exports", "imports"), figures, strict=True)
]
PRICES = [
    {"flow": "imports", "label": "Fuels", "is_top_level": True, "change_latest_month_pct": 1.5, "contribution_pct_points": 0.2},
    {"flow": "imports", "label": "Crude", "is_top_level": False, "change_latest_month_pct": 1.6, "contribution_pct_points": 0.1},
    {"flow": "exports", "label": "Foods", "is_top_level": True, "change_latest_month_pct": 0.5, "contribution_pct_points": 0.3},
    {"flow": "imports", "label": "Foods", "is_top_level": True, "change_latest_month_pct": -0.5, "contribution_pct_points": -0.1},
]


@pytest.mark.parametrize(
    ("name", "rows", "plot", "expected"),
    [
        ("trade_changes", TRADE, "trade",
         lambda: plots.trade_plot([("2020-11", -70.0, 180.0, 250.0), ("2020-12", -60.0, 190.0, 250.0)], "trade")),
        ("price_contributions", PRICES, "prices",
         lambda: plots.contribution_plot([("Fuels", 1.5, 0.2), ("Foods", -0.5, -0.1)], "prices")),
    ],
)  # fmt: skip
def test_a_table_with_a_plot_has_it_as_a_picture_beside_the_report(tmp_path, name, rows, plot, expected):
    root = DataRoot.of(tmp_path)
    shown = _plot(root, MONTH, TABLE[name], made(TABLE[name], *rows))
    file = f"2021-02-{plot}.svg"
    assert {key: value.value for key, value in shown.items()} == {
        "plot": f"![{plot}](/reports/{file})", "plot_file": f"{tmp_path}/reports/{file}",
    }  # fmt: skip
    assert isinstance(shown["plot"], dg.MarkdownMetadataValue) and isinstance(shown["plot_file"], dg.PathMetadataValue)
    assert root.names("reports") == [file]
    assert root.read("reports", file).decode() == plots.standalone(expected())


def test_a_table_without_a_plot_or_without_rows_or_on_no_disk_has_none(tmp_path):
    root, elsewhere = DataRoot.of(tmp_path), DataRoot.of(f"memory://{tmp_path.name}")
    trade = TABLE["trade_changes"]
    assert _plot(root, MONTH, TABLE["trade_ratios"], made(TABLE["trade_ratios"], {})) == {}
    assert _plot(root, MONTH, trade, empty(trade)) == {}
    assert _plot(elsewhere, MONTH, trade, made(trade, *TRADE)) == {}
    assert root.names("reports") == elsewhere.names("reports") == []


def test_a_part_yields_its_table_with_those_kept_with_it_and_counts_what_issues_withhold(tmp_path, monkeypatch):
    root, asked = DataRoot.of(tmp_path), []
    sources = {
        table.name: made(table, {"period": "2020-03", "gaps": "", "corrections": ""}) for table in metrics_declared()["ft900"].sources
    }
    for name, frame in sources.items():
        write_partition(root, TABLE[name], MONTH, frame)
    held = "value_musd: withheld_by_issue_0123456789ab"
    found = {
        "trade_changes": made(TABLE["trade_changes"], {"gaps": held}, {"gaps": "value_musd: suppressed"}, {"gaps": held}),
        "trade_ratios": made(TABLE["trade_ratios"], {"gaps": "a: withheld_by_issue_several"}, {"gaps": ""}),
    }  # fmt: skip
    monkeypatch.setattr(wide, "metrics_of", lambda family, frames: asked.append((family, frames)) or found)
    monkeypatch.setattr(steps, "_plot", lambda root, month, table, frame: {"drawn": f"{root.url} {month} {table.name} {len(frame)}"})
    (output,) = yielded(PART["metrics_ft900"], root)
    ((family, frames),) = asked
    assert (family, list(frames)) == ("ft900", list(sources))
    for name, frame in sources.items():
        pd.testing.assert_frame_equal(frames[name], frame)
    assert output.output_name == "trade_changes" and output.value == found
    counted = {name: value.value for name, value in output.metadata.items()}
    # Two rows of the one table and one of the other.
    assert counted == {"rows_with_withheld_metrics": 3, "drawn": f"{tmp_path} 2021-02 trade_changes 3"}


def test_a_part_adds_what_its_plot_says(tmp_path, monkeypatch):
    root, trade = DataRoot.of(tmp_path), made(TABLE["trade_changes"], *TRADE)
    monkeypatch.setattr(wide, "metrics_of", lambda *_: {"trade_changes": trade, "trade_ratios": empty(TABLE["trade_ratios"])})
    (output,) = yielded(PART["metrics_ft900"], root)
    assert output.metadata["plot"].value == "![trade](/reports/2021-02-trade.svg)"
    assert root.names("reports") == ["2021-02-trade.svg"]


def test_a_family_with_two_tables_that_stand_alone_yields_both(tmp_path, monkeypatch):
    tables = [TABLE[name] for name in ("trade_changes", "trade_ratios", "price_contributions")]
    both = steps._metrics("two", Metrics((), tuple(WideMetrics(table, pd.DataFrame) for table in tables)))
    found = {table.name: empty(table) for table in METRICS}
    monkeypatch.setattr(wide, "metrics_of", lambda *_: found)
    outputs = yielded(both, DataRoot.of(tmp_path))
    assert [(output.output_name, list(output.value)) for output in outputs] == [
        ("trade_changes", ["trade_changes", "trade_ratios"]),
        ("price_contributions", ["price_contributions", "price_ratios", "fuel_and_nonfuel"]),
    ]
