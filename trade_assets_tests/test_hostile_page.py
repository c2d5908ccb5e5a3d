"""A hostile page in a real browser while ``trade-assets ui`` runs: it changes nothing and reads nothing; without the guard it does both."""

import http.server
import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

from trade_assets_tests.conftest import REPOSITORY, shipped_document
from trade_assets_tests.served import command, environment, free_ports, is_listening, served

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
webdriver = pytest.importorskip("selenium.webdriver", reason="the browser test needs selenium (extra 'dev')")

from trade_assets_tests.test_browser import BROKEN_MONTH, FLAGS, PRINTED, SWAPPED  # noqa: E402  # after the skip

PAGE = Path(__file__).with_name("hostile_page.html").read_bytes()
ELSEWHERE = "evil.test"
"""A name that its owner points to this machine: another site, and, on the servers' own ports, a rebinding one."""
READS = [f"/reports/{BROKEN_MONTH}.html", f"/reports/{BROKEN_MONTH}-trade.svg", "/reports/", "/data-docs/", "/server_info", "/"]


class _Hostile(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, format, *args):
        pass


@pytest.fixture(scope="module")
def hostile_port():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Hostile) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture(scope="module")
def ui(tmp_path_factory):
    """``trade-assets ui`` on a month with an open issue."""
    with tempfile.TemporaryDirectory(prefix="trade-assets-") as root:
        file = tmp_path_factory.mktemp("inbox") / f"{BROKEN_MONTH}.ft900.txt"
        file.write_bytes(shipped_document("ft900", BROKEN_MONTH).read_bytes().replace(PRINTED, SWAPPED))
        for arguments, status in ((["ingest", file], 0), (["run"], 1)):
            done = subprocess.run(command(root, *arguments), env=environment(), capture_output=True, text=True, timeout=300)
            assert done.returncode == status, done.stdout + done.stderr
        with served(Path(root), tmp_path_factory.mktemp("log") / "ui.log") as running:
            yield running


@pytest.fixture
def driver(tmp_path):
    """Headless Chromium in which the hostile name leads to this machine."""
    chromium, chromedriver = shutil.which("chromium") or shutil.which("google-chrome"), shutil.which("chromedriver")
    if not chromium or not chromedriver:
        pytest.skip("the browser test needs chromium and chromedriver on the path")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in [*FLAGS.split(), f"--user-data-dir={tmp_path / 'profile'}", f"--host-resolver-rules=MAP {ELSEWHERE} 127.0.0.1"]:
        options.add_argument(flag)
    made = webdriver.Chrome(options=options, service=webdriver.ChromeService(chromedriver))
    try:
        made.set_page_load_timeout(120)
        made.set_script_timeout(120)
        yield made
    finally:
        made.quit()


def _asked(url, query, **variables):
    body = json.dumps({"query": query, "variables": variables}).encode()
    with urllib.request.urlopen(urllib.request.Request(f"{url}/graphql", body, {"Content-Type": "application/json"}), timeout=60) as got:
        return json.load(got)


def _mutation(issue):
    """A mutation that decides the issue, as GraphQL; NAME stands where each way of asking puts its own."""
    config = {"issue": issue, "action": "accept", "reason": "NAME", "reviewer": "mallory"}
    told = json.dumps(json.dumps({"ops": {"write_decision": {"config": config}}}))
    where = 'repositoryLocationName: "trade_assets", repositoryName: "__repository__", jobName: "decide_issue"'
    return f"mutation {{ launchRun(executionParams: {{selector: {{{where}}}, runConfigData: {told}}}) {{ __typename }} }}"


def _launched(url):
    """The ways of asking that launched a run."""
    found = _asked(url, '{ runsOrError(filter: {pipelineName: "decide_issue"}) { ... on Runs { results { runConfigYaml } } } }')
    runs = [run["runConfigYaml"] for run in found["data"]["runsOrError"]["results"]]
    return {line.partition("reason:")[2].strip() for run in runs for line in run.splitlines() if "reason:" in line}


def _attack(driver, base, issue, reads):
    """What the page in the browser could read of a server; it has tried to decide the issue in every way it knows."""
    return driver.execute_async_script(
        "const [base, mutation, reads, done] = arguments;"
        "attack(base, (name) => mutation.replace('NAME', name), reads).then(done, (error) => done({failed: String(error)}))",
        base, _mutation(issue), reads,
    )  # fmt: skip


