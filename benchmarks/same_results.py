"""What the product gives, kept as text, and two such keepings compared: whether a rebuilt house gives the same results.

    python benchmarks/same_results.py keep FOLDER [--stores shipped,documents,samples]
    python benchmarks/same_results.py compare FOLDER FOLDER

``keep`` builds three stores through the command line of the checkout that it stands in: the documents shipped in data/raw,
those of ../shared/documents, and all samples with them, one issue of each store decided. It writes every table and view of
``trade.duckdb`` as sorted CSV, what ``check --format json`` says of every file, and every publication, and says how many
files that are. What differs between two builds of the same documents (moments of receipt, the day of a decision) is left out.

``compare`` names each file and each column that only one of the two has, and the rows that differ, with examples; it ends with
1 if anything does. Rows are compared in the columns that both have.
"""

from __future__ import annotations

import argparse
import collections
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED = REPOSITORY.parent / "shared"
STORES = ("shipped", "documents", "samples")
MOMENTS = frozenset({"received_at", "decided_on"})
"""Columns that tell when a store was made."""
EXAMPLES = 3


def _program(root: Path, *arguments: object, endings: Sequence[int] = (0, 1)) -> subprocess.CompletedProcess[str]:
    """The command line on a data root. Status 1 says that something needs review, as it does of these documents."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("TRADE_ASSETS_", "DAGSTER_"))}
    done = subprocess.run(
        [sys.executable, "-m", "trade_assets", "--data-root", str(root), *map(str, arguments)],
        cwd=REPOSITORY, env=environment | {"PYTHONPATH": str(REPOSITORY)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode not in endings:
        sys.exit(f"{' '.join(map(str, arguments))}: status {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done


def _given(store: str, scratch: Path) -> Path | None:
    """The table of months for the files of a store; ``None`` for the shipped ones, which are a store already."""
    if store == "shipped":
        return None
    from trade_assets_tests.released_samples import DOCUMENTS, RELEASED

    rows = [(str(SHARED / "documents" / name), month, "") for name, month in DOCUMENTS.items()]
    if store == "samples":
        rows += [(str(SHARED / "samples" / name), month, seen_on or "") for name, (month, seen_on) in RELEASED.items()]
    table = scratch / f"{store}.csv"
    with table.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("file", "release_month", "seen_on"), *rows])
    return table


def _files(store: str) -> list[Path]:
    """What is checked: each shipped or shared document, each sample, read or refused."""
    if store == "shipped":
        return sorted(path for path in (REPOSITORY / "data" / "raw").glob("*/*") if path.suffix != ".yaml")
    folder = SHARED / ("documents" if store == "documents" else "samples")
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "README.md")


def _decide(root: Path) -> None:
    """One issue of the store withheld by a reviewer, so that what a decision does is compared too."""
    open_issues = json.loads(_program(root, "review", "list", "--json").stdout)
    if open_issues:
        first = min(issue["issue"] for issue in open_issues)
        _program(root, "review", "withhold", first, "--reason", "compared", "--reviewer", "benchmark")


def _tables(root: Path, kept: Path) -> None:
    """Every view of the catalogue as CSV, rows in the order of their text."""
    import duckdb

    with duckdb.connect(str(next(root.rglob("trade.duckdb"))), read_only=True) as connection:
        views = connection.execute(
            "SELECT schema_name, view_name FROM duckdb_views() WHERE NOT internal ORDER BY schema_name, view_name"
        ).fetchall()
        for schema, view in views:
            rows = connection.execute(f'SELECT * FROM "{schema}"."{view}"')  # noqa: S608  # names of the catalogue itself
            names = [column[0] for column in rows.description]
            chosen = sorted((name, at) for at, name in enumerate(names) if name not in MOMENTS)
            lines = sorted(["" if row[at] is None else repr(row[at]) for _, at in chosen] for row in rows.fetchall())
            with (kept / f"{schema}.{view}.csv").open("w", newline="", encoding="utf-8") as file:
                csv.writer(file).writerows([[name for name, _ in chosen], *lines])


def _keep(store: str, kept: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="same-results-") as folder:
        scratch = Path(folder)
        root = scratch / "data"
        table = _given(store, scratch)
        if table is None:
            shutil.copytree(REPOSITORY / "data" / "raw", root / "raw")
        else:
            _program(root, "ingest", "--months", table)
        _program(root, "run")
        _decide(root)
        for part in ("tables", "checked", "published"):
            (kept / part).mkdir(parents=True)
        _tables(root, kept / "tables")
        for path in _files(store):
            done = _program(root, "check", "--format", "json", path, endings=(0, 1, 2))  # 2: refused, with the reason
            name = f"{path.parent.name}.{path.name}.json"
            (kept / "checked" / name).write_text(_said(done.stdout + done.stderr), encoding="utf-8")
        for month in sorted(each.name for each in (root / "raw").iterdir() if len(each.name) == 7):  # YYYY-MM
            _program(root, "publish", "--month", month, "--to", kept / "published")
    print(f"{store}: {sum(path.is_file() for path in kept.rglob('*'))} files kept")


def _said(said: str) -> str:
    """Without the folder of the checkout."""
    return said.replace(str(SHARED), "shared").replace(str(REPOSITORY), "repository")


def keep(folder: Path, stores: Sequence[str]) -> None:
    """Build the stores and keep what they give."""
    for store in stores:
        if store != "shipped" and not SHARED.is_dir():
            print(f"{store}: left out, no ../shared")
            continue
        _keep(store, folder / store)


def compare(one: Path, other: Path) -> bool:
    """Say what differs between two keepings; whether nothing does."""
    names = [{str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} for folder in (one, other)]
    said = [f"only in {folder}: {name}" for folder, mine, its in ((one, *names), (other, *reversed(names))) for name in sorted(mine - its)]
    both = sorted(names[0] & names[1])
    for name in both:
        if (one / name).read_bytes() != (other / name).read_bytes():
            said += [f"{name}: {sentence}" for sentence in _differing(one / name, other / name)]
    print("\n".join([*said, f"{len(both)} files in both, {len(said)} differences"]))
    return not said and bool(both)


def _differing(one: Path, other: Path) -> Iterator[str]:
    if one.suffix == ".csv":
        yield from _differing_rows(one, other)
    elif one.suffix in (".json", ".md"):
        lines = [path.read_text(encoding="utf-8").splitlines() for path in (one, other)]
        yield from _examples(*map(collections.Counter, lines))
    else:
        yield "other bytes"


def _differing_rows(one: Path, other: Path) -> Iterator[str]:
    csv.field_size_limit(sys.maxsize)
    headings, rows = [], []
    for path in (one, other):
        with path.open(newline="", encoding="utf-8") as file:
            heading, *records = csv.reader(file)
        headings.append(heading)
        rows.append(records)
    both = [name for name in headings[0] if name in headings[1]]
    for number, path in enumerate((one, other)):
        alone = [name for name in headings[number] if name not in both]
        if alone:
            yield f"columns only in {path}: {', '.join(alone)}"
    counts = []
    for heading, records in zip(headings, rows, strict=True):
        places = [heading.index(name) for name in both]
        counts.append(collections.Counter(tuple(record[at] for at in places) for record in records))
    yield from _examples(*counts)


def _examples(one: collections.Counter[object], other: collections.Counter[object]) -> Iterator[str]:
    for name, more in (("first", one - other), ("second", other - one)):
        if more:
            shown = "; ".join(str(line)[:300] for line in list(more)[:EXAMPLES])
            yield f"{more.total()} lines only in the {name}: {shown}"


def main() -> int:
    """The command line; the status to end with."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    keeping = commands.add_parser("keep")
    keeping.add_argument("folder", type=Path)
    keeping.add_argument("--stores", default=",".join(STORES))
    comparing = commands.add_parser("compare")
    comparing.add_argument("folders", type=Path, nargs=2)
    given = parser.parse_args()
    if given.command == "compare":
        return 0 if compare(*given.folders) else 1
    sys.path.insert(0, str(REPOSITORY))
    wrong = set(given.stores.split(",")) - set(STORES)
    if wrong or given.folder.exists():
        parser.error(f"no store {', '.join(sorted(wrong))}" if wrong else f"{given.folder} exists")
    keep(given.folder.resolve(), given.stores.split(","))
    return 0


if __name__ == "__main__":
    sys.exit(main())
