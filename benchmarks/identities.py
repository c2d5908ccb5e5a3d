"""Evaluating identities: ours against pandera and Great Expectations, side by side in one run.

    python benchmarks/identities.py [--seconds N] [--rows N]

Three pieces of work: the FT-900 as shipped, its row identities alone and with its years; the percent changes of the
price releases, beside which ours evaluate everything else the rule book says of them; the six row identities of the
FT-900 over many rows. The clock starts when places are bound and frames and schemas built; all integers have 32 bits.
Wrong figures are planted, and an engine that does not return exactly the rows they violate ends the run.

Every other engine has two forms: a check for each identity, which says like ours which identity a row violates, and a
single check of all, which is quicker and says only that a row is wrong. Left out in their favour: the fingerprint that
Great Expectations takes of the data, the copies that pandera makes of a frame, and gaps, which their frames do not have.
Ratios are those of medians, taken in turns; they, and not the times, mean something on another machine. Where others
use the cores, compare the best times: polars uses all cores, the rest one.
"""

from __future__ import annotations

import argparse
import functools
import gc
import importlib.util
import operator
import os
import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from trade_assets.identities.binding import Places, bind
from trade_assets.identities.columns import failing_rows
from trade_assets.identities.document_facts import Facts, Figures
from trade_assets.identities.evaluate import verdicts
from trade_assets.identities.forms import Printed
from trade_assets.identities.kinds import Rule, Sum
from trade_assets.identities.rules import rule, rules_of, rules_shown_at
from trade_assets.reading import read_document

RAW = Path(__file__).resolve().parents[1] / "data" / "raw"
FT900, PRICES = next(RAW.glob("2016-11/ft900-*.txt")), sorted(RAW.glob("*/mxp-*.txt"))
FLOWS, KINDS = ("exports", "imports", "balance"), ("total", "goods", "services")
SERIES = [f"{flow}.{kind}" for flow in FLOWS for kind in KINDS]
SUMS = tuple(found for found in rules_shown_at("goods_and_services") if isinstance(found, Sum))
CHANGES = rule("percent_change_matches_rounded_indexes")

OURS, LIMIT, PANDERA, EXPECTATIONS = "ours", "limit", "pandera", "Great Expectations"
Targets = Mapping[str, float]
RELEASE: Targets = {PANDERA: 50, EXPECTATIONS: 150}
TABLES: dict[int, Targets] = {10**4: {}, 10**6: {PANDERA: 4, EXPECTATIONS: 8}, 10**7: {PANDERA: 2.5, EXPECTATIONS: 6}}
"""How many times as long as ours the others should take at least, by the rows of a table."""

Columns = Callable[[str], Any]
Identity = Callable[[Columns], Any]
"""From columns of pandas or polars to whether each row holds."""


class Work(NamedTuple):
    """A way to the violated rows."""

    engine: str
    form: str
    rows: Callable[[], Iterable[int]]


# The identities as a user of the other engines would write them


def _sum(total: str, first: str, sign: int, second: str) -> Identity:
    """In whole millions three figures may miss by 1."""
    return lambda column: (column(total) - column(first) - sign * column(second)).abs() <= 1


ROWS: list[Identity] = [
    *(_sum(f"{flow}.total", f"{flow}.goods", 1, f"{flow}.services") for flow in FLOWS),
    *(_sum(f"balance.{kind}", f"exports.{kind}", -1, f"imports.{kind}") for kind in KINDS),
]


def _change(column: Columns) -> Any:
    """All in tenths, without a division; at a tie both directions pass."""
    earlier, later = column("earlier"), column("later")
    return 2 * (1000 * (later - earlier) - column("change") * earlier).abs() <= earlier


def years_hold(frame: pd.DataFrame) -> pd.Series:
    """Whether a year's nine figures are the sums of its n months, which may miss by (n + 1) / 2; true of months."""
    years, months = frame[~frame["is_month"]], frame[frame["is_month"]]
    sums = months.groupby("year")[SERIES].sum().loc[years["year"]].set_axis(years.index)
    holds = (2 * (years[SERIES] - sums).abs()).le(years["months"] + 1, axis=0).all(axis=1)
    return holds.reindex(frame.index, fill_value=True)


