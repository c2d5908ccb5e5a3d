"""``trade-assets ui`` as a process of its own on free loopback ports, for the tests of what it serves."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from trade_assets.defs.pages import DATA_DOCS_URL
from trade_assets.warehouse.root import SETTING

UP_WITHIN = 240
ENDED_WITHIN = 120


@dataclass(frozen=True)
class Served:
    """A running ``trade-assets ui``."""

    process: subprocess.Popen[bytes]
    root: Path
    log: Path
    url: str
    docs_url: str

    def end(self, number=signal.SIGINT):
        """Send the process, and it alone, a signal; its exit status."""
        self.process.send_signal(number)
        return self.process.wait(timeout=ENDED_WITHIN)

    def said(self):
        """What it printed."""
        return self.log.read_text(encoding="utf-8", errors="replace")


def environment():
    """The environment without the settings of whoever runs the suite."""
    return {name: value for name, value in os.environ.items() if name not in (SETTING, DATA_DOCS_URL, "DAGSTER_HOME")}


def command(root, *arguments):
    """The command line of ``trade-assets`` on a data root."""
    return [sys.executable, "-m", "trade_assets", "--data-root", str(root), *map(str, arguments)]


def free_ports(count):
    """Ports of loopback that nobody listens on."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def is_listening(port):
    """Whether somebody accepts connections on a port of loopback."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def served(root, log, ports=None):
    """``trade-assets ui`` in a process group of its own, up; ended at the end, by force if it must be."""
    port, docs_port = ports or free_ports(2)
    with log.open("wb") as file:
        process = subprocess.Popen(
            command(root, "ui", "--port", port, "--docs-port", docs_port),
            env=environment(), stdout=file, stderr=subprocess.STDOUT, cwd=root, start_new_session=True,
        )  # fmt: skip
    ui = Served(process, Path(root), log, f"http://127.0.0.1:{port}", f"http://127.0.0.1:{docs_port}")
    try:
        deadline = time.monotonic() + UP_WITHIN
        while not (is_listening(port) and is_listening(docs_port)):
            assert process.poll() is None and time.monotonic() < deadline, ui.said()
            time.sleep(0.3)
        yield ui
    finally:
        if process.poll() is None:
            try:
                ui.end()
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(timeout=10)
                raise


def descendants(pid):
    """The process ids below a process, all generations. Linux only."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            after_name = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(stat.parent.name)] = int(after_name[1])
    found, generation = set(), {pid}
    while generation:
        generation = {child for child, parent in parents.items() if parent in generation} - found
        found |= generation
    return found


def listening_addresses(pids):
    """``(address, port)`` of every TCP socket that one of the processes listens on, addresses as the kernel writes them. Linux only."""
    inodes = set()
    for pid in pids:
        try:
            for descriptor in Path(f"/proc/{pid}/fd").iterdir():
                inodes.add(str(descriptor.readlink()))
        except OSError:
            continue
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text(encoding="ascii").splitlines()[1:]:
            columns = line.split()
            if columns[3] == "0A" and f"socket:[{columns[9]}]" in inodes:
                address, port = columns[1].split(":")
                found.add((address, int(port, 16)))
    return found
