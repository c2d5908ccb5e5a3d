"""The page of a release month: summary, issues, scoreboard, coverage, what is withheld, decisions, plots."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from trade_assets.identities.coverage import MANY
from trade_assets.identities.kinds import Rule
from trade_assets.review.decisions import SAYS
from trade_assets.review.issues import Issue
from trade_assets.review.pages import INDEX_PAGE
from trade_assets.review.report.contents import (
    NOT_WRITTEN,
    FamilyReview,
    MonthReview,
    MonthSummary,
    month_in_words,
)
from trade_assets.review.report.frame import framed, pill
from trade_assets.review.report.headline import LONG_TITLE, headline
from trade_assets.review.report.issue import anchor, corrections, issue_article, paragraphs
from trade_assets.review.report.markup import Content, Markup, element, entries, scrolling, table
from trade_assets.review.report.metrics import Section, prices_section, trade_section
from trade_assets.review.report.plots import share_bar
from trade_assets.review.report.words import STRENGTH, count, sentence, short

_IN_FULL = 50  # issues
_ROWS = 300  # of a table of withheld figures or further issues


def month_page(review: MonthReview) -> str:
    """The report of a release month, a whole HTML document."""
    summary = MonthSummary.of(review)
    shown, rest = _chosen(review.families)
    sections = [
        _unread(review),
        _issues(shown, rest) if shown else None,
        _missing(review),
        *(_proofs(review.families)),
        _withheld(review.families),
        _decisions(review.families),
        trade_section(review),
        prices_section(review),
    ]
    found = [section for section in sections if section is not None]
    heading = f"Release month {review.release_month}"
    links = [(f"#{name}", said) for name, said, _ in found]
    shown_sections = (element("section", element("h2", said, id=name), content, aria_labelledby=name) for name, said, content in found)
    return framed(f"{heading}: {summary.status.word}", _header(review.release_month), [_summary(review, summary, links), *shown_sections])


def withdrawn_page(release_month: str) -> str:
    """What stands in place of a month's page between the proof of its documents and the page that shows it."""
    said = (
        "The documents of this month have been proven anew, and what was shown here before is not shown any more. The page is written at "
        "the end of the run that is under way. If none is, it was ended, or was of some tables only: run the month again."
    )
    summary = element(
        "section",
        element("h2", "Summary", id="summary", class_="unseen"),
        element("p", pill(NOT_WRITTEN)),
        element("p", said, class_="headline"),
        element("p", element("code", f"trade-assets run --month {release_month}")),
        aria_labelledby="summary",
        class_=f"summary {NOT_WRITTEN.tone}",
    )
    return framed(f"Release month {release_month}: {NOT_WRITTEN.word}", _header(release_month), [summary])


def _header(release_month: str) -> list[Content]:
    words = element("small", month_in_words(release_month))
    return [
        element("p", element("a", "All release months", href=INDEX_PAGE), class_="up"),
        element("h1", "Release month ", element("span", release_month, class_="month"), " ", words),
    ]


# Summary


def _summary(review: MonthReview, summary: MonthSummary, links: Sequence[tuple[str, str]]) -> Markup:
    exact = sum(figure.proof == "exact" for family in review.families for figure in family.coverage)
    numbers = {
        "figures": summary.figures,
        "proven to the print": exact,
        "identities hold": summary.holds,
        "violated": summary.violated,
        "not evaluable": summary.not_evaluable,
        "issues open": summary.open_issues,
        "issues decided": summary.decided_issues,
        "figures withheld": summary.withheld,
    }
    return element(
        "section",
        element("h2", "Summary", id="summary", class_="unseen"),
        element("p", pill(summary.status)),
        element("p", headline(review, summary), class_="headline"),
        entries({name: element("strong", number) for name, number in numbers.items()}, "numbers"),
        _documents(review.families) if review.families else None,
        _explained_words(),
        _contents(links),
        aria_labelledby="summary",
        class_=f"summary {summary.status.tone}",
    )


def _contents(links: Sequence[tuple[str, str]]) -> Markup | None:
    if len(links) < 2:
        return None
    items = [element("li", element("a", said, href=link)) for link, said in links]
    label = element("span", "On this page", id="contents", class_="unseen")
    return element("nav", label, element("ul", *items), aria_labelledby="contents")


def _documents(families: Sequence[FamilyReview]) -> Markup:
    rows = [
        element(
            "tr",
            element("th", family.title, scope="row"),
            element("td", family.publisher),
            element("td", element("code", family.family)),
            element("td", family.figures, class_="number"),
            element("td", element("code", family.path)),
            element("td", element("code", family.sha256)),
        )
        for family in families
    ]
    headings = ("Title", "Publisher", "Family", "Figures", "In the store", "SHA-256")
    shown = table("Documents of the month", headings, rows, numbers=(3,), class_="documents")
    return element("details", element("summary", count(len(families), "document")), scrolling("Documents", shown, "documents"))