def years_hold_in_polars() -> Any:
    """The same as an expression."""
    import polars as pl

    sums = pl.col(SERIES).filter(pl.col("is_month")).sum().over("year")
    return pl.all_horizontal(pl.col("is_month") | ((2 * (pl.col(SERIES) - sums)).abs() <= pl.col("months") + 1))


# The engines


def pandera_on_pandas(frame: pd.DataFrame, identities: Sequence[Identity], *, has_years: bool) -> list[Work]:
    import pandera.pandas as pa

    def everything(found: pd.DataFrame) -> pd.Series:
        rows: pd.Series = functools.reduce(operator.and_, (identity(found.__getitem__) for identity in identities))
        return rows & years_hold(found) if has_years else rows

    def of(identity: Identity) -> pa.Check:
        return pa.Check(lambda found: identity(found.__getitem__))

    each = pa.DataFrameSchema(checks=[of(identity) for identity in identities] + ([pa.Check(years_hold)] if has_years else []))
    one = pa.DataFrameSchema(checks=[pa.Check(everything)])
    return [
        Work(PANDERA, "on pandas, each identity", functools.partial(failures, each, frame)),
        # It may stop at the first failure, which is all there is.
        Work(PANDERA, "on pandas, all in one", functools.partial(failures, one, frame, is_lazy=False)),
    ]


def pandera_on_polars(frame: pd.DataFrame, identities: Sequence[Identity], *, has_years: bool) -> list[Work]:
    if importlib.util.find_spec("polars") is None:
        print("pandera on polars: left out, polars is not installed")
        return []
    import pandera.polars as pa
    import polars as pl

    def of(holds: Any) -> pa.Check:
        return pa.Check(lambda data: data.lazyframe.select(holds))

    each = [identity(pl.col) for identity in identities] + ([years_hold_in_polars()] if has_years else [])
    each_alone = pa.DataFrameSchema(checks=[of(holds) for holds in each])
    one = pa.DataFrameSchema(checks=[of(pl.all_horizontal(each))])
    found = pl.DataFrame({name: frame[name].to_numpy() for name in frame.columns})
    return [
        Work(PANDERA, "on polars, each identity", functools.partial(failures, each_alone, found)),
        Work(PANDERA, "on polars, all in one", functools.partial(failures, one, found)),
    ]


def failures(schema: Any, frame: Any, *, is_lazy: bool = True) -> list[int]:
    """The rows that fail a pandera schema."""
    from pandera.errors import SchemaError, SchemaErrors

    try:
        schema.validate(frame, lazy=is_lazy, inplace=True)
    except (SchemaError, SchemaErrors) as error:
        rows: list[int] = error.failure_cases["index"].to_list()
        return rows
    return []


