"""Runs that are killed, started at once, or out of disk, and people who decide at the same instant: nothing may be lost.

    PYTHONPATH=. python benchmarks/campaign_runs.py [--kills N] [--rounds N] [--only kills,starts,decisions,disk]

* kills: a run kills itself at its n-th write, spread over all that it writes: Dagster's files, tables, the Data Docs of Great
  Expectations, reports, the database. The next run has to build every table as if nothing had happened.
* starts: eight runs at once on a fresh root; every month has to be built.
* decisions: 200 by eight processes at the same instant, half of them on one issue; each has to stand once.
* disk: runs, and a decision, on a disk that is too small, in three sizes; then on one that is large enough; and on a disk that is
  read-only, then writable. Disks are mounted, without root in a namespace of its own; where nobody may mount one, no file may grow
  over a size, which ends a write as a full disk does.

Printed are counts; the exit status is 1 if anything was lost or did not come back.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

REPOSITORY = Path(__file__).resolve().parents[1]
SHIPPED = REPOSITORY / "data" / "raw"
MONTHS = sorted(folder.name for folder in SHIPPED.iterdir())
SMALL = "2018-09"
"""A month whose run takes the least: with it a root has two months, of which one is killed."""
KILLED = "2012-08"
WITHIN = 280
"""Seconds for one command."""
DISKS = (0.15, 0.5, 0.9)
"""Parts of the room that a sound root takes."""
FILES = (4_096, 65_536, 524_288)
"""Bytes of the largest file, where no disk can be mounted."""
_PAGE = 4096
PARALLEL, WRITERS, EACH = 8, 8, 25
MEANT = {"2013-01": 1}
"""Exit statuses other than 0 of sound runs: that month has an issue of its publisher's."""

_IN_MONTH = re.compile(r"release_month=\d{4}-\d{2}|\d{4}-\d{2}|[0-9a-f]{8}-[0-9a-f-]{27}|\.tmp-\S*")


class Failures(list[str]):
    """What was lost or did not come back, in sentences."""

    def unless(self, is_so: bool, sentence: str) -> bool:
        """Note the sentence unless it holds what it should."""
        if not is_so:
            self.append(" ".join(sentence.split())[:400])
        return is_so


def _environment() -> dict[str, str]:
    dropped = ("TRADE_ASSETS_DATA", "TRADE_ASSETS_DATA_DOCS_URL", "DAGSTER_HOME")
    return {name: value for name, value in os.environ.items() if name not in dropped} | {"PYTHONPATH": str(REPOSITORY)}


def _started(
    root: Path, *arguments: str, kill_at: int | None = None, largest_file: int | None = None, **settings: str
) -> subprocess.Popen[str]:
    door = [str(Path(__file__).resolve()), "--killing", str(kill_at)] if kill_at is not None else ["-m", "trade_assets"]
    return subprocess.Popen(
        _with_files_of(largest_file, [sys.executable, *door, "--data-root", str(root), *arguments]),
        env=_environment() | settings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


_BOUNDED = """
import os, resource, sys
size = int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
os.execv(sys.argv[2], sys.argv[2:])
"""


def _with_files_of(size: int | None, command: list[str]) -> list[str]:
    """The command, no file of which may grow over so many bytes."""
    return command if size is None else [sys.executable, "-c", _BOUNDED, str(size), *command]


def _ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    try:
        out, err = process.communicate(timeout=WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        err += f"\nnot over within {WITHIN} s"
    return process.returncode, out, err


def _command(root: Path, *arguments: str) -> tuple[int, str, str]:
    return _ended(_started(root, *arguments))


def _with_documents(root: Path, months: Sequence[str]) -> Path:
    for month in months:
        shutil.copytree(SHIPPED / month, root / "raw" / month)
    return root


def _tables(root: Path) -> dict[str, bytes]:
    """The bytes of all tables but the history and the years that are kept, which also hold when their sources were written."""
    warehouse = root / "warehouse"
    files = (path for path in warehouse.rglob("*.parquet") if not {"history", "years"} & set(path.parts))
    return {path.relative_to(warehouse).as_posix(): path.read_bytes() for path in files}


def _is_healthy(root: Path, expected: dict[str, bytes], failures: Failures, what: str) -> bool:
    """Run all months and look whether everything is there, as it should be and nothing else."""
    code, out, err = _command(root, "run")
    sound = failures.unless("Traceback" not in out + err, f"{what}: a trace in the next run: {err[-400:]}")
    sound &= failures.unless(code == 0 and "NOT BUILT" not in out, f"{what}: the next run ended with {code}: {out[-300:]} {err[-300:]}")
    found = _tables(root)
    differ = sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))
    sound &= failures.unless(not differ, f"{what}: tables differ afterwards: {', '.join(differ[:5])}")
    left = [path.relative_to(root).as_posix() for path in root.rglob(".tmp-*")]
    sound &= failures.unless(not left, f"{what}: left over: {', '.join(left[:3])}")
    for page in (f"reports/{KILLED}.html", "reports/index.html", f"data_docs/{KILLED}.html", "data_docs/index.html"):
        sound &= failures.unless((root / page).is_file() and KILLED in (root / page).read_text(encoding="utf-8"), f"{what}: no {page}")
    sound &= failures.unless(not _under_way(root), f"{what}: runs stand as started: {_under_way(root)}")
    return sound


