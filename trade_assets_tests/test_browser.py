"""``make ui`` in a browser: what a reviewer opens, clicks and reads, on a release with one digit pair swapped on purpose.

With TRADE_ASSETS_SCREENSHOTS=1 the pages are saved into docs/images/, otherwise beside the test's other files.
The tests build on each other in the order of this file: the pictures of the graph and of the failing check are taken
before the second month is materialised.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import pytest

from trade_assets.facts.tables import ALL_TABLES
from trade_assets_tests.conftest import REPOSITORY, shipped_document
from trade_assets_tests.served import command, environment, free_ports, served

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
webdriver = pytest.importorskip("selenium.webdriver", reason="the browser test needs selenium (extra 'dev')")

from selenium.common.exceptions import StaleElementReferenceException, TimeoutException, WebDriverException  # noqa: E402  # after the skip
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.ui import WebDriverWait  # noqa: E402

FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --window-size=1600,1000"
)
WIDTH, HEIGHT = 1600, 1000
BROKEN_MONTH, NEXT_MONTH = "2016-11", "2018-08"
# Exports of goods in February 1992; the document prints 36,854.
PRINTED, SWAPPED = b"36,854", b"36,845"
PATIENCE = 120
"""Seconds until a page must show what it is for; machines that build several things at once are slow."""
PRESSED_WITHIN = 15
"""Seconds until a click is taken for lost."""
LAYERS = ("raw", "parsed", "review", "validated", "vintages", "metrics")


class Browser:
    """A page at a time: open, wait for what it must show, take its picture."""

    def __init__(self, driver, pictures, failures):
        self.driver, self.pictures, self.failures = driver, pictures, failures
        self.size(WIDTH, HEIGHT)

    def size(self, width, height, sharpness=1):
        settings = {"width": width, "height": height, "deviceScaleFactor": sharpness, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", settings)

    def remember(self, **items):
        """What the UI keeps in local storage: how a person has arranged it."""
        for name, value in items.items():
            self.driver.execute_script("localStorage.setItem(arguments[0], arguments[1])", name.replace("_", "-"), value)

    def until(self, found, what, within=PATIENCE):
        """What ``found`` returns once that is true; fails with the page's text and picture."""
        waiting = WebDriverWait(self.driver, within, poll_frequency=0.2, ignored_exceptions=[StaleElementReferenceException, IndexError])
        try:
            return waiting.until(lambda _: found())
        except TimeoutException:
            self.driver.save_screenshot(str(self.failures / "timeout.png"))
            where = f"{self.driver.current_url}, see {self.failures}"
            pytest.fail(f"no {what} within {within} s on {where}; the page says:\n{self.text()}", pytrace=False)

    def text(self):
        return self.driver.find_element(By.TAG_NAME, "body").text

    def until_text(self, *texts, within=PATIENCE):
        self.until(lambda: all(text in self.text() for text in texts), f"text {texts}", within)

    def element(self, xpath, within=PATIENCE):
        """The last visible element of the path."""
        return self.until(lambda: [e for e in self.driver.find_elements(By.XPATH, xpath) if e.is_displayed()][-1], xpath, within)

    def press(self, xpath, *texts):
        """Click an element until the page shows the texts: while a page is still loading, clicks come to nothing."""

        def pressed():
            if all(text in self.text() for text in texts):
                return True
            with suppress(WebDriverException):  # covered, or drawn anew at this moment
                [e for e in self.driver.find_elements(By.XPATH, xpath) if e.is_displayed()][-1].click()
            deadline = time.monotonic() + PRESSED_WITHIN
            while not (is_shown := all(text in self.text() for text in texts)) and time.monotonic() < deadline:
                time.sleep(0.2)
            return is_shown

        self.until(pressed, f"text {texts} behind {xpath}")

    def elements(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def settle(self, at_most=8):
        """Wait until spinners, fades and late queries are over: two pictures in a row are the same. Some pages have a clock."""
        deadline = time.monotonic() + at_most
        before, now = b"", self.driver.get_screenshot_as_png()
        while before != now and time.monotonic() < deadline:
            time.sleep(1)
            before, now = now, self.driver.get_screenshot_as_png()

    def picture(self, name):
        path = self.pictures / f"{name}.png"
        path.write_bytes(self.driver.get_screenshot_as_png())
        assert path.stat().st_size < 400_000, f"{path.name} has {path.stat().st_size:,} bytes"


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """Where pages are saved."""
    if os.environ.get("TRADE_ASSETS_SCREENSHOTS") != "1":
        return tmp_path_factory.mktemp("pictures")
    folder = REPOSITORY / "docs" / "images"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def ui(tmp_path_factory):
    """``trade-assets ui`` on the shipped documents, one of them broken, with that one's month built before."""
    inbox = tmp_path_factory.mktemp("inbox")
    for family, month in [("mxp", "2012-08"), ("uscc", "2013-01"), ("ft900", BROKEN_MONTH), ("mxp", NEXT_MONTH), ("kei", "2018-09")]:
        shutil.copy(shipped_document(family, month), inbox / f"{month}.{family}.txt")
    broken = inbox / f"{BROKEN_MONTH}.ft900.txt"
    content = broken.read_bytes()
    assert content.count(PRINTED) == 1
    broken.write_bytes(content.replace(PRINTED, SWAPPED))
    # Paths under the root are in the pictures: a short name that says nothing of who made them.
    ports = free_ports(2)
    with tempfile.TemporaryDirectory(prefix="trade-assets-") as root:
        for arguments, status in ((["ingest", *sorted(inbox.iterdir())], 0), (["run", "--month", BROKEN_MONTH], 1)):
            done = subprocess.run(command(root, *arguments), env=environment(), capture_output=True, text=True, timeout=300, check=False)
            assert done.returncode == status, done.stdout + done.stderr
        with served(Path(root), tmp_path_factory.mktemp("log") / "ui.log", ports) as running:
            yield running
            assert running.end() == 0, running.said()


@pytest.fixture(scope="module")
def browser(ui, pictures, tmp_path_factory):
    """Headless Chromium with a profile of its own."""
    chromium, chromedriver = shutil.which("chromium") or shutil.which("google-chrome"), shutil.which("chromedriver")
    if not chromium or not chromedriver:
        pytest.skip("the browser test needs chromium and chromedriver on the path")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in [*FLAGS.split(), f"--user-data-dir={tmp_path_factory.mktemp('profile')}"]:
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(chromedriver))
    try:
        driver.set_page_load_timeout(PATIENCE)
        yield Browser(driver, pictures, tmp_path_factory.mktemp("failures"))
    finally:
        driver.quit()


