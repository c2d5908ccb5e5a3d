"""Who says a declared rule: its publisher, the meaning of its words, or nobody but the documents that were read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

Authority = Literal["published", "definition", "inferred"]

INFERRED = "inferred: no publisher states the rule"
"""What the sentence of a finding says of a rule that it rests on, if nobody states it."""

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


@dataclass(frozen=True, kw_only=True, eq=False)
class Declared:
    """What every declared rule about publishers and their figures has; half a declaration raises.

    Attributes:
        source: who says so. Of a published rule the publisher, the document and its date; of an inferred one, what shows it.
        authority: ``published``, a publisher states it; ``definition``, it follows from what the words mean; ``inferred``, it was
            seen in the documents at hand, and no publisher states it.

    Raises:
        ValueError: no source, no such authority, or a publisher's statement without its year.
    """

    source: str
    authority: Authority

    def __post_init__(self) -> None:
        if self.authority not in get_args(Authority) or not self.source.strip():
            raise ValueError(f"a declared rule needs a source and one of {', '.join(get_args(Authority))}, not {self.authority!r}")
        if self.authority == "published" and not _YEAR.search(self.source):
            raise ValueError(f"what a publisher states needs a document with its year, not {self.source!r}")

    @property
    def is_inferred(self) -> bool:
        """Whether no publisher states it."""
        return self.authority == "inferred"

    @property
    def note(self) -> str:
        """What a sentence that rests on it ends with: nothing, if somebody states it."""
        return f" ({INFERRED})" if self.is_inferred else ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Assumption(Declared):
    """A statement about a publisher's files or habits that code relies on.

    Attributes:
        where: the module that relies on it, below ``trade_assets``.
        guard: what happens where it does not hold.
    """

    statement: str
    where: str
    guard: str


REFUSED = "the document is refused, with line and what was expected"
"""What happens where a document is not laid out as its reader takes for granted."""
