"""``trade-assets ui``: ports that are taken, loopback only, an end that leaves nothing behind, and a second start."""

import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from trade_assets_tests.served import command, descendants, environment, free_ports, is_listening, listening_addresses, served

LOOPBACK = "0100007F"  # 127.0.0.1 as /proc/net/tcp writes it on a little-endian machine
linux_only = pytest.mark.skipif(not Path("/proc/net/tcp").exists() or sys.byteorder != "little", reason="reads /proc/net/tcp")


def _ui(root, *arguments):
    return subprocess.run(command(root, "ui", *arguments), env=environment(), capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("option", ["--port", "--docs-port"])
def test_a_taken_port_is_one_clear_line(tmp_path, option):
    other = "--docs-port" if option == "--port" else "--port"
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        taken = holder.getsockname()[1]
        done = _ui(tmp_path, option, taken, other, free_ports(1)[0])
    assert done.returncode == 2
    assert done.stderr == (
        f"trade-assets: port {taken} on 127.0.0.1 cannot be used (Address already in use); "
        f"end what listens there, or choose another with {option}\n"
    )
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_the_two_ports_differ(tmp_path):
    done = _ui(tmp_path, "--port", 3456, "--docs-port", 3456)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "give two different ones" in done.stderr


def _gone(pids, within):
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if not any(Path(f"/proc/{pid}").exists() for pid in pids):
            return True
        time.sleep(0.1)
    return False


@pytest.mark.slow
@linux_only
def test_loopback_only_and_each_end_is_clean(tmp_path):
    root = tmp_path / "data"
    root.mkdir()
    ports = free_ports(2)
    for attempt, number in enumerate((signal.SIGINT, signal.SIGTERM)):  # the second start uses the same ports and the same history
        with served(root, tmp_path / f"{attempt}.log", ports) as ui:
            below = descendants(ui.process.pid)
            assert len(below) >= 4, "dagster dev, code server, webserver, daemon"
            assert listening_addresses({ui.process.pid, *below}) == {(LOOPBACK, port) for port in ports}
            with urllib.request.urlopen(f"{ui.docs_url}/index.html", timeout=10) as page:
                assert "No publication was judged yet" in page.read().decode()
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(f"{ui.docs_url}/validations/", timeout=10)
            below |= descendants(ui.process.pid)
            assert ui.end(number) == 0
        assert _gone(below, within=5)
        assert not any(map(is_listening, ports))
        assert "Traceback" not in ui.said()
        assert "Warning" not in ui.said()
