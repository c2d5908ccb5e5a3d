"""Labels against figures: what a file claims by a name alone, tested against what is known of the series."""

import csv
import datetime as dt
from decimal import Decimal
from itertools import pairwise

import pytest
from click.testing import CliRunner

from trade_assets.cli import main
from trade_assets.documents.agreement import require_agreement
from trade_assets.documents.ingest import ingest
from trade_assets.facts import catalogue
from trade_assets.facts.known import known_figures
from trade_assets.facts.label_judgement import judge
from trade_assets.reading import ReadError, read_document
from trade_assets.review.check import as_json, as_text, check_file
from trade_assets.warehouse.root import DataRoot
from trade_assets_tests.shared_documents import shared_document, shared_sample
from trade_assets_tests.test_series_files import bls, fred

BALANCE = {"1992-01": -2026, "1992-02": -831, "1992-03": -2641, "1993-01": -3871, "1993-02": -3596, "1993-03": -6777}
"""Of BOPGSTB, by hand from FRED's file of 2026-03-15."""


def published(name, column):
    """Month and figure of each record of a file of FRED, by the csv module."""
    with shared_sample(name).open(encoding="utf-8", newline="") as file:
        records = [(record["observation_date"][:7], record[column]) for record in csv.DictReader(file)]
    return {month: Decimal(value) for month, value in records if value}


def imports():
    return published("fred/BOPTIMP_asof_2025-10-08.csv", "BOPTIMP")


def as_file(figures, name):
    return fred(*(f"{month}-01,{value}" for month, value in figures.items()), header=f"observation_date,{name}")


def refusal(text, name="made.csv"):
    with pytest.raises(ReadError) as caught:
        read_document(text.encode(), name)
    assert caught.value.line is not None and caught.value.todo
    return str(caught.value)


# Files that claim to be what they are not


@pytest.mark.parametrize(
    ("name", "claim", "found"),
    [
        ("exports_called_balance.csv", "BOPGSTB (million_usd, months, seasonally adjusted)", "these are the figures of BOPTEXP"),
        ("billions.csv", "the figures of BOPGSTB", "the figures of BOPGSTB in billions of dollars"),
        ("percent_change.csv", "the figures of BOPGSTB", "percent changes from the period before of BOPGSTB"),
        ("fred_quarterly_start_late.csv", "BOPGSTB (million_usd, averages of quarters", "every third month, the first of each quarter"),
        ("bls_rebased.csv", "EIUIR (index, 2000=100, months, not seasonally", "EIUIR on another base or in another unit, times 0.666"),
    ],
)
def test_cases_are_refused_with_what_they_claim_and_what_they_are(name, claim, found):
    path = shared_sample(f"cases/{name}")
    said = refusal(path.read_text(encoding="utf-8"), name)
    line = 14 if "rebased" in name else 2  # the first that is known: of EIUIR September 2023
    assert said.startswith(f"{name}, line {line}: expected ") and claim in said and found in said and "fetch the series again" in said
    for command in ("cells", "check"):
        result = CliRunner().invoke(main, [command, str(path)])
        assert result.exit_code == 2 and found in result.stderr and result.stderr.count("\n") == 1


def _each(figures, change):
    return {month: change(value) for month, value in figures.items()}


def _changes(figures, lag, change):
    months = list(figures)
    return {month: change(figures[before], figures[month]) for before, month in zip(months, months[lag:], strict=False)}


def _percent(before, now):
    return round(100 * (now / before - 1), 5)


TRANSFORMED = [
    (lambda known: known, "the figures of BOPTIMP"),
    (lambda known: _each(known, lambda value: value / 1000), "the figures of BOPTIMP in billions of dollars"),
    (lambda known: _each(known, lambda value: value * 1000), "the figures of BOPTIMP in thousands of dollars"),
    (lambda known: _each(known, lambda value: value * 1_000_000), "the figures of BOPTIMP in dollars"),
    (lambda known: _each(known, lambda value: -value), "the figures of BOPTIMP with the opposite sign"),
    (lambda known: _each(known, lambda value: -value / 1000), "the figures of BOPTIMP in billions of dollars with the opposite sign"),
    (lambda known: _each(known, lambda value: value * 12), "the figures of BOPTIMP at annual rates"),
    (lambda known: _each(known, lambda value: round(value / 600, 2)), "the figures of BOPTIMP on another base or in another unit"),
    (lambda known: _changes(known, 1, _percent), "percent changes from the period before of BOPTIMP"),
    (lambda known: _changes(known, 12, _percent), "percent changes from a year before of BOPTIMP"),
    (lambda known: _changes(known, 1, lambda before, now: now - before), "changes from the period before of BOPTIMP"),
    (lambda known: _changes(known, 12, lambda before, now: now - before), "changes from a year before of BOPTIMP"),
]