@functools.cache
def _batches() -> tuple[Any, Any]:
    """A context of Great Expectations in memory, and frames as its batches."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    from great_expectations.execution_engine import pandas_execution_engine

    pandas_execution_engine.HASH_THRESHOLD = 0  # frames above it get no fingerprint
    context: Any = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    return context, context.data_sources.add_pandas("frames").add_dataframe_asset("frame").add_batch_definition_whole_dataframe("whole")


def expectations(frame: pd.DataFrame, identities: Sequence[Identity], *, has_years: bool) -> list[Work]:
    """It has no arithmetic over columns: pandas computes whether rows hold, and it expects them to."""
    context, batches = _batches()
    import great_expectations as gx
    from great_expectations.expectations import core as gxe

    def each() -> pd.DataFrame:
        holds = {str(at): identity(frame.__getitem__) for at, identity in enumerate(identities)}
        return pd.DataFrame({**holds, "years": years_hold(frame)} if has_years else holds)

    def everything() -> pd.DataFrame:
        return pd.DataFrame({"all": functools.reduce(operator.and_, dict(each()).values())})

    def unexpected(suite: Any, columns: Callable[[], pd.DataFrame]) -> list[int]:
        batch = batches.get_batch({"dataframe": columns()})
        found = batch.validate(suite, result_format={"result_format": "COMPLETE"})
        return [row for result in found.results for row in result.result.get("unexpected_index_list") or []]

    works = []
    for form, columns in (("each identity", each), ("all in one", everything)):
        expected = [gxe.ExpectColumnValuesToBeInSet(column=name, value_set=[True]) for name in columns()]
        suite = context.suites.add_or_update(gx.ExpectationSuite(name=form, expectations=expected))
        works.append(Work(EXPECTATIONS, f"on pandas, {form}", functools.partial(unexpected, suite, columns)))
    return works


def others(frame: pd.DataFrame, identities: Sequence[Identity], *, has_years: bool = False) -> list[Work]:
    """The other engines on a frame."""
    engines = (pandera_on_pandas, pandera_on_polars, expectations)
    return [work for engine in engines for work in engine(frame, identities, has_years=has_years)]


# What they work on


def facts_of(document: Path) -> Facts:
    return Facts.of_reading(read_document(document.read_bytes(), document.name))


def planted(facts: Facts, misses: Mapping[int, int]) -> Figures:
    """The figures with some of them wrong by so many units of their last place."""
    printed = {cell: facts.printed(cell) for cell in misses}
    return facts.figures.replaced({cell: Printed(figure.scaled + misses[cell], figure.decimals) for cell, figure in printed.items()})


def our_works(rules: Sequence[Rule], facts: Facts, figures: Figures, row_of: Mapping[int, int], of: str = "") -> list[Work]:
    """Ours, with and without binding; rows are those in which violated identities have their total or change."""

    def rows(bound: Sequence[Places]) -> set[int]:
        return {row_of[verdict.cells[0]] for verdict in verdicts(bound, figures).violated if of in verdict.rule.name}

    bound = bind(rules, facts)
    form = f"{sum(map(len, bound)):,} places"
    return [Work(OURS, form, lambda: rows(bound)), Work(OURS, f"{form}, with binding", lambda: rows(bind(rules, facts)))]


def ft900(seconds: float) -> None:
    """One release: its row identities alone, and with the years."""
    facts = facts_of(FT900)
    cells = {(series, str(period)): cell for cell, (series, _, period) in enumerate(facts.keys)}
    misses = {("exports.goods", "1993-05"): 50, ("imports.total", "2001"): 40, ("balance.services", "2010-11"): -30}
    wrong = planted(facts, {cells[place]: miss for place, miss in misses.items()})
    periods = [
        period for period in dict.fromkeys(period for _, period in cells)
        if not facts.figures.is_missing[[cells[name, period] for name in SERIES]].any()
    ]  # fmt: skip
    row_of = {cells[name, period]: row for row, period in enumerate(periods) for name in SERIES}

    def works(rules: Sequence[Rule], figures: Figures, *, has_years: bool) -> list[Work]:
        frame = pd.DataFrame({name: figures.scaled[[cells[name, period] for period in periods]] for name in SERIES}, dtype="int32")
        frame["year"] = [int(period[:4]) for period in periods]
        frame["is_month"] = [len(period) == len("2016-01") for period in periods]
        frame["months"] = [12 if len(period) == len("2016") else int(period[-2:]) for period in periods]
        return our_works(rules, facts, figures, row_of) + others(frame, ROWS, has_years=has_years)

    for title, rules in (("row identities", SUMS), ("all identities", rules_of("ft900"))):
        with_wrong, shipped = (works(rules, figures, has_years=rules != SUMS) for figures in (wrong, facts.figures))
        agree(title, with_wrong)
        report(f"{FT900.name}, {title}, {len(periods)} rows, as shipped", shipped, RELEASE, seconds)
    report(f"{FT900.name}, {title}, three figures wrong", with_wrong, {}, seconds)


def prices(document: Path, seconds: float) -> None:
    """One price release, of which the others have the percent changes only."""
    facts = facts_of(document)
    change, earlier, later = next(places.members for places in bind((CHANGES,), facts))
    columns = {"change": change, "earlier": earlier, "later": later}
    if not (facts.figures.decimals[np.concatenate(list(columns.values()))] == 1).all():
        raise SystemExit(f"{document.name} prints changes or indexes otherwise than in tenths: the comparison does not fit")
    row_of = {int(cell): row for row, cell in enumerate(change)}

    def works(figures: Figures) -> list[Work]:
        frame = pd.DataFrame({name: figures.scaled[cells] for name, cells in columns.items()}, dtype="int32")
        return [
            *our_works((CHANGES,), facts, figures, row_of),
            *our_works(rules_of("mxp"), facts, figures, row_of, of=CHANGES.name),
            *others(frame, [_change]),
        ]

    title = f"{document.name}, percent changes, {len(change)} rows"
    agree(title, works(planted(facts, {int(change[row]): 3 for row in (0, 100, 250)})))
    report(f"{title}, as shipped", works(facts.figures), RELEASE, seconds)


def table(rows: int, seconds: float) -> None:
    """The six row identities over many rows, three of them wrong."""
    random = np.random.default_rng(rows)
    columns = {}
    for flow in ("exports", "imports"):
        columns[f"{flow}.goods"] = random.integers(10**4, 2 * 10**5, rows, dtype=np.int32)
        columns[f"{flow}.services"] = random.integers(10**3, 10**5, rows, dtype=np.int32)
        columns[f"{flow}.total"] = columns[f"{flow}.goods"] + columns[f"{flow}.services"]
    for kind in KINDS:
        columns[f"balance.{kind}"] = columns[f"exports.{kind}"] - columns[f"imports.{kind}"]
    columns["exports.total"] += random.integers(-1, 2, rows, dtype=np.int32)  # as far as rounding allows
    for row, name in ((17, "exports.goods"), (rows // 2, "balance.total"), (rows - 3, "imports.services")):
        columns[name][row] += 50
    wide = {name: column.astype(np.int64) for name, column in columns.items()}
    decimals = dict.fromkeys(SERIES, 0)

    def rows_in(found: Mapping[str, np.ndarray]) -> set[int]:
        return {row for failing in failing_rows(SUMS, found, decimals).values() for row in failing.tolist()}

    def read() -> set[int]:
        return {int(column.max()) for column in columns.values()}

    works = [
        Work(OURS, "32 bits", functools.partial(rows_in, columns)),
        Work(OURS, "64 bits", functools.partial(rows_in, wide)),
        Work(LIMIT, "read the columns once, one thread", read),
        *others(pd.DataFrame(columns), ROWS),
    ]
    agree(f"{rows:,} rows", works)
    report(f"six row identities, {rows:,} rows, three figures wrong", works, TABLES[rows], seconds)


# The clock


def timed(works: Sequence[Work], seconds: float) -> list[list[float]]:
    """Times of each in milliseconds, taken in turns for so many seconds, or twice each if that takes longer."""
    times: list[list[float]] = [[] for _ in works]
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times[0]) < 2:
        for work, found in zip(works, times, strict=True):
            gc.collect()
            gc.disable()  # a collection would hit whoever comes next
            for _ in range(5):  # warm, as the others leave the caches cold
                start = time.perf_counter()
                work.rows()
                found.append(1000 * (time.perf_counter() - start))
                if found[-1] > 10:
                    break
            gc.enable()
    return times


def agree(title: str, works: Sequence[Work]) -> None:
    """End the run unless all ways find the rows that ours find, where some are wrong."""
    expected = set(works[0].rows())
    for work in works:
        found = set(work.rows())
        if work.engine != LIMIT and (found != expected or not expected):
            raise SystemExit(f"{title}: {work.engine} {work.form} found rows {sorted(found)[:9]}, ours found {sorted(expected)[:9]}")


def report(title: str, works: Sequence[Work], targets: Targets, seconds: float) -> None:
    """Measure, and print the ratios to the first of ours."""
    print(f"\n{title}")
    times = timed(works, seconds)
    ours = statistics.median(times[0])
    for work, found in zip(works, times, strict=True):
        median, target = statistics.median(found), targets.get(work.engine)
        said = "" if target is None else f", target {target}: {'met' if median >= target * ours else 'MISSED'}"
        print(f"{f'{work.engine} {work.form}':46} {median:9.3f} ms, best {min(found):9.3f} {median / ours:8.1f} times as long{said}")


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--seconds", type=float, default=10, help="how long to measure each piece of work")
    options.add_argument("--rows", type=int, default=10**7, help="the most rows of a table")
    given = options.parse_args()
    ft900(given.seconds)
    for document in PRICES:
        prices(document, given.seconds)
    for rows in TABLES:
        if rows <= given.rows:
            table(rows, given.seconds)


if __name__ == "__main__":
    main()
