"""Metrics against figures computed by hand from the printed tables, or printed by the publishers."""

import pandas as pd
import pytest

from trade_assets.facts.frames import conform, empty
from trade_assets.facts.notes import noted
from trade_assets.families.ft900.tables import GOODS_AND_SERVICES, TRADE_CHANGES, TRADE_RATIOS
from trade_assets.families.mxp.tables import FUEL_AND_NONFUEL, PRICE_CHANGES, PRICE_CONTRIBUTIONS, PRICE_INDEXES, PRICE_RATIOS
from trade_assets.families.uscc.tables import CHINA_ADVANCED_TECHNOLOGY, CHINA_BALANCES, CHINA_TOP_FIVE
from trade_assets.metrics.registry import metrics_declared
from trade_assets.metrics.wide import metrics_of
from trade_assets.warehouse.partitions import read_partition


def trade_changes(goods_and_services):
    """The wide table of changes by period, flow and kind."""
    return metrics_of("ft900", {"goods_and_services": goods_and_services})["trade_changes"].set_index(["period", "flow", "kind"])


def price_ratios(price_indexes):
    """The wide table of price ratios by period."""
    return metrics_of("mxp", {"price_indexes": price_indexes})["price_ratios"].set_index("period")


@pytest.fixture(scope="module")
def trade(built_root):
    return read_partition(built_root, TRADE_CHANGES, "2016-11").set_index(["period", "flow", "kind"])


# Figures of the FT-900 table, lines of the whole document in brackets: exports total 1992-01 50,251 [28],
# 1992-02 51,682 [38], 1992-03 50,294 [48]; 2016-09 189,195, 2016-08 188,159, 2016-07 186,381; the year 1992 616,882.
def test_changes_and_averages_by_hand(trade):
    march = trade.loc[("1992-03", "exports", "total")]
    assert march["change_1_month_musd"] == 50294 - 51682 == -1388
    assert march["change_1_month_pct"] == pytest.approx(-2.685654, abs=1e-6)  # 100 * (50294 / 51682 - 1)
    assert march["average_3_months_musd"] == pytest.approx((50251 + 51682 + 50294) / 3)
    assert march["year_to_date_musd"] == 50251 + 51682 + 50294
    september = trade.loc[("2016-09", "exports", "total")]
    assert september["change_1_month_musd"] == 189195 - 188159
    assert september["average_3_months_musd"] == pytest.approx((189195 + 188159 + 186381) / 3)


def test_year_to_date_in_december_is_the_printed_year_up_to_rounding(built_root, trade):
    """An independent source: the publisher's own annual figures; twelve roundings allow 6.5."""
    years = read_partition(built_root, GOODS_AND_SERVICES, "2016-11").set_index("period")
    for year in range(1992, 2016):
        for flow in ("balance", "exports", "imports"):
            for kind in ("total", "goods", "services"):
                difference = trade.loc[(f"{year}-12", flow, kind), "year_to_date_musd"] - years.loc[str(year), f"{flow}_{kind}_musd"]
                assert abs(difference) <= 6.5
    # January to September 2016 is printed too.
    assert abs(trade.loc[("2016-09", "imports", "goods"), "year_to_date_musd"] - years.loc["2016-01/2016-09", "imports_goods_musd"]) <= 5


def test_first_months_have_no_change_and_a_balance_no_percentage(trade):
    assert pd.isna(trade.loc[("1992-01", "exports", "total"), "change_1_month_musd"])
    assert pd.isna(trade.loc[("1992-12", "exports", "total"), "change_12_months_pct"])
    assert trade.loc[("1993-01", "exports", "total"), "change_12_months_pct"] is not pd.NA
    balances = trade.xs("balance", level="flow")
    assert balances[["change_1_month_pct", "change_12_months_pct"]].isna().all().all()
    assert balances["change_1_month_musd"].notna().sum() == 3 * 296


