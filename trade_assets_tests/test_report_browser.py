"""The report in a browser: both colour schemes, desk and phone, keyboard, paper, axe-core, and a hostile month.

With TRADE_ASSETS_SCREENSHOTS=1 four pictures are saved into docs/images/, otherwise all are beside the test's other files.
"""

import dataclasses
import os
import re
import shutil
import subprocess

import pytest

from trade_assets.review.report import INDEX_PAGE, MonthReview, MonthSummary, WithheldFigure, index_page, month_page, month_page_name
from trade_assets_tests.conftest import REPOSITORY
from trade_assets_tests.reviewed_months import Decided, family_review, hostile_review, many_errors, price_categories, swapped, trade_months

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
webdriver = pytest.importorskip("selenium.webdriver", reason="the browser test needs selenium (extra 'dev')")

from selenium.webdriver.common.by import By  # noqa: E402  # after the skip
from selenium.webdriver.common.keys import Keys  # noqa: E402

AXE = "axe-core@4.14.1"
FLAGS = "--headless=new --no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update --disable-sync"
DESK, PHONE = (1200, 1000), (390, 844)
OPEN, DECIDED, PRICES, MANY, HOSTILE = "2016-11", "2013-01", "2018-08", "2018-07", "2016-10"
PAGES = [INDEX_PAGE, *map(month_page_name, (OPEN, DECIDED, PRICES, MANY, HOSTILE))]
IN_DOCS = {(OPEN, "light", DESK): "report_month", (OPEN, "dark", DESK): "report_month_dark", (OPEN, "light", PHONE): "report_month_phone"}


def reviews():
    """Months of every kind: open, decided, clear with plots, many issues, hostile."""
    trade, issue = swapped(), swapped().issues[0]
    cell = issue.suspects[0].cell
    series, _, period = trade.facts.keys[cell]
    trade = dataclasses.replace(
        trade, states={issue.id: "new"}, consequences={issue.id: ["the change of total exports in 1992-02 would read 2.8 percent"]},
        withheld=[WithheldFigure("goods_and_services", "exports_goods_musd", series, period, "36,845", issue.id)],
    )  # fmt: skip
    china = family_review("uscc")
    accepted = Decided(action="accept", values={}, reason="The publisher prints it so in later bulletins too.")
    return [
        MonthReview(OPEN, [trade], trade=trade_months(trade)),
        MonthReview(DECIDED, [dataclasses.replace(china, decisions={china.issues[0].id: accepted})]),
        MonthReview(PRICES, [family_review("mxp")], prices=price_categories()),
        MonthReview(MANY, [many_errors(count=60)]),
        dataclasses.replace(hostile_review(), release_month=HOSTILE),
    ]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The pages as files, and each without its policy, so that nothing but escaping protects it."""
    folder = tmp_path_factory.mktemp("report")
    (folder / "unprotected").mkdir()
    made = reviews()
    pages = {month_page_name(review.release_month): month_page(review) for review in made}
    pages[INDEX_PAGE] = index_page([MonthSummary.of(review) for review in made])
    for name, html in pages.items():
        (folder / name).write_text(html, encoding="utf-8")
        bare, count = re.subn(r"<meta http-equiv=[^>]*>", "", html)
        assert count == 1
        (folder / "unprotected" / name).write_text(bare, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def axe(tmp_path_factory):
    """axe-core's script."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("the accessibility test needs npm on the path, to install axe-core")
    folder = tmp_path_factory.mktemp("axe")
    done = subprocess.run([npm, "install", "--no-audit", "--no-fund", AXE], cwd=folder, capture_output=True, text=True, timeout=120)
    if done.returncode:
        pytest.skip(f"npm could not install {AXE}: {done.stderr[-200:]}")
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


class Browser:
    """A page at a time, as somebody with given settings sees it."""

    def __init__(self, driver, folder):
        self.driver, self.folder = driver, folder

    def see(self, name, scheme="light", size=DESK, media="screen"):
        self.driver.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"media": media, "features": [{"name": "prefers-color-scheme", "value": scheme}]}
        )
        self.size(*size)
        self.driver.get((self.folder / name).as_uri())

    def size(self, width, height):
        settings = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", settings)

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def unfold(self):
        self.run("document.querySelectorAll('details').forEach(each => each.open = true)")

    def picture(self, path):
        """The whole page, or its first 3,000 pixels."""
        width, height = self.run("return [innerWidth, Math.min(document.documentElement.scrollHeight, 3000)]")
        self.size(width, height)
        path.write_bytes(self.driver.get_screenshot_as_png())

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def press(self, *keys):
        self.driver.switch_to.active_element.send_keys(*keys)

    def focused(self):
        return self.driver.switch_to.active_element


@pytest.fixture(scope="module")
def browser(folder, tmp_path_factory):
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
        driver.set_page_load_timeout(120)
        yield Browser(driver, folder)
    finally:
        driver.quit()


