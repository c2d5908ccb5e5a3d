"""Data Docs: what Great Expectations found in each month, as one JSON file and one page a month, and an index over them.

Plain pages with their own style and nothing fetched from elsewhere. (Great Expectations' own take style, icons and even rows from
servers on the internet, and its files are rewritten in place, so that a kill between two writes stops all later months.)
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from typing import Any

from trade_assets.expectations.judgement import EXPECTED, Judgement
from trade_assets.facts.periods import is_month
from trade_assets.warehouse.locks import settled
from trade_assets.warehouse.root import DataRoot

FOLDER = "data_docs"
INDEX = "index.html"
TITLE = "Publications against what they should be"

_STYLE = """
:root { color-scheme: light }
body { margin: 2rem auto; max-width: 70rem; padding: 0 1rem; font: 15px/1.45 system-ui, sans-serif; color: #1b1f24; background: #fff }
a { color: #1f4e9e }
h1 { font-size: 1.5rem }
h2 { font-size: 1.2rem }
table { border-collapse: collapse; margin: .5rem 0 1rem }
th, td { border: 1px solid #d0d7de; padding: .3rem .7rem; text-align: left; vertical-align: top }
th { background: #f3f5f8 }
ul { margin: 0; padding-left: 1.2rem }
.met { color: #116329 }
.unmet { color: #a40e26; font-weight: 600 }
.note { color: #57606a }
"""


def keep(root: DataRoot, release_month: str, judgements: Sequence[Judgement]) -> None:
    """Keep a month's judgements, all of them, in place of its former ones.

    Raises:
        OSError: they cannot be written.
    """
    kept = [
        {
            "family": judgement.family,
            "reference_month": judgement.reference_month,
            "series": len(judgement.rows),
            "not_evaluable": int((judgement.rows["status"] == "not_evaluable").sum()),
            "outcomes": [vars(outcome) for outcome in judgement.outcomes],
        }
        for judgement in judgements
    ]
    if kept or root.exists(FOLDER, f"{release_month}.json"):
        root.write(json.dumps(kept, indent=1, ensure_ascii=False).encode(), FOLDER, f"{release_month}.json")
        root.write(_month_page(release_month, kept).encode(), FOLDER, f"{release_month}.html")


def build_data_docs(root: DataRoot) -> str | None:
    """Write the index over what is kept; its place, or ``None`` if nothing is.

    Raises:
        OSError: it cannot be written.
    """
    if not _months(root):
        return None
    settled(lambda: write_index(root))
    return root.path(FOLDER, INDEX)


def write_index(root: DataRoot) -> bool:
    """Write the entry page: a row per release month and family, the newest first; False if it stood there already."""
    return root.write(_index_page([(month, _kept(root, month)) for month in reversed(_months(root))]).encode(), FOLDER, INDEX)


def _months(root: DataRoot) -> list[str]:
    return [month for name in root.names(FOLDER) if name.endswith(".json") and is_month(month := name.removesuffix(".json"))]


def _kept(root: DataRoot, release_month: str) -> list[dict[str, Any]] | None:
    """What is kept of a month; ``None`` if the file is damaged, until the month is run again."""
    try:
        kept = json.loads(root.read(FOLDER, f"{release_month}.json"))
        return [
            {"family": str(each["family"]), "reference_month": each["reference_month"], "outcomes": [dict(one) for one in each["outcomes"]]}
            for each in kept
        ]
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _index_page(months: Sequence[tuple[str, list[dict[str, Any]] | None]]) -> str:
    rows = []
    for month, kept in months:
        link = f'<a href="{month}.html">{month}</a>'
        rows += [f"<tr><td>{link}<td>{_release(each)}<td>{_count(each['outcomes'])}\n" for each in kept or []]
        if kept is None:
            rows.append(f'<tr><td>{link}<td><td><span class="note">damaged: run the month again</span>\n')
    table = "<p>No publication was judged yet. They appear here once a release month with documents is materialised; reload then."
    if rows:
        table = f"<table><thead><tr><th>Release month<th>Release<th>Expectations<tbody>{''.join(rows)}</table>"
    expected = "".join(f"<li>{escape(each)}" for each in EXPECTED.values())
    return _page(TITLE, f"{_NOTE}\n{table}\n<h2>What is expected</h2><ul>{expected}</ul>")


_NOTE = "<p class='note'>Data Docs, judged by Great Expectations. A warning, never a gate: nothing is withheld for what stands here."


def _release(judged: dict[str, Any]) -> str:
    """A release for people: its family and the month that it is about."""
    return escape(f"{judged['family']} of {judged['reference_month'] or 'a month that it does not tell'}")


def _count(outcomes: Sequence[dict[str, Any]]) -> str:
    met = sum(bool(outcome.get("could_run")) and not outcome.get("unmet") for outcome in outcomes)
    return f'<span class="{"met" if met == len(outcomes) else "unmet"}">{met} of {len(outcomes)} met</span>'


def _month_page(release_month: str, kept: Sequence[dict[str, Any]]) -> str:
    sections = [
        f"<h2>{_release(each)}: {_count(each['outcomes'])}</h2>\n"
        f"<p>{each['series']} series, the range of {each['not_evaluable']} not evaluable."
        f"<table><thead><tr><th>Expectation<th>Outcome<tbody>{''.join(map(_row, each['outcomes']))}</table>"
        for each in kept
    ]
    return _page(f"{release_month}: {TITLE.lower()}", "\n".join([f'<p><a href="{INDEX}">All months</a>', _NOTE, *sections]))


def _row(outcome: dict[str, Any]) -> str:
    said = "".join(f"<li>{escape(sentence)}" for sentence in outcome["unmet"])
    word = "met" if outcome["could_run"] and not said else "not met" if outcome["could_run"] else "could not run"
    state = "met" if word == "met" else "unmet"
    return f'<tr><td>{escape(outcome["expectation"])}<td><span class="{state}">{word}</span>{f"<ul>{said}</ul>" if said else ""}\n'


def _page(title: str, body: str) -> str:
    head = f'<meta charset="utf-8"><title>Data Docs: {title}</title><link rel="icon" href="data:,"><style>{_STYLE}</style>'
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head>\n<body><h1>{title}</h1>\n{body}</body></html>\n'
