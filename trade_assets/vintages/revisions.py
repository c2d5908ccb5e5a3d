"""What a release changed, and whether the publisher's own rules explain it.

Each document is compared with the one of the same product before it: the former edition of the month, else the last
edition of the latest earlier month. Nothing of a later month is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

import pandas as pd

from trade_assets.facts.frames import conform, empty, together
from trade_assets.facts.periods import is_month
from trade_assets.facts.tables import PRINTS, REVISION_FINDINGS, REVISIONS
from trade_assets.vintages.policy import POLICIES, Policy, releases_since, window_of
from trade_assets.vintages.prints import FACT
from trade_assets.warehouse.partitions import read_partition, written_months
from trade_assets.warehouse.root import DataRoot

LAST_MONTH = "value_last_month"
"""The measure of a figure that a document prints as the former one published it."""
_OF = {LAST_MONTH: "value"}

UNMARKED = "changed_figures_are_marked"
UNCHANGED = "marked_figures_have_changed"
OUTSIDE = "revisions_follow_the_policy"
DIFFERENT = "figures_published_last_month_match"
DISAGREEING = "documents_of_a_month_agree"
CHECKS = {
    UNMARKED: "A figure that differs from the former release carries the publisher's mark, but in an annual restatement.",
    UNCHANGED: "A figure, or a row, that carries the mark differs from the former release.",
    OUTSIDE: "A figure changes only where the publisher's revision policy lets it.",
    DIFFERENT: "What a release prints as published last month is what the former release published.",
    DISAGREEING: "Documents of one release month print the same figure for the same fact.",
}
_BOTH = ("old", "new")
_KIND_ORDER = ["deleted", "withdrawn", "added", "filled", "rebased", "changed"]


class Compared(NamedTuple):
    """The revisions of a release month.

    Attributes:
        revisions, findings: by the schemas ``vintages.revisions`` and ``vintages.revision_findings``.
        evaluated: how many places each check could judge; places without a former figure, mark or policy are not among them.
    """

    revisions: pd.DataFrame
    findings: pd.DataFrame
    evaluated: dict[str, int]


def compare_month(root: DataRoot, release_month: str) -> Compared:
    """Compare all documents of a month with the ones before them."""
    prints = read_partition(root, PRINTS, release_month)
    evaluated = dict.fromkeys(CHECKS, 0)
    revisions, findings = [], []
    earlier = _Earlier(root, release_month)
    for _, document in prints.groupby(["family", "product", "edition"], sort=True):
        family, product, edition = document["family"].iloc[0], document["product"].iloc[0], int(document["edition"].iloc[0])
        of_product = prints[(prints["family"] == family) & (prints["product"] == product) & (prints["edition"] == edition - 1)]
        former = of_product if len(of_product) else earlier.last_document(family, product)
        if len(former):
            found = _Comparison(former, document, POLICIES.get(family, Policy(())))
            revisions.append(found.revisions())
            findings += [found.finding(check, *case) for check, cases in found.judged(evaluated) for case in cases]
    findings += list(_disagreements(prints, evaluated))
    return Compared(_sorted(revisions), together([_as_table(findings)], REVISION_FINDINGS), evaluated)


def _sorted(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Losses first, then by fact."""
    revisions = together(frames, REVISIONS)
    order = revisions["kind"].map(_KIND_ORDER.index).astype("int64")
    return revisions.assign(order=order).sort_values("order", kind="stable").drop(columns="order").reset_index(drop=True)


def _as_table(findings: list[dict[str, Any]]) -> pd.DataFrame:
    return conform(pd.DataFrame(findings), REVISION_FINDINGS) if findings else empty(REVISION_FINDINGS)


class _Earlier:
    """The earlier months of the prints, the latest first, each read once."""

    def __init__(self, root: DataRoot, release_month: str) -> None:
        self.root = root
        self.months = [month for month in reversed(written_months(root, PRINTS)) if month < release_month]
        self.read: dict[str, pd.DataFrame] = {}

    def last_document(self, family: str, product: str) -> pd.DataFrame:
        """The prints of the latest earlier document of a product; empty if there is none."""
        for month in self.months:
            if month not in self.read:
                self.read[month] = read_partition(self.root, PRINTS, month)
            prints = self.read[month]
            found = prints[(prints["family"] == family) & (prints["product"] == product) & prints["is_current"]]
            if len(found):
                return found
        return empty(PRINTS)