def _explained_words() -> Markup:
    words = {
        "Figure": "one printed number, with the line where it stands. It is never overwritten.",
        "Identity": "an arithmetic statement that published figures must satisfy, such as a total and its parts. How far they may miss "
        "it follows from how they were rounded in print.",
        "Not evaluable": "one of the figures of an identity is not printed. That never counts as holding.",
        "Proven to the print": "the figure stands in an identity that would notice if any of its digits were wrong.",
        "Issue": "one cause behind one or more violated identities: the figures that may be wrong, and the evidence.",
        "Withheld": "left out of the tables that people query, because an undecided or a withheld issue may be about it.",
    }
    return element("details", element("summary", "What these words mean"), entries(words, "words"))


# What could not be read


_UNREAD = {"Expected": "expected", "Found": "found", "To do": "todo"}


def _unread(review: MonthReview) -> Section | None:
    if not review.unread:
        return None
    articles = [
        element(
            "div",
            element("p", element("code", str(document.get("path", ""))), f", line {document['line']}" if document.get("line") else ""),
            entries({said: str(document.get(key, "")) for said, key in _UNREAD.items()}, "one"),
            class_="unread",
        )
        for document in review.unread
    ]
    return "unread", "Documents that could not be read", articles


# Issues


def _chosen(families: Sequence[FamilyReview]) -> tuple[list[tuple[FamilyReview, Issue]], list[tuple[FamilyReview, Issue]]]:
    """The issues to show in full and the others: open ones first, and the gravest of each family before the next of any."""
    ranked = sorted(
        ((family.state(issue) == "decided", rank, at) for at, family in enumerate(families) for rank, issue in enumerate(family.issues)),
    )
    issues = [(families[at], families[at].issues[rank]) for _, rank, at in ranked]
    return issues[:_IN_FULL], issues[_IN_FULL:]


def _issues(shown: Sequence[tuple[FamilyReview, Issue]], rest: Sequence[tuple[FamilyReview, Issue]]) -> Section:
    lead = "The gravest first: by how sure it is that a figure is wrong, and what depends on it."
    content: list[Content] = [element("p", lead, class_="lead")]
    content += [issue_article(family, issue) for family, issue in shown]
    if rest:
        rows = [
            element(
                "tr",
                element("td", issue.lines[0], class_="number"),
                element("th", sentence(issue.title), scope="row"),
                element("td", issue.certainty),
                element("td", family.state(issue)),
                element("td", element("code", issue.id)),
                element("td", len(issue.violated), class_="number"),
            )
            for family, issue in rest[:_ROWS]
        ]
        headings = ("Line", "Issue", "Certainty", "State", "Id", "Violated identities")
        content.append(element("h3", f"{count(len(rest), 'more issue')}"))
        content.append(element("p", "To see one in full: ", element("code", "trade-assets review show ID"), "."))
        content.append(scrolling("More issues", table("More issues", headings, rows, numbers=(0, 5)), "more-issues"))
        content.append(_more(len(rest), "issue", "review.issues"))
    return "issues", f"Issues ({len(shown) + len(rest):,})", content


def _more(number: int, noun: str, name: str) -> Markup | None:
    """Where the rows are that a table leaves out."""
    if number <= _ROWS:
        return None
    return element("p", f"and {count(number - _ROWS, f'more {noun}')}, all of them in ", element("code", name), class_="note")


# Scoreboard and coverage


def _proofs(families: Sequence[FamilyReview]) -> Iterator[Section | None]:
    scored = [family for family in families if any(any(counts) for counts in family.evaluation.counts.values())]
    yield ("scoreboard", "Identities", [_scoreboard(family) for family in scored]) if scored else None
    covered = [family for family in families if family.coverage]
    lead = element(
        "p",
        "For each figure: which identities would notice if it were wrong. To the print: any digit. Within intervals or bounds: "
        "only what is far off.",
        class_="lead",
    )
    yield ("coverage", "Coverage", [lead, *(_coverage(family) for family in covered)]) if covered else None


def _scoreboard(family: FamilyReview) -> Markup:
    rules: dict[str, Rule] = {places.rule.name: places.rule for places in family.evaluation.bound}
    rows = []
    for name, (holds, violated, not_evaluable) in family.evaluation.counts.items():
        rule = rules.get(name)
        rows.append(
            element(
                "tr",
                element("th", rule.description if rule else "", element("br"), element("code", name), scope="row"),
                element("td", STRENGTH[rule.strength] if rule else ""),
                element("td", holds, class_="number"),
                element("td", element("strong", violated, " ✗") if violated else 0, class_="number"),
                element("td", not_evaluable, class_="number"),
                class_="violated" if violated else None,
            )
        )
    caption = f"Identities of {short(family.title, LONG_TITLE)}"
    headings = ("Identity", "Proves", "Holds", "Violated", "Not evaluable")
    return scrolling(caption, table(caption, headings, rows, numbers=(2, 3, 4), class_="scoreboard"), f"scoreboard-{_plain(family)}")


