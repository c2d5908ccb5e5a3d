"""One issue as a reviewer reads it: where it stands in the document, what it breaks, what it should read, how to decide."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from trade_assets.facts.periods import months_apart
from trade_assets.identities.findings import Suspect
from trade_assets.identities.forms import Printed
from trade_assets.identities.network import Allowed
from trade_assets.review.commands import deciding, reopening
from trade_assets.review.decisions import SAYS
from trade_assets.review.equations import gap_sentence
from trade_assets.review.issues import Issue
from trade_assets.review.report.contents import Decision, FamilyReview
from trade_assets.review.report.document import lines_around
from trade_assets.review.report.markup import Content, Markup, element, entries, join, scrolling, table, text
from trade_assets.review.report.plots import Point, Proposed, figure_plot
from trade_assets.review.report.sums import drawn, issue_mark
from trade_assets.review.report.words import CERTAINTY, PATTERN, STATE, count, sentence, short

_TITLE = 400  # characters
_NAME = 120
_CUT = "The search for the wrong figure was cut: there may be more explanations."
_DRAWN = 3  # identities drawn in full; the others in a line each
_WRITTEN = 12
_SUSPECTS = 12
_PLOTS = 3
_NEIGHBOURS = 6  # periods before and after
_CLEARED = 24
_MANY_VALUES = 6  # beyond so many a command is folded


def anchor(issue_id: str) -> str:
    """The id of an issue's place in its page."""
    return f"issue-{issue_id}"


def issue_article(family: FamilyReview, issue: Issue) -> Markup:
    """An issue in full."""
    name, state = anchor(issue.id), family.state(issue)
    decision = family.decisions.get(issue.id)
    consequences = family.consequences.get(issue.id, issue.consequence.sentences)
    certainty = PATTERN if issue.finding.pattern else CERTAINTY[issue.certainty]
    plots = _plots(family, issue, name)
    wrong = join(element("h4", "What may be wrong"), *_explained(issue, name), *_cleared(issue))
    # One suspect is said in a few lines, which fit beside the sums; several are a wide table.
    is_short = len(issue.suspects) == 1 and bool(issue.finding.explanations)
    beside = element("div", wrong if is_short else None, plots) if is_short or plots else None
    return element(
        "article",
        element("h3", text(sentence(issue.sentence), _TITLE), id=f"{name}-title"),
        element(
            "p",
            element("span", state, class_=f"tag {state}"),
            " ",
            element("span", issue.certainty, class_="tag"),
            " ",
            element("code", issue.id),
            " in ",
            short(family.title, _NAME),
            class_="tags",
        ),
        entries({issue.certainty.capitalize(): sentence(certainty), state.capitalize(): sentence(STATE[state])}, "meaning"),
        element("p", _CUT, class_="note") if issue.finding.is_cut else None,
        element("ul", *(element("li", sentence(each)) for each in consequences), class_="consequences") if consequences else None,
        _decision(issue.id, decision) if decision is not None else None,
        element("h4", "In the document"),
        lines_around(issue, family.lines, f"{name}-lines"),
        element("div", element("div", element("h4", "What does not add up"), *_identities(issue, name)), beside, class_="evidence"),
        None if is_short else wrong,
        None if decision is not None else _commands(issue),
        id=name,
        aria_labelledby=f"{name}-title",
        class_="issue",
    )


# What is violated


def _identities(issue: Issue, name: str) -> Iterator[Content]:
    # What has the fewest figures is understood first.
    violated = sorted(issue.violated, key=lambda verdict: len(verdict.cells))
    yield from (drawn(issue, verdict, f"{name}-sum-{at}") for at, verdict in enumerate(violated[:_DRAWN]))
    rest = violated[_DRAWN:]
    if rest:
        items = [
            element("li", element("code", verdict.rule.name), f": {issue.equation(verdict)}; {gap_sentence(verdict)}")
            for verdict in rest[:_WRITTEN]
        ]
        if len(rest) > _WRITTEN:
            items.append(element("li", f"and {len(rest) - _WRITTEN:,} more"))
        summary = element("summary", count(len(rest), "more violated identity", "more violated identities"))
        yield element("details", summary, element("ul", *items))


# What may be wrong


def _explained(issue: Issue, name: str) -> Iterator[Content]:
    """The suspects: one alone as a list, several as a table."""
    explanations = issue.finding.explanations
    if not issue.suspects:
        yield element("p", "No figure that is printed.")
        return
    if not explanations:
        yield element("p", "No change of one or two figures makes everything hold. These figures take part:")
        yield _suspects(issue, issue.suspects, name)
        return
    first = [issue.suspects[at] for at in explanations[0]]
    if len(issue.suspects) == 1:
        yield _one(issue, first[0])
        return
    if len(first) == 1:
        yield element("p", f"Any one of these {len(explanations)} figures, changed alone, makes every identity hold; the likeliest first.")
        yield _suspects(issue, [issue.suspects[at] for each in explanations for at in each], name)
        return
    yield element("p", f"These {len(first)} figures, changed together, make the identities hold.")
    yield _suspects(issue, first, name)
    if len(explanations) > 1:
        others = [" and ".join(_told(issue, issue.suspects[at]) for at in each) for each in explanations[1 : _WRITTEN + 1]]
        if len(explanations) > _WRITTEN + 1:
            others.append(f"and {len(explanations) - _WRITTEN - 1:,} more")
        summary = count(len(explanations) - 1, "other explanation")
        yield element("details", element("summary", summary), element("ul", *(element("li", other) for other in others)))


