"""HTML as values: elements that escape what they are given, and refuse what a report must not contain.

A plain string in an element is text of unknown origin, always: characters that are not printable are shown as escapes,
long text is cut, and HTML is escaped. Only ``Markup`` is written out as it is, and only this module makes it. Attributes
are never text: names and values outside a narrow alphabet are refused, as are elements and links that load or run.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TypeAlias

from trade_assets.reading.errors import printable

LIMIT = 600
"""Longer text is cut and says so."""

_TAGS = frozenset(
    {
        "a",
        "article",
        "body",
        "br",
        "caption",
        "code",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "head",
        "header",
        "html",
        "li",
        "link",
        "main",
        "mark",
        "meta",
        "nav",
        "p",
        "pre",
        "section",
        "small",
        "span",
        "strong",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "title",
        "tr",
        "ul",
        "circle",
        "desc",
        "line",
        "path",
        "rect",
        "svg",
        "text",
    }
)
_VOID = frozenset({"br", "link", "meta"})
_ATTRIBUTES = frozenset(
    {
        "aria-describedby",
        "aria-hidden",
        "aria-labelledby",
        "charset",
        "class",
        "colspan",
        "content",
        "cx",
        "cy",
        "d",
        "dir",
        "height",
        "href",
        "http-equiv",
        "id",
        "lang",
        "name",
        "r",
        "rel",
        "role",
        "scope",
        "tabindex",
        "text-anchor",
        "viewBox",
        "width",
        "x",
        "x1",
        "x2",
        "y",
        "y1",
        "y2",
    }
)
_VALUE = re.compile(r"[A-Za-z0-9 .,:;'#/()=+-]*")
_LINK = re.compile(r"(?:#[a-z][a-z0-9-]*|[a-z0-9-]+\.html)")
_ICON = "data:,"  # an empty icon of its own keeps browsers from asking the server for one


class Markup:
    """Finished HTML. Made by the functions of this module, so that nothing unescaped becomes one by accident."""

    __slots__ = ("html",)

    def __init__(self, finished: str) -> None:
        self.html = finished

    def __str__(self) -> str:
        raise TypeError("markup is joined by elements, not formatted into text")


Content: TypeAlias = "Markup | str | int | Iterable[Content] | None"
"""What an element may contain; ``None`` is nothing, an integer is grouped by thousands."""


def text(shown: str, limit: int = LIMIT) -> Markup:
    """Text of unknown origin as it may be shown."""
    plain = shown if len(shown) <= limit and shown.isprintable() else printable(shown, limit)
    return Markup(html.escape(plain, quote=True))


def join(*content: Content) -> Markup:
    """Contents one after another."""
    return Markup("".join(_pieces(content)))


def element(tag: str, *content: Content, **attributes: str | float | None) -> Markup:
    """An element. A trailing underscore of an attribute's name is dropped, others become hyphens; ``None`` leaves it out.

    Raises:
        ValueError: an element, an attribute or a value that no report has.
    """
    if tag not in _TAGS:
        raise ValueError(f"no report has an element {tag!r}")
    written = [f"<{tag}"]
    for name, value in attributes.items():
        if value is not None:
            plain = _name(name)
            written.append(f' {plain}="{_value(plain, str(value))}"')
    written.append(">")
    if tag not in _VOID:
        written.extend(_pieces(content))
        written.append(f"</{tag}>")
    return Markup("".join(written))


def page(title: str, body: Iterable[Content], style: str, policy: str) -> str:
    """A whole document.

    Args:
        style: CSS of the project's own.
        policy: the content security policy; without one a browser would load and run whatever slipped through.
    """
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("link", rel="icon", href=_ICON),
        element("title", title),
        Markup(f"<style>{style}</style>"),
    )
    return f"<!DOCTYPE html>\n{element('html', head, element('body', *body), lang='en').html}\n"


def _pieces(content: Iterable[Content]) -> Iterable[str]:
    for each in content:
        if each is None:
            continue
        if isinstance(each, Markup):
            yield each.html
        elif isinstance(each, str):
            yield text(each).html
        elif isinstance(each, int):
            yield f"{each:,}"
        else:
            yield from _pieces(each)


@cache
def _name(name: str) -> str:
    plain = name.removesuffix("_").replace("_", "-")
    if plain not in _ATTRIBUTES:
        raise ValueError(f"no report has an attribute {plain!r}")
    return plain


def _value(name: str, value: str) -> str:
    allowed = (value == _ICON or _LINK.fullmatch(value)) if name == "href" else _VALUE.fullmatch(value)
    if not allowed:
        raise ValueError(f"no report has an attribute {name} of {printable(value)!r}")
    return value


def table(caption: Content, headings: Iterable[str], rows: Iterable[Content], *, numbers: Iterable[int] = (), class_: str = "") -> Markup:
    """A table with a caption and a scope for each heading.

    Args:
        rows: finished rows.
        numbers: columns of figures, from 0; their headings stand to the right as the figures do.
    """
    right = frozenset(numbers)
    heads = [
        element("th", heading, scope="col", class_="number" if at in right else None) if heading else element("td")
        for at, heading in enumerate(headings)
    ]
    return element(
        "table",
        element("caption", caption),
        element("thead", element("tr", *heads)),
        element("tbody", *rows),
        class_=class_ or None,
    )


def scrolling(label: Content, content: Content, name: str) -> Markup:
    """A block that scrolls by itself where it is wider than the page; the keyboard reaches it, and it says what it is.

    Args:
        label: what it is, for screen readers.
        name: an id of its own in the page.
    """
    spoken = element("span", label, id=f"{name}-label", class_="unseen")
    # A group, not a region: dozens of landmarks would be none.
    return join(spoken, element("div", content, class_="scroll", role="group", tabindex=0, aria_labelledby=f"{name}-label"))


def entries(pairs: Mapping[str, Content] | Iterable[tuple[Content, Content]], class_: str | None = None) -> Markup:
    """A list of names and what is said of them."""
    items = pairs.items() if isinstance(pairs, Mapping) else pairs
    return element("dl", *(element("div", element("dt", name), element("dd", said)) for name, said in items), class_=class_)
