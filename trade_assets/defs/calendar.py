"""When the regular families publish, and since when a release is awaited."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from trade_assets.defs.partitions import TIMEZONE
from trade_assets.facts.assumed import FT900_DAY, MXP_DAY, Assumption

AWAITS = "trade_assets/awaits"
"""Run tag: the family that the schedule which started the run was waiting for."""


@dataclass(frozen=True)
class Calendar:
    """When a family's release of a month is due: the latest usual day, 08:30 New York time plus half an hour.

    Attributes:
        usual: that it has appeared by that day, and who says so.
    """

    day: int
    usual: Assumption
    time: dt.time = dt.time(9, 0)

    @property
    def cron(self) -> str:
        """The schedule as cron expression, in New York's time."""
        return f"{self.time.minute} {self.time.hour} {self.day} * *"

    def due(self, release_month: str) -> dt.datetime:
        """The instant at which the month's release is due."""
        year, month = map(int, release_month.split("-"))
        return dt.datetime.combine(dt.date(year, month, self.day), self.time, ZoneInfo(TIMEZONE))


CALENDARS = {
    "ft900": Calendar(9, FT900_DAY),
    "mxp": Calendar(17, MXP_DAY),
}


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
