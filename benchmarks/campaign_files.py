"""Hostile files: mutants of workbooks, pages, series files, bundles of them, answers of APIs and the shipped texts.

Each must end in a reading or in a ReadError.

    PYTHONPATH=. python benchmarks/campaign_files.py [--seed N] [--mutants N] [--formats xlsx,xls,pdf,csv,bundle,json,txt] [--spawn-every N]

A mutant is a made file, or a shipped document, with one to four faults: bytes changed, cut, doubled or moved; in an .xlsx
also faults of a member's XML, of its encoding, and of how the archive says that it is compressed. A seed is drawn anew in
each run and printed. Printed is what became of the mutants; of those that read otherwise, how many an identity shows to be
wrong. Old workbooks and pages are parsed in a bounded child process of their own, as ever, but forked from one that has imported the
parser (``parsing.py``), which spares the start of an interpreter; every so many mutants take the child that ``reading/confined.py`` starts.
"""

from __future__ import annotations

import argparse
import io
import json
import multiprocessing
import os
import random
import re
import secrets
import sys
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.parsing import Parsers
from trade_assets.identities.document_facts import Facts
from trade_assets.identities.evaluate import evaluate
from trade_assets.identities.rules import rules_of, structure_of
from trade_assets.reading import ReadError, Reading, confined, documents_in, suffix_of
from trade_assets_tests.made_files import annual_book, annual_page, exhibit_1, exhibit_12, pdf, xlsx

REPOSITORY = Path(__file__).resolve().parents[1]
Mutate = Callable[[bytes, random.Random], bytes]

SERIES = "\n".join(["DATE,BOPTEXP", *(f"{2000 + n // 12}-{n % 12 + 1:02d}-01,{90_000 + 17 * n}" for n in range(60)), ""]).encode()
RECORDS = "\n".join(["series_id,year,period,value,footnotes", *(f"EIUIR,2018,M{n:02d},126.{n % 10}," for n in range(1, 13)), ""]).encode()
_FEW = (("1992-01", -2026, 50251), ("1992-02", -831, 51682), ("1992-03", -2641, 50294), ("1992-04", -3109, 50302))
BESIDE = "\n".join(["observation_date,BOPGSTB,BOPTEXP_20250507", *(f"{month}-01,{b},{e}" for month, b, e in _FEW), ""]).encode()
SPANS = "\n".join([
    "realtime_start,realtime_end,date,value,series_id",
    *(f"2025-0{5 + number // 3}-06,9999-12-31,{month}-01,{b},BOPGSTB" for number, (month, b, _) in enumerate(_FEW)), "",
]).encode()  # fmt: skip
BELOW = "\n".join([
    "series_id\tyear\tperiod\tvalue",
    *(f"{name}\t2024\tM{n:02d}\t{index}.{n - 3}" for n in range(4, 13) for name, index in (("EIUIR", 141), ("EIUIQ", 148))), "",
]).encode()  # fmt: skip
OF_FRED = json.dumps({"realtime_start": "2025-06-05", "count": 4, "observations": [
    {"realtime_start": "2025-06-05", "realtime_end": "2025-06-05", "date": f"{month}-01", "value": str(b)} for month, b, _ in _FEW
]}).encode()  # fmt: skip
OF_BLS = json.dumps({"status": "REQUEST_SUCCEEDED", "message": [], "Results": {"series": [
    {"seriesID": name, "data": [
        {"year": "2024", "period": f"M{n:02d}", "value": f"14{n}.{n}", "footnotes": [{}], "calculations": {"1": f"0.{n}"}}
        for n in (9, 8, 7)
    ]} for name in ("EIUIR", "EIUIQ")
]}}, indent=1).encode()  # fmt: skip
SOURCES: dict[str, tuple[bytes, ...]] = {
    "xlsx": (xlsx(exhibit_1(2019, (2021, 3))), xlsx(exhibit_12(2025), exhibit_1(2024, (2025, 12)), hidden=(1,))),
    "xls": (annual_book(1960, 1979),),
    "pdf": (pdf(annual_page(1960, 1979)),),
    "csv": (SERIES, RECORDS),
    "bundle": (BESIDE, SPANS, BELOW),
    "json": (OF_FRED, OF_BLS),
    "txt": tuple(path.read_bytes() for path in sorted((REPOSITORY / "data" / "raw").glob("*/*.txt"))),
}
UNFORESEEN = "does not foresee"
"""How a refusal is told that its reader did not know of."""


