"""Wide tables back to facts: which (series, measure, period) each figure of a validated table prints, as its column says."""

from __future__ import annotations

import pandas as pd

from trade_assets.facts.schemas import Table, decimals_of


def melt(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """The facts of a wide table: columns place (row position), column, series, measure, period, value, decimals.

    A figure that the table leaves empty is a fact without a value, so that identities over it are not
    evaluable rather than absent.

    Raises:
        KeyError: the frame lacks a column of the table.
    """
    pieces = []
    every = frame.to_dict("records")
    for column in table.columns:
        fact = column.holds
        if fact is None:
            continue
        series = [fact.series_of(row) for row in every]
        places = [place for place, of in enumerate(series) if fact.is_of(of)]
        rows, figures = [every[place] for place in places], frame.iloc[places]
        pieces.append(
            pd.DataFrame(
                {
                    "place": places,
                    "column": column.name,
                    "series": [series[place] for place in places],
                    "measure": fact.measure if fact.measure is not None else [row["measure"] for row in rows],
                    "period": [fact.period.of_figure(str(row.get("period"))) for row in rows],
                    "value": figures[column.name].astype("Float64").to_numpy(dtype="float64", na_value=float("nan")),
                    "decimals": figures[decimals_of(column.name)].astype("Int64").to_numpy(dtype="float64", na_value=0),
                }
            )
        )
    return pd.concat(pieces, ignore_index=True)
