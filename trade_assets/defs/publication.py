"""The publication against what a publication should be: Great Expectations, as a warning."""

import os
from collections.abc import Iterator
from typing import Any

import dagster as dg
import pandas as pd

from trade_assets.defs.pages import DATA_DOCS_URL
from trade_assets.defs.parsed import PARSED, read_parsed
from trade_assets.defs.partitions import RELEASE_MONTHS
from trade_assets.defs.resources import DataRootResource
from trade_assets.defs.specs import asset_deps, asset_out, check_spec
from trade_assets.facts.frames import together
from trade_assets.facts.parse import facts_of
from trade_assets.facts.tables import FACTS, PUBLICATION
from trade_assets.reading import ReadError
from trade_assets.reading.errors import about
from trade_assets.vintages import expectations
from trade_assets.warehouse.partitions import read_months, written_months

DATA_DOCS_LATER = "trade_assets/data_docs_later"
"""Run tag of a run that is one of many: who started them builds the Data Docs once, at the end."""

DATA_DOCS = "/data-docs/index.html"

EARLIER_VINTAGES = 36
"""How many earlier release months enter the range of a figure; three years, so that a long load stays linear."""

_EXPECTED = check_spec(
    "publication_is_as_expected",
    PUBLICATION,
    "The expected series are all there, months are complete, values lie in their range (Great Expectations).",
)


@dg.multi_asset(
    name="publication",
    outs={"publication": asset_out(PUBLICATION)},
    deps=asset_deps(*PARSED),
    check_specs=[_EXPECTED],
    partitions_def=RELEASE_MONTHS,
    can_subset=True,
)
def publication(context: dg.AssetExecutionContext, data_root: DataRootResource) -> Iterator[Any]:
    """Judge each family's publication; a family whose document cannot be read is left to its own asset."""
    root, month = data_root.root, context.partition_key
    parsed = read_parsed(data_root, month)
    frames, unmet = [], []
    for family, table in FACTS.items():
        try:
            facts = facts_of(parsed, family)
        except ReadError as error:
            context.log.error(str(error))
            continue
        if facts.empty:
            continue
        earlier = read_months(root, table, [m for m in written_months(root, table) if m < month][-EARLIER_VINTAGES:])
        for _, release in facts.groupby("reference_month", sort=True):
            try:
                with about(family, expected="a publication that can be judged", found="one that cannot", todo="report it with the error"):
                    frame, sentences = expectations.judge(root, family, month, release, earlier)
            except ReadError as error:
                unmet.append(str(error))
                continue
            frames.append(frame)
            unmet += [f"{family}: {sentence}" for sentence in sentences]
            earlier = pd.concat([earlier, release], ignore_index=True)
    judged = together(frames, PUBLICATION)
    if "publication" in context.op_execution_context.selected_output_names:
        yield dg.Output(judged, output_name="publication")
    if not (frames or unmet) or _EXPECTED.key not in context.selected_asset_check_keys:
        return
    if DATA_DOCS_LATER not in context.run.tags:
        expectations.build_data_docs(root)
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


def _data_docs_link(root: Any) -> dict[str, Any]:
    """The Data Docs as link, and as path for whom nothing serves them."""
    page = expectations.data_docs_page(root)
    if page is None:
        return {}
    url = os.environ.get(DATA_DOCS_URL)
    link = f"{url.rstrip('/')}/index.html" if url else DATA_DOCS
    return {"data_docs": dg.MetadataValue.url(link), "data_docs_file": dg.MetadataValue.path(str(page))}
