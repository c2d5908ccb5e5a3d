"""Dagster and the Data Docs on loopback, for one person on one machine."""

from __future__ import annotations

import functools
import http.server
import os
import subprocess
import sys
import threading
from pathlib import Path

import click

from trade_assets.warehouse.root import SETTING, DataRoot

_HOST = "127.0.0.1"


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name is the base class's
        """Requests are not worth a line each."""


def serve(root: DataRoot, port: int, docs_port: int) -> int:
    """Run ``dagster dev`` and a server of the Data Docs until interrupted; Dagster's exit status."""
    from trade_assets.defs.instance import instance_of
    from trade_assets.defs.publication import DATA_DOCS_URL
    from trade_assets.vintages.expectations import data_docs_page

    with instance_of(root):
        pass  # makes the instance's tables before several processes start on them
    environment = {**os.environ, SETTING: root.url}
    page = data_docs_page(root)
    if page is not None:
        page.parent.mkdir(parents=True, exist_ok=True)
        handler = functools.partial(_Quiet, directory=str(page.parent))
        server = http.server.ThreadingHTTPServer((_HOST, docs_port), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        environment[DATA_DOCS_URL] = f"http://{_HOST}:{server.server_address[1]}"
        click.echo(f"Data Docs: {environment[DATA_DOCS_URL]}/index.html")
    workspace = Path(__file__).resolve().parents[1] / "workspace.yaml"
    target = ["-w", str(workspace)] if workspace.exists() else ["-m", "trade_assets.definitions"]
    click.echo(f"Dagster:   http://{_HOST}:{port}")
    command = [sys.executable, "-m", "dagster", "dev", "-h", _HOST, "-p", str(port), *target]
    process = subprocess.Popen(command, env=environment)  # noqa: S603  # our own interpreter and arguments
    try:
        return process.wait()
    except KeyboardInterrupt:
        return process.wait(timeout=30)
