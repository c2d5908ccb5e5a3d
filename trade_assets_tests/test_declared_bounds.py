"""What a column's figures may be, by what the column is: counted from one or from nothing, a share, a change, an amount with a sign."""

import pytest

from trade_assets.facts.tables import ALL_TABLES

BOUNDED = [
    pytest.param(column, id=f"{table.name}.{column.name}") for table in ALL_TABLES for column in table.columns
    if column.low is not None or column.high is not None
]  # fmt: skip
FROM_ONE = {
    "edition", "end", "entry", "first_efficient_release", "last_line", "line", "page", "rank", "release_number", "size_bytes",
}  # fmt: skip
"""The first is 1; a mark ends behind at least one character, and a document has at least one byte."""
BETWEEN = {
    "months_long": (0, 12), "months": (1, 12), "relative_importance_pct": (0, 100), "share_pct": (0, 100),
    "share_of_sign_changes": (0, 1), **{f"{test}_p": (0, 1) for test in ("bias", "first_efficient", "mincer_zarnowitz", "news", "noise")},
}  # fmt: skip


def _of(name):
    """The bounds of a column that has any."""
    if name in BETWEEN:
        return BETWEEN[name]
    if name == "decimals" or name.endswith("_decimals"):
        return 0, 9
    if name in FROM_ONE:
        return 1, None
    # Nothing falls by more than all of it; other amounts, counts, offsets and places in a row begin with 0.
    return (-100, None) if name.endswith("_pct") else (0, None)


@pytest.mark.parametrize("column", BOUNDED)
def test_a_bound_follows_from_what_the_column_is(column):
    assert (column.low, column.high) == _of(column.name)


SIGNED = ("balance", "adjustments", "contribution", "mean_revision", "gap")


def test_what_may_have_either_sign_has_no_bound():
    """Balances, adjustments between bases, revisions, gaps and contributions."""
    signed = [
        column for table in ALL_TABLES for column in table.columns
        if column.kind == "float" and any(word in column.name for word in SIGNED)
    ]  # fmt: skip
    assert len(signed) >= 10
    assert {column.name for column in signed if column.low is not None or column.high is not None} == set()