# Faults of any file


def changed_byte(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :]


def changed_bit(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :]


def cut(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(1, len(data))] if rng.random() < 0.5 else data[rng.randrange(1, len(data)) :]


def _span(data: bytes, rng: random.Random) -> tuple[int, int]:
    start = rng.randrange(len(data))
    return start, min(len(data), start + rng.choice((1, 4, 64, 512, 4096)))


def lost(data: bytes, rng: random.Random) -> bytes:
    start, end = _span(data, rng)
    return data[:start] + data[end:] or b"x"


def doubled(data: bytes, rng: random.Random) -> bytes:
    start, end = _span(data, rng)
    return data[:end] + data[start:end] + data[end:]


def moved(data: bytes, rng: random.Random) -> bytes:
    start, end = _span(data, rng)
    at = rng.randrange(len(data))
    return data[:at] + data[start:end] + data[at:]


def extreme(data: bytes, rng: random.Random) -> bytes:
    """Two or four bytes that say as much, or as little, as they can."""
    at, size = rng.randrange(len(data)), rng.choice((2, 4))
    return data[:at] + rng.choice((b"\xff", b"\0", b"\x7f")) * size + data[at + size :]


def digit(data: bytes, rng: random.Random) -> bytes:
    found = [match.start() for match in re.finditer(rb"[0-9]", data)]
    if not found:
        return changed_byte(data, rng)
    at = rng.choice(found)
    return data[:at] + rng.choice((b"0", b"9", b"", b"-", b".", b"1e9", b"%", b"\xe2\x88\x92")) + data[at + 1 :]


ANY: tuple[Mutate, ...] = (changed_byte, changed_bit, cut, lost, doubled, moved, extreme, digit)


# Faults of an .xlsx

ENCODINGS = ("utf-16", "utf-7", "latin-1", "klingon", "hex", "idna", "big5", "ebcdic-cp-us", "utf-8-sig", "\u00e4", "")
INSIDE = (
    b"<!-- a comment -->", b"<?an instruction?>", b"<![CDATA[1]]>", b"&#49;", b"&#0;", b"&amp;", b"&nbsp;", b"<v>1</v>", b"<f>A1</f>",
    b"<is><t>1</t></is>", b"<c/>", b"<row/>", b"\0", b"\xff", b"<x:y>", b"]]>", b"</v>", b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b" " * 100,
)  # fmt: skip
VALUES = (
    b"", b"-1", b"0", b"1048577", b"99999999999999999999", b"XFE1", b"A0", b"s", b"e", b"str", b"b", b"d", b"n", b"inlineStr", b"\xc3\xa9",
)  # fmt: skip


def _repacked(data: bytes, change: Callable[[str, bytes], bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", method) as target:
        for name in source.namelist():
            target.writestr(name, change(name, source.read(name)))
    return out.getvalue()


def _in_a_member(data: bytes, rng: random.Random, change: Callable[[bytes], bytes]) -> bytes:
    """The archive with a change in one member, mostly in a sheet, whatever it is compressed with."""
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        names = source.namelist()
    sheets = [name for name in names if "sheet" in name and name.endswith(".xml")]
    chosen = rng.choice(sheets if rng.random() < 0.7 else names)
    method = rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA))
    return _repacked(data, lambda name, content: change(content) if name == chosen else content, method)


def member_fault(data: bytes, rng: random.Random) -> bytes:
    return _in_a_member(data, rng, lambda content: rng.choice(ANY)(content or b"x", rng))


def inside_a_tag(data: bytes, rng: random.Random) -> bytes:
    def change(content: bytes) -> bytes:
        places = [match.start() for match in re.finditer(rb"[<>0-9]", content)]
        at = rng.choice(places) if places else 0
        return content[:at] + rng.choice(INSIDE) + content[at:]

    return _in_a_member(data, rng, change)