@pytest.mark.parametrize("years", [("1992", "1999"), ("2015", "2019"), ("2023", "2025")])
@pytest.mark.parametrize(("change", "found"), TRANSFORMED, ids=[found for _, found in TRANSFORMED])
def test_another_series_unit_sign_base_or_change_is_told_wherever_the_file_begins(change, found, years):
    """Imports, changed by hand here, under the header of exports and under their own."""
    figures = {month: value for month, value in change(imports()).items() if years[0] <= month < years[1]}
    assert found in refusal(as_file(figures, "BOPTEXP"))
    if found != "the figures of BOPTIMP":
        assert found in refusal(as_file(figures, "BOPTIMP"))


def _quarters(known, of):
    quarters = [month for month in known if month[5:] in ("01", "04", "07", "10") and f"{month[:5]}{int(month[5:]) + 2:02d}" in known]
    return {month: of([known[f"{month[:5]}{int(month[5:]) + step:02d}"] for step in range(3)]) for month in quarters}


@pytest.mark.parametrize("begins", ["1992", *(pytest.param(year, marks=pytest.mark.slow) for year in ("1994", "2003")), "2022"])
@pytest.mark.parametrize(
    ("of", "found"),
    [
        (sum, "sums of quarters of BOPTIMP"),
        (lambda months: months[0], "every third month, the first of each quarter, of BOPTIMP"),
        (lambda months: months[1], "every third month, the second of each quarter, of BOPTIMP"),
        (lambda months: months[2], "every third month, the last of each quarter, of BOPTIMP"),
        (lambda months: round(sum(months) / 3000, 3), "averages of quarters of BOPTIMP in billions of dollars"),
    ],
)
def test_quarters_are_tested_wherever_the_file_begins(of, found, begins):
    figures = {month: value for month, value in _quarters(imports(), of).items() if month >= begins}
    assert found in refusal(as_file(figures, "BOPTIMP"))
    averages = {month: value for month, value in _quarters(imports(), lambda months: round(sum(months) / 3)).items() if month >= begins}
    assert read_document(as_file(averages, "BOPTIMP").encode(), "made.csv").product == "BOPTIMP.quarterly"


def test_labels_are_tested_without_published_files_too():
    made = {month: value for month, value in BALANCE.items() if month < "1993"}
    assert read_document(as_file(made, "BOPGSTB").encode(), "made.csv").series["agreeing_figures"] == [3]
    assert "in billions of dollars" in refusal(as_file(_each(made, lambda value: value / 1000), "BOPGSTB"))
    assert "these are the figures of BOPGSTB" in refusal(as_file(made, "BOPTEXP"))
    assert "with the opposite sign" in refusal(as_file(_each(made, lambda value: -value), "BOPGSTB"))
    # Indexes of no known series: 0 of 3 agree, and what they are is not known either.
    records = [f"EIUIR,2018,M0{number},,{value},," for number, value in enumerate(("81.1", "79.3", "83.4"), start=1)]
    assert "3 of 3 known figures differ; what these are was not found" in refusal(bls(*records))


def test_an_index_of_the_other_flow_is_told():
    """Export prices under the id of import prices."""
    text = shared_sample("bls-labstat/EIUIQ_asof_2024-12-13.csv").read_text(encoding="utf-8")
    assert "these are the figures of EIUIQ" in refusal(text.replace("EIUIQ", "EIUIR"))


# Files that are what they claim