def _violations(browser, axe):
    browser.run(axe)
    found = browser.driver.execute_async_script(
        "const done = arguments[0]; axe.run(document, {resultTypes: ['violations']}).then(found => done(found.violations))"
    )
    return [(each["id"], [node["html"][:200] for node in each["nodes"]][:3]) for each in found]


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_pages_are_accessible_and_do_not_scroll_sideways(browser, axe, tmp_path_factory, name, scheme, size):
    browser.see(name, scheme, size)
    month = name.removesuffix(".html")
    if os.environ.get("TRADE_ASSETS_SCREENSHOTS") == "1":
        picture = "report_index" if (name, scheme, size) == (INDEX_PAGE, "light", DESK) else IN_DOCS.get((month, scheme, size))
        pictures = REPOSITORY / "docs" / "images"
    else:
        picture, pictures = f"{month}-{scheme}-{size[0]}", tmp_path_factory.mktemp("pictures")
    if picture:
        browser.picture(pictures / f"{picture}.png")
        browser.size(*size)
    assert _violations(browser, axe) == []
    for _ in range(2):
        width, shown = browser.run("return [document.documentElement.scrollWidth, innerWidth]")
        assert width <= shown
        browser.unfold()
    assert _violations(browser, axe) == []


def test_nothing_is_loaded_and_nothing_is_blocked(browser):
    for name in PAGES:
        browser.see(name)
        assert browser.run("return performance.getEntriesByType('resource').map(entry => entry.name)") == []
        assert [entry for entry in browser.driver.get_log("browser") if entry["level"] == "SEVERE"] == []
        assert browser.run("return getComputedStyle(document.querySelector('.pill, .summary')).borderStyle").startswith("solid")


@pytest.mark.parametrize("protection", ["", "unprotected/"], ids=["with its policy", "without its policy"])
@pytest.mark.parametrize("name", [month_page_name(HOSTILE), INDEX_PAGE])
def test_hostile_text_runs_nothing_and_breaks_nothing(browser, name, protection):
    browser.see(protection + name)
    title = browser.driver.title
    browser.unfold()
    # Whatever hid in an attribute would run when it is hovered, focused or clicked.
    browser.run(
        "for (const each of document.querySelectorAll('body *')) for (const kind of ['mouseover', 'focus', 'click'])"
        " each.dispatchEvent(new Event(kind, {bubbles: false}))"
    )
    assert browser.run("return window.pwned") is None
    assert (
        browser.driver.title
        == title
        == ("Release months" if name == INDEX_PAGE else f"Release month {HOSTILE}: Needs review") + " - trade-assets"
    )
    foreign = "script, img, iframe, object, embed, form, input, video, audio, base, [onclick], [onerror], [onmouseover], [src], [style]"
    assert browser.all(foreign) == []
    assert len(browser.all("h1")) == len(browser.all("main")) == 1
    hidden = "[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u200b-\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ufeff]"
    assert not browser.run(f"return new RegExp('{hidden}').test(document.body.textContent)")
    assert "<script>window.pwned=1</script>" in browser.run("return document.body.textContent")
    for link in browser.all("a"):
        assert re.fullmatch(r"file://.*/(index|\d{4}-\d\d)\.html(#.*)?", link.get_attribute("href")), link.get_attribute("href")


def test_the_keyboard_reaches_everything_in_order(browser):
    browser.see(month_page_name(OPEN), size=PHONE)
    browser.press(Keys.TAB)
    assert browser.focused().text == "Skip to the content"
    assert browser.focused().rect["y"] >= 0
    browser.press(Keys.ENTER)
    assert browser.run("return document.activeElement.id") == "content"
    seen = []
    for _ in range(40):
        browser.press(Keys.TAB)
        element = browser.focused()
        if element.tag_name == "body":
            break
        outline = browser.run("return getComputedStyle(arguments[0]).outlineStyle", element)
        assert outline != "none", element.get_attribute("outerHTML")[:100]
        seen.append(element.tag_name)
    assert {"a", "summary", "div"} <= set(seen)
    is_wide = "return arguments[0].checkVisibility() && arguments[0].scrollWidth > arguments[0].clientWidth"
    wide = next(each for each in browser.all(".scroll") if each.is_displayed() and browser.run(is_wide, each))
    browser.run("arguments[0].focus()", wide)
    assert browser.focused() == wide
    browser.press(*[Keys.ARROW_RIGHT] * 3)
    browser.driver.execute_async_script("setTimeout(arguments[0], 400)")
    assert browser.run("return arguments[0].scrollLeft", wide) > 0


def test_the_index_leads_to_a_month_and_back(browser):
    browser.see(INDEX_PAGE)
    next(link for link in browser.all("a") if link.text == OPEN).click()
    assert browser.driver.title == f"Release month {OPEN}: Needs review - trade-assets"
    browser.all("header a")[0].click()
    assert browser.driver.title == "Release months - trade-assets"


def test_one_click_marks_a_whole_command(browser):
    browser.see(month_page_name(OPEN), size=PHONE)
    command = browser.all(".command")[1]
    command.click()
    issue = swapped().issues[0]
    assert (
        browser.run("return getSelection().toString()").strip() == f"trade-assets review correct {issue.id} --value 36,854 --reason '...'"
    )


def test_paper_shows_what_is_folded_and_keeps_its_width(browser):
    browser.see(month_page_name(OPEN), scheme="dark", size=(794, 1123), media="print")
    assert browser.run("return getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    folded = browser.all("details:not([open]) table, details:not([open]) dl, details:not([open]) ul")
    assert folded
    # Selenium's own is_displayed calls everything hidden in a folded element, however it is styled.
    is_shown = "return arguments[0].checkVisibility({contentVisibilityAuto: true}) && arguments[0].getBoundingClientRect().height > 0"
    assert all(browser.run(is_shown, each) for each in folded)
    assert not any(each.is_displayed() for each in browser.all("nav, .skip, .decide"))
    width, shown = browser.run("return [document.documentElement.scrollWidth, innerWidth]")
    assert width <= shown