def _under_way(root: Path) -> int:
    """How many runs Dagster's history says are under way."""
    import sqlite3

    with sqlite3.connect(root / "dagster" / "history" / "runs.db") as history:
        return int(history.execute("SELECT count(*) FROM runs WHERE status IN ('STARTED', 'STARTING')").fetchone()[0])


# Kills


def killing(at: int, arguments: Sequence[str]) -> None:
    """Run the command line, and kill this process at its n-th write below the data root; with 0, list all writes in ``LISTED``."""
    root, seen = str(Path(arguments[arguments.index("--data-root") + 1])), 0
    listed = None if at else Path(os.environ["LISTED"]).open("w", encoding="utf-8")  # noqa: SIM115  # until this process ends

    def watch(event: str, details: tuple[object, ...]) -> None:
        nonlocal seen
        if event == "open":
            path, mode, flags = details
            is_write = isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR)) and mode != "r"
            target = str(path) if is_write else ""
        elif event in ("os.rename", "sqlite3.connect"):
            target = str(details[1] if event == "os.rename" else details[0])
        else:
            return
        if not target.startswith(root):
            return
        seen += 1
        if listed is not None:
            print(event, target.removeprefix(root), file=listed, flush=True)
        elif seen == at:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    from trade_assets.cli import main

    main(list(arguments))


def _writes(root: Path) -> list[str]:
    """What a run writes, in order: event and path."""
    listed = root.with_name("writes")
    code, out, err = _ended(_started(root, "run", "--month", KILLED, kill_at=0, LISTED=str(listed)))
    if code != 0:
        raise RuntimeError(f"a run whose writes are listed ended with {code}: {out} {err}")
    return listed.read_text(encoding="utf-8").splitlines()