def test_another_vintage_of_a_series_is_that_series():
    """The figures as the FT-900 of 2016-11 printed them, 3.4 percent of imports from those of 2026 at most."""
    facts = read_document(shared_document("2016-11.ft900-goods-and-services.txt").read_bytes(), "2016-11").cells
    printed = {}
    for series, period, value in zip(facts["series"], facts["period"], facts["value"], strict=True):
        if len(period) == 7 and value is not None:
            printed.setdefault(series, {})[period] = int(value)
    for name, series in (("BOPGSTB", "balance.total"), ("BOPTEXP", "exports.total"), ("BOPTIMP", "imports.total")):
        reading = read_document(as_file(printed[series], name).encode(), "made.csv")
        assert reading.series["known_figures"] == reading.series["agreeing_figures"] == [75]


def test_a_figure_of_another_size_is_an_issue_of_its_own(tmp_path):
    """A digit too many in March 1993; the others are right, or of the size of their neighbours, and stay."""
    file = tmp_path / "made.csv"
    months = {month: BALANCE.get(month, -3000) for month in _months("1992-01", "1993-03")}
    file.write_text(as_file(months | {"1993-03": -67770}, "BOPGSTB"), encoding="utf-8")
    checked = check_file(file)
    (issue,) = checked.issues
    assert issue.certainty == "certain" and issue.sentence.startswith("line 16: -67770 (balance.total 1993-03) is wrong")
    assert checked.evaluation.counts["observations_are_of_the_series_named"] == (14, 1, 0)
    assert [checked.facts.keys[cell][2] for cell in issue.withheld] == ["1993-03"]


def _months(first, last):
    months = [f"{year}-{number:02d}" for year in range(1992, 1994) for number in range(1, 13)]
    return [month for month in months if first <= month <= last]


def test_where_nothing_is_known_the_label_is_said_to_be_unproven(tmp_path):
    """In the text and the JSON of a check, and in what ingest says."""
    file = tmp_path / "2031-07.made.csv"
    file.write_text(fred("2031-04-01,-60000", "2031-05-01,-61000"), encoding="utf-8")
    said = "BOPGSTB: unit, base, adjustment and frequency are not proven: no figure of these periods is known"
    checked = check_file(file)
    assert f"  note: {said}" in "\n".join(as_text(checked)) and as_json(checked)["notes"][0].startswith(said)
    assert (checked.reading.series["known_figures"], checked.reading.series["agreeing_figures"]) == ([0], [0])
    done = ingest(DataRoot.of(tmp_path / "data"), file, now=dt.datetime(2032, 1, 1, tzinfo=dt.UTC))
    assert done.notes[0].startswith(said)
    file.write_text(as_file({month: BALANCE[month] for month in list(BALANCE)[:3]}, "BOPGSTB"), encoding="utf-8")
    proven = check_file(file)
    assert "notes" not in as_json(proven) and proven.reading.series["known_figures"] == [3]


def test_a_document_that_describes_itself_makes_no_bare_claim():
    reading = check_file(shared_document("2016-11.ft900-goods-and-services.txt")).reading
    assert not reading.is_labelled and reading.notes == []


# The store as what is known


LATER = {"2031-01": 300_123, "2031-02": 301_456, "2031-03": 299_789, "2031-04": 305_012, "2031-05": 307_345, "2031-06": 309_678}
"""Exports of months that the catalogue cannot know."""


@pytest.fixture
def store(tmp_path):
    """A store with exports of 2031, and a function that gives it another file."""
    root = DataRoot.of(tmp_path / "data")

    def give(figures, month, name="BOPTEXP"):
        file = tmp_path / f"{month}.{len(list(tmp_path.iterdir()))}.csv"
        file.write_text(as_file(figures, name), encoding="utf-8")
        return ingest(root, file, now=dt.datetime(2032, 1, 1, tzinfo=dt.UTC)).document

    give(LATER, "2031-08")
    return give


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda value: value / 1000, "in billions of dollars"),
        (lambda value: -value, "with the opposite sign"),
        (lambda value: round(value / 3001.23, 1), "on another base or in another unit"),
        (lambda value: value % 1_000, "6 of 6 known figures differ"),
    ],
)
def test_what_the_store_has_is_known(store, change, found):
    with pytest.raises(ReadError) as caught:
        store(_each(LATER, change), "2031-09")
    assert "expected the figures of BOPTEXP as raw/2031-08/fred-" in str(caught.value) and found in str(caught.value)