def _plain(family: FamilyReview) -> str:
    """A family as part of an id."""
    return "".join(char for char in family.family.lower() if char.isascii() and char.isalnum())


def _coverage(family: FamilyReview) -> Markup:
    places = family.facts.place["table"]
    tables = list(dict.fromkeys(str(places[figure.cell]) for figure in family.coverage))
    rows = []
    for name in [*tables, None] if len(tables) > 1 else tables:
        figures = [figure for figure in family.coverage if name is None or places[figure.cell] == name]
        proofs = Counter(figure.proof for figure in figures)
        exact = Counter(min(figure.noticed["exact"], MANY) for figure in figures)
        kinds = ("exact", "interval", "limit", "none")
        rows.append(
            element(
                "tr",
                element("th", name or "all tables", scope="row"),
                element("td", len(figures), class_="number"),
                *(element("td", exact[number], class_="number") for number in (3, 2, 1)),
                *(element("td", proofs[kind], class_="number") for kind in kinds[1:]),
                element("td", f"{100 * proofs['exact'] / len(figures):.0f} %", class_="number"),
                element("td", share_bar([(kind, proofs[kind] / len(figures)) for kind in kinds])),
                class_="computed" if name is None else None,
            )
        )
    headings = ("Table", "Figures", "3 or more exact", "2 exact", "1 exact", "Interval", "Bounds", "None", "Proven to the print", "")
    caption = f"Coverage of {short(family.title, LONG_TITLE)}"
    return scrolling(caption, table(caption, headings, rows, numbers=range(1, 9), class_="coverage"), f"coverage-{_plain(family)}")


# Missing


def _missing(review: MonthReview) -> Section | None:
    """What the month does not have: what is awaited first."""
    if not review.missing:
        return None
    rows = [
        element("tr", element("th", what, scope="row"), element("td", why), element("td", todo))
        for what, why, todo, _ in sorted(review.missing, key=lambda each: not each.is_awaited)
    ]
    shown = table("What the month does not have", ("What", "Why", "To do"), rows)
    return "missing", f"Missing ({len(review.missing):,})", scrolling("Missing", shown, "not-there")


# Withheld, decided


def _withheld(families: Sequence[FamilyReview]) -> Section | None:
    figures = [figure for family in families for figure in family.withheld]
    metrics = [metric for family in families for metric in family.withheld_metrics]
    if not figures and not metrics:
        return None
    shown = _articles(families)
    content: list[Content] = []
    if figures:
        rows = [
            element(
                "tr",
                element("td", text_, class_="number"),
                element("th", f"{series} {period or ''}".rstrip(), scope="row"),
                element("td", element("code", f"{table_}.{column}")),
                element("td", _link(issue, shown)),
            )
            for table_, column, series, period, text_, issue in figures[:_ROWS]
        ]
        headings = ("Printed", "What it is", "Column", "Issue")
        content.append(scrolling("Withheld figures", table("Figures", headings, rows, numbers=(0,)), "withheld-figures"))
        content.append(_more(len(figures), "figure", "validated.in_doubt"))
    if metrics:
        rows = [
            element(
                "tr",
                element("th", key, scope="row"),
                element("td", element("code", f"{table_}.{column}")),
                element("td", _link(issue, shown)),
            )
            for table_, column, key, issue in metrics[:_ROWS]
        ]
        content.append(scrolling("Withheld metrics", table("Metrics", ("What it is", "Column", "Issue"), rows), "withheld-metrics"))
        content.append(_more(len(metrics), "metric", "metrics"))
    return "withheld", f"Withheld ({len(figures) + len(metrics):,})", content


def _articles(families: Sequence[FamilyReview]) -> frozenset[str]:
    """The issues that have a place of their own in the page."""
    return frozenset(issue.id for _, issue in _chosen(families)[0])


def _link(issue_id: str, shown: frozenset[str]) -> Markup:
    code = element("code", issue_id)
    return element("a", code, href=f"#{anchor(issue_id)}") if issue_id in shown else code


def _decisions(families: Sequence[FamilyReview]) -> Section | None:
    decisions = [(issue, decision) for family in families for issue, decision in family.decisions.items()]
    if not decisions:
        return None
    shown = _articles(families)
    rows = [
        element(
            "tr",
            element("th", _link(issue, shown), scope="row"),
            element("td", SAYS.get(decision.action, decision.action)),
            element("td", corrections(decision)),
            element("td", paragraphs(decision.reason)),
            element("td", decision.reviewer),
            element("td", decision.decided_on),
            element("td", decision.expires_on or "never"),
            element("td", decision.told_publisher_on or "no"),
            element("td", paragraphs(decision.publisher_answer or "")),
        )
        for issue, decision in decisions
    ]
    headings = ("Issue", "Decision", "Reads", "Reason", "By", "On", "Expires", "Publisher told", "Publisher's answer")
    return "decisions", f"Decisions ({len(decisions):,})", scrolling("Decisions", table("Decisions on record", headings, rows), "decided")
