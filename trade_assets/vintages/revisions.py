"""What a release changed, and whether the publisher's own rules explain it.

Each document is compared with the one of the same product before it: the former issue of its release, else the last issue of the
release before, in the month or in the latest earlier one that has any. Nothing of a later month is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

import pandas as pd

from trade_assets.facts.frames import conform, empty, in_text_order, together
from trade_assets.facts.periods import CHANGES, is_month, months_apart, step_of
from trade_assets.facts.tables import PRINTS, REVISION_FINDINGS, REVISIONS
from trade_assets.vintages.disagreements import DISAGREEING, DOCUMENT, LOCATION, disagreements
from trade_assets.vintages.policy import RESTATED, Line, Marks, Policy, policies, releases_since, said_of
from trade_assets.vintages.prints import FACT, as_printed
from trade_assets.warehouse.partitions import existing_months, read_partition
from trade_assets.warehouse.root import DataRoot

LAST_MONTH = "value_last_month"
"""The measure of a figure that a document prints as the former one published it."""
_OF = {LAST_MONTH: "value"}

UNMARKED = "changed_figures_are_marked"
UNCHANGED = "marked_figures_have_changed"
OUTSIDE = "revisions_follow_the_policy"
DIFFERENT = "figures_published_last_month_match"
LOST = "releases_reach_the_former_month"
CHECKS = {
    UNMARKED: "A figure that differs from the former release carries the publisher's mark, but in a restatement. Inferred from the "
    "documents: a publisher says what its mark means, not that all that was revised has it.",
    UNCHANGED: "A figure, or a row, that carries the mark differs from the former release. Inferred, as the check before.",
    OUTSIDE: "A figure changes only where the publisher's revision policy lets it; a finding says so where the policy is inferred.",
    DIFFERENT: "What a release prints as published last month is what the former release published.",
    LOST: "A release prints figures up to the latest month of the former one, or beyond.",
    DISAGREEING: "Documents of one release month print the same figure for the same fact. Inferred: copies may be of another day.",
}
_BOTH = ("old", "new")
_IN_ONE = ("deleted", "added", "rolled_off")
_KIND_ORDER = ["deleted", "withdrawn", "added", "filled", "rebased", "changed", "rolled_off"]


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
    prints = as_printed(read_partition(root, PRINTS, release_month))
    evaluated = dict.fromkeys(CHECKS, 0)
    revisions, findings = [], []
    earlier = _Earlier(root, release_month)
    for _, of_product in prints.groupby(["family", "product"], sort=True):
        released = earlier.last_document(str(of_product["family"].iloc[0]), str(of_product["product"].iloc[0]))
        policy = policies().get(str(of_product["family"].iloc[0]), Policy())
        for issues in _releases(of_product):
            replaced = empty(PRINTS)
            for document in issues:
                # A re-issue is compared with the issue that it replaces; its marks are about the release before.
                of_marks = (UNMARKED, UNCHANGED, DIFFERENT)
                pairs = [(replaced, (OUTSIDE, LOST)), (released, of_marks)] if len(replaced) else [(released, tuple(CHECKS))]
                for former, checks in pairs:
                    if len(former):
                        found = _Comparison(former, document, policy)
                        if OUTSIDE in checks:
                            revisions.append(found.revisions())
                        for check, cases in found.judged():
                            if check in checks:
                                evaluated[check] += cases.evaluated
                                findings += [found.finding(check, *case) for case in cases.found]
                replaced = document
            released = replaced
    figures = prints[~prints["measure"].isin(_OF)]
    disagreeing, evaluated[DISAGREEING] = disagreements(figures)
    findings += disagreeing
    return Compared(_sorted(revisions), together([_as_table(findings)], REVISION_FINDINGS), evaluated)


def _releases(of_product: pd.DataFrame) -> Iterator[list[pd.DataFrame]]:
    """The prints of a product by release, in order, and of each release by issue."""
    for _, of_release in of_product.groupby("reference_month", sort=True, dropna=False):
        yield [document for _, document in of_release.groupby("edition", sort=True)]


def summaries(revisions: pd.DataFrame) -> Iterator[str]:
    """What each document of a month changed, in a line.

    What two releases that are no neighbours print differently may have gone or come in any release between, so that only what both
    print is counted.

    Args:
        revisions: by the schema ``vintages.revisions``.
    """
    places = ["family", "product", "reference_month", "former_release_month", "former_reference_month"]
    for _, group in revisions.groupby(places, sort=True, dropna=False):
        family, product, latest, former, former_latest = (group[name].iloc[0] for name in places)
        name = f"{family} {product}".rstrip()
        levels = group.loc[~group["measure"].isin(CHANGES) & group["period"].notna(), "period"]
        is_known = pd.notna(latest) and pd.notna(former_latest)
        if is_known and months_apart(former_latest, latest) > step_of(levels, latest):
            counts = _counts(group[~group["kind"].isin(_IN_ONE)])
            said = f"{months_apart(former_latest, latest)} months after {former_latest}, the last that is in the store"
            yield f"{name}: {latest} comes {said}; of what both print {counts or 'nothing was revised'}"
        else:
            yield f"revised since {former}: {name}: {_counts(group)}"


def _counts(revisions: pd.DataFrame) -> str:
    return ", ".join(f"{count:,} {kind}" for kind, count in revisions.groupby("kind", sort=False).size().items())


def _sorted(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Losses first, then by fact."""
    revisions = together(frames, REVISIONS)
    order = revisions["kind"].map(_KIND_ORDER.index).astype("int64")
    return revisions.assign(order=order).sort_values("order", kind="stable").drop(columns="order").reset_index(drop=True)


