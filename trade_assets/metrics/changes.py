"""The metrics of a release month as changes: what is stored of ``metrics.figures``, so that a month costs what it changes.

The changes of a month are those of its releases, in order, on the metrics that the months before it leave. Where a later month is stored,
it was made of what this month left then; if that is no more so, the month's file restores it for the later one, so that a month that
is built again changes its own metrics and no others. Of a later month only the hash of the metrics that it rests on is read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from trade_assets.facts.frames import conform, empty, together
from trade_assets.facts.periods import last_day
from trade_assets.facts.tables import METRIC_CHANGES, METRIC_FIGURES, PRINTS
from trade_assets.metrics.definitions import DEFINITIONS
from trade_assets.warehouse.partitions import DamagedError, existing_months, read_partition
from trade_assets.warehouse.root import DataRoot
from trade_assets.warehouse.shown import read_rows

_KEY = ["family", "metric", "series", "period"]
_SAID = ["value", "low", "high", "unit", "seasonal_adjustment", "base_period", "gap"]
_NUMBERS = _SAID[:3]
NOTHING = ""
"""The hash of no metrics at all."""

_OPERANDS_OF = {
    family: {
        operand.family
        for definition in DEFINITIONS
        for case in definition.cases
        if case.above[0].family == family
        for sum_ in case.sums
        for operand in sum_
    }
    for family in {case.above[0].family for definition in DEFINITIONS for case in definition.cases}
}
"""The families of whose figures the metrics of a family are made."""


class _Link(NamedTuple):
    """How the changes of a month follow from those before it, by hashes of metrics: as the columns of that name."""

    release_month: str
    rests_on: str
    leaves: str
    restores: str

    @property
    def left(self) -> tuple[str, str]:
        """The metrics that the next month may rest on."""
        return self.leaves, self.restores


class _State(NamedTuple):
    """The metrics of a family after one release of a month.

    Attributes:
        known_from: the day from which all that they are made of counts as known.
        is_release: whether the release is one of the month; else it is the family's last one, of an earlier month.
    """

    family: str
    number: int
    reference_month: str
    known_from: str
    is_release: bool
    metrics: pd.DataFrame

    def row(self) -> pd.DataFrame:
        """The release as a row."""
        told = ("family", "number", "reference_month", "known_from", "is_release")
        return pd.DataFrame([{"kind": "state"} | {name: getattr(self, name) for name in told}])


def changes(root: DataRoot, release_month: str, figures: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """What is to be stored of a month's metrics, by the schema ``metrics.changes``; empty for a month without a release.

    Args:
        figures: all metrics of the month, by the schema ``metrics.figures``.
        known: ``vintages.knowledge`` of the month, of which they are made.

    Raises:
        DamagedError: the metrics of an earlier month are not whole, so that there is nothing sound to compare with.
    """
    months = existing_months(root, METRIC_CHANGES)
    former = _link_of(root, [month for month in reversed(months) if month < release_month])
    before = _left_by(root, former)
    frames, now = [], before
    for state in _states(root, release_month, figures, known, before):
        is_of_family = now["family"] == state.family
        changed = _difference(now[is_of_family], state.metrics)
        frames += [state.row(), changed.assign(number=state.number, reference_month=state.reference_month)]
        now = pd.concat([now[~is_of_family], state.metrics], ignore_index=True)
    leaves = hash_of(now)
    needed = _needed_later(root, release_month, leaves, former, before)
    if needed is not None:
        restored = _difference(now, needed).assign(number=0, is_restored=True)
        # The link stands in the rows of states; a month that has none has one for it.
        frames += [restored, *([] if frames else [restored[["family"]].head(1).assign(kind="state", number=0)])]
    link = _Link(release_month, former.leaves if former else NOTHING, leaves, leaves if needed is None else hash_of(needed))
    return _as_table(frames, link)


def fits(root: DataRoot, release_month: str) -> bool:
    """Whether a month's changes follow from those before it, and the next stored month's from what it leaves or restores.

    They may not where another month beside it was stored while this one was made; then its changes are to be made again.

    Raises:
        DamagedError: one of the files cannot be read.
    """
    months = existing_months(root, METRIC_CHANGES)
    own = _link_of(root, [release_month] if release_month in months else [])
    if own is None:
        return True
    former = _link_of(root, [month for month in reversed(months) if month < release_month])
    later = _link_of(root, [month for month in months if month > release_month])
    follows = own.rests_on == NOTHING or (former is not None and own.rests_on in former.left)
    return follows and (later is None or later.rests_on in (NOTHING, *own.left))


def without_what_nobody_needs(root: DataRoot, release_month: str) -> pd.DataFrame | None:
    """A month's stored changes without restored rows, where the next stored month does not rest on them any more; else ``None``.

    Raises:
        DamagedError: one of the files cannot be read.
    """
    months = existing_months(root, METRIC_CHANGES)
    own = _link_of(root, [release_month] if release_month in months else [])
    if own is None or own.restores == own.leaves:
        return None
    later = _link_of(root, [month for month in months if month > release_month])
    if later is not None and later.rests_on not in (NOTHING, own.leaves):
        return None
    rows = read_partition(root, METRIC_CHANGES, release_month)
    # The link alone, of a month that has nothing else, goes with the rows that it was there for.
    is_needed = ~rows["is_restored"] & ~((rows["kind"] == "state") & (rows["number"] == 0))
    rows = rows[is_needed].reset_index(drop=True)
    return rows.assign(restores=rows["restores"].mask(rows["kind"] == "state", own.leaves))


def _as_table(frames: Sequence[pd.DataFrame], link: _Link) -> pd.DataFrame:
    """Rows of states and of changes, by the schema ``metrics.changes``."""
    if not frames:
        return empty(METRIC_CHANGES)
    frame = pd.concat([empty(METRIC_CHANGES), *frames], ignore_index=True)
    is_state = frame["kind"] == "state"
    for name in ("rests_on", "leaves", "restores"):
        frame.loc[is_state, name] = getattr(link, name)
    frame = frame.fillna(dict.fromkeys(("metric", "series", "period", "reference_month"), "") | {"is_restored": False, "is_release": False})
    return together([conform(frame, METRIC_CHANGES, release_month=link.release_month)], METRIC_CHANGES)


def hash_of(metrics: pd.DataFrame) -> str:
    """The SHA-256 of metrics in whichever order; ``NOTHING`` without any.

    Args:
        metrics: columns of the key and of what a metric says, by the schema ``metrics.figures``; of one state per family.
    """
    if metrics.empty:
        return NOTHING
    metrics, made = metrics.sort_values(_KEY), hashlib.sha256()
    for name in (*_KEY, *_SAID):
        if name in _NUMBERS:
            made.update((metrics[name].to_numpy(dtype="float64", na_value=np.nan) + 0.0).tobytes())  # of the two zeros one
        else:
            made.update("\x1f".join(metrics[name].fillna("\x00").tolist()).encode())
        made.update(b"\x1e")
    return made.hexdigest()


def _link_of(root: DataRoot, months: Iterable[str]) -> _Link | None:
    """The link of the first of the months that has one; a month without a release has none."""
    for month in months:
        states = read_partition(root, METRIC_CHANGES, month)
        states = states[states["kind"] == "state"]
        if len(states):
            return _Link(month, *(str(states[name].iloc[0]) for name in _Link._fields[1:]))
    return None


def _left_by(root: DataRoot, link: _Link | None) -> pd.DataFrame:
    """The metrics that a month leaves, without what it restores.

    Raises:
        DamagedError: they are not those of which the month says the hash, or cannot be told.
    """
    if link is None:
        return empty(METRIC_FIGURES)[[*_KEY, *_SAID]]
    last = _last_states(root, link)
    found = read_rows(root, METRIC_FIGURES, last["release_month"].iloc[0]) if len(last) else empty(METRIC_FIGURES)
    found = found.merge(last[["family", "reference_month"]], on=["family", "reference_month"])[[*_KEY, *_SAID]]
    if hash_of(found) != link.leaves:
        said = f"the metrics stored of {link.release_month} are not those of which its file has the hash"
        raise DamagedError(f"{said}. To do: 'trade-assets run --month {link.release_month}' makes it again")
    return found


def _last_states(root: DataRoot, link: _Link) -> pd.DataFrame:
    """The last state of each family at the end of a month: of the month itself, or of the last one before it that has any."""
    for month in reversed([each for each in existing_months(root, METRIC_CHANGES) if each <= link.release_month]):
        links = read_partition(root, METRIC_CHANGES, month)
        links = links[links["kind"] == "state"]
        states = links[links["number"] > 0]
        if len(states):
            return states.sort_values("number").drop_duplicates("family", keep="last")
        if len(links) and links["rests_on"].fillna(NOTHING).iloc[0] == NOTHING:
            break  # what stands before a month that rests on nothing is hidden by it
    return empty(METRIC_CHANGES)


def _states(root: DataRoot, month: str, figures: pd.DataFrame, known: pd.DataFrame, before: pd.DataFrame) -> Iterator[_State]:
    """The states of each family that has or had metrics, in order; none in a month without a release."""
    if known.empty:
        return
    days = _days(read_partition(root, PRINTS, month))
    for family in sorted({*figures["family"], *before["family"]}):
        releases = sorted(set(known.loc[known["family"] == family, "reference_month"].fillna("")))
        for number, reference_month in enumerate(releases or [""], start=1):
            of_state = figures[(figures["family"] == family) & (figures["reference_month"] == reference_month)]
            own = [days[each, reference_month] for each in _OPERANDS_OF.get(family, ()) if (each, reference_month) in days]
            is_release = (family, reference_month) in days
            yield _State(family, number, reference_month, max(own, default=last_day(month)), is_release, of_state[[*_KEY, *_SAID]])


def _days(prints: pd.DataFrame) -> dict[tuple[str, str], str]:
    """The day from which all documents of each release of a month count as known, by family and reference month."""
    days = {}
    for (family, _), release in prints.groupby(["family", prints["release_number"].fillna(1)]):
        days[str(family), max(release["reference_month"].fillna(""))] = str(max(release["known_from"]))
    return days


def _needed_later(root: DataRoot, month: str, leaves: str, former: _Link | None, before: pd.DataFrame) -> pd.DataFrame | None:
    """The metrics on which the next month that is stored rests, where they are not those that the month leaves now.

    ``None`` too where it rests on nothing, or on what the store did not have: it is to be built again then, and who asks for it is told.

    Args:
        leaves: the hash of what the month leaves now.
        former, before: the link of the month before, and what that leaves.
    """
    months = existing_months(root, METRIC_CHANGES)
    try:
        later = _link_of(root, [each for each in months if each > month])
        if later is None or later.rests_on in (NOTHING, leaves):
            return None
        if former is not None and later.rests_on in former.left:
            return before if later.rests_on == former.leaves else _restored(root, former, before)
        own = _link_of(root, [month] if month in months else [])
        if own is None or later.rests_on not in own.left:
            return None
        left = _left_by(root, own)
        return left if later.rests_on == own.leaves else _restored(root, own, left)
    except DamagedError:
        return None


def _restored(root: DataRoot, link: _Link, metrics: pd.DataFrame) -> pd.DataFrame:
    """What a month leaves, with its restored rows."""
    rows = read_partition(root, METRIC_CHANGES, link.release_month)
    rows = rows[rows["is_restored"]]
    is_other = pd.MultiIndex.from_frame(metrics[_KEY]).isin(pd.MultiIndex.from_frame(rows[_KEY]))
    return pd.concat([metrics[~is_other], rows.loc[rows["kind"] == "changed", [*_KEY, *_SAID]]], ignore_index=True)


def _difference(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """The metrics that are otherwise now, as ``changed``, and those that are no more, as ``gone``."""
    both = after.merge(before, on=_KEY, how="outer", suffixes=("", "_before"), indicator="side")
    is_same = both["side"] == "both"
    for name in _SAID:
        now, then = both[name], both[f"{name}_before"]
        is_same &= (now == then).fillna(False).astype(bool) | (now.isna() & then.isna())
    kind = both["side"].astype("string").map({"right_only": "gone"}).fillna("changed")
    return both.assign(kind=kind).loc[~is_same, [*_KEY, *_SAID, "kind"]]