def attribute(data: bytes, rng: random.Random) -> bytes:
    def change(content: bytes) -> bytes:
        places = list(re.finditer(rb'(\w+)="([^"]*)"', content))
        if not places:
            return content
        found = rng.choice(places)
        return content[: found.start(2)] + rng.choice(VALUES) + content[found.end(2) :]

    return _in_a_member(data, rng, change)


def encoding(data: bytes, rng: random.Random) -> bytes:
    def change(content: bytes) -> bytes:
        declared = f"<?xml version='1.0' encoding='{rng.choice(ENCODINGS)}'?>".encode()
        part = declared + re.sub(rb"^\s*<\?xml[^>]*\?>", b"", content)
        return part if rng.random() < 0.7 else part.decode("utf-8", "replace").encode(rng.choice(("utf-16", "utf-32")))

    return _in_a_member(data, rng, change)


def packing(data: bytes, rng: random.Random) -> bytes:
    """Faults inside of a member as it is compressed, or of how the archive describes it."""
    method = rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA))
    packed = bytearray(_repacked(data, lambda _, content: content, method))
    heads = [match.start() for match in re.finditer(rb"PK\x01\x02|PK\x03\x04", packed)]
    for _ in range(rng.randrange(1, 4)):
        at = rng.choice(heads) + rng.randrange(80)
        packed[min(at, len(packed) - 1)] = rng.choice((0, 1, 8, 9, 12, 14, 93, 255, rng.randrange(256)))
    return bytes(packed)


OF_WORKBOOKS: tuple[Mutate, ...] = (member_fault, inside_a_tag, attribute, encoding, packing)


def mutant(form: str, rng: random.Random) -> bytes:
    """A file of the format with one to four faults; an archive that broke gets no fault of its members any more."""
    data = rng.choice(SOURCES[form])
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        try:
            data = rng.choice((*ANY, *OF_WORKBOOKS * 8) if form == "xlsx" else ANY)(data, rng)
        except Exception:  # as many kinds as there are of damaged archives
            data = changed_byte(data, rng)
    return data


# What becomes of them


def _is_located(reading: Reading) -> bool:
    """Whether every figure stands where its reading says."""
    places = zip(*(reading.cells[name] for name in ("line", "start", "end", "text")), strict=True)
    return all(reading.printed[line - 1][start:end] == text for line, start, end, text in places)


def _figures(reading: Reading) -> list[Any]:
    return [reading.cells[name] for name in ("table", "series", "measure", "period", "value", "decimals")]


def _read(data: bytes) -> list[Reading]:
    """The documents of a file. Raises ReadError: what is wrong with the first that is refused."""
    readings = []
    for found in documents_in(data, "mutant"):
        if isinstance(found, ReadError):
            raise found
        suffix_of(found.data)
        readings.append(found.reading)
    return readings


