"""What all pages share: head, style, skip link, landmarks, the status pill."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from trade_assets.review.report.contents import Status
from trade_assets.review.report.markup import Content, Markup, element, page

_FOOTER = "Made by trade-assets from the documents in the store; nothing on this page is loaded from elsewhere."


@cache
def _style() -> tuple[str, str]:
    """The style sheet, and the policy that lets it and nothing else in."""
    style = files(__package__).joinpath("style.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return style, f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"


def framed(title: str, header: Iterable[Content], body: Iterable[Content]) -> str:
    """A whole page."""
    content = [
        element("a", "Skip to the content", href="#content", class_="skip"),
        element("header", *header),
        element("main", *body, id="content", tabindex=-1),
        element("footer", element("p", _FOOTER)),
    ]
    return page(f"{title} - trade-assets", content, *_style())


def pill(status: Status) -> Markup:
    """A month's status: a word, and a sign and colour that say no more than it."""
    return element("span", element("span", status.sign, aria_hidden="true"), " ", status.word, class_=f"pill {status.tone}")