def _issue(ui):
    listed = subprocess.run(
        command(ui.root, "review", "list", "--json"), env=environment(), capture_output=True, text=True, timeout=120
    )  # fmt: skip
    return json.loads(listed.stdout)[0]["issue"]


def test_a_hostile_page_changes_nothing_and_reads_nothing(driver, ui, hostile_port):
    issue = _issue(ui)
    port, docs_port = (url.rpartition(":")[2] for url in (ui.url, ui.docs_url))
    # Another site, another port of this machine (which browsers call the same site), and another name of it.
    for page in (f"http://{ELSEWHERE}:{hostile_port}", f"http://127.0.0.1:{hostile_port}", f"http://localhost:{hostile_port}"):
        driver.get(page)
        for base in (ui.url, ui.docs_url, f"http://localhost:{port}"):
            assert _attack(driver, base, issue, READS) == {}, (page, base)
        # In a window of its own, as the address of the page.
        driver.execute_script(
            "const f = document.createElement('form'); Object.assign(f, {method: 'POST', enctype: 'text/plain', action: arguments[0]});"
            "document.body.append(f); f.submit()",
            f"{ui.url}/graphql?query={_mutation(issue).replace('NAME', 'window')}",
        )  # fmt: skip
        _until(lambda: driver.current_url.startswith(ui.url))
        assert driver.find_element("tag name", "body").text.startswith("Refused"), page
    # The name is pointed to the servers themselves: what comes from there is the page's own origin.
    for rebound in (port, docs_port):
        for path in READS:
            driver.get(f"http://{ELSEWHERE}:{rebound}{path}")
            assert driver.find_element("tag name", "body").text.startswith("Refused"), (rebound, path)
        driver.execute_script(PAGE.decode().partition("<script>")[2].partition("</script>")[0] + "; window.attack = attack")
        assert _attack(driver, f"http://{ELSEWHERE}:{rebound}", issue, READS) == {}, rebound
    assert _launched(ui.url) == set()
    assert not (ui.root / "reviews").exists()


def _until(is_so, within=120):
    deadline = time.monotonic() + within
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_the_person_s_own_page_decides_the_issue(driver, ui):
    """The mutation is one that works, and it works from where it should."""
    issue = _issue(ui)
    driver.get(ui.url)
    said = driver.execute_async_script(
        "const [query, done] = arguments;"
        "fetch('/graphql', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify({query})})"
        ".then((answer) => answer.json()).then(done, (error) => done(String(error)))",
        _mutation(issue).replace("NAME", "as published"),
    )  # fmt: skip
    assert said["data"]["launchRun"]["__typename"] == "LaunchRunSuccess", said
    decided = ui.root / "reviews" / BROKEN_MONTH / f"{issue}.yaml"
    _until(decided.exists, within=200)
    assert "mallory" in decided.read_text(encoding="utf-8")


@contextmanager
def _unguarded(ui, log):
    """Dagster's own webserver on the same history."""
    (port,) = free_ports(1)
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "dagster_webserver", "-h", "127.0.0.1", "-p", str(port), "-w", str(REPOSITORY / "workspace.yaml")],
            env=environment() | {"DAGSTER_HOME": str(ui.root / "dagster"), "TRADE_ASSETS_DATA": str(ui.root)},
            stdout=file, stderr=subprocess.STDOUT, cwd=ui.root / "dagster",
        )  # fmt: skip
    try:
        _until(lambda: is_listening(port) or process.poll() is not None, within=200)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=120)


def test_the_same_page_decides_the_issue_where_nothing_guards_it(driver, ui, hostile_port, tmp_path):
    """That the page can do it shows that it is the guard that keeps it out. Last: what it launches keeps the daemon busy."""
    with _unguarded(ui, tmp_path / "webserver.log") as url:
        driver.get(f"http://127.0.0.1:{hostile_port}")
        read = _attack(driver, url, "0" * 12, ["/server_info"])
        assert "connection_ack" in read["websocket"], "any page may subscribe; mutations Dagster does not take that way"
        open_ways = {"fetch_get_no_cors", "image", "fetch_post_no_cors", "fetch_post_text", "form_text", "form_urlencoded", "beacon"}
        assert open_ways <= _launched(url)
        driver.get(f"http://{ELSEWHERE}:{url.rpartition(':')[2]}/server_info")
        assert "dagster_version" in driver.find_element("tag name", "body").text