def test_unreleased_months_have_no_metrics(trade):
    assert trade.index.get_level_values("period").max() == "2016-09"


def test_ratios_by_hand(built_root):
    ratios = read_partition(built_root, TRADE_RATIOS, "2016-11").set_index("period")
    assert ratios.loc["1992", "exports_to_imports_pct"] == pytest.approx(100 * 616882 / 656094)
    assert ratios.loc["1992-01", "services_share_of_exports_pct"] == pytest.approx(100 * 14753 / 50251)
    assert len(ratios) == 322


def test_a_month_that_is_no_row_leaves_no_year_to_date(built_root):
    frame = read_partition(built_root, GOODS_AND_SERVICES, "2016-11")
    changes = trade_changes(frame[frame["period"] != "1992-02"])
    to_date = changes.xs(("exports", "total"), level=("flow", "kind"))["year_to_date_musd"]
    assert to_date["1992-01"] == 50251 and to_date["1992-03":"1992-12"].isna().all() and to_date["1993-01"] > 0


def test_a_withheld_figure_leaves_its_metrics_empty(built_root):
    frame = read_partition(built_root, GOODS_AND_SERVICES, "2016-11")
    at = frame["period"] == "1992-02"
    frame.loc[at, "exports_goods_musd"] = pd.NA
    changes = trade_changes(frame)
    of = ("exports", "goods")
    for period, column in (
        ("1992-02", "value_musd"), ("1992-02", "change_1_month_musd"), ("1992-03", "change_1_month_musd"),
        ("1993-02", "change_12_months_pct"), ("1992-04", "average_3_months_musd"), ("1992-12", "year_to_date_musd"),
    ):  # fmt: skip
        assert pd.isna(changes.loc[(period, *of), column]), (period, column)
    for period, column in (
        ("1992-04", "change_1_month_musd"),
        ("1992-05", "average_3_months_musd"),
        ("1993-12", "year_to_date_musd"),
        ("1992-01", "year_to_date_musd"),
    ):
        assert pd.notna(changes.loc[(period, *of), column]), (period, column)


# Figures of Tables 1 and 2 of the releases of 2018-08 and 2012-08.
def test_contributions_by_hand(built_root):
    frame = read_partition(built_root, PRICE_CONTRIBUTIONS, "2018-08").set_index("series")
    fuels = frame.loc["imports.end_use.10"]
    assert fuels["contribution_pct_points"] == pytest.approx(11.637 * 1.6 / 100)
    assert not fuels["is_top_level"]
    assert frame.loc["exports.end_use.0", "contribution_pct_points"] == pytest.approx(9.329 * -4.7 / 100)
    assert len(frame) == 32 + 23


@pytest.mark.parametrize("month", ["2018-08", "2012-08"])
@pytest.mark.parametrize("flow", ["imports", "exports"])
def test_top_level_contributions_add_up_to_the_published_change(built_root, month, flow):
    """An independent source: the publisher's change of all commodities, rounded to a tenth like its five parts."""
    frame = read_partition(built_root, PRICE_CONTRIBUTIONS, month)
    top = frame[frame["is_top_level"] & (frame["flow"] == flow)]
    assert sorted(top["code"]) == ["0", "1", "2", "3", "4"]
    assert top["relative_importance_pct"].sum() == pytest.approx(100, abs=0.003)
    published = read_partition(built_root, PRICE_CHANGES, month)
    latest = published[published["months"] == 1]["period"].max()
    change = published.set_index("period").loc[latest, f"{flow}_all_pct"]
    assert top["contribution_pct_points"].sum() == pytest.approx(change, abs=0.1)


def test_price_ratio_by_hand(built_root):
    ratios = read_partition(built_root, PRICE_RATIOS, "2018-08").set_index("period")
    assert ratios.loc["2018-06", "export_over_import_prices"] == pytest.approx(100 * 128.1 / 128.1)
    assert ratios.loc["2018-07", "export_over_import_prices"] == pytest.approx(100 * 127.4 / 128.1)
    assert ratios.loc["2018-07", "change_1_month_pct"] == pytest.approx(100 * (127.4 / 128.1 - 1))
    assert pd.isna(ratios.loc["2018-06", "change_1_month_pct"])