def _one(issue: Issue, suspect: Suspect) -> Markup:
    place, proposal = issue.place(suspect.cell), issue.proposal(suspect)
    said: list[tuple[Content, Content]] = [("Printed", join(issue_mark(issue, suspect.cell), f" on line {place.line}: {place.fact}"))]
    if proposal is not None:
        said.append(("Should read", _proposal(issue, suspect)))
    if suspect.slip:
        said.append(("Because", f"{suspect.slip}: that slip would turn {proposal} into what is printed"))
    if suspect.allowed is not None:
        said.append(("All its identities allow", _allowed(issue, suspect.cell, suspect.allowed)))
    return entries(said, "one")


def _suspects(issue: Issue, suspects: Sequence[Suspect], name: str) -> Markup:
    """A table of suspects; a column that would be empty is left out."""
    shown = suspects[:_SUSPECTS]
    places = [issue.place(suspect.cell) for suspect in shown]
    columns: list[tuple[str, bool, list[Content]]] = [
        ("Printed", True, [issue_mark(issue, suspect.cell) for suspect in shown]),
        ("What it is", False, [place.fact for place in places]),
        ("Line", True, [place.line for place in places]),
        ("Should read", True, [_proposal(issue, suspect) for suspect in shown]),
        ("Because", False, [suspect.slip for suspect in shown]),
        ("All its identities allow", False, [suspect.allowed and _allowed(issue, suspect.cell, suspect.allowed) for suspect in shown]),
        ("In violated identities", True, [f"{len(suspect.explains)} of {len(issue.violated)}" for suspect in shown]),
    ]
    kept = [column for column in columns if any(entry is not None for entry in column[2])]
    rows = [element("tr", *(_cell(column[2][at], column[0], column[1]) for column in kept)) for at in range(len(shown))]
    caption = f"Suspect figures of issue {issue.id}"
    numbers = [at for at, (_, is_number, _) in enumerate(kept) if is_number]
    block = scrolling(caption, table("Suspect figures", [heading for heading, _, _ in kept], rows, numbers=numbers), f"{name}-suspects")
    more = len(suspects) - _SUSPECTS
    return join(block, element("p", f"and {count(more, 'more figure')}", class_="note") if more > 0 else None)


def _cell(entry: Content, heading: str, is_number: bool) -> Markup:
    """A cell of the table; what a figure is heads its row."""
    return element("th", entry, scope="row") if heading == "What it is" else element("td", entry, class_="number" if is_number else None)


def _proposal(issue: Issue, suspect: Suspect) -> Markup | None:
    proposal = issue.proposal(suspect)
    return None if proposal is None else element("strong", proposal, class_="proposal")


def _allowed(issue: Issue, cell: int, allowed: Allowed) -> str:
    low, high = (None if end is None else issue.as_printed(cell, Printed(end, allowed.decimals)) for end in (allowed.low, allowed.high))
    if low is None or high is None:
        return f"{low} or more" if low is not None else f"{high} or less" if high is not None else "any figure"
    return f"only {low}" if low == high else f"{low} to {high}"


def _told(issue: Issue, suspect: Suspect) -> str:
    place, proposal = issue.place(suspect.cell), issue.proposal(suspect)
    should = f" should read {proposal}" if proposal else ""
    return f"{place.text} on line {place.line} ({place.fact}){should}{f', {suspect.slip}' if suspect.slip else ''}"


def _cleared(issue: Issue) -> Iterator[Content]:
    """The other figures of the violated identities, and why none of them is the single wrong one."""
    cleared = issue.finding.cleared
    if not cleared or not issue.suspects:  # of a mark alone its title says it
        return
    by: dict[str | None, list[int]] = defaultdict(list)
    for cell, identity in cleared:
        by[identity].append(cell)
    items = [
        element(
            "li",
            "Not part of every violated identity: "
            if identity is None
            else join(element("code", identity), " holds and would not, whatever the figure read: "),
            _figures(issue, cells),
        )
        for identity, cells in by.items()
    ]
    summary = f"{count(len(cleared), 'other figure')} cannot be the single wrong one"
    yield element("details", element("summary", summary), element("ul", *items))


def _figures(issue: Issue, cells: Sequence[int]) -> str:
    shown = ", ".join(f"{(place := issue.place(cell)).text} ({place.fact})" for cell in cells[:_CLEARED])
    return f"{shown} and {len(cells) - _CLEARED:,} more" if len(cells) > _CLEARED else shown


