"""The publication against what a publication should be: Great Expectations, as a warning."""

import os
from collections.abc import Iterator
from typing import Any

import dagster as dg
import pandas as pd

from trade_assets.defs.pages import DATA_DOCS_URL
from trade_assets.defs.parsed import PARSED, facts_in
from trade_assets.defs.parts import Asked, Source, part
from trade_assets.defs.specs import check_spec
from trade_assets.expectations import data_docs
from trade_assets.expectations import judgement as expectations
from trade_assets.facts.frames import together
from trade_assets.facts.tables import FACTS, PUBLICATION
from trade_assets.reading import ReadError
from trade_assets.warehouse.partitions import existing_months, read_months
from trade_assets.warehouse.root import DataRoot

EARLIER_VINTAGES = 36
"""How many earlier release months enter the range of a figure; three years, so that a long load stays linear."""

_EXPECTED = check_spec(
    "publication_is_as_expected",
    PUBLICATION,
    "The expected series are all there, months are complete, values lie in their range (Great Expectations).",
)


@part("publication", tables=[PUBLICATION], needs=PARSED, checks=[_EXPECTED])
def publication(context: Asked, data_root: Source) -> Iterator[Any]:
    """Judge each family's publication; a family whose document cannot be read is left to its own asset."""
    root, month = data_root.root, context.partition_key
    judgements, unmet = [], list[str]()
    for family, table in FACTS.items():
        try:
            facts = facts_in(data_root, month, family)
        except ReadError as error:
            context.log.error(str(error))
            continue
        if facts.empty:
            continue
        earlier = facts.head(0)
        try:
            earlier = read_months(root, table, [m for m in existing_months(root, table) if m < month][-EARLIER_VINTAGES:])
        except OSError as error:  # another month's table is damaged
            unmet.append(f"{family}: judged without earlier months: {error}")
        for _, release in facts.groupby("reference_month", sort=True, dropna=False):
            judgements.append(expectations.judge(family, month, release, earlier))
            earlier = pd.concat([earlier, release], ignore_index=True)
    judged = together([judgement.rows for judgement in judgements], PUBLICATION)
    if "publication" in context.selected_output_names:
        yield dg.Output(judged, output_name="publication")
    unmet += [f"{judgement.family}: {sentence}" for judgement in judgements for sentence in judgement.unmet]
    try:
        data_docs.keep(root, month, judgements)
    except OSError as error:  # a warning must stop nothing
        unmet.append(f"the Data Docs could not be written: {error}")
    if not judgements or _EXPECTED.key not in context.selected_asset_check_keys:
        return
    status = judged["status"].value_counts()
    not_evaluable = int(status.get("not_evaluable", 0))
    shown = "; ".join(unmet[:3]) + (f"; and {len(unmet) - 3} more" if len(unmet) > 3 else "")
    yield dg.AssetCheckResult(
        check_name=_EXPECTED.name,
        asset_key=_EXPECTED.asset_key,
        passed=not unmet,
        severity=dg.AssetCheckSeverity.WARN,
        description=(shown or "As expected")
        + f". Range not evaluable for {not_evaluable} of {len(judged)} series: fewer than 24 figures were known before.",
        metadata={"series": len(judged), "not_evaluable": not_evaluable, "unmet": len(unmet), **_data_docs_link(root)},
    )


def _data_docs_link(root: DataRoot) -> dict[str, Any]:
    """The Data Docs as link, and as path for whom nothing serves them."""
    url = os.environ.get(DATA_DOCS_URL)
    link = f"{url.rstrip('/')}/{data_docs.INDEX}" if url else f"/data-docs/{data_docs.INDEX}"
    return {"data_docs": dg.MetadataValue.url(link), "data_docs_file": dg.MetadataValue.path(root.path(data_docs.FOLDER, data_docs.INDEX))}
