"""Great Expectations: a publication against what a publication should be. A warning, never a gate.

Great Expectations takes seconds to import, so it is imported where it runs, and keeps nothing: its context lives as long as one
judgement. Whatever it raises is a sentence of the judgement. What was found is kept by ``data_docs``.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import pandas as pd

from trade_assets.expectations.observations import ENOUGH, expected_series, observations
from trade_assets.facts.frames import conform, empty
from trade_assets.facts.tables import PUBLICATION

EXPECTED = {
    "series": "The expected series are all there.",
    "missing_months": "Months are complete from the first to the last.",
    "beyond_range": f"The latest figure lies in the range of at least {ENOUGH} earlier ones that were known before, widened by their "
    "largest step. Series with fewer are not evaluable.",
    "contradiction": "Figures that earlier vintages printed too are theirs, or revisions of them.",
}
"""What is expected, by the column that shows it."""


@dataclass(frozen=True)
class Outcome:
    """What became of an expectation: met, or with a sentence for each thing that is not as it should be."""

    expectation: str
    unmet: tuple[str, ...] = ()
    could_run: bool = True


@dataclass(frozen=True)
class Judgement:
    """A family's publication of one release as judged.

    Attributes:
        reference_month: of the release; ``None`` where its documents do not tell it.
        rows: of ``validated.publication``.
    """

    family: str
    reference_month: str | None
    rows: pd.DataFrame
    outcomes: tuple[Outcome, ...]

    @property
    def unmet(self) -> list[str]:
        """A sentence for each thing that is not as it should be, or that could not be judged."""
        return [sentence for outcome in self.outcomes for sentence in outcome.unmet]


def judge(family: str, release_month: str, facts: pd.DataFrame, earlier_vintages: pd.DataFrame) -> Judgement:
    """Judge a publication by Great Expectations; raises nothing.

    Args:
        facts: tidy facts of the documents of one release, not empty.
        earlier_vintages: tidy facts of the family's earlier releases, oldest first.
    """
    told = facts["reference_month"].iloc[0]
    reference_month = None if pd.isna(told) else str(told)
    rows = empty(PUBLICATION)
    try:
        summary = observations(facts, earlier_vintages)
        latest = facts["period"].dropna().str[-7:].max()
        expected = expected_series(family, set(facts["table"]), None if pd.isna(latest) else str(latest))
        absent = [name for name in expected if name not in set(summary["series"])]
        rows = _with_status(summary, absent, {"family": family, "release_month": release_month, "reference_month": reference_month})
        results = _results(summary, expected)
        outcomes = tuple(_outcome(column, results[column], absent) for column in EXPECTED)
    except Exception as error:  # a warning must stop nothing
        said = f"could not run: {type(error).__name__}: {' '.join(str(error).split())}"
        outcomes = (Outcome("All of them.", (said,), False),)
    return Judgement(family, reference_month, rows, outcomes)


def _with_status(summary: pd.DataFrame, absent: list[str], constants: dict[str, str | None]) -> pd.DataFrame:
    missing = pd.DataFrame({"series": absent})
    status = pd.Series("as_expected", index=summary.index, dtype="object")
    status[summary["earlier_observations"] < ENOUGH] = "not_evaluable"
    status[summary["beyond_range"] > 0] = "beyond_range"
    status[summary["missing_months"] > 0] = "months_missing"
    status[summary["contradiction"].notna()] = "contradicted"
    frames = [summary.assign(status=status)] + ([missing.assign(status="series_missing")] if len(missing) else [])
    frame = pd.concat(frames, ignore_index=True).sort_values(["series", "measure", "months_long"], ignore_index=True)
    return conform(frame, PUBLICATION, **constants)


def _results(summary: pd.DataFrame, expected: list[str]) -> dict[str, dict[str, Any]]:
    """What Great Expectations says of each expectation, by column; it tells those first that it could not evaluate."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    from great_expectations.expectations import core as gxe
    from tqdm import tqdm

    # Bars that nobody sees need no thread to watch them: a daemon that wakes while the interpreter ends can abort the process.
    tqdm.monitor_interval = 0

    context: Any = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    suite = gx.ExpectationSuite(
        name="publication",
        expectations=[
            gxe.ExpectColumnDistinctValuesToContainSet(column="series", value_set=expected),
            gxe.ExpectColumnValuesToBeInSet(column="missing_months", value_set=[0]),
            gxe.ExpectColumnValuesToBeBetween(column="beyond_range", max_value=0),
            gxe.ExpectColumnValuesToBeNull(column="contradiction"),
        ],
    )
    asset = context.data_sources.add_pandas("publications").add_dataframe_asset("publication")
    batch = asset.add_batch_definition_whole_dataframe("publication").get_batch({"dataframe": summary})
    form = {"result_format": "COMPLETE", "unexpected_index_column_names": ["series", "measure", "last"]}
    results = batch.validate(suite, result_format=form).to_json_dict()["results"]
    return {item["expectation_config"]["kwargs"]["column"]: item for item in results}


def _outcome(column: str, item: dict[str, Any], missing_series: list[str]) -> Outcome:
    """An expectation's result in words. (Great Expectations words what is missing from a set differently by version.)"""
    expectation = EXPECTED[column]
    raised = _raised(item.get("exception_info") or {})
    if raised is not None:
        return Outcome(expectation, (f"could not run: {column}: {raised}",), False)
    if item["success"]:
        return Outcome(expectation)
    if column == "series":
        return Outcome(expectation, (f"{len(missing_series)} expected series have no figure: {', '.join(missing_series)}",))
    said = {
        "missing_months": "lacks months between its first and last",
        "beyond_range": "lies beyond the range of what was known by",
        "contradiction": "is not what earlier vintages printed:",
    }
    sentences = [
        f"{row['series']} {row['measure']} {row['last']} {said[column]} {row[column] if column == 'contradiction' else f'{row[column]:g}'}"
        for row in item["result"].get("unexpected_index_list") or []
    ]
    # Not met without a place would otherwise read as met.
    return Outcome(expectation, tuple(sentences or [f"not met, and Great Expectations does not say where: {column}"]))


def _raised(info: dict[str, Any]) -> str | None:
    """What an expectation raised: told of the whole of it, or of each metric that it asked for."""
    for told in (info, *(each for each in info.values() if isinstance(each, dict))):
        if told.get("raised_exception"):
            return " ".join(str(told.get("exception_message")).split())
    return None