def _fit(browser):
    """Double click on the graph's background: everything into view."""
    browser.driver.execute_script(
        "document.elementFromPoint(innerWidth / 2, innerHeight - 30).dispatchEvent(new MouseEvent('dblclick', {bubbles: true}))"
    )


def _graph(browser, ui, query=""):
    expanded = ",".join(f"global@global:{layer}" for layer in LAYERS)
    browser.driver.get(f"{ui.url}/asset-groups{query}?expanded={expanded}")
    browser.element("//input[starts-with(@placeholder, 'Jump to')]/following::button[1]").click()  # hides the list beside the graph
    browser.until(lambda: browser.elements("[class*=AssetNode_assetName]"), "asset in the graph")
    _fit(browser)


def test_no_dialog_covers_the_first_page(browser, ui):
    browser.driver.get(ui.url)
    browser.until_text("Overview", "Lineage")
    browser.settle(at_most=4)
    assert browser.elements("[class*=dialog], [role=dialog]") == []


def test_every_asset_is_in_its_layer(ui):
    """As the UI's own server says it: the graph draws only the nodes in view, and all of them no longer fit."""
    question = json.dumps({"query": "{ assetNodes { assetKey { path } groupName } }"}).encode()
    request = urllib.request.Request(f"{ui.url}/graphql", question, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        nodes = json.load(answer)["data"]["assetNodes"]
    found = {(node["groupName"], *node["assetKey"]["path"]) for node in nodes}
    assert found == {(table.layer, table.layer, table.name) for table in ALL_TABLES if not table.kept_with}


def test_the_graph_shows_the_layers(browser, ui):
    browser.size(WIDTH, HEIGHT)
    browser.driver.get(f"{ui.url}/asset-groups")
    browser.until_text(*LAYERS)
    _fit(browser)
    browser.settle()
    browser.picture("asset_graph")


def test_the_chain_of_a_family_can_be_followed(browser, ui):
    # The graph draws only the nodes in view: a window that holds the whole chain, with the layers as frames.
    browser.size(3000, 1800, sharpness=0.5)
    _graph(browser, ui, "~" + quote('+key:"validated/goods_and_services"+', safe=""))
    chain = ["documents", "cells", "ft900", "issues", "goods_and_services", "trade_changes"]

    def shown():
        return sorted(element.text for element in browser.elements("[class*=AssetNode_assetName]"))

    browser.until(lambda: shown() == sorted(chain), "chain of goods_and_services")
    browser.settle()
    browser.picture("asset_chain")
    browser.driver.execute_script("localStorage.clear()")


SENTENCE = "line 44: 36,845 (exports.goods 1992-02) is wrong, probably 36,854 (transposed digits) [certain]"


def test_the_failing_check_names_the_wrong_cell(browser, ui):
    """One click from the red check: the sentence, the document's line with the cell marked, the figures, the report."""
    browser.size(WIDTH, HEIGHT)
    browser.driver.get(f"{ui.url}/assets/validated/goods_and_services?view=checks&checkDetail=goods_plus_services_equals_total")
    # 36,845 + 14,828 is 9 less than the printed total of 51,682.
    browser.until_text(
        f"1 of 966 places violated. {SENTENCE}. Not evaluable: 9.",
        "Failed", BROKEN_MONTH, "Total trade is the sum of goods and services.",
    )  # fmt: skip
    rows = [[cell.text for cell in row.find_elements(By.TAG_NAME, "td")] for row in browser.elements("table tbody tr")]
    assert any({"44", f"»{SWAPPED.decode()}«"} <= set(row) for row in rows), rows
    browser.until_text(f"SELECT * FROM validated.violations WHERE release_month = '{BROKEN_MONTH}'")
    browser.settle()
    browser.picture("failing_check")


def test_the_report_of_the_month_is_the_second_click(browser, ui):
    browser.driver.get(f"{ui.url}/assets/validated/goods_and_services?view=checks&checkDetail=goods_plus_services_equals_total")
    link = browser.element(f"//a[contains(@href, '/reports/{BROKEN_MONTH}.html')]")
    # Written by a run that knew no port: wherever the UI is served, the link leads there.
    assert link.get_dom_attribute("href") == f"/reports/{BROKEN_MONTH}.html"
    browser.size(1200, HEIGHT)
    browser.driver.get(link.get_attribute("href"))
    browser.until_text("36,845", "36,854", "trade-assets review correct")
    assert SWAPPED.decode() in [mark.text for mark in browser.elements("mark")]
    fetched = browser.driver.execute_script("return performance.getEntriesByType('resource').map(entry => entry.name)")
    assert [address for address in fetched if not address.startswith(ui.url)] == []
    browser.picture("report_issue")
    for address in (f"{ui.docs_url}/reports/index.html", f"{ui.url}/reports/"):
        browser.driver.get(address)
        browser.until_text("November 2016")


@pytest.fixture(scope="module")
def green_run(browser, ui):
    """The address of a run of one more month, started by hand and waited for until it is green."""
    browser.driver.get(f"{ui.url}/locations/trade_assets/jobs/release_month")
    browser.press("//button[contains(., 'Materialize all')]", "Launch runs to materialize")
    months = browser.element("//input[starts-with(@placeholder, 'ex: 1990-01')]")
    months.send_keys(NEXT_MONTH, Keys.TAB)
    browser.until_text("1 partition", "Launch 1 run")
    browser.settle()
    browser.picture(f"materialize_{NEXT_MONTH}")
    browser.element("//button[contains(., 'Launch 1 run')]").click()
    browser.until(lambda: "Launch runs to materialize" not in browser.text(), "end of the dialog")
    browser.driver.get(f"{ui.url}/runs")
    own = f"[ancestor::*[contains(., 'partition: {NEXT_MONTH}') and not(contains(., 'partition: {BROKEN_MONTH}'))]]"
    url = browser.element(f"//a[contains(@href, '/runs/')]{own}").get_attribute("href")
    browser.driver.get(url)
    browser.until(lambda: any(state in browser.text() for state in ("Success\n", "Failure\n", "Canceled\n")), "end of the run", within=400)
    browser.until_text("Success", f"partition: {NEXT_MONTH}")
    return url


def test_a_month_is_materialised_by_hand(browser, green_run):
    if browser.driver.current_url != green_run:
        browser.driver.get(green_run)
    browser.until_text("Success", "Errored (0)", "RUN_SUCCESS")
    browser.settle()
    browser.picture("run_success")


def test_partitions_tell_which_months_are_there(browser, ui, green_run):
    browser.size(WIDTH, HEIGHT)
    browser.driver.get(f"{ui.url}/assets/validated/price_indexes?view=partitions&partition={NEXT_MONTH}")
    browser.until_text("Materialized (1)", "Failed (0)", f"FROM validated.price_indexes WHERE release_month = '{NEXT_MONTH}'")
    browser.driver.get(f"{ui.url}/assets/validated/goods_and_services?view=partitions&partition={BROKEN_MONTH}")
    browser.until_text("Materialized (1)", "Failed (0)", f"FROM validated.goods_and_services WHERE release_month = '{BROKEN_MONTH}'")
    assert re.search(r"withheld_figures\s+1\b", browser.text())
    assert re.search(r"dagster/partition_row_count\s+325\b", browser.text())  # 322 months and years, and the 3 not yet released
    browser.settle()
    browser.picture("partitions")


def test_the_plot_of_prices_stands_with_the_asset(browser, ui, green_run):
    browser.driver.get(f"{ui.url}/assets/metrics/price_contributions?view=partitions&partition={NEXT_MONTH}")
    wide = "return [...document.images].some(image => image.src.endsWith('-prices.svg') && image.naturalWidth > 100)"
    browser.until(lambda: browser.driver.execute_script(wide), "plot of contributions")
    browser.settle()
    browser.picture("price_plot")


def test_the_failing_month_stays_in_the_check_s_history(browser, ui, green_run):
    browser.driver.get(f"{ui.url}/assets/validated/goods_and_services?view=checks&checkDetail=goods_plus_services_equals_total")
    browser.element("//*[text()='Execution history']").click()
    browser.until_text(f"1 of 966 places violated. {SENTENCE}", BROKEN_MONTH)


def test_the_check_of_the_publication_links_to_the_data_docs(browser, ui, green_run):
    browser.driver.get(f"{ui.url}/assets/validated/publication?view=checks&checkDetail=publication_is_as_expected")
    browser.until_text("Passed", NEXT_MONTH, "As expected.")
    link = browser.element("//a[contains(@href, '/data-docs/')]")
    assert link.get_dom_attribute("href") == "/data-docs/index.html"
    browser.settle()
    browser.picture("publication_check")
    browser.size(1200, 500)
    browser.driver.get(link.get_attribute("href"))
    browser.until_text("Publications against what they should be")
    assert [row.text for row in browser.elements("tbody tr td:first-child")] == [NEXT_MONTH, BROKEN_MONTH]
    assert browser.text().count("4 of 4 met") == 2
    browser.picture("data_docs")
    browser.element(f"//a[text()='{BROKEN_MONTH}']").click()
    browser.until_text(
        "ft900 of 2016-09: 4 of 4 met", "The expected series are all there.", "Months are complete from the first to the last."
    )
    browser.size(1200, HEIGHT)
    fetched = browser.driver.execute_script("return performance.getEntriesByType('resource').map(entry => entry.name)")
    assert [address for address in fetched if not address.startswith(ui.url)] == []
    browser.picture("data_docs_publication")


def test_the_command_on_the_report_decides_the_issue(browser, ui, green_run):
    """Copied from the page into a shell, with a reason; then the check is green and says who decided."""
    browser.size(1200, HEIGHT)
    browser.driver.get(f"{ui.url}/reports/{BROKEN_MONTH}.html")
    wanted = "trade-assets review correct"
    copied = browser.until(
        lambda: [code.text for code in browser.elements("code, pre") if code.text.startswith(wanted)], "the command that corrects"
    )[0]
    arguments = shlex.split(copied)
    assert arguments[0] == "trade-assets"
    arguments[arguments.index("--reason") + 1] = "two digits transposed"
    done = subprocess.run(
        command(ui.root, *arguments[1:], "--reviewer", "Ada"), env=environment(), capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    browser.size(WIDTH, HEIGHT)
    browser.driver.get(f"{ui.url}/assets/validated/goods_and_services?view=checks&checkDetail=goods_plus_services_equals_total")
    browser.until_text("Passed", "decided, line 44: corrected (36,845 to 36,854) by Ada", "two digits transposed")
    browser.settle()
    browser.picture("decided_check")
    browser.size(1200, HEIGHT)
    browser.driver.get(f"{ui.url}/reports/{BROKEN_MONTH}.html")
    browser.until_text("two digits transposed", "Ada")
    browser.picture("report_decided")


def test_an_issue_can_be_decided_without_a_shell(browser, ui, green_run):
    browser.size(WIDTH, HEIGHT)
    browser.driver.get(f"{ui.url}/locations/trade_assets/jobs/decide_issue/playground")
    browser.until_text("write_decision", "accept")
    browser.settle()
    browser.picture("decide_issue")
