"""Dagster wiring: partitions, assets, checks, jobs, schedules, sensors, resources. No logic."""
