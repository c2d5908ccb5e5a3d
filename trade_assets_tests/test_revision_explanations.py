"""What explains a revised total: its parts, what is in doubt, and what the print does not allow to say."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trade_assets.facts.frames import conform, empty
from trade_assets.facts.tables import REVISION_EXPLANATIONS, REVISIONS
from trade_assets.metrics.explanations import explain_revisions
from trade_assets_tests.facts_by_schema import conforms
from trade_assets_tests.printed_knowledge import as_shown


def revisions_of(*changes: tuple[str, str, Any, Any], **of_all: Any) -> pd.DataFrame:
    """Revisions (series, period, old, new), figures as printed."""
    rows = [
        {
            "release_month": "2021-07", "family": "ft900", "product": "exhibit_1", "sha256": "b" * 64, "former_release_month": "2021-06",
            "former_sha256": "c" * 64, "kind": "changed" if old and new else "added" if new else "deleted", "series": series,
            "measure": "value", "period": period, "unit": "million_usd",
            **{f"{which}_value": None if said is None else float(said) for which, said in (("old", old), ("new", new))},
            **{f"{which}_decimals": None if said is None else len(said.partition(".")[2]) for which, said in (("old", old), ("new", new))},
            **of_all,
        }
        for series, period, old, new in changes
    ]  # fmt: skip
    # Whatever else the schema has says nothing here: a flag is not raised, all other columns are empty.
    others = [column for column in REVISIONS.columns if column.name not in rows[0]]
    silent = {column.name: False if column.kind == "bool" else "" if not column.is_nullable else None for column in others}
    return conform(pd.DataFrame(rows), REVISIONS, **silent)


def explained(*changes: tuple[str, str, Any, Any], doubt: Mapping[str, Mapping[str, Any]] | None = None) -> pd.DataFrame:
    """What explains revisions, of which ``doubt`` says by series what is held or corrected."""
    revisions = revisions_of(*changes)
    for series, said in (doubt or {}).items():
        revisions.loc[revisions["series"] == series, list(said)] = list(said.values())
    frame = explain_revisions(revisions)
    assert conforms(frame, REVISION_EXPLANATIONS)
    assert (frame["contribution"].isna() == frame["gap"].notna()).all()
    return frame


def test_what_moved_a_revised_total() -> None:
    frame = explained(
        ("exports.total", "2021-04", "205288", "205000"), ("exports.goods", "2021-04", "145200", "145000"),
        ("exports.services", "2021-04", "60088", "59999"),
        ("balance.total", "2021-04", "-70000", "-70301"), ("imports.total", "2021-04", "275288", "275300"),
        ("imports.goods", "2021-04", "230000", "230012"),
    )  # fmt: skip
    assert frame["sentence"].unique().tolist() == [
        "2021-04 exports were revised by -288: goods -200, services -89, rounding 1",
        "2021-04 imports were revised by 12: goods 12",
        "2021-04 balance was revised by -301: exports -288, imports -12, rounding -1",
    ]
    parts = frame.set_index(["flow", "component"])
    assert parts["contribution"].to_dict() == {
        ("exports", "goods"): -200, ("exports", "services"): -89, ("exports", "rounding"): 1, ("imports", "goods"): 12,
        ("imports", "services"): 0, ("imports", "rounding"): 0, ("balance", "exports"): -288, ("balance", "imports"): -12,
        ("balance", "rounding"): -1,
    }  # fmt: skip
    assert parts.loc[("exports", "goods"), "share_pct"] == pytest.approx(100 * 200 / 288)
    assert parts.groupby("flow")["share_pct"].sum().tolist() == pytest.approx([100, 100, 100])


def test_what_the_print_does_not_allow_is_not_called_rounding() -> None:
    """Three whole figures, each printed twice, can miss by three at most; a document without components explains nothing."""
    three = explained(("exports.total", "2021-04", "100", "110"), ("exports.goods", "2021-04", "50", "57"))
    four = explained(("exports.total", "2021-04", "100", "110"), ("exports.goods", "2021-04", "50", "56"))
    alone = explained(("exports.total", "2021-04", "100", "90"))
    assert [frame["component"].iloc[-1] for frame in (three, four, alone)] == ["rounding", "unexplained", "unexplained"]
    assert alone["sentence"].iloc[0] == "2021-04 exports were revised by -10: unexplained -10"
    finer = explained(("exports.total", "2021-04", "100.0", "101.0"), ("exports.goods", "2021-04", "50.0", "50.6"))
    assert finer["component"].iloc[-1] == "unexplained" and finer["contribution"].tolist() == [0.6, 0, 0.4]
    assert finer["sentence"].iloc[0] == "2021-04 exports were revised by 1: goods 0.6, unexplained 0.4"


def test_a_component_without_a_figure_before_leaves_the_revision_unexplained() -> None:
    frame = explained(("exports.total", "2021-04", "100", "110"), ("exports.goods", "2021-04", None, "57"),
                      ("exports.services", "2021-04", "50", "53"))  # fmt: skip
    parts = frame.set_index("component")
    assert parts["gap"].fillna("").to_dict() == {
        "services": "", "goods": "no figure before", "unexplained": "goods: no figure before",
    }  # fmt: skip
    assert parts["contribution"].isna().tolist() == [False, True, True]
    assert frame["sentence"].iloc[0] == "2021-04 exports were revised by 10: services 3, goods not known (no figure before)"


ISSUE, OTHER_ISSUE = "0123456789ab", "ba9876543210"
REVISED = (
    ("exports.total", "2021-04", "100", "110"), ("exports.goods", "2021-04", "50", "57"), ("exports.services", "2021-04", "50", "53"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("doubt", "gap"),
    [
        ({"old_held_by": ISSUE}, f"withheld_by_issue_{ISSUE}"),
        ({"new_held_by": ISSUE}, f"withheld_by_issue_{ISSUE}"),
        ({"old_held_by": ISSUE, "new_held_by": ISSUE}, f"withheld_by_issue_{ISSUE}"),
        ({"old_held_by": ISSUE, "new_held_by": OTHER_ISSUE}, f"withheld_by_issue_{ISSUE}, withheld_by_issue_{OTHER_ISSUE}"),
        ({"is_old_corrected": True}, "corrected_by_decision"),
        ({"is_new_corrected": True}, "corrected_by_decision"),
        ({"new_held_by": ISSUE, "is_old_corrected": True}, f"withheld_by_issue_{ISSUE}"),
    ],
)
def test_what_is_in_doubt_explains_nothing_and_leaves_no_rounding(doubt: Mapping[str, Any], gap: str) -> None:
    of_part = explained(*REVISED, doubt={"exports.goods": doubt})
    parts = of_part.set_index("component")
    assert parts["gap"].fillna("").to_dict() == {"services": "", "goods": gap, "unexplained": f"goods: {gap}"}
    assert parts["contribution"].fillna(-1).to_dict() == {"services": 3, "goods": -1, "unexplained": -1}
    assert of_part["sentence"].iloc[0] == f"2021-04 exports were revised by 10: services 3, goods not known ({gap})"
    of_total = explained(*REVISED, doubt={"exports.total": doubt})
    of_flow = of_total[of_total["flow"] == "exports"]
    assert of_flow["total_revision"].isna().all() and of_flow["share_pct"].isna().all()
    assert of_flow.set_index("component")["gap"].fillna("").to_dict() == {"goods": "", "services": "", "unexplained": f"total: {gap}"}
    assert of_flow["sentence"].iloc[0] == f"2021-04 exports were revised by an amount not known ({gap}): goods 7, services 3"
    assert set(of_total["flow"]) == {"exports"}


def test_a_total_in_doubt_is_a_component_in_doubt_of_the_balance() -> None:
    doubt = {"exports.total": {"old_held_by": ISSUE}}
    frame = explained(*REVISED, ("balance.total", "2021-04", "-20", "-10"), doubt=doubt)
    balance = frame[frame["flow"] == "balance"]
    assert balance["total_revision"].eq(10).all()
    assert balance.set_index("component")["gap"].fillna("").to_dict() == {
        "imports": "", "exports": f"withheld_by_issue_{ISSUE}", "unexplained": f"exports: withheld_by_issue_{ISSUE}",
    }  # fmt: skip
    assert balance["sentence"].iloc[0] == f"2021-04 balance was revised by 10: exports not known (withheld_by_issue_{ISSUE})"


def test_components_that_cancel_out_leave_the_total_unrevised() -> None:
    frame = explained(("exports.goods", "2021-04", "50", "55"), ("exports.services", "2021-04", "50", "45"))
    assert frame["sentence"].unique().tolist() == ["2021-04 exports were not revised: goods 5, services -5"]
    assert frame["share_pct"].isna().all() and (frame["total_revision"] == 0).all()
    # One that moves alone says that the total is not printed, or is wrong; neither is an explanation.
    assert explained(("exports.goods", "2021-04", "50", "55")).empty


def test_new_months_and_other_families_are_no_revisions() -> None:
    assert explained(("exports.total", "2021-05", None, "110"), ("exports.goods", "2021-05", None, "60")).empty
    assert explained(("exports.total", "2021-05", "110", None)).empty
    assert explain_revisions(revisions_of(("exports.total", "2021-04", "1", "9"), family="fred")).empty
    assert explain_revisions(empty(REVISIONS)).empty
    with pytest.raises(ValueError, match=r"two revisions of exports\.total 2021-04"):
        explained(("exports.total", "2021-04", "1", "9"), ("exports.total", "2021-04", "1", "9"))


def test_explained_parts_add_up(is_whole: bool) -> None:
    @settings(max_examples=100 if is_whole else 25)
    @given(st.lists(st.tuples(st.integers(1, 10**6), st.integers(1, 10**6)), min_size=3, max_size=3), st.integers(0, 2))
    def holds(figures_of: list[tuple[int, int]], decimals: int) -> None:
        changes = [
            (series, "2021-04", as_shown(old, decimals), as_shown(new, decimals))
            for series, (old, new) in zip(("exports.total", "exports.goods", "exports.services"), figures_of, strict=True)
            if old != new
        ]
        if not changes:
            return
        for _, parts in explain_revisions(revisions_of(*changes)).groupby("flow"):
            exact = [Fraction(round(value * 100), 100) for value in parts["contribution"]]
            assert sum(exact, Fraction(0)) == Fraction(round(parts["total_revision"].iloc[0] * 100), 100)
            moved_by = {series: Fraction(new) - Fraction(old) for series, _, old, new in changes}
            if parts["flow"].iloc[0] == "exports":
                by_name = dict(zip(parts["component"], exact, strict=True))
                assert by_name["goods"] == moved_by.get("exports.goods", 0) and by_name["services"] == moved_by.get("exports.services", 0)

    holds()
