"""When the regular families publish, and since when a release is awaited."""

import datetime as dt
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from trade_assets.facts.families import TIMEZONE, Calendar, families

AWAITS = "trade_assets/awaits"
"""Run tag: the family that the schedule which started the run was waiting for."""


CALENDARS: dict[str, Calendar] = {family.name: family.calendar for family in families().values() if family.calendar is not None}
"""By family, of those that publish regularly."""


def awaited_since(family: str, release_month: str, tags: Mapping[str, str], now: dt.datetime | None = None) -> str | None:
    """Since when a release is awaited, or ``None`` if it is not.

    It is awaited in a run that its schedule started, and in any run of the current month once the due time
    has passed. Past months that nobody scheduled are not awaited.
    """
    calendar = CALENDARS.get(family)
    if calendar is None:
        return None
    now = now or dt.datetime.now(ZoneInfo(TIMEZONE))
    due = calendar.due(release_month)
    is_current = now.astimezone(ZoneInfo(TIMEZONE)).strftime("%Y-%m") == release_month
    if tags.get(AWAITS) == family or (is_current and now >= due):
        return due.strftime("%Y-%m-%d %H:%M New York time")
    return None
