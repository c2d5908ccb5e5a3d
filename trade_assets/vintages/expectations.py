"""Great Expectations: a publication against what a publication should be. A warning, never a gate.

Great Expectations takes seconds to import, so it is imported where it runs. Its files and Data Docs stand
under ``great_expectations/`` in the data root; one result per family and release month is kept.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pandas as pd

from trade_assets.facts.frames import conform
from trade_assets.facts.tables import PUBLICATION
from trade_assets.vintages.data_docs import make_readable_offline
from trade_assets.vintages.observations import ENOUGH, expected_series, observations
from trade_assets.warehouse.root import DataRoot

FOLDER = "great_expectations"
_SITE = ("gx", "uncommitted", "data_docs", "local_site")
SITE = (FOLDER, *_SITE)
"""Where the Data Docs stand within the data root."""


def data_docs_page(root: DataRoot) -> Path | None:
    """The entry page of the Data Docs, or ``None`` for a data root that is a URL."""
    return Path(root.path(FOLDER, *_SITE, "index.html")) if root.is_local else None


def judge(
    root: DataRoot, family: str, release_month: str, facts: pd.DataFrame, earlier_vintages: pd.DataFrame
) -> tuple[pd.DataFrame, list[str]]:
    """Judge a publication by Great Expectations and keep the result for the Data Docs.

    Args:
        facts: tidy facts of the documents of one release, not empty.
        earlier_vintages: tidy facts of the family's earlier releases, oldest first.

    Returns:
        Rows of ``validated.publication``, and a sentence for each expectation that is not met.
    """
    summary = observations(facts, earlier_vintages)
    latest = facts["period"].dropna().str[-7:].max()
    expected = expected_series(family, set(facts["table"]), None if pd.isna(latest) else str(latest))
    absent = [name for name in expected if name not in set(summary["series"])]
    result = _validate(root, family, release_month, summary, expected)
    unmet = [sentence for item in result["results"] if not item["success"] for sentence in _sentences(item, absent)]
    constants = {"family": family, "release_month": release_month, "reference_month": facts["reference_month"].iloc[0]}
    return _with_status(summary, absent, constants), unmet


def _with_status(summary: pd.DataFrame, absent: list[str], constants: dict[str, str]) -> pd.DataFrame:
    missing = pd.DataFrame({"series": absent})
    status = pd.Series("as_expected", index=summary.index, dtype="object")
    status[summary["earlier_observations"] < ENOUGH] = "not_evaluable"
    status[summary["beyond_range"] > 0] = "beyond_range"
    status[summary["missing_months"] > 0] = "months_missing"
    status[summary["contradiction"].notna()] = "contradicted"
    frames = [summary.assign(status=status)] + ([missing.assign(status="series_missing")] if len(missing) else [])
    frame = pd.concat(frames, ignore_index=True).sort_values(["series", "measure", "months_long"], ignore_index=True)
    return conform(frame, PUBLICATION, **constants)


def build_data_docs(root: DataRoot) -> Path | None:
    """Build the Data Docs from the kept results; their entry page, or ``None`` if there is nothing to build."""
    if not root.is_local or not Path(root.path(FOLDER, "gx", "great_expectations.yml")).exists():
        return None
    _context(root).build_data_docs()
    make_readable_offline(Path(root.path(FOLDER, *_SITE)))
    return data_docs_page(root)


def _context(root: DataRoot) -> Any:
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx

    context: Any = gx.get_context(mode="file", project_root_dir=root.path(FOLDER)) if root.is_local else gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    return context


def _validate(root: DataRoot, family: str, release_month: str, summary: pd.DataFrame, expected: list[str]) -> dict[str, Any]:
    context = _context(root)
    import great_expectations as gx
    from great_expectations.core.run_identifier import RunIdentifier
    from great_expectations.expectations import core as gxe

    suite = context.suites.add_or_update(
        gx.ExpectationSuite(
            name=family,
            expectations=[
                gxe.ExpectColumnDistinctValuesToContainSet(
                    column="series", value_set=expected, notes="The expected series are all there."
                ),
                gxe.ExpectColumnValuesToBeInSet(
                    column="missing_months", value_set=[0], notes="Months are complete from the first to the last."
                ),
                gxe.ExpectColumnValuesToBeBetween(
                    column="beyond_range", max_value=0,
                    notes=f"The latest figure lies in the range of at least {ENOUGH} earlier ones that were known before, widened by their "
                    "largest step. Series with fewer are not evaluable.",
                ),
                gxe.ExpectColumnValuesToBeNull(
                    column="contradiction", notes="Figures that earlier vintages printed too are theirs, or revisions of them."
                ),
            ],
        )
    )  # fmt: skip
    source = context.data_sources.add_or_update_pandas("publications")
    batch = source.add_dataframe_asset(family).add_batch_definition_whole_dataframe("publication")
    definition = context.validation_definitions.add_or_update(gx.ValidationDefinition(name=family, data=batch, suite=suite))
    if root.is_local:
        shutil.rmtree(root.path(FOLDER, "gx", "uncommitted", "validations", family, release_month), ignore_errors=True)
        shutil.rmtree(root.path(FOLDER, *_SITE, "validations", family, release_month), ignore_errors=True)
    result = definition.run(
        batch_parameters={"dataframe": summary},
        result_format={"result_format": "COMPLETE", "unexpected_index_column_names": ["series", "measure", "last"]},
        run_id=RunIdentifier(run_name=release_month, run_time=pd.Timestamp.now(tz="UTC").to_pydatetime()),
    )
    return dict(result.to_json_dict())


def _sentences(item: dict[str, Any], missing_series: list[str]) -> list[str]:
    """An unmet expectation in words. (Great Expectations words what is missing from a set differently by version.)"""
    kind = item["expectation_config"]["type"]
    result = item["result"]
    if item.get("exception_info", {}).get("raised_exception"):
        return [f"{kind} could not run: {item['exception_info'].get('exception_message')}"]
    if kind == "expect_column_distinct_values_to_contain_set":
        return [f"{len(missing_series)} expected series have no figure: {', '.join(missing_series)}"]
    column = item["expectation_config"]["kwargs"]["column"]
    said = {
        "missing_months": "lacks months between its first and last", "beyond_range": "lies beyond the range of what was known by",
        "contradiction": "is not what earlier vintages printed:",
    }  # fmt: skip
    return [
        f"{row['series']} {row['measure']} {row['last']} {said[column]} {row[column] if column == 'contradiction' else f'{row[column]:g}'}"
        for row in result.get("unexpected_index_list") or []
    ]