class _Comparison:
    """Two documents of a product, the former and the new one, fact by fact."""

    def __init__(self, former: pd.DataFrame, new: pd.DataFrame, policy: Policy) -> None:
        self.new, self.policy = new, policy
        self.former_of = dict(zip(("former_release_month", "former_sha256"), former[["release_month", "sha256"]].iloc[0], strict=True))
        self.latest, self.former_latest = _latest_month(new), _latest_month(former)
        is_dated = self.latest is not None and self.former_latest is not None and self.latest >= self.former_latest
        self.releases = releases_since(self.former_latest, self.latest) if is_dated else []  # type: ignore[arg-type]  # dated
        told = ["value", "decimals", "gap", "base_period", "held_by", "corrected_value"]
        is_old = new["measure"].isin(_OF)
        self.last_month = new[is_old].assign(measure=new.loc[is_old, "measure"].map(_OF).astype("string"))
        former = former.loc[~former["measure"].isin(_OF), [*FACT, "unit", *told]]
        self.former = {tuple(row[name] for name in FACT): row for row in former.to_dict("records")} if len(self.last_month) else {}
        self.pairs = former.merge(
            new.loc[~is_old, [*FACT, *told, "unit", "flags", "table", "line", "start"]],
            on=FACT, how="outer", suffixes=("_old", "_new"), indicator="in",
        )  # fmt: skip
        self.pairs["kind"] = _kinds(self.pairs)
        self.pairs["window"] = self._windows()

    def _windows(self) -> pd.Series:
        """What the policy says of each fact that both documents print."""
        places = self.pairs.loc[self.pairs["in"] == "both", ["measure", "period"]]
        if not self.releases or not self.policy.windows:
            places = places.iloc[:0]
        said: dict[tuple[str, str | None], str | None] = {}
        for measure, period in places.drop_duplicates().itertuples(index=False):
            said[measure, period] = window_of(self.policy, self.releases, measure, None if pd.isna(period) else period)
        windows = [said[measure, period] for measure, period in places.itertuples(index=False)]
        return pd.Series(windows, index=places.index, dtype="string").reindex(self.pairs.index)

    def revisions(self) -> pd.DataFrame:
        """Every fact that differs, by the schema ``vintages.revisions``."""
        pairs = self.pairs[self.pairs["kind"].notna()]
        if pairs.empty:
            return empty(REVISIONS)
        said = pairs.rename(columns={f"{name}_{which}": f"{which}_{name}" for name in ("value", "decimals", "held_by") for which in _BOTH})
        figures = zip(said["old_value"], said["old_decimals"], said["new_value"], said["new_decimals"], strict=True)
        revision = [_difference(*figure) if kind == "changed" else None for kind, figure in zip(said["kind"], figures, strict=True)]
        said = said.assign(
            unit=said["unit_new"].fillna(said["unit_old"]), flags=said["flags"].fillna(""),
            window=said["window"].where(said["kind"] == "changed"),
            **{f"is_{which}_corrected": said[f"corrected_value_{which}"].notna() for which in _BOTH},
            revision=pd.Series(revision, index=said.index, dtype="Float64"),
        )  # fmt: skip
        constants = {name: self.new[name].iloc[0] for name in ("release_month", "family", "product", "sha256")}
        return conform(said, REVISIONS, **constants, **self.former_of)

    def judged(self, evaluated: dict[str, int]) -> Iterator[tuple[str, list[tuple[pd.Series, str]]]]:
        """Each check with its cases: the fact and a sentence. Counts what could be judged into ``evaluated``."""
        both = self.pairs[self.pairs["value_old"].notna() & self.pairs["value_new"].notna() & self.pairs["kind"].ne("rebased").fillna(True)]
        if self.releases and self.policy.windows:
            evaluated[OUTSIDE] += len(both)
            outside = both[both["kind"].eq("changed").fillna(False) & both["window"].eq("outside").fillna(False)]
            said = f"which no window lets a release with figures up to {self.latest} revise: a reading error, or news"
            yield OUTSIDE, [(row, f"{_change(row)}, {said}") for _, row in outside.iterrows()]
            if self.policy.marks is not None:
                yield from self._marks(both, evaluated)
        yield DIFFERENT, list(self._last_month(evaluated))

    def _marks(self, both: pd.DataFrame, evaluated: dict[str, int]) -> Iterator[tuple[str, list[tuple[pd.Series, str]]]]:
        """Marks against changes, place by place: a row of the table, or a figure."""
        both = both[both["table"].isin(self.policy.marked_tables)]
        both = both.assign(
            is_changed=both["kind"].eq("changed").fillna(False),
            is_marked=both["flags"].fillna("").str.split().map(lambda flags: "r" in flags),
        )
        place = ["table", "period"] if self.policy.marks == "row" else FACT
        # The marks of a re-issue are about the release before its first issue, not about that.
        is_next = len(self.releases) == 1 and self.latest != self.former_latest
        unmarked, unchanged = [], []
        for _, figures in both.groupby(place, sort=False, dropna=False):
            row = figures.sort_values("is_changed", ascending=False, kind="stable").iloc[0]
            windows = set(figures["window"].dropna())
            # What a missing release may have changed, and marked, cannot be asked of this one. Sums carry marks or not.
            is_asked = is_next and (self.policy.marks == "figure" or is_month(str(row["period"])))
            if is_asked and "annual" not in windows:
                evaluated[UNMARKED] += 1
                if figures["is_changed"].any() and not figures["is_marked"].any():
                    unmarked.append((row, f"{_change(row)} without a mark"))
            if is_asked and figures["is_marked"].any():
                evaluated[UNCHANGED] += 1
                if not figures["is_changed"].any():
                    of_row = f"the row {row['period']} of {row['table']} is marked as revised and prints what it printed before"
                    of_figure = f"{_name(row)} is marked as revised and is still {_shown(row, 'new')}"
                    unchanged.append((row, of_row if self.policy.marks == "row" else of_figure))
        yield UNMARKED, unmarked
        yield UNCHANGED, unchanged

    def _last_month(self, evaluated: dict[str, int]) -> Iterator[tuple[pd.Series, str]]:
        """What is printed as published last month, against what the former release published of its latest month."""
        for _, row in self.last_month.iterrows():
            fact = tuple(row[name] for name in FACT)
            was = self.former.get(fact)
            if row["period"] == self.former_latest and was is not None and pd.notna(was["value"]):
                evaluated[DIFFERENT] += 1
                pair = row.rename({"value": "value_new", "decimals": "decimals_new"})
                pair["value_old"], pair["decimals_old"] = was["value"], was["decimals"]
                if was["value"] != row["value"]:
                    said = f"is printed as {_shown(pair, 'new')} last month; the former release printed {_shown(pair, 'old')}"
                    yield pair, f"{_name(row)} {said}"

    def finding(self, check: str, row: pd.Series, sentence: str) -> dict[str, Any]:
        """A finding as a row of ``vintages.revision_findings``."""
        constants = {name: self.new[name].iloc[0] for name in ("release_month", "family", "product", "sha256")}
        return {
            **constants, **{name: row[name] for name in FACT}, "check": check, "sentence": sentence,
            "old_value": row["value_old"], "new_value": row["value_new"], "line": row["line"], "start": row["start"],
        }  # fmt: skip


