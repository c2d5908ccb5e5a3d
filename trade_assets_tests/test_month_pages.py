"""Every month that ran has its page, whatever it lacks, and the page says what: runs of all assets, as the UI starts them."""

import html
import re
from pathlib import Path

import dagster as dg
import pytest

from trade_assets.definitions import defs
from trade_assets.defs.calendar import AWAITS
from trade_assets.defs.ranges import run_months
from trade_assets.documents.ingest import ingest
from trade_assets.facts.tables import ISSUES, REPORTS
from trade_assets.review.report import MonthReview, month_page
from trade_assets.warehouse.partitions import read_partition
from trade_assets.warehouse.root import DataRoot
from trade_assets_tests.conftest import shipped_document
from trade_assets_tests.core_runs import core_assets
from trade_assets_tests.made_files import exhibit_12, made_files, xlsx

OF_EVERY_MONTH = {
    "raw/documents", "parsed/cells", "review/issues", "validated/publication", "vintages/prints", "vintages/revisions", "metrics/figures",
    "review/reports",
}  # fmt: skip
"""The assets that a month has, whatever was published in it."""


def _from_the_jobs_page(root, month, instance, tags):
    return _materialised(defs.resolve_job_def("release_month"), root, month, instance, tags)


def _materialize_all(root, month, instance, tags):
    """The button on the page of all assets: Dagster's own job over them."""
    return _materialised(defs.resolve_implicit_global_asset_job_def(), root, month, instance, tags)


