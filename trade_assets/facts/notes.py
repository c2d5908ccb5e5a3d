"""What the columns ``gaps`` and ``corrections`` of a wide table hold: of each figure what is said of it, written and read here only.

The form is ``column: text; column: text``, or once ``every figure: text`` where the same is said of every figure of the row. It is
for people and for SQL's LIKE; whoever needs the reasons as data reads them with ``noted``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_BETWEEN, _OF, _EVERY = "; ", ": ", "every figure"


def notes_of(said: Mapping[str, str], figures: Sequence[str] = ()) -> str:
    """The text for a row.

    Args:
        said: by column.
        figures: the columns of all figures of the row, where the same may be said of every one.
    """
    texts = set(said.values())
    if len(texts) == 1 and figures and set(said) == set(figures):
        return of_every_figure(texts.pop())
    return _BETWEEN.join(f"{column}{_OF}{text}" for column, text in said.items())


def of_every_figure(text: str) -> str:
    """The text for a row of whose figures all the same is said."""
    return f"{_EVERY}{_OF}{text}"


def noted(notes: str, figures: Sequence[str]) -> dict[str, str]:
    """What the text of a row says, by column: the reverse of ``notes_of``."""
    if notes.startswith(f"{_EVERY}{_OF}"):
        return dict.fromkeys(figures, notes.removeprefix(f"{_EVERY}{_OF}"))
    return dict(each.split(_OF, 1) for each in notes.split(_BETWEEN) if each)