def _as_table(findings: list[dict[str, Any]]) -> pd.DataFrame:
    return conform(pd.DataFrame(findings), REVISION_FINDINGS) if findings else empty(REVISION_FINDINGS)


class _Cases(NamedTuple):
    """What a check could judge, and what it found: the fact and a sentence."""

    evaluated: int
    found: list[tuple[pd.Series, str]]


class _Earlier:
    """The earlier months of the prints, the latest first, each read once."""

    def __init__(self, root: DataRoot, release_month: str) -> None:
        self.root = root
        self.months = [month for month in reversed(existing_months(root, PRINTS)) if month < release_month]
        self.read: dict[str, pd.DataFrame] = {}

    def last_document(self, family: str, product: str) -> pd.DataFrame:
        """The prints of the latest earlier document of a product; empty if there is none."""
        for month in self.months:
            if month not in self.read:
                self.read[month] = as_printed(read_partition(self.root, PRINTS, month))
            prints = self.read[month]
            found = prints[(prints["family"] == family) & (prints["product"] == product) & prints["is_current"]]
            if len(found):
                return list(_releases(found))[-1][-1]
        return empty(PRINTS)


class _Comparison:
    """Two documents of a product, the former and the new one, fact by fact."""

    def __init__(self, former: pd.DataFrame, new: pd.DataFrame, policy: Policy) -> None:
        self.new, self.policy = new, policy
        self.former_of = {f"former_{name}": former[name].iloc[0] for name in ("release_month", "reference_month", "sha256")}
        self.latest, self.former_latest = _latest_month(new), _latest_month(former)
        self.releases: list[str] = []
        if self.latest is not None and self.former_latest is not None:
            # A document that ends before the former one may revise what that might.
            self.releases = releases_since(self.former_latest, max(self.latest, self.former_latest))
        told = ["value", "decimals", "gap", "base_period", "held_by", "corrected_value"]
        is_old = new["measure"].isin(_OF)
        self.last_month = new[is_old].assign(measure=new.loc[is_old, "measure"].map(_OF).astype("string"))
        former = former.loc[~former["measure"].isin(_OF), [*FACT, "unit", *told]]
        self.former = {tuple(row[name] for name in FACT): row for row in former.to_dict("records")} if len(self.last_month) else {}
        self.pairs = former.merge(
            new.loc[~is_old, [*FACT, *told, "unit", "flags", "table", *LOCATION]],
            on=FACT,
            how="outer",
            suffixes=("_old", "_new"),
            indicator="in",
        )
        self.pairs["kind"] = _kinds(self.pairs)
        self.pairs[["window", "window_authority"]] = self._windows()

    def _windows(self) -> pd.DataFrame:
        """What the policy says of each fact that both documents print, and who says that."""
        places = self.pairs.loc[(self.pairs["in"] == "both") & bool(self.releases), FACT]
        found: dict[tuple[Line | None, str, str | None], tuple[str | None, str | None]] = {}
        said = []
        for series, measure, period in places.itertuples(index=False):
            fact = self.policy.line_of(series), measure, None if pd.isna(period) else period
            if fact not in found:
                found[fact] = said_of(fact[0], self.releases, *fact[1:]) or (None, None)
            said.append(found[fact])
        return pd.DataFrame(said, index=places.index, columns=["window", "window_authority"], dtype="string").reindex(self.pairs.index)

    def revisions(self) -> pd.DataFrame:
        """Every fact that differs, by the schema ``vintages.revisions``."""
        pairs = self.pairs[self.pairs["kind"].notna()]
        if pairs.empty:
            return empty(REVISIONS)
        said = pairs.rename(columns={f"{name}_{which}": f"{which}_{name}" for name in ("value", "decimals", "held_by") for which in _BOTH})
        figures = zip(said["old_value"], said["old_decimals"], said["new_value"], said["new_decimals"], strict=True)
        revision = [_difference(*figure) if kind == "changed" else None for kind, figure in zip(said["kind"], figures, strict=True)]
        said = said.assign(
            unit=said["unit_new"].fillna(said["unit_old"]),
            flags=said["flags"].fillna(""),
            **{name: said[name].where(said["kind"] == "changed") for name in ("window", "window_authority")},
            **{f"is_{which}_corrected": said[f"corrected_value_{which}"].notna() for which in _BOTH},
            revision=pd.Series(revision, index=said.index, dtype="Float64"),
        )
        constants = {name: self.new[name].iloc[0] for name in DOCUMENT}
        return conform(said, REVISIONS, **constants, **self.former_of)

    def judged(self) -> Iterator[tuple[str, _Cases]]:
        """Each check with what it could judge and its cases."""
        is_both = self.pairs["value_old"].notna() & self.pairs["value_new"].notna() & self.pairs["kind"].ne("rebased").fillna(True)
        both = self.pairs[is_both]
        if self.releases:
            yield OUTSIDE, _Cases(int(both["window"].notna().sum()), list(self._outside(both)))
            if self.policy.marks is not None:
                yield from self._marks(both, self.policy.marks)
            yield LOST, _Cases(1, list(self._lost()))
        yield DIFFERENT, self._last_month()

    def _outside(self, both: pd.DataFrame) -> Iterator[tuple[pd.Series, str]]:
        """Changes that no window covers."""
        said = f"which no window lets a release with figures up to {self.releases[-1]} revise: a reading error, or news"
        for _, row in both[both["kind"].eq("changed").fillna(False) & both["window"].eq("outside").fillna(False)].iterrows():
            line = self.policy.line_of(row["series"])
            yield row, f"{_change(row)}, {said}{line.note if line else ''}"

    def _lost(self) -> Iterator[tuple[pd.Series, str]]:
        """The latest month of the former document, where the new one ends before it."""
        if self.latest is not None and self.former_latest is not None and self.latest < self.former_latest:
            printed = self.pairs[self.pairs["value_old"].notna()]
            of_month = printed[printed["period"].eq(self.former_latest)]
            of_average = printed[printed["measure"].eq("average") & printed["period"].str.slice(-7).eq(self.former_latest)]
            row = pd.concat([of_month, of_average]).iloc[0]
            yield row, f"figures end with {self.latest}; the former release had some of {self.former_latest}"

    def _marks(self, both: pd.DataFrame, marks: Marks) -> Iterator[tuple[str, _Cases]]:
        """Marks against changes, place by place: a row of the table, or a figure."""
        both = both[both["table"].isin(marks.tables)]
        both = both.assign(
            is_changed=both["kind"].eq("changed").fillna(False),
            is_marked=both["flags"].fillna("").str.split().map(lambda flags: "r" in flags),
        )
        unmarked, unchanged = _Cases(0, []), _Cases(0, [])
        # What a missing release may have changed, and marked, cannot be asked of this one.
        if len(both) and len(self.releases) == 1 and str(self.latest) > str(self.former_latest):
            number = both.groupby(["table", "period"] if marks.of == "row" else FACT, sort=False, dropna=False).ngroup()
            is_marked, is_changed = (both[name].groupby(number).any() for name in ("is_marked", "is_changed"))
            # Nobody says that a restatement is marked, and sums over months carry the mark or not: its absence says nothing.
            is_restated = both["window"].isin(RESTATED).groupby(number).any()
            rows = both.assign(number=number).sort_values("is_changed", ascending=False, kind="stable").drop_duplicates("number")
            rows = rows.set_index("number").sort_index()
            is_asked = ~is_restated & (marks.of == "figure" or rows["period"].map(lambda period: is_month(str(period))).astype(bool))
            of_unmarked = [
                (row, f"{_change(row)} without a mark{marks.note}") for _, row in rows[is_asked & is_changed & ~is_marked].iterrows()
            ]
            unmarked = _Cases(int(is_asked.sum()), of_unmarked)
            of_unchanged = [(row, self._still(row, marks)) for _, row in rows[is_marked & ~is_changed].iterrows()]
            unchanged = _Cases(int(is_marked.sum()), of_unchanged)
        yield UNMARKED, unmarked
        yield UNCHANGED, unchanged

    @staticmethod
    def _still(row: pd.Series, marks: Marks) -> str:
        """What is marked as revised and is as it was."""
        if marks.of == "row":
            return f"the row {row['period']} of {row['table']} is marked as revised and prints what it printed before{marks.note}"
        return f"{_name(row)} is marked as revised and is still {_shown(row, 'new')}{marks.note}"

    def _last_month(self) -> _Cases:
        """What is printed as published last month, against what the former release published of its latest month."""
        evaluated, found = 0, []
        for _, row in self.last_month.iterrows():
            was = self.former.get(tuple(row[name] for name in FACT))
            if row["period"] == self.former_latest and was is not None and pd.notna(was["value"]):
                evaluated += 1
                pair = row.rename({"value": "value_new", "decimals": "decimals_new"})
                pair["value_old"], pair["decimals_old"] = was["value"], was["decimals"]
                if was["value"] != row["value"]:
                    said = f"is printed as {_shown(pair, 'new')} last month; the former release printed {_shown(pair, 'old')}"
                    found.append((pair, f"{_name(row)} {said}"))
        return _Cases(evaluated, found)

    def finding(self, check: str, row: pd.Series, sentence: str) -> dict[str, Any]:
        """A finding as a row of ``vintages.revision_findings``."""
        constants = {name: self.new[name].iloc[0] for name in DOCUMENT}
        return {
            **constants,
            **{name: row[name] for name in FACT},
            "check": check,
            "sentence": sentence,
            "old_value": row["value_old"],
            "new_value": row["value_new"],
            **{name: row[name] for name in LOCATION},
        }


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
    kind[kind.eq("deleted").fillna(False) & _is_routine(pairs)] = "rolled_off"
    return kind


