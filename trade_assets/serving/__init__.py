"""Dagster, the reports and the Data Docs on loopback, for one person on one machine; started, guarded and ended here."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import FrameType

import click

from trade_assets.serving.front import PagesServer
from trade_assets.serving.guard import HOST
from trade_assets.serving.pages import DATA_DOCS_AT, REPORTS_AT
from trade_assets.warehouse.root import SETTING, DataRoot
from trade_assets.warehouse.sweep import sweep

_END_WITHIN = 30.0
"""Seconds that Dagster has for ending before it is killed; a third of it for what is then left."""

COULD_NOT_START = 2


def serve(root: DataRoot, port: int, docs_port: int) -> int:
    """Run Dagster's webserver and daemon and a server of the pages until interrupted; the exit status."""
    with _interruptible():
        try:
            return _serve(root, port, docs_port)
        except KeyboardInterrupt:
            return 0


def _serve(root: DataRoot, port: int, docs_port: int) -> int:
    from trade_assets.defs.instance import WORKSPACE, home_of, instance_of, settle
    from trade_assets.expectations.data_docs import write_index

    taken = _complaint(port, docs_port)
    if taken:
        click.echo(f"trade-assets: {taken}", err=True)
        return COULD_NOT_START
    for said in sweep(root):
        click.echo(f"note: {said}")
    with instance_of(root):
        pass  # makes the instance's tables before several processes start on them
    with ExitStack() as stack:
        session = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="trade-assets-ui-")))
        workspace = session / "workspace.yaml"
        workspace.write_text(WORKSPACE, encoding="utf-8")
        # Of a root that is a URL Dagster's history lives as long as this command, unless DAGSTER_HOME says where to keep it.
        home = (home_of(root) or settle(session / "dagster")).absolute()
        write_index(root)
        pages = stack.enter_context(PagesServer(root, docs_port))
        threading.Thread(target=pages.serve_forever, daemon=True).start()
        stack.callback(pages.shutdown)
        click.echo(f"Data root: {root.url}")
        click.echo(f"Reports:   http://{HOST}:{port}/{REPORTS_AT}/")
        click.echo(f"Data Docs: http://{HOST}:{port}/{DATA_DOCS_AT}/")
        # Whatever the settings of a DAGSTER_HOME say, nothing is sent anywhere.
        environment = {**os.environ, SETTING: root.url, "DAGSTER_HOME": str(home), "DAGSTER_DISABLE_TELEMETRY": "yes"}
        return _dagster(port, workspace, environment, home)


def _complaint(port: int, docs_port: int) -> str | None:
    """Why the ports cannot be used, in one line, or ``None``."""
    if port == docs_port:
        return f"--port and --docs-port are both {port}; give two different ones"
    for option, wanted in (("--port", port), ("--docs-port", docs_port)):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, wanted))
                probe.listen(1)
            except OSError as error:
                why = f"port {wanted} on {HOST} cannot be used ({error.strerror})"
                return f"{why}; end what listens there, or choose another with {option}"
    return None


def _dagster(port: int, workspace: Path, environment: dict[str, str], home: Path) -> int:
    """Run the webserver and the daemon until one of them ends; its status, or 1 if it ended well without being asked to."""
    commands = (
        [sys.executable, "-m", "trade_assets.serving.webserver", str(port), str(workspace)],
        [sys.executable, "-m", "dagster._daemon", "run", "-w", str(workspace)],
    )
    processes: list[subprocess.Popen[bytes]] = []
    try:
        for command in commands:
            # Process groups of their own, so that they and all they started are ended together, and none is left. In the
            # instance's folder, so that a dagster.yaml where the person stands is not taken for the instance's own.
            started = subprocess.Popen(  # noqa: S603  # our own interpreter and arguments
                command, env=environment, cwd=home, stdin=subprocess.DEVNULL, start_new_session=True
            )
            processes.append(started)
        is_said = False
        while all(process.poll() is None for process in processes):
            if not is_said and _is_up(port):
                click.echo(f"Dagster:   http://{HOST}:{port}   (Ctrl-C ends it)")
                is_said = True
            time.sleep(0.3)
        return next(process.returncode for process in processes if process.returncode is not None) or 1
    finally:
        _end(processes)


def _is_up(port: int) -> bool:
    with suppress(OSError), socket.create_connection((HOST, port), timeout=1):
        return True
    return False


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


def _end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """End Dagster, then what it left behind, such as a run under way; a second Ctrl-C does not wait any longer."""
    with suppress(KeyboardInterrupt):
        click.echo("Ending Dagster ...")
        for process in processes:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
        deadline = time.monotonic() + _END_WITHIN
        while time.monotonic() < deadline and any(process.poll() is None for process in processes):
            time.sleep(0.1)
        _signal_all(processes, signal.SIGINT)
        deadline = time.monotonic() + _END_WITHIN / 3
        while time.monotonic() < deadline:
            for process in processes:
                process.poll()
            if not _signal_all(processes, 0):
                return
            time.sleep(0.1)
    _signal_all(processes, signal.SIGKILL)
    for process in processes:
        process.wait()


def _signal_all(processes: Sequence[subprocess.Popen[bytes]], number: int) -> bool:
    """Send a signal to the process groups; False if nobody is left in any of them."""
    found = False
    for process in processes:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
            found = True
    return found
