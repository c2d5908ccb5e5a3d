"""Every declared rule says who says so, and a violation of an inferred one says that it is inferred."""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

import trade_assets
from trade_assets.cli import main
from trade_assets.defs.calendar import CALENDARS
from trade_assets.facts import catalogue
from trade_assets.facts.assumed import ASSUMED
from trade_assets.facts.declared import INFERRED, Declared
from trade_assets.facts.periods import is_month
from trade_assets.identities.document_facts import Facts
from trade_assets.identities.evaluate import Verdict, evaluate
from trade_assets.identities.kinds import Sum
from trade_assets.identities.rule_book import markdown
from trade_assets.identities.rules import RULES, rule
from trade_assets.publication.licences import FIGURES_OF
from trade_assets.publication.who_says import markdown as sources
from trade_assets.review.equations import gap_sentence
from trade_assets.vintages.policy import policies
from trade_assets_tests.conftest import shipped_document
from trade_assets_tests.shared_documents import shared_sample

PACKAGE = Path(trade_assets.__file__).parent
_PUBLISHERS = ("BLS", "export.gov", "FT-900", "Census Bureau", "Office of Management and Budget", "World Customs Organization")


def _declared() -> list[Declared]:
    return [*RULES, *catalogue.parts_of("mxp")]


def test_every_rule_and_every_list_of_parts_says_who_says_so() -> None:
    counted = Counter(each.authority for each in _declared())
    assert set(counted) == {"published", "definition", "inferred"}
    for each in _declared():
        assert each.authority != "published" or any(name in each.source for name in _PUBLISHERS), each.source


def test_the_rule_book_shows_it() -> None:
    page = markdown().splitlines()
    for each in RULES:
        (row,) = (line for line in page if line.startswith(f"| `{each.name}` |"))
        assert row.endswith(f"| **{each.authority}**: {each.source} |")
    for line in catalogue.records("parts"):
        assert f"| `{line['total']}` | {line['parts']} | {line['is_whole']} | **{line['authority']}**: {line['source']} |" in page


def _violated(name: str, rows: list[tuple[str, str, str, float]]) -> Verdict:
    facts = pd.DataFrame(rows, columns=["series", "measure", "period", "value"]).assign(decimals=0)
    (verdict,) = evaluate((rule(name),), Facts.of_frame(facts.astype({"value": "Float64", "decimals": "Int64"}))).violated
    return verdict


@pytest.mark.parametrize(
    ("name", "rows", "said"),
    [
        # The note of Exhibit 1 lets seasonal adjustment come between, too; a balance is a difference by its name.
        ("goods_plus_services_equals_total", [("exports.total", 10), ("exports.goods", 3), ("exports.services", 1)],
         f"misses by 6, rounding allows 1 ({INFERRED})"),
        ("balance_equals_exports_minus_imports", [("balance.total", 10), ("exports.total", 3), ("imports.total", 1)],
         "misses by 8, rounding allows 1"),
        ("first_time_plus_reinvested_equals_total",
         [("china.outbound_investment.total", 10), ("china.outbound_investment.first_time", 3),
          ("china.outbound_investment.reinvested_profits", 1)], f"misses by 6, rounding allows 1 ({INFERRED})"),
    ],
)  # fmt: skip
def test_a_violation_of_an_inferred_rule_says_so(name: str, rows: list[tuple[str, float]], said: str) -> None:
    assert gap_sentence(_violated(name, [(series, "value", "2020-01", value) for series, value in rows])) == said