def _aimed(writes: Sequence[str], count: int) -> list[tuple[int, str]]:
    """The numbers of the writes to be killed at: one of each kind of place first, then spread evenly."""
    kinds: dict[str, list[int]] = {}
    for number, write in enumerate(writes, start=1):
        kinds.setdefault(_IN_MONTH.sub("*", write), []).append(number)
    wanted = sorted(kinds, key=lambda kind: (not re.search(r"data_docs|reports|trade\.|history|dagster\.yaml|raw|built", kind), kind))
    step = max(1, len(wanted) // count)
    chosen = [*(kind for kind in wanted if "data_docs" in kind), *wanted[::step]]
    return [(kinds[kind][len(kinds[kind]) // 2], kind) for kind in list(dict.fromkeys(chosen))[:count]]


def kills(place: Path, count: int, failures: Failures) -> Counter[str]:
    """Kill runs at their writes, and look whether the next one heals all."""
    months = (KILLED, SMALL)
    writes = _writes(_with_documents(place / "listed", months))
    sound = _with_documents(place / "sound", months)
    code, out, err = _command(sound, "run")
    counted = Counter[str](writes=len(writes))
    if not failures.unless(code == 0 and len(writes) > 100, f"a run without kill ended with {code}, {len(writes)} writes: {out} {err}"):
        return counted
    expected = _tables(sound)

    def one(aimed: tuple[int, tuple[int, str]]) -> bool:
        at, (number, kind) = aimed
        root = _with_documents(place / f"killed-{at}", months)
        code, _, err = _ended(_started(root, "run", "--month", KILLED, kill_at=number))
        what = f"killed at write {number}, {kind}"
        if code == -signal.SIGKILL:
            counted["killed"] += 1
        else:
            failures.unless(code == 0, f"{what}: ended with {code}: {err[-300:]}")
        is_healthy = _is_healthy(root, expected, failures, what)
        shutil.rmtree(root)
        return is_healthy

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        counted["healed"] = sum(pool.map(one, enumerate(_aimed(writes, count))))
    failures.unless(counted["killed"] >= count * 0.8, f"only {counted['killed']} of {count} kills hit")
    return counted


# Runs at once


def starts(place: Path, rounds: int, failures: Failures) -> Counter[str]:
    """Start eight runs at once on a fresh root."""
    counted = Counter[str]()
    for number in range(rounds):
        root = _with_documents(place / f"at-once-{number}", MONTHS)
        months = [MONTHS[at % len(MONTHS)] for at in range(PARALLEL)]
        runs = [_started(root, "run", "--month", month) for month in months]
        for month, run in zip(months, runs, strict=True):
            code, out, err = _ended(run)
            is_built = code == MEANT.get(month, 0) and f"{month}  " in out and "; built" in out and "Traceback" not in out + err
            counted["built"] += failures.unless(is_built, f"round {number + 1}, {month}: ended with {code}: {out[-300:]} {err[-300:]}")
        pages = {path.stem for path in (root / "reports").glob("*.html")} - {"index"}
        index = (root / "reports" / "index.html").read_text(encoding="utf-8")
        missing = sorted(month for month in MONTHS if month not in pages or f"{month}.html" not in index)
        failures.unless(not missing, f"round {number + 1}: not in the reports or their index: {', '.join(missing)}")
    return counted


# Decisions


def _decide(url: str, barrier: object, writer: int) -> None:
    from trade_assets.review.decisions import DecidedCell, Decision, write_decision
    from trade_assets.warehouse.root import DataRoot

    barrier.wait(60)  # type: ignore[attr-defined]
    for number in range(EACH):
        issue = "f" * 12 if number % 2 else f"{writer // 2:012x}"
        cells = (DecidedCell(44, 0, "36,845"),)
        write_decision(
            DataRoot(url), MONTHS[0], Decision("", 1, issue, "accept", f"{writer}-{number}", "campaign", "2026-11-29", "0" * 64, cells)
        )


def decisions(place: Path, failures: Failures) -> Counter[str]:
    """Write 200 decisions at the same instant from eight processes."""
    import multiprocessing

    spawn = multiprocessing.get_context("spawn")
    barrier = spawn.Barrier(WRITERS)
    writers = [spawn.Process(target=_decide, args=(str(place / "decided"), barrier, writer)) for writer in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(WITHIN)
    failures.unless(all(writer.exitcode == 0 for writer in writers), f"writers ended with {[writer.exitcode for writer in writers]}")
    found = Counter(
        entry["reason"]
        for path in (place / "decided" / "reviews" / MONTHS[0]).glob("*.yaml")
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))
    )
    wanted = {f"{writer}-{number}" for writer in range(WRITERS) for number in range(EACH)}
    lost, twice = wanted - found.keys(), [reason for reason, count in found.items() if count > 1]
    failures.unless(not lost and not twice, f"{len(lost)} decisions lost, {len(twice)} there twice")
    return Counter(written=len(wanted), there=len(wanted & found.keys()))


# Full disks


@dataclass
class Small:
    """A disk that is too small, or files that may not grow.

    Attributes:
        place: where it is.
        largest_file: bytes; ``None`` for a mounted disk.
    """

    place: Path
    said: str
    largest_file: int | None = None

    def fill(self) -> int | None:
        """Leave no room at all; the largest file that may be written then."""
        if self.largest_file is not None:
            return 0
        subprocess.run(["dd", "if=/dev/zero", f"of={self.place / 'filler'}", "bs=4096"], check=False, capture_output=True)
        return None

    def enlarge(self) -> None:
        """Make room enough."""
        if self.largest_file is None:
            (self.place / "filler").unlink(missing_ok=True)
            subprocess.run(["mount", "-o", "remount,size=500m", str(self.place)], check=True, capture_output=True)


@contextmanager
def _mounted(place: Path, size: str) -> Iterator[Small]:
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)], check=True, capture_output=True)
    try:
        yield Small(place, f"a disk of {size}")
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False, capture_output=True)


@contextmanager
def _limited(place: Path, size: int) -> Iterator[Small]:
    place.mkdir()
    yield Small(place, f"files of {size:,} bytes", size)


def _may_mount(place: Path) -> bool:
    try:
        with _mounted(place / "may-mount", "64k"):
            return True
    except (OSError, subprocess.CalledProcessError):
        return False


