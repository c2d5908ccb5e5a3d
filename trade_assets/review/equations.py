"""Identities written out as the sums and ratios they are, with the printed figures in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from trade_assets.identities.evaluate import Verdict
from trade_assets.identities.kinds import Labelled, Limit, NeverFalls
from trade_assets.review.decimals import decimal_text

_SHOWN_PARTS = 14  # a year and its twelve months are shown whole


def equation(verdict: Verdict, texts: Sequence[str]) -> str:
    """The identity with the marks of its cells in place, total first.

    Args:
        texts: how each cell of the verdict is shown.
    """
    return _WRITERS[verdict.rule.kind](verdict, texts)


def gap_sentence(verdict: Verdict, number: Callable[[Fraction], str] = decimal_text) -> str:
    """How far it misses, how far rounding alone could make it miss, and whether nobody but us states the rule.

    Args:
        number: how the gap of a sum, and what is allowed, are written.
    """
    return _gap(verdict, number) + verdict.rule.note


def _gap(verdict: Verdict, number: Callable[[Fraction], str]) -> str:
    rule = verdict.rule
    if verdict.said:
        return verdict.said
    if verdict.sought is not None:
        return f"asks for {decimal_text(verdict.gap)}, within {decimal_text(verdict.allowed)}" if verdict.gap else "asks for a figure"
    if isinstance(rule, Labelled) and not verdict.form.term_of:
        return "the figures are not of the series that the file names"
    if isinstance(rule, Limit | Labelled):
        outside = decimal_text(abs(verdict.gap) - verdict.form.slack)
        return f"misses by {outside}" if isinstance(rule, Limit) and rule.low == rule.high else f"lies {outside} outside"
    if isinstance(rule, NeverFalls):
        return f"falls by {decimal_text(abs(verdict.gap))}"
    return f"misses by {number(abs(verdict.gap))}, rounding allows {number(verdict.allowed)}"


def _sum(verdict: Verdict, texts: Sequence[str]) -> str:
    weights = verdict.form.weights or ()
    parts = []
    for position, (weight, text) in enumerate(zip(weights[1:], texts[1:], strict=True)):
        sign = "-" if weight < 0 else "+" if position else ""
        parts.append(f"{sign} ({text})" if text.startswith("-") and sign else f"{sign} {text}".strip())
    if len(parts) > _SHOWN_PARTS:
        parts = [*parts[: _SHOWN_PARTS - 1], f"+ {len(parts) - _SHOWN_PARTS + 1} more"]
    return f"{texts[0]} {'=' if verdict.form.sense == 'equal' else '>='} {' '.join(parts)}"


def _change(verdict: Verdict, texts: Sequence[str]) -> str:
    return f"{texts[0]} = 100 * ({texts[2]} / {texts[1]} - 1)"


def _share(verdict: Verdict, texts: Sequence[str]) -> str:
    return f"{texts[0]} = 100 * {texts[1]} / {texts[2]}" if len(texts) == 3 else _limit(verdict, texts)


def _compound(verdict: Verdict, texts: Sequence[str]) -> str:
    return f"1 + {texts[0]}% = " + " * ".join(f"(1 + {text}%)" for text in texts[1:])


def _weighted(verdict: Verdict, texts: Sequence[str]) -> str:
    threes = [f"{texts[at]} * {texts[at + 2]} / {texts[at + 1]}" for at in range(0, len(texts), 3)]
    return f"{threes[0]} = {' + '.join(threes[1:])}"


def _limit(verdict: Verdict, texts: Sequence[str]) -> str:
    rule = verdict.rule
    if not isinstance(rule, Limit):
        return texts[0]
    if rule.low is not None and rule.low == rule.high:
        return f"{texts[0]} = {rule.low}"
    below = "" if rule.low is None else f"{rule.low} {'<' if rule.is_low_excluded else '<='} "
    above = "" if rule.high is None else f" <= {rule.high}"
    return f"{below}{texts[0]}{above}"


def _agree(verdict: Verdict, texts: Sequence[str]) -> str:
    return f"{texts[0]} = {texts[1]}"


def _order(verdict: Verdict, texts: Sequence[str]) -> str:
    return f"{texts[0]} >= {texts[1]}"


def _rows(verdict: Verdict, texts: Sequence[str]) -> str:
    return f"the row of {texts[0]} stands where it is missing"


def _flag(verdict: Verdict, texts: Sequence[str]) -> str:
    return texts[0]


def _label(verdict: Verdict, texts: Sequence[str]) -> str:
    form = verdict.form
    if not form.term_of:
        return ", ".join([*texts[:_SHOWN_PARTS], *([f"and {len(texts) - _SHOWN_PARTS} more"] if len(texts) > _SHOWN_PARTS else [])])
    return f"{decimal_text(-form.constant - form.slack)} <= {texts[0]} <= {decimal_text(form.slack - form.constant)}"


_WRITERS = {
    "agree": _agree,
    "sum": _sum,
    "change": _change,
    "share": _share,
    "compound": _compound,
    "weighted change": _weighted,
    "bounds": _limit,
    "order": _order,
    "flag": _flag,
    "print": _flag,
    "rows": _rows,
    "label": _label,
}