@pytest.mark.parametrize(
    ("total", "parts", "is_inferred"),
    [
        ("exports.naics.31", ("311", "312", "313", "314", "315", "316"), False),  # NAICS 2012 lists the subsectors
        ("exports.harmonized.VIII", ("41", "42", "43"), False),  # and the Harmonized System its chapters
        ("exports.end_use.4", ("40", "41", "42"), False),  # manufactured or not: by the labels
        ("exports.end_use.2", ("20", "21", "22"), True),  # no document at hand lists BEA's two-digit categories
        ("imports.end_use.all_commodities", ("0", "1", "2", "3", "4"), True),  # nor what BLS does not price
    ],
)
def test_a_list_of_parts_that_nobody_prints_makes_the_rule_inferred(total: str, parts: tuple[str, ...], *, is_inferred: bool) -> None:
    name, prefix = "relative_importances_of_parts_sum_to_total", total.rpartition(".")[0]
    shares = {total: 90.0} | {f"{prefix}.{part}": 1.0 for part in parts}
    verdict = _violated(name, [(series, "relative_importance", "2018-06", share) for series, share in shares.items()])
    assert (verdict.rule.name, verdict.rule.is_inferred) == (name, is_inferred)
    assert (INFERRED in gap_sentence(verdict)) is is_inferred


def test_a_rule_that_says_too_little_is_refused() -> None:
    rest = {"name": "n", "family": "ft900", "table": "t", "description": "d.", "total": "a", "parts": {}}
    with pytest.raises(TypeError, match="authority"):
        Sum(source="s", **rest)  # type: ignore[call-arg,arg-type]
    with pytest.raises(ValueError, match="document with its year"):
        Sum(source="BLS says so", authority="published", **rest)  # type: ignore[arg-type]


def test_what_is_taken_for_granted_names_modules_and_every_reader_takes_something() -> None:
    for each in ASSUMED:
        assert (PACKAGE / each.where).is_file(), each.where
        assert each.statement and each.guard
    modules = (PACKAGE / "families").glob("*/*.py")
    is_reader = re.compile(r"^def read\(", re.MULTILINE)
    readers = {str(path.relative_to(PACKAGE)) for path in modules if is_reader.search(path.read_text("utf-8"))}
    assert len(readers) >= 7
    assert readers <= {each.where for each in ASSUMED}


def test_the_page_of_sources_is_up_to_date_and_shows_every_authority() -> None:
    page = sources()
    assert (PACKAGE.parent / "docs" / "sources.md").read_text(encoding="utf-8") == page, "run 'make docs'"
    windows = [window for policy in policies().values() for line in policy.lines for window in (line, *line.windows)]
    for each in (*ASSUMED, *windows, *FIGURES_OF.values(), *(found for found in RULES if found.is_inferred)):
        assert f"**{each.authority}**: {each.source} |" in page


@pytest.mark.parametrize(("family", "day", "by_then", "known"), [("ft900", 9, 45, 50), ("mxp", 17, 32, 35)])
def test_usual_days_are_inferred_from_known_release_days(family: str, day: int, by_then: int, known: int) -> None:
    with shared_sample(f"release-dates/{family}_releases.csv").open(encoding="utf-8", newline="") as file:
        days = [dt.date.fromisoformat(row["release_date"]) for row in csv.DictReader(file)]
    assert (sum(each.day <= day for each in days), len(days)) == (by_then, known)
    calendar = CALENDARS[family]
    assert calendar.day == day and calendar.usual.is_inferred
    assert all(str(number) in calendar.usual.source for number in (by_then, known))
    late = [each.isoformat() for each in days if each.day > day]
    assert len(late) == known - by_then and (family == "ft900" or all(each in calendar.usual.source for each in late))


def test_the_windows_are_as_the_page_on_vintages_says() -> None:
    page = (PACKAGE.parent / "docs" / "vintages.md").read_text(encoding="utf-8")
    for months in ("the six months before L", "every earlier month", "from January of the third year before", "the three months before L"):
        assert months in page
        assert any(months in window.months for policy in policies().values() for line in policy.lines for window in line.windows)


