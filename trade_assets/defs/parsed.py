"""Parsed assets: every figure, located, and each family's document in tidy form."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import pandas as pd

from trade_assets.defs.calendar import CALENDARS, awaited_since
from trade_assets.defs.pages import page_of_failure
from trade_assets.defs.parts import Asked, Part, Source, part
from trade_assets.defs.resources import is_family_built
from trade_assets.defs.specs import check_spec
from trade_assets.documents import parse
from trade_assets.documents.parse import Parsed, facts_of, parse_documents, read_errors
from trade_assets.documents.store import content, survey
from trade_assets.facts.tables import CELLS, DOCUMENTS, FACTS, ROWS, SERIES, UNREAD
from trade_assets.identities.kinds import Labelled
from trade_assets.identities.rules import rules_of
from trade_assets.reading import ReadError
from trade_assets.reading.label_proof import UNPROVEN

PARSED = (CELLS, ROWS, SERIES, UNREAD)
_READ = check_spec(
    "every_document_is_read", CELLS, "Every document of the month is read, whole; what could not be read stands in parsed.unread."
)


@part("parsed_cells", tables=[CELLS], needs=[DOCUMENTS], checks=[_READ])
def parsed_cells(context: Asked, data_root: Source) -> Iterator[Any]:
    """Read all documents of the month; those that cannot be read become rows of ``unread``."""
    root, month = data_root.root, context.partition_key
    with page_of_failure(context, root):
        sound, damaged = survey(root, month)
        documents = [(document, is_current, content(root, document)) for document, is_current in sound]
        parsed = parse_documents(month, documents, damaged)
    yield dg.Output(parsed._asdict(), output_name=CELLS.name)
    unread = read_errors(parsed.unread)
    yield dg.AssetCheckResult(
        check_name=_READ.name,
        asset_key=_READ.asset_key,
        passed=not unread,
        description=" ".join(map(str, unread)) or f"{len(documents)} documents, {len(parsed.cells)} figures",
        metadata={"documents": len(documents), "unread": len(unread), "cells": len(parsed.cells)},
    )


def read_parsed(data_root: Source, release_month: str) -> Parsed:
    """The parsed tables of a month."""
    return data_root.once(("parsed", release_month), lambda: Parsed(*(data_root.read(table, release_month) for table in PARSED)))


def facts_in(data_root: Source, release_month: str, family: str) -> pd.DataFrame:
    """``facts_of`` a family in a month."""
    return data_root.once(("facts", release_month, family), lambda: facts_of(read_parsed(data_root, release_month), family))


def readable_facts(data_root: Source, release_month: str) -> tuple[dict[str, pd.DataFrame], list[ReadError]]:
    """``parse.readable_facts`` of a month."""
    return parse.readable_facts(lambda family: facts_in(data_root, release_month, family))


def _tidy(family: str) -> Part:
    table = FACTS[family]
    arrived = check_spec("release_has_arrived", table, "The month's release is in the store once its scheduled day has passed.")
    proven = check_spec(
        "every_label_is_proven",
        table,
        "Of each series that a file describes by its name alone, known figures prove unit, base, adjustment and frequency.",
    )
    names_series = any(isinstance(rule, Labelled) for rule in rules_of(family))

    @part(f"parsed_{family}", tables=[table], needs=PARSED, checks=[arrived, proven] if names_series else [arrived])
    def tidy(context: Asked, data_root: Source) -> Iterator[Any]:
        month = context.partition_key
        try:
            parsed = read_parsed(data_root, month)
            facts = facts_in(data_root, month, family)
        except ReadError as error:
            raise dg.Failure(str(error), allow_retries=False) from None
        # Without a document the family has no partition in this month, and what depends on it is skipped.
        has_partition = len(facts) > 0 or is_family_built(data_root.root, family, month)
        if has_partition and table.name in context.selected_output_names:
            yield dg.Output(facts, output_name=table.name)
        since = awaited_since(family, month, context.run.tags)
        # Not arrived and not awaited says nothing: no result is neither passed nor failed.
        if arrived.key in context.selected_asset_check_keys and (len(facts) or since):
            yield dg.AssetCheckResult(
                check_name=arrived.name,
                asset_key=arrived.asset_key,
                passed=len(facts) > 0,
                severity=dg.AssetCheckSeverity.WARN,
                description="arrived"
                if len(facts)
                else f"{family} of {month} is awaited since {since}{CALENDARS[family].usual.note}; "
                "put it into the store with 'trade-assets ingest'",
            )
        labels = parsed.series[(parsed.series["family"] == family) & parsed.series["known_figures"].notna()]
        if proven.key in context.selected_asset_check_keys and len(labels):
            unproven = labels[labels["known_figures"] == 0]
            products = ", ".join(sorted(set(unproven["product"])))
            yield dg.AssetCheckResult(
                check_name=proven.name,
                asset_key=proven.asset_key,
                passed=unproven.empty,
                severity=dg.AssetCheckSeverity.WARN,
                description=f"{products}: {UNPROVEN}" if products else f"{len(labels)} series by name alone, each with known figures",
                metadata={"series": len(labels), "unproven": len(unproven), "known_figures": int(labels["known_figures"].sum())},
            )

    return tidy


parsed_facts = [_tidy(family) for family in FACTS]