def _by_fact(documents: list[list[Any]]) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Value and decimals of all figures of a file, by what they are of."""
    found = {}
    for _, series, measure, period, value, decimals in documents:
        for at, name in enumerate(series):
            found[name, measure[at], period[at]] = value[at], decimals[at]
    return found


def _difference(documents: list[list[Any]], known: list[list[list[Any]]]) -> str:
    """Why no rule sees that a mutant reads otherwise: how it differs from the source with which it shares most figures."""
    now = _by_fact(documents)
    before = max(map(_by_fact, known), key=lambda each: len(each.items() & now.items()))
    lost, new = before.keys() - now.keys(), now.keys() - before.keys()
    changed = [fact for fact in before.keys() & now.keys() if before[fact] != now[fact]]
    said = []
    if changed:
        said.append("figures read otherwise, of a size and print that they could have")
    if lost:
        left = [fact[2] or "" for fact in now.keys() & before.keys()]
        is_end = all((fact[2] or "") > max(left, default="") or (fact[2] or "") < min(left, default="~") for fact in lost)
        at_an_end = "periods lost at an end, of a file that could have ended there"
        said.append(at_an_end if is_end else "rows lost, which are gaps now, or listed as not read")
    if new:
        said.append("figures of other periods or series, as the file now says")
    return "; ".join(said) or "the same figures in another order, or of another vintage, as the file now says"


def outcome(data: bytes, known: list[list[list[Any]]]) -> tuple[str, str]:
    """What became of a mutant, and of a refusal, or of what must not be, what was said."""
    try:
        readings = _read(data)
        if not all(map(_is_located, readings)):
            return "neither", "a figure does not stand where its reading says"
        if list(map(_figures, readings)) in known:
            return "as before", ""
        violated = any(evaluate((*rules_of(each.family), *structure_of(each.family)), Facts.of_reading(each)).violated for each in readings)
        return ("otherwise, seen", "") if violated else ("otherwise", _difference(list(map(_figures, readings)), known))
    except ReadError as error:
        return ("unforeseen" if UNFORESEEN in error.found else "refused"), error.found
    except BaseException:
        return "neither", traceback.format_exc()


OUTCOMES = ("as before", "otherwise, seen", "otherwise", "refused", "unforeseen", "neither")


_BLOCK = 250
"""Mutants that a worker makes at a time."""


class Tally(NamedTuple):
    """What became of a block of mutants.

    Attributes:
        said, examples: why no rule sees that some read otherwise; what was said of those that no reader foresaw, or that were neither read
            nor refused; with the number of one of them.
        slowest: seconds.
    """

    counts: Counter[str]
    said: Counter[str]
    examples: dict[str, int]
    slowest: float


def block(form: str, seed: int, numbers: range, spawn_every: int) -> Tally:
    """Make mutants of a format and see what becomes of them."""
    known = [list(map(_figures, _read(data))) for data in SOURCES[form]]
    tally, slowest = Tally(Counter(), Counter(), {}, 0.0), 0.0
    parsers, spawned = Parsers(), confined.parsed
    try:
        for number in numbers:
            # A mutant is told by seed, format and number alone, so that one can be made again.
            data = mutant(form, random.Random(f"{seed} {form} {number}"))  # noqa: S311 - draws faults, guards nothing
            confined.parsed = spawned if number % spawn_every == 0 else parsers.parsed
            started = time.perf_counter()
            became, words = outcome(data, known)
            slowest = max(slowest, time.perf_counter() - started)
            tally.counts[became] += 1
            if became in {"otherwise", "unforeseen", "neither"}:
                tally.said[f"{became}: {words}"[:2000]] += 1
                tally.examples.setdefault(f"{became}: {words}"[:2000], number)
    finally:
        confined.parsed = spawned
        parsers.end()
    return tally._replace(slowest=slowest)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--mutants", type=int, default=500, help="of each format")
    parser.add_argument("--formats", default=",".join(SOURCES))
    parser.add_argument("--spawn-every", type=int, default=100)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    began = time.monotonic()
    print(f"seed {given.seed}, {given.mutants:,} mutants of each format")
    print(f"{'format':8}" + "".join(f"{name:>17}" for name in OUTCOMES) + f"{'slowest':>10}")
    is_bad = False
    with ProcessPoolExecutor(given.workers, multiprocessing.get_context("spawn")) as pool:
        waiting = {
            form: [
                pool.submit(block, form, given.seed, range(at, min(at + _BLOCK, given.mutants)), given.spawn_every)
                for at in range(0, given.mutants, _BLOCK)
            ]
            for form in given.formats.split(",")
        }
        for form, blocks in waiting.items():
            tallies = [each.result() for each in blocks]
            counts, said = (sum((each[at] for each in tallies), Counter[str]()) for at in range(2))
            slowest = max(each.slowest for each in tallies)
            print(f"{form:8}" + "".join(f"{counts[name]:17,}" for name in OUTCOMES) + f"{slowest:9.1f}s", flush=True)
            examples = {words: number for each in reversed(tallies) for words, number in each.examples.items()}
            for words, count in said.most_common(10):
                print(f"  {count} {words} (such as {examples[words]})")
            is_bad |= counts["neither"] > 0 or counts.total() != given.mutants
    verdict = "FAILED: a mutant was neither read nor refused" if is_bad else "every mutant was read or refused"
    print(f"{verdict}; {time.monotonic() - began:.0f} s")
    sys.exit(is_bad)


if __name__ == "__main__":
    main()
