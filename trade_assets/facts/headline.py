"""What a headline figure is; each family declares its own (``families/*/headlines.py``)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Headline:
    """A figure that a release is known for, of its latest period.

    Attributes:
        is_change: whether it is the figure minus that of the month before, or the figure itself.
        months: length of the period: 1, or 12 for a change on a year earlier; levels have 1.
        up, down: what is said of a positive and of a negative figure.
    """

    name: str
    series: str
    measure: str
    is_change: bool
    up: str
    down: str
    months: int = 1
