"""Dagster, the reports and the Data Docs on loopback, for one person on one machine."""

from __future__ import annotations

import functools
import http.server
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

import click

from trade_assets.review.pages import FOLDER as REPORTS
from trade_assets.warehouse.root import SETTING, DataRoot

_HOST = "127.0.0.1"
_END_WITHIN = 30.0
"""Seconds that Dagster has for ending before it is killed; a third of it for what is then left."""

COULD_NOT_START = 2


class _Pages(http.server.SimpleHTTPRequestHandler):
    """The Data Docs, and below ``/reports/`` the reports of the release months."""

    reports: str

    error_message_format = (
        "<!DOCTYPE html><meta charset='utf-8'><title>Data Docs</title><p>%(code)d %(message)s. <a href='/index.html'>All Data Docs</a>"
    )

    def log_message(self, format: str, *args: object) -> None:
        """Requests are not worth a line each."""

    def translate_path(self, path: str) -> str:
        """The file of a request: that of the reports, or of the Data Docs."""
        base, below = self.directory, path
        if path.startswith(f"/{REPORTS}/"):
            self.directory, below = self.reports, path.removeprefix(f"/{REPORTS}")
        try:
            return super().translate_path(below)
        finally:
            self.directory = base

    def list_directory(self, path: str | os.PathLike[str]) -> None:
        """Pages are reached by links; folders are not listed."""
        self.send_error(404)


def serve(root: DataRoot, port: int, docs_port: int) -> int:
    """Run ``dagster dev`` and a server of the Data Docs until interrupted; the exit status."""
    with _interruptible():
        try:
            return _serve(root, port, docs_port)
        except KeyboardInterrupt:
            return 0


def _serve(root: DataRoot, port: int, docs_port: int) -> int:
    from trade_assets.defs.instance import home_of, instance_of
    from trade_assets.defs.publication import DATA_DOCS_URL
    from trade_assets.vintages.data_docs import write_index
    from trade_assets.vintages.expectations import data_docs_page

    taken = _complaint(port, docs_port)
    if taken:
        click.echo(f"trade-assets: {taken}", err=True)
        return COULD_NOT_START
    with instance_of(root):
        pass  # makes the instance's tables before several processes start on them
    home = home_of(root)
    environment = {**os.environ, SETTING: root.url, "PYTHONWARNINGS": _without_notice(os.environ.get("PYTHONWARNINGS"))}
    if home is not None:
        home = home.absolute()
        environment["DAGSTER_HOME"] = str(home)
    page = data_docs_page(root)
    server = None
    if page is not None:
        if not page.exists():
            write_index(page.parent)
        handler = type("Pages", (_Pages,), {"reports": root.path(REPORTS)})
        server = http.server.ThreadingHTTPServer((_HOST, docs_port), functools.partial(handler, directory=str(page.parent)))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        environment[DATA_DOCS_URL] = f"http://{_HOST}:{docs_port}"
        click.echo(f"Reports: {environment[DATA_DOCS_URL]}/{REPORTS}/index.html")
        click.echo(f"Data Docs: {environment[DATA_DOCS_URL]}/index.html")
    try:
        return _dagster(port, environment, home)
    finally:
        if server is not None:
            server.shutdown()
            server.server_close()


def _complaint(port: int, docs_port: int) -> str | None:
    """Why the ports cannot be used, in one line, or ``None``."""
    if port == docs_port:
        return f"--port and --docs-port are both {port}; give two different ones"
    for option, wanted in (("--port", port), ("--docs-port", docs_port)):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((_HOST, wanted))
                probe.listen(1)
            except OSError as error:
                why = f"port {wanted} on {_HOST} cannot be used ({error.strerror})"
                return f"{why}; end what listens there, or choose another with {option}"
    return None


def _without_notice(given: str | None) -> str:
    """Warning filters without Dagster's note that ``dagster dev`` will one day be ``dg dev``."""
    notice = "ignore:Function `dev_command` is superseded"
    return f"{given},{notice}" if given else notice


def _dagster(port: int, environment: dict[str, str], home: Path | None) -> int:
    workspace = Path(__file__).resolve().parents[1] / "workspace.yaml"
    target = ["-w", str(workspace)] if workspace.exists() else ["-m", "trade_assets.definitions"]
    command = [sys.executable, "-m", "dagster", "dev", "-h", _HOST, "-p", str(port), *target]
    # Its own process group, so that it and all it started are ended together, and none is left.
    # In the instance's folder, so that a dagster.yaml where the person stands is not taken for the instance's own.
    process = subprocess.Popen(  # noqa: S603  # our own interpreter and arguments
        command, env=environment, cwd=home, start_new_session=True
    )
    try:
        _wait_until_up(process, port)
        return process.wait()
    finally:
        _end(process)


def _wait_until_up(process: subprocess.Popen[bytes], port: int) -> None:
    while process.poll() is None:
        with suppress(OSError), socket.create_connection((_HOST, port), timeout=1):
            click.echo(f"Dagster:   http://{_HOST}:{port}   (Ctrl-C ends it)")
            return
        time.sleep(0.3)


@contextmanager
def _interruptible() -> Iterator[None]:
    """Ctrl-C, ``kill`` and a closed terminal all mean: end. Also where the shell that started us ignores Ctrl-C for us."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End Dagster, then what it left behind, such as a run under way; a second Ctrl-C does not wait any longer."""
    with suppress(KeyboardInterrupt):
        if process.poll() is None:
            click.echo("Ending Dagster ...")
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(_END_WITHIN)
        _signal_all(process, signal.SIGINT)
        deadline = time.monotonic() + _END_WITHIN / 3
        while time.monotonic() < deadline:
            process.poll()
            if not _signal_all(process, 0):
                return
            time.sleep(0.1)
    _signal_all(process, signal.SIGKILL)
    process.wait()


def _signal_all(process: subprocess.Popen[bytes], number: int) -> bool:
    """Send a signal to the process group; False if nobody is left in it."""
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return False
    return True