def test_fuel_and_nonfuel_by_hand(built_root):
    frame = read_partition(built_root, FUEL_AND_NONFUEL, "2018-08").set_index("component")
    assert frame.loc["fuel", ["relative_importance_pct", "change_latest_month_pct", "change_12_months_pct"]].tolist() == [11.637, 1.6, 40.7]
    assert frame.loc["nonfuel", ["relative_importance_pct", "change_latest_month_pct", "change_12_months_pct"]].tolist() == [
        88.363,
        -0.3,
        1.3,
    ]
    assert frame["relative_importance_pct"].sum() == pytest.approx(100, abs=0.001)
    # The release prints 0.0 for all imports.
    assert frame["contribution_pct_points"].sum() == pytest.approx(0.0, abs=0.1)


def test_prices_without_all_commodities_give_no_ratio(built_root):
    frame = read_partition(built_root, PRICE_INDEXES, "2018-08")
    assert price_ratios(frame[frame["series"] != "exports.end_use.all_commodities"]).empty
    frame.loc[frame["series"] == "imports.end_use.all_commodities", "index_latest_month"] = pd.NA
    ratios = price_ratios(frame)
    assert pd.isna(ratios.loc["2018-07", "export_over_import_prices"])
    assert pd.notna(ratios.loc["2018-06", "export_over_import_prices"])


# Figures of the bulletin of 2013-01.
def test_china_balances_are_the_printed_ones(built_root):
    """An independent source: the bulletin prints the balance of each technology group; rounding allows 1.5."""
    balances = read_partition(built_root, CHINA_BALANCES, "2013-01").set_index(["period", "classification", "group"])["balance_musd"]
    printed = read_partition(built_root, CHINA_ADVANCED_TECHNOLOGY, "2013-01").set_index("label")
    assert len(printed) == 11
    for label, row in printed.iterrows():
        assert abs(balances[("2012-11", "advanced_technology", label)] - row["balance_month_musd"]) <= 1.5
        assert abs(balances[("2012-01/2012-11", "advanced_technology", label)] - row["balance_year_to_date_musd"]) <= 1.5
    # The bulletin's text: a deficit through November of nearly 291 billion dollars.
    assert balances[("2012-01/2012-11", "top_five", "Total")] == pytest.approx(100208.13 - 390808.58)
    assert balances[("2012-11", "top_five", "Computer and Electronic Products")] == pytest.approx(1055.55 - 17559.83)


def test_shares_of_the_deficit_add_up(built_root):
    frame = read_partition(built_root, CHINA_BALANCES, "2013-01")
    groups = frame[(frame["classification"] == "advanced_technology") & (frame["group"] != "TOTAL")]
    assert groups.groupby("period")["share_of_deficit_pct"].sum().tolist() == pytest.approx([100, 100], abs=0.1)
    communications = groups[(groups["period"] == "2012-11") & (groups["group"].str.contains("Communications"))]
    assert communications["share_of_deficit_pct"].tolist() == pytest.approx([100 * (324 - 14603) / (1609 - 15860)])
    assert frame.loc[frame["classification"] == "top_five", "share_of_deficit_pct"].isna().all()


def test_a_product_of_one_flow_has_no_balance(built_root):
    frame = read_partition(built_root, CHINA_BALANCES, "2013-01")
    chemicals = frame[frame["group"] == "Chemicals"]
    assert chemicals["exports_musd"].notna().all() and chemicals[["imports_musd", "balance_musd"]].isna().all().all()
    assert not frame["group"].eq("Other").any()


def test_nothing_in_nothing_out():
    for family, declared in metrics_declared().items():
        found = metrics_of(family, {table.name: empty(table) for table in declared.sources})
        assert [(name, len(frame)) for name, frame in found.items()] == [(table.name, 0) for table in declared.tables]
    assert sum(len(declared.tables) for declared in metrics_declared().values()) == 6