def _kinds(pairs: pd.DataFrame) -> pd.Series:
    """What became of each fact; missing where the figure is the same, or missing in both."""
    old, new = pairs["value_old"], pairs["value_new"]
    is_rebased = (pairs["base_period_old"] != pairs["base_period_new"]).fillna(False)
    kind = pd.Series(pd.NA, index=pairs.index, dtype="string")
    kind[(old != new).fillna(False)] = "changed"
    kind[old.notna() & new.notna() & is_rebased] = "rebased"
    kind[old.isna() & new.notna()] = "filled"
    kind[old.notna() & new.isna()] = "withdrawn"
    kind[(pairs["in"] == "left_only") & old.notna()] = "deleted"
    kind[(pairs["in"] == "right_only") & new.notna()] = "added"
    kind[(pairs["in"] != "both") & old.isna() & new.isna()] = pd.NA
    return kind


def _latest_month(prints: pd.DataFrame) -> str | None:
    """The last month for which a document prints a figure."""
    dated = prints.loc[prints["value"].notna() & prints["measure"].isin(["value", "index"]), "period"].dropna()
    months = dated[dated.map(is_month)]
    return str(months.max()) if len(months) else None


def _difference(old: float, old_decimals: int, new: float, new_decimals: int) -> float:
    """New less old, exactly: as decimals, not as binary fractions."""
    exact = round(Decimal(str(new)), int(new_decimals)) - round(Decimal(str(old)), int(old_decimals))
    return float(exact)


def _name(row: pd.Series) -> str:
    return f"{row['series']} {'' if row['measure'] in ('value', 'index') else row['measure']} {row['period']}".replace("  ", " ")


def _shown(row: pd.Series, which: str) -> str:
    return f"{row[f'value_{which}']:,.{int(row[f'decimals_{which}'])}f}"


def _change(row: pd.Series) -> str:
    return f"{_name(row)} was changed from {_shown(row, 'old')} to {_shown(row, 'new')}"


def _disagreements(prints: pd.DataFrame, evaluated: dict[str, int]) -> Iterator[dict[str, Any]]:
    """Facts that current documents of the month print differently, of whichever family."""
    figures = prints[prints["is_current"] & prints["value"].notna() & ~prints["measure"].isin(_OF)]
    for _, found in figures[figures.duplicated(FACT, keep=False)].groupby(FACT, sort=False, dropna=False):
        if found["base_period"].nunique(dropna=False) == 1 and found["unit"].nunique() == 1:
            evaluated[DISAGREEING] += 1
            first, *others = found.to_dict("records")
            for other in others:
                decimals = int(min(first["decimals"], other["decimals"]))
                if abs(first["value"] - other["value"]) > (0.5 + 1e-9) * 10.0**-decimals * (first["decimals"] != other["decimals"]):
                    names = [f"{each['family']} {each['product']}".rstrip() for each in (first, other)]
                    said = f"{names[0]} prints {first['value']:,.{first['decimals']}f}, {names[1]} {other['value']:,.{other['decimals']}f}"
                    yield {
                        **{name: other[name] for name in ("release_month", "family", "product", "sha256", *FACT, "line", "start")},
                        "check": DISAGREEING, "sentence": f"of {first['series']} {first['period']} {said}",
                        "old_value": first["value"], "new_value": other["value"],
                    }  # fmt: skip