def disk(place: Path, failures: Failures) -> Counter[str]:
    """Run on disks that are too small; what was there before has to be there after, and a larger disk has to be enough."""
    months = (KILLED, SMALL)
    sound = _with_documents(place / "sound-disk", months)
    _command(sound, "run")
    expected, counted = _tables(sound), Counter[str]()
    may_mount = _may_mount(place)
    room = sum(-(-path.stat().st_size // _PAGE) * _PAGE for path in sound.rglob("*") if path.is_file())
    sizes = [f"{int(part * room) // 1024}k" for part in DISKS]
    disks: list[AbstractContextManager[Small]] = [_mounted(place / f"disk-{size}", size) for size in sizes]
    if not may_mount:
        disks = [_limited(place / f"files-{size}", size) for size in FILES]

    def one(each: AbstractContextManager[Small]) -> bool:
        with each as small:
            counted[small.said] += 1
            root = _with_documents(small.place / "data", months)
            before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
            code, out, err = _ended(_started(root, "run", largest_file=small.largest_file))
            what = small.said
            said = failures.unless(code not in (0, 1), f"{what}: the run ended with {code}, as if all were well: {out[-300:]}")
            said &= failures.unless(bool(err.strip() or "FAILED" in out), f"{what}: nothing was said")
            said &= failures.unless("Traceback" not in out + err, f"{what}: a trace: {err[-400:]}")
            counted["said"] += said
            largest = small.fill()
            command = _with_files_of(largest, [sys.executable, "-c", _DECIDE, str(root)])
            decided = subprocess.run(command, env=_environment(), capture_output=True, timeout=WITHIN, check=False)
            is_there = (root / "reviews" / MONTHS[0] / f"{'a' * 12}.yaml").exists()
            failures.unless((decided.returncode == 0) == is_there, f"{what}: a decision was reported and is not there")
            counted["decision refused"] += decided.returncode != 0
            failures.unless(all(path.read_bytes() == data for path, data in before.items()), f"{what}: documents changed")
            small.enlarge()
            return _is_healthy(root, expected, failures, f"{what}, made larger")

    def read_only() -> bool:
        with _mounted(place / "disk-read-only", "50m") as small:
            root = _with_documents(small.place / "data", months)
            subprocess.run(["mount", "-o", "remount,ro", str(small.place)], check=True, capture_output=True)
            code, out, err = _command(root, "run")
            is_said = code not in (0, 1) and bool(err.strip()) and "Traceback" not in out + err
            counted["read-only said"] += failures.unless(is_said, f"a read-only disk: ended with {code}: {out[-300:]} {err[-300:]}")
            subprocess.run(["mount", "-o", "remount,rw,size=500m", str(small.place)], check=True, capture_output=True)
            return _is_healthy(root, expected, failures, "a read-only disk, made writable")

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        waiting = [pool.submit(one, each) for each in disks]
        if may_mount:
            waiting.append(pool.submit(read_only))
        counted["healed"] = sum(run.result() for run in waiting)
    return counted


_DECIDE = f"""
import sys
from trade_assets.review.decisions import DecidedCell, Decision, write_decision
from trade_assets.warehouse.root import DataRoot
cells = (DecidedCell(44, 0, "36,845"),)
decision = Decision("", 1, "a" * 12, "accept", "on a full disk", "campaign", "2026-11-29", "0" * 64, cells)
write_decision(DataRoot(sys.argv[1]), {MONTHS[0]!r}, decision)
"""


def _in_own_namespace(failures: Failures) -> bool:
    """Run the campaign of disks where one may be mounted without being root; false if this is such a place, or none can be had."""
    unshare = shutil.which("unshare")
    if os.geteuid() == 0 or not unshare or subprocess.run([unshare, "-rm", "true"], capture_output=True, check=False).returncode:
        return False
    done = subprocess.run([unshare, "-rm", sys.executable, __file__, "--only", "disk"], check=False)
    failures.unless(done.returncode == 0, "disks, in a namespace of their own: as said above")
    return True


def main() -> int:
    """Run the campaigns that are asked for; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="decisions,starts,kills,disk")
    asked = parser.parse_args()
    failures = Failures()
    with tempfile.TemporaryDirectory(prefix="campaign-") as folder:
        place = Path(folder)
        campaigns = {
            "decisions": lambda: decisions(place, failures),
            "starts": lambda: starts(place, asked.rounds, failures),
            "kills": lambda: kills(place, asked.kills, failures),
            "disk": lambda: disk(place, failures),
        }
        for name in asked.only.split(","):
            if name == "disk" and _in_own_namespace(failures):
                continue
            began, before = time.monotonic(), len(failures)
            counted = campaigns[name]()
            counts = ", ".join(f"{what} {count}" for what, count in counted.items())
            print(f"{name:10} {counts}, failures {len(failures) - before}; {time.monotonic() - began:.0f} s", flush=True)
    for failure in failures:
        print(f"FAILED     {failure}")
    if not failures:
        print("nothing was lost, and everything came back")
    return 1 if failures else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--killing"]:
        killing(int(sys.argv[2]), sys.argv[3:])
    else:
        sys.exit(main())
