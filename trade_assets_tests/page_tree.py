"""A page of the report as a tree of its elements, which is sound, and the rows of its tables."""

import itertools
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"br", "link", "meta"}


@dataclass
class Node:
    tag: str
    attributes: dict
    content: list = field(default_factory=list)

    @property
    def text(self):
        return "".join(part if isinstance(part, str) else part.text for part in self.content)

    def all(self, tag=None, class_=None):
        for part in self.content:
            if isinstance(part, Node):
                if tag in (None, part.tag) and (class_ is None or class_ in (part.attributes.get("class") or "").split()):
                    yield part
                yield from part.all(tag, class_)

    def one(self, tag=None, class_=None):
        return next(iter(self.all(tag, class_)))


class Page(HTMLParser):
    """A page as a tree; every element must be closed, in order."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.root = Node("root", {})
        self.open = [self.root]
        self.feed(html)
        self.close()
        assert self.open == [self.root], [node.tag for node in self.open]

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), (tag, names)
        node = Node(tag, dict(attrs))
        self.open[-1].content.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_endtag(self, tag):
        assert self.open[-1].tag == tag, f"</{tag}> inside <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data):
        self.open[-1].content.append(data)


def parsed(html):
    """The tree of a page that is sound: closed, self-contained, and with all its references."""
    root = Page(html).root
    nodes = list(root.all())
    ids = [node.attributes["id"] for node in nodes if "id" in node.attributes]
    assert len(ids) == len(set(ids))
    for node in nodes:
        for name, value in node.attributes.items():
            assert not name.startswith("on"), name
            assert name not in {"src", "srcset", "style", "action", "data"}, name
            if name in ("aria-labelledby", "aria-describedby"):
                assert set(value.split()) <= set(ids), value
            if name == "href":
                assert value[1:] in ids if value.startswith("#") else re.fullmatch(r"data:,|index\.html|\d{4}-\d\d\.html", value), value
    tags = {node.tag for node in nodes}
    assert tags.isdisjoint(
        {"script", "img", "iframe", "object", "embed", "form", "input", "button", "base", "audio", "video", "use", "image"}
    )
    assert "url(" not in root.one("style").text
    assert "@import" not in root.one("style").text
    assert [node.tag for node in nodes].count("main") == 1
    assert [node.tag for node in nodes].count("h1") == 1
    levels = [int(node.tag[1]) for node in nodes if re.fullmatch(r"h[1-6]", node.tag)]
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels)), levels
    for table in root.all("table"):
        assert table.one("caption").text.strip()
        assert all(head.attributes.get("scope") in ("col", "row") for head in table.all("th"))
        assert all(head.text.strip() for head in table.all("th"))
    for drawing in root.all("svg"):
        if drawing.attributes.get("aria-hidden") != "true":
            assert drawing.attributes["role"] == "img"
            assert drawing.one("title").text
            assert drawing.one("desc").text
    for node in root.all(class_="scroll"):
        assert node.attributes["tabindex"] == "0"
        assert node.attributes["role"] == "group"
    return root


def rows(table):
    """A table's rows as lists of texts, spaces squeezed."""
    return [[" ".join(cell.text.split()) for cell in row.content] for row in table.all("tr")]
