"""Months run from Dagster's own pages, each with an error: the page of the month is there, says what is wrong, and is two clicks away.

From the job's page, as a backfill, and by "Materialize all" over all assets: none of them selects assets, as the command line does.
"""

import tempfile
import time
from pathlib import Path

import pytest

from trade_assets.review.built_from import built_from
from trade_assets.warehouse.root import DataRoot
from trade_assets_tests.conftest import shipped_document
from trade_assets_tests.served import command, environment, served
from trade_assets_tests.test_browser import WIDTH, By, Keys, browser, pictures, subprocess

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
__all__ = ["browser", "pictures"]  # fixtures

DIALOG = "Launch runs to materialize"
CHECK = "/assets/review/issues?view=checks&checkDetail=no_issue_waits_for_a_decision"
ENDED_WITHIN = 400
"""Seconds; machines that build several things at once are slow."""

# By month: the document, and the planted error as print and slip. The bulletin has an error of its own.
MONTHS = {
    "2012-08": ("mxp", b"| 138.6 | 137.8 |", b"| 138.6 | 173.8 |"),
    "2013-01": ("uscc", b"", b""),
    "2016-11": ("ft900", b"\n36,854\n", b"\n36,845\n"),
    "2018-08": ("mxp", b"| 128.1 | 128.1 | 4.8 |", b"| 128.1 | 121.8 | 4.8 |"),
}

RANGE = ["2017-01", "2017-02", "2017-03", "2017-04"]
"""Months that follow each other, each with a post without figures; in one of them stands a release that is cut."""
BAD = "2017-03"


