"""A series file against files of the same series that the store has: another unit, base, sign or frequency is refused.

The catalogue knows some figures of some series; the store knows all that it was given. Revisions pass, a restatement too.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from trade_assets.facts.known import known_from, name_of
from trade_assets.facts.label_judgement import judge
from trade_assets.reading import ReadError, Reading, read_document
from trade_assets.reading.label_proof import printed_series

_LOOKED_AT = 24
"""How many of the latest stored files are read; a series that none of them has is compared with nothing."""


def require_agreement(reading: Reading, name: str, stored: Iterable[tuple[str, bytes]]) -> None:
    """Compare each series of a new file with the latest stored file that has it.

    Args:
        stored: path and bytes of the family's series files, the latest first.

    Raises:
        ReadError: the figures are not of the series as the store has it.
    """
    waiting = printed_series(reading)
    for path, data in islice(stored, _LOOKED_AT):
        if not waiting:
            return
        try:
            figures = printed_series(read_document(data, path))
        except ReadError:
            continue  # a run says so
        known = known_from(figures)
        for (series, measure), printed in list(waiting.items()):
            if series not in known:
                continue
            label = judge(series, measure, printed, {series: known[series]})
            if label.is_contradicted:
                first = reading.cells["series"].index(series)
                raise ReadError(
                    name,
                    reading.cells["line"][first],
                    expected=f"the figures of {name_of(series)} as {path} in the store has them",
                    found=f"{reading.cells['text'][first]}: {label.sentence}",
                    todo="find out which of the two is what it claims to be; if it is not the stored one, remove that with its sidecar; if "
                    "the publisher changed unit or base, give the series a line of its own in the catalogue",
                )
            if label.compared:
                del waiting[series, measure]