def _is_routine(pairs: pd.DataFrame) -> pd.Series:
    """Whether a fact left with time, not by loss: before the first period that its series still has, or a year to date."""
    period = pairs["period"].fillna("")
    is_to_date = period.str.contains("-01/") & ~pairs["measure"].isin(["percent_change", "average"])
    length = period.str.len()
    end = period.str.slice(-7).where(length != 4, period)
    still = pd.DataFrame({"series": pairs["series"], "measure": pairs["measure"], "length": length, "end": end})
    first = in_text_order(still[pairs["in"] != "left_only"], "end").groupby(["series", "measure", "length"])["end"].first()
    known = first.reindex(pd.MultiIndex.from_frame(still[["series", "measure", "length"]])).to_numpy()
    is_before = pd.Series([pd.notna(least) and last < least for last, least in zip(end, known, strict=True)], index=pairs.index)
    # A year to date gives way to the next one of the same year, in December to the year.
    is_year = length == 4
    still["year"], still["end"] = period.str.slice(0, 4), end.where(~is_year, period + "-12")
    of_year = ["series", "measure", "year"]
    latest = in_text_order(still[(pairs["in"] != "left_only") & (is_to_date | is_year)], "end").groupby(of_year)["end"].last()
    reached = latest.reindex(pd.MultiIndex.from_frame(still[of_year])).to_numpy()
    gave_way = pd.Series([pd.notna(most) and last < most for last, most in zip(end, reached, strict=True)], index=pairs.index)
    return is_before | (is_to_date & gave_way)


def _latest_month(prints: pd.DataFrame) -> str | None:
    """The last month for which a document prints a figure."""
    printed = prints[prints["value"].notna() & prints["period"].notna()]
    of_months = printed.loc[printed["measure"].isin(["value", "index"]), "period"]
    # An average over a quarter is printed when its last month is.
    ends = [*of_months[of_months.map(is_month)], *printed.loc[printed["measure"] == "average", "period"].str.slice(-7)]
    return max(ends, default=None)


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