@pytest.fixture(scope="module")
def ui(tmp_path_factory):
    """``trade-assets ui`` on a store in which nothing is built."""
    inbox = tmp_path_factory.mktemp("inbox")
    for month, (family, print_, slip) in MONTHS.items():
        content = shipped_document(family, month).read_bytes()
        assert not print_ or content.count(print_) >= 1, month
        (inbox / f"{month}.{family}.txt").write_bytes(content.replace(print_, slip, 1) if print_ else content)
    for month in RANGE:
        (inbox / f"{month}.kei.txt").write_bytes(shipped_document("kei", "2018-09").read_bytes() + month.encode() + b"\n")
    (inbox / f"{BAD}.ft900.txt").write_bytes(shipped_document("ft900", "2016-11").read_bytes())
    with tempfile.TemporaryDirectory(prefix="trade-assets-") as root:
        files = sorted(inbox.iterdir())
        done = subprocess.run(command(root, "ingest", *files), env=environment(), capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        (document,) = (Path(root) / "raw" / BAD).glob("ft900-*.txt")
        document.write_bytes(b"cut")
        with served(Path(root), tmp_path_factory.mktemp("log") / "ui.log") as running:
            yield running


def _launched(browser, months, button, count=None):
    """Fill in the dialog that asks for months, and launch."""
    field = browser.element("//input[starts-with(@placeholder, 'ex: 1990-01')]")
    # The field holds all months, or the latest, which are replaced.
    field.send_keys(Keys.CONTROL, "a")
    field.send_keys(", ".join(months), Keys.TAB)
    browser.until_text(f"{count or len(months)} partition")
    browser.element(f"//button[contains(., '{button}')]").click()
    browser.until(lambda: DIALOG not in browser.text(), "end of the dialog")


def _ended(browser, ui, months, status="Success"):
    """Wait until the pages of the months are written and their runs have ended."""
    deadline = time.monotonic() + ENDED_WITHIN
    while not all(built_from(DataRoot(str(ui.root)), month) for month in months):
        assert time.monotonic() < deadline, f"no end of {months}: {ui.said()[-2000:]}"
        time.sleep(1)
    browser.driver.get(f"{ui.url}/runs")
    browser.until(lambda: status in browser.text() and "Started" not in browser.text(), f"runs, {status}", within=ENDED_WITHIN)


def _report_behind_the_red_check(browser, ui):
    """The red check, its link, and behind it the month's page: where a reviewer comes to with two clicks."""
    browser.size(WIDTH, 1400)
    browser.driver.get(f"{ui.url}{CHECK.partition('&')[0]}")
    browser.until_text("no_issue_waits_for_a_decision", "Failed")
    browser.press("//*[text()='no_issue_waits_for_a_decision']", "waits for a decision")
    link = browser.element("//a[contains(@href, '/reports/') and contains(@href, '.html')]")
    before = set(browser.driver.window_handles)
    link.click()
    browser.until(lambda: len(browser.driver.window_handles) > len(before), "the page in a window of its own")
    (opened,) = set(browser.driver.window_handles) - before
    page = browser.driver.current_window_handle
    browser.driver.switch_to.window(opened)
    browser.until_text("Release month")
    address, text = browser.driver.current_url, browser.text()
    browser.picture(f"report_{address.rpartition('/')[2].partition('.')[0]}")
    browser.driver.close()
    browser.driver.switch_to.window(page)
    return address, text


def test_a_month_from_the_page_of_the_job(browser, ui):
    browser.driver.get(f"{ui.url}/locations/trade_assets/jobs/release_month")
    browser.press("//button[contains(., 'Materialize all')]", DIALOG)
    _launched(browser, ["2016-11"], "Launch 1 run")
    _ended(browser, ui, ["2016-11"])
    address, text = _report_behind_the_red_check(browser, ui)
    # The link names neither host nor port: it is that of the page that shows it.
    assert address == f"{ui.url}/reports/2016-11.html"
    assert "Needs review" in text and "36,845" in text and "36,854" in text


def test_months_of_a_backfill(browser, ui):
    browser.driver.get(f"{ui.url}/locations/trade_assets/jobs/release_month")
    browser.press("//button[contains(., 'Materialize all')]", DIALOG)
    _launched(browser, ["2012-08", "2013-01"], "Launch")
    _ended(browser, ui, ["2012-08", "2013-01"])
    address, text = _report_behind_the_red_check(browser, ui)
    assert address in {f"{ui.url}/reports/{month}.html" for month in ("2012-08", "2013-01")} and "Needs review" in text
    for month, wrong in (("2012-08", "173.8"), ("2013-01", "68.58")):
        browser.driver.get(f"{ui.url}/reports/{month}.html")
        browser.until_text("Needs review", wrong)


def test_materialize_all_over_all_assets(browser, ui):
    browser.size(WIDTH, 1000)
    browser.driver.get(f"{ui.url}/asset-groups")
    browser.press("//button[contains(., 'Materialize all')]", DIALOG)
    _launched(browser, ["2018-08"], "Launch 1 run")
    _ended(browser, ui, ["2018-08"])
    address, text = _report_behind_the_red_check(browser, ui)
    assert address == f"{ui.url}/reports/2018-08.html"
    assert "Needs review" in text and "121.8" in text


def test_a_range_of_months_is_one_run_with_a_result_for_each(browser, ui):
    """A bad month among them is red, the others are green, by Dagster's own account of partitions and in its pages."""
    browser.driver.get(f"{ui.url}/locations/trade_assets/jobs/release_month")
    browser.press("//button[contains(., 'Materialize all')]", DIALOG)
    _launched(browser, [f"[{RANGE[0]}...{RANGE[-1]}]"], "Launch", len(RANGE))
    _ended(browser, ui, RANGE, "Failure")
    browser.size(WIDTH, 1400)
    browser.driver.get(f"{ui.url}/assets/parsed/ft900?view=partitions&status=FAILED")
    browser.until_text(BAD)
    browser.picture("range_of_months")
    text = browser.text()
    assert not any(month in text for month in RANGE if month != BAD), text
    browser.driver.get(f"{ui.url}/assets/raw/documents?view=partitions&status=MATERIALIZED")
    browser.until_text(*RANGE)
    browser.driver.get(f"{ui.url}/assets/parsed/cells?view=checks&checkDetail=every_document_is_read")
    browser.press("//*[text()='Execution history']", RANGE[0])
    browser.until_text(*(month for month in RANGE if month != BAD), "Failed")
    browser.picture("checks_of_a_range")


def test_the_job_and_its_list_show_the_runs_of_the_command_line(browser, ui):
    done = subprocess.run(command(ui.root, "run", "--month", "2013-01"), env=environment(), capture_output=True, text=True, timeout=300)
    assert done.returncode == 1, done.stdout + done.stderr
    browser.driver.get(f"{ui.url}/locations/trade_assets/jobs/release_month/runs")
    browser.until(lambda: "partition: 2013-01" in browser.text(), "the run of the command line")
    assert {row.text for row in browser.driver.find_elements(By.XPATH, "//*[text()='Manually launched']")}