def test_other_rows_give_other_metrics_and_the_rows_stay_as_they_were(built_root):
    """The rows of a table are shared by whoever reads them in a run, and so must not be changed by what is computed from them."""
    frames = validated_of(built_root, "mxp")
    before = {name: frame.copy() for name, frame in frames.items()}
    first = metrics_of("mxp", frames)["price_ratios"]
    assert first["export_over_import_prices"].tolist() == pytest.approx([100 * 128.1 / 128.1, 100 * 127.4 / 128.1])
    for name, frame in frames.items():
        pd.testing.assert_frame_equal(frame, before[name])
    altered = frames["price_indexes"].copy()
    altered.loc[altered["series"] == "exports.end_use.all_commodities", "index_latest_month"] = 128.1
    assert metrics_of("mxp", {"price_indexes": altered})["price_ratios"]["export_over_import_prices"].tolist() == [100, 100]


# Why a metric of a wide table is missing


def noted_of(frame, table):
    """The gaps of each row by column, after each null was found to have one and nothing else."""
    measures = [column.name for column in table.columns if column.kind == "float"]
    rows = [noted(notes, measures) for notes in frame["gaps"]]
    for row, said in zip(frame[measures].isna().to_dict("records"), rows, strict=True):
        assert {name for name, is_missing in row.items() if is_missing} == set(said)
    return rows


def said_of(frames, family):
    """The metrics of a family's only release by table: each row's gaps by its key within the release."""
    return {
        table.name: dict(zip(frame[list(table.key[1:])].itertuples(index=False, name=None), noted_of(frame, table), strict=True))
        for table, frame in ((table, metrics_of(family, frames)[table.name]) for table in metrics_declared()[family].tables)
    }


SOURCES = {"ft900": (GOODS_AND_SERVICES, "2016-11"), "mxp": (PRICE_INDEXES, "2018-08")}


def validated_of(built_root, family):
    """The validated tables of a shipped month from which the metrics of a family are computed."""
    table, month = SOURCES[family]
    return {table.name: read_partition(built_root, table, month)}


def test_every_missing_metric_of_a_shipped_month_says_why(built_root):
    for table, month in (*((table, "2016-11") for table in (TRADE_CHANGES, TRADE_RATIOS)), (CHINA_BALANCES, "2013-01"),
                         *((table, "2018-08") for table in (PRICE_CONTRIBUTIONS, PRICE_RATIOS, FUEL_AND_NONFUEL))):  # fmt: skip
        frame = read_partition(built_root, table, month)
        assert len(noted_of(frame, table)) == len(frame) > 0
    said = said_of(validated_of(built_root, "ft900"), "ft900")["trade_changes"]
    assert said["1992-01", "exports", "total"] == dict.fromkeys(
        ("change_1_month_musd", "change_1_month_pct", "change_12_months_musd", "change_12_months_pct", "average_3_months_musd"),
        "operand_not_printed",
    )
    assert said["2016-09", "balance", "goods"] == dict.fromkeys(("change_1_month_pct", "change_12_months_pct"), "may_change_sign")
    assert said["2016-09", "exports", "goods"] == {}
    ratios = said_of(validated_of(built_root, "mxp"), "mxp")["price_ratios"]
    assert ratios == {("2018-06",): {"change_1_month_pct": "operand_not_printed"}, ("2018-07",): {}}