def test_a_revision_a_continuation_and_another_series_enter_the_store(store):
    revised = {month: value + 1_111 * number for number, (month, value) in enumerate(LATER.items())}
    assert store(revised, "2031-09").product == "BOPTEXP"
    assert store({"2031-07": 1, "2031-08": 2}, "2031-10").product == "BOPTEXP"  # nothing to compare with
    assert store(_each(LATER, lambda value: value // 2), "2031-10", "BOPTIMP").product == "BOPTIMP"


OTHERS = {month: 7 + 31 * number for number, month in enumerate(LATER)}
"""Figures of the months of ``LATER`` that no unit, sign or base makes of those."""
ELSEWHEN = {"2031-07": 310_111, "2031-08": 311_222, "2031-09": 312_333}


@pytest.mark.parametrize(
    ("stored", "looked_at", "refused_by"),
    [
        ([], 0, None),
        ([("BOPTEXP", OTHERS)], 1, 1),
        # The latest file that prints any of the months decides, and no file is read beyond it.
        ([("BOPTEXP", LATER), ("BOPTEXP", OTHERS)], 1, None),
        ([("BOPTEXP", OTHERS), ("BOPTEXP", LATER)], 1, 1),
        ([("BOPTEXP", ELSEWHEN), ("BOPTEXP", OTHERS)], 2, 2),
        ([("BOPTEXP", ELSEWHEN), ("BOPTEXP", LATER), ("BOPTEXP", OTHERS)], 2, None),
        ([("BOPTIMP", OTHERS), ("BOPTEXP", LATER), ("BOPTEXP", OTHERS)], 2, None),
        ([(None, {}), ("BOPTEXP", OTHERS)], 2, 2),
        # Twenty-four are read at most.
        ([("BOPTEXP", ELSEWHEN)] * 23 + [("BOPTEXP", OTHERS)], 24, 24),
        ([("BOPTEXP", ELSEWHEN)] * 24 + [("BOPTEXP", OTHERS)], 24, None),
    ],
)
def test_the_latest_stored_file_that_prints_the_months_decides(stored, looked_at, refused_by):
    taken = []

    def files():
        for number, (name, figures) in enumerate(stored, start=1):
            taken.append(number)
            yield f"raw/{number}", as_file(figures, name).encode() if name else b"nothing that is read"

    reading = read_document(as_file(LATER, "BOPTEXP").encode(), "new.csv")
    if refused_by is None:
        require_agreement(reading, "new.csv", files())
    else:
        with pytest.raises(
            ReadError, match=rf"^new\.csv, line 2: expected the figures of BOPTEXP as raw/{refused_by} in the store has them"
        ):
            require_agreement(reading, "new.csv", files())
    # Whether one more is asked for to see that there is nothing left to compare is nobody's concern.
    assert len(taken) in {looked_at, min(looked_at + 1, len(stored))}


# The known figures themselves


def test_every_known_figure_says_where_it_comes_from_and_adds_up():
    """Balance is exports less imports within rounding where all three come from one release."""
    lines = catalogue.records("known")
    assert all(line["source"] and Decimal(line["margin"]) >= 0 and line["figures"] for line in lines)
    assert {line["figures"][:7] for line in lines if line["margin"] == "0"} == {"1992-01"}
    months = {(line["source"], line["series"], *figure.split("=")) for line in lines for figure in line["figures"].split()}
    value = {(source, series, month): int(Decimal(text)) for source, series, month, text in months if "end_use" not in series}
    compared = 0
    for (source, series, month), balance in value.items():
        flow, _, kind = series.partition(".")
        pair = [value.get((source, f"{other}.{kind}", month)) for other in ("exports", "imports")]
        if flow == "balance" and None not in pair:
            compared += 1
            assert abs(pair[0] - pair[1] - balance) <= 1, (source, series, month)
    assert compared > 250


def test_known_figures_follow_each_other_in_quarters():
    for series, known in known_figures().items():
        for before, after in pairwise(sorted(known)):
            assert int(after[5:]) % 3 != 1 or int(before[5:]) % 3 == 0, (series, before, after)


def test_nothing_known_proves_nothing():
    label = judge("balance.total", "value", {"2031-01": Decimal(-5)})
    assert (label.compared, label.agreeing, label.is_contradicted) == (0, 0, False)
    assert label.sentence == "no figure is known to compare with"