# The series around it


def _plots(family: FamilyReview, issue: Issue, name: str) -> Markup | None:
    plots = [plot for at, suspect in enumerate(_plotted(issue)) if (plot := _plot(family, issue, suspect, f"{name}-plot-{at}"))]
    return join(element("h4", "The series around it"), *plots[:_PLOTS]) if plots else None


def _plotted(issue: Issue) -> list[Suspect]:
    first = [issue.suspects[at] for at in next(iter(issue.finding.explanations), ())]
    return list({suspect.cell: suspect for suspect in [*first, *issue.finding.singles]}.values())[: 2 * _PLOTS]


def _plot(family: FamilyReview, issue: Issue, suspect: Suspect, name: str) -> Markup | None:
    """The suspect's neighbouring periods; ``None`` if there is no other figure to compare it with."""
    cells = _neighbouring(family, suspect.cell)
    if len(cells) < 2 or family.facts.figures.is_missing[suspect.cell]:
        return None
    points = [Point(str(family.facts.keys[cell][2]), issue.place(cell).text, float(family.facts.printed(cell).value)) for cell in cells]
    proposal = issue.proposal(suspect)
    proposed = Proposed(proposal, float(suspect.proposal.value)) if proposal is not None and suspect.proposal is not None else None
    series, measure, _ = family.facts.keys[suspect.cell]
    what = series if measure == "value" else f"{series} {measure}"
    legend: list[Content] = [element("span", "◆", aria_hidden="true", class_="suspect"), " printed"]
    if proposed:
        legend += [", ", element("span", "○", aria_hidden="true", class_="proposed"), " proposed"]
    caption = element("figcaption", element("span", what, class_="series"), " ", element("span", *legend, class_="legend"))
    return element("figure", caption, figure_plot(points, cells.index(suspect.cell), proposed, short(what, 120), name))


def _neighbouring(family: FamilyReview, cell: int) -> list[int]:
    """The cells of the same series over periods of the same kind, the nearest of them, in the order of time."""
    series, measure, period = family.facts.keys[cell]
    if period is None:
        return []
    kind = _kind(period, measure)
    at: dict[str, int] = {}
    for other in family.series[series, measure]:
        its = family.facts.keys[other][2]
        if its is not None and not family.facts.figures.is_missing[other] and _kind(its, measure) == kind:
            at.setdefault(its, other)
    at[period] = cell  # of two prints of a fact, the suspect one
    periods = sorted(at)
    here = periods.index(period)
    return [at[each] for each in periods[max(0, here - _NEIGHBOURS) : here + _NEIGHBOURS + 1]]


def _kind(period: str, measure: str) -> tuple[str, int]:
    """What a period may be compared with: months, years, changes over as many months, years to date."""
    first, _, last = period.partition("/")
    if not last:
        return ("year" if len(period) == 4 else "month"), 0
    return ("change", months_apart(first, last)) if measure == "percent_change" else ("to date", 0)


# Deciding


def _commands(issue: Issue) -> Markup:
    return element("div", element("h4", "Decide"), *(_command(said, command) for said, command in deciding(issue)), class_="decide")


def _command(said: str, command: str) -> Markup:
    line = element("p", element("code", text(command, limit=len(command)), class_="command"))
    if command.count("--value") > _MANY_VALUES:
        line = element("details", element("summary", f"The command, with {command.count('--value'):,} values"), line)
    return element("div", element("p", f"{said}:"), line)


def _decision(issue_id: str, decision: Decision) -> Markup:
    """The decision on record, with the command that takes it back."""
    return element(
        "div",
        element("p", element("strong", f"Decided: {SAYS.get(decision.action, decision.action)}.")),
        entries(decided(decision), "one"),
        _command("To take it back", reopening(issue_id)),
        class_="decision",
    )


def decided(decision: Decision) -> Iterable[tuple[Content, Content]]:
    """What a decision says, name by name."""
    yield "Reason", paragraphs(decision.reason)
    yield "By", f"{decision.reviewer} on {decision.decided_on}"
    if decision.values:
        yield "Reads", corrections(decision)
    yield "Until", decision.expires_on or "no expiry"
    if decision.told_publisher_on:
        yield "Publisher told", decision.told_publisher_on
    if decision.publisher_answer:
        yield "Publisher's answer", paragraphs(decision.publisher_answer)


def corrections(decision: Decision) -> str:
    """The corrected figures and where they stand, by ``line:start`` or (line, start)."""
    places = {place if isinstance(place, str) else f"{place[0]}:{place[1]}": value for place, value in decision.values.items()}
    return "; ".join(f"{value} on line {place.partition(':')[0]}" for place, value in places.items())


def paragraphs(said: str) -> Markup:
    """Text of several lines, line by line."""
    return join(*(piece for line in said.splitlines() for piece in (line, element("br")))) if "\n" in said else join(said)