def _materialised(job, root, month, instance, tags):
    config = {"resources": {"data_root": {"config": {"url": root.url}}}, "loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    result = job.execute_in_process(partition_key=month, instance=instance, run_config=config, tags=tags, raise_on_error=False)
    return result.success, {event.asset_key.to_user_string() for event in result.get_asset_materialization_events()}


def _from_the_command_line(root, month, instance, tags):
    (run,) = run_months(root, [month], instance)
    return run.is_success, None


def _page(root, month):
    """The page's status and text, without its marks."""
    page = root.read("reports", f"{month}.html").decode()
    (status,) = re.findall(r"<title>Release month [0-9-]+: (.+?) - trade-assets</title>", page)
    return status, " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.partition("<main")[2])).split())


def _stored(root, month, *files):
    for number, content in enumerate(files):
        root.write(content, "inbox", f"{month}.{number}")
        ingest(root, Path(root.path("inbox", f"{month}.{number}")), release_month=month)


def _former_page(root, month):
    """A page as a former run left it."""
    root.write(month_page(MonthReview(month, ())).replace("Nothing to prove", "Clear").encode(), "reports", f"{month}.html")
    assert _page(root, month)[0] == "Clear"


SERIES, EXHIBIT = made_files("mxp")[0], xlsx(exhibit_12(2025), title="12")
LONG_TABLE, BULLETIN = (shipped_document(*of).read_bytes() for of in (("ft900", "2016-11"), ("uscc", "2013-01")))
STARTS = [_from_the_jobs_page, *(pytest.param(start, marks=pytest.mark.slow) for start in (_materialize_all, _from_the_command_line))]


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize(
    ("month", "files", "status", "said", "made"),
    [
        ("2020-03", [SERIES], "Clear",
         ["ft900, fred, uscc no document of this month is in the store", "price_indexes, price_changes no document of mxp that can"],
         {"parsed/mxp", "validated/index_levels"}),
        pytest.param(
            "2026-02", [EXHIBIT], "Clear",
            ["mxp, fred, uscc no document of this month", "goods_and_services(, [a-z_]+)* no document of ft900 that can be read"],
            {"parsed/ft900", "validated/goods_on_two_bases"}, marks=pytest.mark.slow,
        ),
        pytest.param(
            "2015-03", [], "Nothing to prove",
            [r"No document of this month is in the store\.", "ft900, mxp, fred, uscc no document of this month"], set(),
            marks=pytest.mark.slow,
        ),
    ],
    ids=["only a price series", "only Exhibit 12", "no document"],
)  # fmt: skip
def test_a_month_has_its_page_whatever_it_lacks(start, month, files, status, said, made, tmp_path, instance):
    root = DataRoot.of(tmp_path / "data")
    (tmp_path / "data").mkdir()  # a root that is not there is refused
    _stored(root, month, *files)
    is_success, found = start(root, month, instance, {})
    assert is_success
    shown, text = _page(root, month)
    assert shown == status
    assert all(re.search(each, text) for each in said), text
    assert read_partition(root, REPORTS, month)["page"].tolist() == [f"reports/{month}.html"]
    if found is not None:
        # Not made is only what there is nothing of: the tables of families without a document, and what is made of tables that
        # nobody printed.
        assert found == OF_EVERY_MONTH | made


@pytest.mark.slow
@pytest.mark.parametrize("start", [_materialize_all, _from_the_jobs_page])
def test_a_release_that_is_awaited_is_said_on_the_page(start, tmp_path, instance):
    """A month is not clear while a release of it is awaited, though all that is there is proven."""
    root = DataRoot.of(tmp_path / "data")
    _stored(root, "2020-03", SERIES)
    assert start(root, "2020-03", instance, {AWAITS: "ft900"})[0]
    status, text = _page(root, "2020-03")
    assert status == "Incomplete"
    assert "1 release is awaited." in text
    assert "ft900 awaited since 2020-03-09 09:00 New York time" in text
    assert "fred, uscc no document of this month is in the store" in text
    index = root.read("reports", "index.html").decode()
    assert "Incomplete" in index and "1 release awaited" in index


@pytest.mark.slow
@pytest.mark.parametrize("start", STARTS)
def test_an_unreadable_document_is_on_the_page_beside_the_others(start, tmp_path, instance):
    root = DataRoot.of(tmp_path / "data")
    _stored(root, "2020-03", SERIES, BULLETIN)
    (name,) = [name for name in root.names("raw", "2020-03") if name.startswith("mxp") and not name.endswith(".yaml")]
    root.write(root.read("raw", "2020-03", name) + b"!", "raw", "2020-03", name)
    assert not start(root, "2020-03", instance, {})[0]
    status, text = _page(root, "2020-03")
    assert status == "Needs review"
    assert "prints 274 figures" in text and "1 document could not be read" in text
    assert f"raw/2020-03/{name}" in text and "the file was changed in the store" in text
    assert "price_indexes, index_levels, price_changes no document of mxp that can be read" in text
    assert "ft900, fred no document of this month is in the store" in text


@pytest.mark.parametrize("start", STARTS)
def test_a_store_that_cannot_be_taken_in_is_on_the_page(start, tmp_path, instance):
    """The first part fails, and no other is built; the page is not the one of before."""
    root = DataRoot.of(tmp_path / "data")
    _former_page(root, "2013-01")
    _stored(root, "2013-01", BULLETIN)
    root.write(b"whatever", "raw", "2013-01", "notes.txt")
    assert not start(root, "2013-01", instance, {})[0]
    status, text = _page(root, "2013-01")
    assert status == "Needs review" and "raw/2013-01/notes.yaml" in text
    assert read_partition(root, REPORTS, "2013-01")["unread"].tolist() == [1]


def test_a_red_check_leads_to_no_former_page(tmp_path, instance):
    """Only some tables are materialised, and not the page: the one that said "Clear" is gone."""
    root = DataRoot.of(tmp_path / "data")
    _former_page(root, "2013-01")
    _stored(root, "2013-01", BULLETIN)
    job = defs.resolve_job_def("release_month")
    selection = [key for key in job.asset_layer.executable_asset_keys if key.path[0] in ("raw", "parsed") or key.path[1] in _PROVEN]
    result = job.execute_in_process(
        partition_key="2013-01", instance=instance, asset_selection=selection,
        run_config={"resources": {"data_root": {"config": {"url": root.url}}}},
    )  # fmt: skip
    red = [check for check in result.get_asset_check_evaluations() if not check.passed]
    assert {check.check_name for check in red} == {"first_time_plus_reinvested_equals_total", "no_issue_waits_for_a_decision"}
    for check in red:
        assert check.metadata["report_file"].value == root.path("reports", "2013-01.html")
    status, text = _page(root, "2013-01")
    assert status == "Not written" and "trade-assets run --month 2013-01" in text


_PROVEN = {"verdicts", "violations", "in_doubt", "issues", "suspects", "corrections", "decisions", "china_outbound_investment"}


@pytest.mark.parametrize("broken", ["parse_documents", "prove"])
def test_the_page_is_written_though_a_part_breaks_down(broken, tmp_path, instance, monkeypatch):
    """A fault of the program in what comes before the report; the former page said "Clear"."""
    root = DataRoot.of(tmp_path / "data")
    _former_page(root, "2013-01")
    _stored(root, "2013-01", BULLETIN)

    def failing(*args, **kwargs):
        raise KeyError("a fault")

    places = {"parse_documents": "trade_assets.defs.parsed.parse_documents", "prove": "trade_assets.review.proof.prove"}
    monkeypatch.setattr(places[broken], failing)
    assert not _from_the_jobs_page(root, "2013-01", instance, {})[0]
    assert _page(root, "2013-01")[0] == "Needs review"


# One check for the month


def _checks(root, month, instance):
    config = {"resources": {"data_root": {"config": {"url": root.url}}}}
    result = defs.resolve_job_def("release_month").execute_in_process(
        partition_key=month, instance=instance, run_config=config, asset_selection=core_assets(root, month)
    )
    found = [check for check in result.get_asset_check_evaluations() if check.check_name == "no_issue_waits_for_a_decision"]
    assert [check.asset_key.to_user_string() for check in found] == ["review/issues"]
    return found[0]


@pytest.mark.slow
def test_one_check_is_red_while_an_issue_of_the_month_waits(tmp_path, instance):
    """The bulletin's 68.58 = 14.4 + 45.67 waits; decided, the check is green and says so."""
    from trade_assets.review.actions import Wish, decide

    root = DataRoot.of(tmp_path / "data")
    _stored(root, "2013-01", BULLETIN)
    red = _checks(root, "2013-01", instance)
    assert not red.passed and red.severity == dg.AssetCheckSeverity.ERROR
    assert red.description == (
        "1 issue waits for a decision. line 247: 14.4 (china.outbound_investment.reinvested_profits 2011) may be wrong; "
        "or one of 2 other figures is wrong [ambiguous]."
    )
    (row,) = red.metadata["issues"].records
    assert row.data["issue"] == "6aefbff643a0" and row.data["line"] == 247 and row.data["state"] == "new"
    assert {name: red.metadata[name].value for name in ("issues_open", "issues_decided", "withheld_figures")} == {
        "issues_open": 1, "issues_decided": 0, "withheld_figures": 3,
    }  # fmt: skip
    assert "2013-01.html" in red.metadata["report"].value
    decide(root, "6aefbff643a0", Wish("accept", "printed so", "ada"))
    green = _checks(root, "2013-01", instance)
    assert green.passed and green.description.startswith("decided, line 247: accepted as published by ada")
    assert read_partition(root, ISSUES, "2013-01")["state"].tolist() == ["decided"]