def test_a_metric_has_the_reason_of_its_operand(built_root):
    frames = validated_of(built_root, "ft900")
    frame = frames["goods_and_services"].set_index("period")
    for period, reason in (("2016-06", "suppressed"), ("2016-07", "withheld_by_issue_0123456789ab")):
        frame.loc[period, "exports_goods_musd"] = pd.NA
        frame.loc[period, "gaps"] = f"exports_goods_musd: {reason}"
    frames["goods_and_services"] = frame.reset_index()[list(GOODS_AND_SERVICES.dtypes)]
    said = said_of(frames, "ft900")["trade_changes"]
    of = {period: said[period, "exports", "goods"] for period in ("2016-06", "2016-07", "2016-08", "2016-09")}
    assert of["2016-06"]["value_musd"] == of["2016-06"]["change_12_months_pct"] == "suppressed"
    assert of["2016-07"]["change_1_month_pct"] == "suppressed, withheld_by_issue_0123456789ab"
    assert of["2016-07"]["value_musd"] == "withheld_by_issue_0123456789ab"
    assert of["2016-08"] == {
        "change_1_month_musd": "withheld_by_issue_0123456789ab", "change_1_month_pct": "withheld_by_issue_0123456789ab",
        "average_3_months_musd": "suppressed, withheld_by_issue_0123456789ab",
        "year_to_date_musd": "suppressed, withheld_by_issue_0123456789ab",
    }  # fmt: skip
    assert set(of["2016-09"]) == {"average_3_months_musd", "year_to_date_musd"}
    # A row that is not yet released has no metrics, whatever is filled in.
    assert max(period for period, _, _ in said) == "2016-09"


def test_many_open_issues_are_one_reason(built_root):
    frames = validated_of(built_root, "ft900")
    frame = frames["goods_and_services"]
    for row in range(41):
        frame.loc[row, "exports_goods_musd"] = pd.NA
        frame.loc[row, "gaps"] = f"exports_goods_musd: withheld_by_issue_{row:012x}"
    frame.loc[50, ["exports_goods_musd", "gaps"]] = [pd.NA, "exports_goods_musd: not_published"]
    said = said_of(frames, "ft900")["trade_changes"]
    values = {notes.get("value_musd") for notes in said.values()}
    assert values == {None, "withheld_by_issue_several", "not_published"}


def test_a_divisor_printed_as_zero_is_the_reason(built_root):
    frames = validated_of(built_root, "ft900")
    frame = frames["goods_and_services"]
    frame.loc[frame["period"] == "2016-08", "exports_services_musd"] = 0
    said = said_of(frames, "ft900")["trade_changes"]
    assert said["2016-09", "exports", "services"] == {"change_1_month_pct": "divisor_is_zero"}
    assert said["2016-08", "exports", "services"] == {}


def test_both_operands_of_a_difference_withheld_leave_their_reason():
    """What is missing twice is said once, and not that the divisor of nothing less nothing is zero."""
    held = "exports_month_musd: suppressed; imports_month_musd: suppressed"
    frame = pd.DataFrame([technology_row("Optics", 10.0, ""), technology_row("TOTAL", 100.0, held)])
    frame.loc[frame["label"] == "TOTAL", ["exports_month_musd", "imports_month_musd"]] = None
    frames = {"china_top_five": empty(CHINA_TOP_FIVE), "china_advanced_technology": conform(frame, CHINA_ADVANCED_TECHNOLOGY)}
    said = said_of(frames, "uscc")["china_balances"]
    assert said["2012-11", "advanced_technology", "Optics"] == {"share_of_deficit_pct": "suppressed"}
    assert said["2012-01/2012-11", "advanced_technology", "Optics"] == {}


def technology_row(label, value, gaps):
    """A row of the bulletin's table: exports, and twice as many imports, of the month and of the year to date."""
    figures = {name: value * (2 if name.startswith("imports") else 1) for name in CHINA_ADVANCED_TECHNOLOGY.figures}
    decimals = {name: 0 for name in CHINA_ADVANCED_TECHNOLOGY.dtypes if name.endswith("_decimals")}
    return {"release_month": "2013-01", "reference_month": "2012-11", "period": "2012-11",
            "code": None if label == "TOTAL" else "01", "label": label, "gaps": gaps,
            "corrections": "",
            **figures, **decimals}  # fmt: skip
