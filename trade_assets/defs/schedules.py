"""A monthly schedule of each family that publishes regularly."""

from zoneinfo import ZoneInfo

import dagster as dg

from trade_assets.defs.calendar import AWAITS, CALENDARS
from trade_assets.defs.jobs import release_month_job
from trade_assets.defs.resources import DataRootResource
from trade_assets.defs.selection import assets_of
from trade_assets.facts.families import TIMEZONE, Calendar


def _schedule(family: str, calendar: Calendar) -> dg.ScheduleDefinition:
    @dg.schedule(
        name=f"{family}_release",
        job=release_month_job,
        cron_schedule=calendar.cron,
        execution_timezone=TIMEZONE,
        description=f"Runs the current month's partition on day {calendar.day}: {calendar.usual.statement}{calendar.usual.note}.",
    )
    def release(context: dg.ScheduleEvaluationContext, data_root: DataRootResource) -> dg.RunRequest:
        month = context.scheduled_execution_time.astimezone(ZoneInfo(TIMEZONE)).strftime("%Y-%m")
        tags = {AWAITS: family}
        selection = assets_of(data_root.root, month, tags)
        return dg.RunRequest(run_key=f"{family}-{month}", partition_key=month, tags=tags, asset_selection=selection)

    return release


schedules = [_schedule(family, calendar) for family, calendar in CALENDARS.items()]