def test_what_the_inferred_sums_of_trade_rest_on() -> None:
    """Rounding alone is between the figures of every seasonally adjusted table at hand, though their note names more."""
    exhibits = [f"ft900-exhibit-1/exh1_{month}.xlsx" for month in ("2021-03", "2021-05", "2021-12", "2025-12")]
    paths = [shipped_document("ft900", "2016-11"), *map(shared_sample, [*exhibits, "ft900-2021-08/exh1.xlsx"])]
    counts: Counter[tuple[str, str]] = Counter()
    for path in paths:
        (found,) = json.loads(CliRunner().invoke(main, ["check", "--format", "json", str(path)]).output)
        for verdict in found["verdicts"]:
            counts[verdict["identity"], "holds"] += verdict["holds"]
            counts[verdict["identity"], "violated"] += verdict["violated"]
    # Three flows in 322 rows; of the Exhibits in 33, 35, 38, 40 and 40 rows (months with figures, years and years to date).
    assert counts["goods_plus_services_equals_total", "holds"] == 3 * (322 + 33 + 35 + 38 + 40 + 40)
    # Nine series in 25 years or years to date; of the Exhibits in five, five, five, three and three.
    assert counts["year_equals_sum_of_months", "holds"] == 9 * (25 + 5 + 5 + 5 + 3 + 3)
    assert counts["goods_plus_services_equals_total", "violated"] == counts["year_equals_sum_of_months", "violated"] == 0
    for name in ("goods_plus_services_equals_total", "year_equals_sum_of_months"):
        assert "2016-11 and of five Exhibits 1" in rule(name).source


@pytest.mark.parametrize("name", ["fred", "bls_series", "bls_footnotes"])
def test_names_of_series_files_say_who_says_so(name: str) -> None:
    for line in catalogue.records(name):
        Declared(source=line["source"], authority=line["authority"])  # type: ignore[arg-type]


def test_the_series_files_of_bls_print_what_the_releases_do() -> None:
    """What the names EIUIR and EIUIQ rest on: July 2012 and 2018, the latest months of the two releases, were revised by so much since."""
    files = {"EIUIR": "EIUIR_asof_2024-12-13", "EIUIQ": "EIUIQ_asof_2024-12-13"}
    printed = {("EIUIR", "2012"): 137.8, ("EIUIR", "2018"): 128.1, ("EIUIQ", "2012"): 132.4, ("EIUIQ", "2018"): 127.4}
    differences: dict[str, list[float]] = {}
    for name, file in files.items():
        with shared_sample(f"bls-labstat/{file}.csv").open(encoding="utf-8", newline="") as lines:
            july = {row["year"]: float(row["value"]) for row in csv.DictReader(lines) if row["period"] == "M07"}
        differences[name] = [round(abs(july[year] - printed[name, year]), 1) for year in ("2012", "2018")]
    assert differences == {"EIUIR": [0.1, 0.0], "EIUIQ": [0.2, 0.0]}


@pytest.mark.parametrize(("name", "series"), [("BOPTEXP", "exports.total"), ("BOPTIMP", "imports.total")])
def test_the_copies_of_fred_print_the_early_months_of_the_table(name: str, series: str) -> None:
    """What the names rest on: all months until 1998, and none from 1999 on, where the revision of 2010 began."""
    with shared_sample(f"fred/{name}_asof_2025-10-08.csv").open(encoding="utf-8", newline="") as file:
        copied = {row[0][:7]: float(row[1]) for row in list(csv.reader(file))[1:]}
    said = CliRunner().invoke(main, ["cells", "--format", "json", str(shipped_document("ft900", "2016-11"))])
    printed = {cell["period"]: cell["value"] for cell in json.loads(said.output) if cell["series"] == series and is_month(cell["period"])}
    alike = [period for period in sorted(printed) if copied[period] == printed[period]]
    assert (len(printed), len(alike), alike[0], alike[-1]) == (297, 84, "1992-01", "1998-12")
    (line,) = (each for each in catalogue.records("fred") if each["id"] == name)
    assert "in the 84 months until 1998" in line["source"]
