"""Data Docs that one can read without network: plain pages, own style, own index, nothing fetched from elsewhere.

Great Expectations' pages take their style, their icons and even the rows of their index from servers on the
internet. On a machine without network they are blank, and on one with network they tell others who reads.
"""

from __future__ import annotations

import json
import os
import re
from html import escape
from pathlib import Path
from urllib.parse import quote

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
.met { color: #116329 }
.unmet { color: #a40e26; font-weight: 600 }
.note { color: #57606a }
.navbar { border-bottom: 1px solid #d0d7de; margin-bottom: 1rem; height: auto !important }
.breadcrumb { list-style: none; display: flex; gap: 1rem; padding: 0 }
.alert-secondary { background: #f3f5f8; border-left: 4px solid #57606a; padding: .5rem .8rem; margin: 1.2rem 0 .4rem }
.alert-secondary h5, h6 { margin: 0; font-size: 1.05rem }
.badge { background: #eaeef2; border-radius: 4px; padding: 0 .3rem; font-family: ui-monospace, monospace; font-size: .85em }
.fa-check-circle::before { content: "\\2714\\00a0 met"; color: #116329; font-style: normal }
.fa-times::before, .fa-times-circle::before { content: "\\2718\\00a0 not met"; color: #a40e26; font-style: normal; font-weight: 600 }
.fa-exclamation-triangle::before { content: "\\26a0\\00a0 failed to run"; color: #a40e26; font-style: normal }
.fa-check-circle, .fa-times { white-space: nowrap }
.alert-secondary .fa-check-circle::before { content: "\\2714" }
.alert-secondary .fa-times::before { content: "\\2718" }
p[style] { color: inherit !important }
p:has(> a[data-toggle="collapse"]), .collapse, .card:has(input), .cooltip .top { display: none }
"""

_ELSEWHERE = re.compile(
    r"<script\b.*?</script>"  # all of them need jQuery
    r"|<link\b[^>]*>"  # style sheets and the icon
    r"|<img\b[^>]*https?://[^>]*>"  # the logo
    r"|<footer\b.*?</footer>"  # newsletter, tutorials
    r"|<style\b.*?</style>",
    re.DOTALL | re.IGNORECASE,
)


def make_readable_offline(site: Path) -> None:
    """Rewrite the built pages under ``site`` so that they need nothing but themselves, and write the index."""
    for page in sorted(site.glob("expectations/**/*.html")) + sorted(site.glob("validations/**/*.html")):
        try:
            text = page.read_text(encoding="utf-8")
        except FileNotFoundError:  # replaced by a run of the same month just now
            continue
        text = _ELSEWHERE.sub("", text).replace("</head>", f"<style>{_STYLE}</style>\n</head>", 1)
        _replace(page, "\n".join(line for line in text.splitlines() if line.strip()) + "\n")
    write_index(site)


def write_index(site: Path) -> Path:
    """Write the entry page: a row per release month and family, the newest first."""
    judged = sorted(site.glob("validations/*/*/*/*.html"), key=lambda page: page.parts[-3:], reverse=True)
    table = "<p>No publication was judged yet. They appear here once a release month with documents is materialised; reload then."
    if judged:
        rows = "".join(_row(site, page) for page in judged)
        table = f"<table><thead><tr><th>Release month<th>Family<th>Expectations<th>Judged<tbody>{rows}</table>"
    suites = "".join(f'<li><a href="{_link(site, page)}">{escape(page.stem)}</a>' for page in sorted(site.glob("expectations/*.html")))
    expected = f"<h2>What is expected</h2><ul>{suites}</ul>" if suites else ""
    page = site / "index.html"
    _replace(
        page,
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Data Docs: {TITLE}</title><style>{_STYLE}</style></head>\n'
        f"<body><h1>{TITLE}</h1>\n<p class='note'>Data Docs by Great Expectations. A warning, never a gate: "
        f"nothing is withheld for what stands here.\n{table}\n{expected}</body></html>\n",
    )
    return page


def _row(site: Path, page: Path) -> str:
    """A judged publication: ``validations/<family>/<release month>/<time>/<batch>.html`` beside the kept result."""
    family, month, judged = page.relative_to(site).parts[1:4]
    kept = site.parents[1] / page.relative_to(site).with_suffix(".json")
    try:
        statistics = json.loads(kept.read_text(encoding="utf-8"))["statistics"]
        met, all_of_them = int(statistics["successful_expectations"]), int(statistics["evaluated_expectations"])
        said = f'<span class="{"met" if met == all_of_them else "unmet"}">{met} of {all_of_them} met</span>'
    except (FileNotFoundError, KeyError, TypeError, ValueError):
        said = '<span class="note">unknown</span>'
    time = f"{judged[:4]}-{judged[4:6]}-{judged[6:8]} {judged[9:11]}:{judged[11:13]} UTC"
    return f'<tr><td><a href="{_link(site, page)}">{escape(month)}</a><td>{escape(family)}<td>{said}<td>{escape(time)}\n'


def _link(site: Path, page: Path) -> str:
    return quote(page.relative_to(site).as_posix())


def _replace(page: Path, text: str) -> None:
    page.parent.mkdir(parents=True, exist_ok=True)
    temporary = page.with_name(f".{page.name}.{os.getpid()}")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(page)
