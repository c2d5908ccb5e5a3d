"""The prints of a month from tables made by hand: which document and issue each is of, what withholds or corrects it, and which speaks."""

import pandas as pd
import pytest

from trade_assets.documents.parse import Parsed
from trade_assets.documents.store import Document
from trade_assets.facts.tables import CELLS, CORRECTIONS, FACTS, IN_DOUBT, PRINTS, ROWS, SERIES, UNREAD
from trade_assets.vintages import prints
from trade_assets.vintages.prints import as_printed, prints_of
from trade_assets_tests.steps_called import MONTH, made


def _document(digit, family="ft900", product="exhibit_1", reference_month="2020-12", **more):
    usual = {"published_date": "2021-02-05", "product": product, "reference_month": reference_month} | more
    return Document(family, MONTH, "option", "BEA", "t", usual.pop("published_date"), "s", digit * 64, 1, "2021-02-06", **usual)


@pytest.fixture
def parsed(monkeypatch):
    """Makes parsed tables of cells, which are taken for facts of one series and month as they are."""

    def tidy(cells, rows, series, family):
        assert {*cells["sha256"], *rows["sha256"], *series["sha256"]} == {cells["sha256"].iloc[0]}, "of one document"
        given = ["sha256", "line", "start", "value", "decimals"]
        return made(FACTS[family], *({"series": "s", "period": "2020-12"} | row for row in cells[given].to_dict("records")))

    monkeypatch.setattr(prints, "tidy", tidy)
    return _parsed


def _parsed(cells):
    """Tables of cells (document, line, value, decimals)."""
    documents = list(dict.fromkeys(cell[0] for cell in cells))
    rows = [
        {"sha256": digit * 64, "line": line, "start": 7, "value": value, "decimals": decimals} for digit, line, value, decimals in cells
    ]
    series = [{"sha256": digit * 64, "series": "s", "seasonal_adjustment": f"adjusted {digit}"} for digit in documents]
    of_rows = [{"sha256": digit * 64} for digit in documents]
    return Parsed(made(CELLS, *rows), made(ROWS, *of_rows), made(SERIES, *series), made(UNREAD))


def _doubt(*places):
    return made(IN_DOUBT, *({"sha256": digit * 64, "line": line, "start": start, "issue": issue} for digit, line, start, issue in places))


def _corrections(*places):
    return made(CORRECTIONS, *(
        {"sha256": digit * 64, "line": line, "start": start, "corrected_value": value, "corrected_decimals": 1}
        for digit, line, start, value in places
    ))  # fmt: skip


def test_each_document_s_prints_say_which_issue_of_which_release_they_are_of(parsed):
    documents = [
        (_document("a"), False), (_document("b", published_date=None, seen_on="2021-02-17"), True),
        (_document("c", product="annual"), True),
        (_document("d", reference_month="2021-01"), True), (_document("e", family="kei", product=""), True), (_document("f"), True),
    ]  # fmt: skip
    tables = parsed([(digit, 1, 5.0, 0) for digit in "abcdexy"])
    found = prints_of(tables, documents, _doubt(), _corrections()).set_index("sha256")
    told = found[["edition", "is_current", "known_from", "known_from_is", "reference_month", "release_number", "seasonal_adjustment"]]
    assert {sha256[0]: list(row) for sha256, *row in told.itertuples(name=None)} == {
        "a": [1, False, "2021-02-05", "stated", "2020-12", 1, "adjusted a"],
        "b": [2, True, "2021-02-17", "inferred", "2020-12", 1, "adjusted b"],
        "c": [1, True, "2021-02-05", "stated", "2020-12", 1, "adjusted c"],
        "d": [1, True, "2021-02-05", "stated", "2021-01", 2, "adjusted d"],
    }  # fmt: skip
    assert dict(found.dtypes.astype(str)) == {name: dtype for name, dtype in PRINTS.dtypes.items() if name != "sha256"}


@pytest.mark.parametrize(
    ("held", "corrected", "told"),
    [
        ([], [], (5.0, 0, 5.0, 0, None)), ([("a", 1, 7, "i")], [], (None, None, 5.0, 0, "i")),
        ([], [("a", 1, 7, 9.5)], (9.5, 1, 5.0, 0, None)), ([("a", 1, 7, "i")], [("a", 1, 7, 9.5)], (None, None, 5.0, 0, "i")),
        # Twice the same place, by the first; other places, documents and lines do not count.
        ([("a", 1, 7, "i"), ("a", 1, 7, "j")], [], (None, None, 5.0, 0, "i")),
        ([], [("a", 1, 7, 9.5), ("a", 1, 7, 8.5)], (9.5, 1, 5.0, 0, None)),
        ([("b", 1, 7, "i"), ("a", 2, 7, "i"), ("a", 1, 8, "i")], [("b", 1, 7, 9.5), ("a", 2, 7, 9.5), ("a", 1, 8, 9.5)],
         (5.0, 0, 5.0, 0, None)),
    ],
)  # fmt: skip
def test_a_print_is_withheld_or_corrected_by_its_place(parsed, held, corrected, told):
    (row,) = prints_of(parsed([("a", 1, 5.0, 0)]), [(_document("a"), True)], _doubt(*held), _corrections(*corrected)).to_dict("records")
    names = ("value", "decimals", "printed_value", "printed_decimals", "held_by")
    assert tuple(None if pd.isna(row[name]) else row[name] for name in names) == told


@pytest.mark.parametrize(
    ("cells", "held", "line"),
    [
        ([(1, 5.0, 0), (2, 6.0, 0)], [], 1), ([(1, 5.0, 0), (2, 6.0, 1)], [], 2), ([(1, 5.0, 2), (2, 6.0, 1)], [], 1),
        ([(1, None, None), (2, 6.0, 0)], [], 2), ([(1, 5.0, 2), (2, 6.0, 0)], [1], 2), ([(1, 5.0, 2), (2, 6.0, 0)], [1, 2], 1),
        # A withheld figure rather than a gap, which would hide the doubt.
        ([(1, None, None), (2, 6.0, 0)], [2], 2), ([(1, None, None), (2, None, None)], [], 1),
    ],
)  # fmt: skip
def test_of_what_is_printed_twice_one_speaks(parsed, cells, held, line):
    tables = parsed([("a", *cell) for cell in cells])
    found = prints_of(tables, [(_document("a"), True)], _doubt(*(("a", each, 7, "i") for each in held)), _corrections())
    assert found["line"].tolist() == [line]


def test_prints_as_they_were_printed_and_of_earlier_versions_as_they_stand():
    frame = made(
        PRINTS, {"value": 9.5, "decimals": 1, "printed_value": 5.0, "printed_decimals": 0},
        {"value": None, "decimals": None, "printed_value": 5.0, "printed_decimals": 0},
        {"value": 7.0, "decimals": 2, "printed_value": None, "printed_decimals": None},
    )  # fmt: skip
    found = as_printed(frame)
    assert found[["value", "decimals"]].to_numpy().tolist() == [[5.0, 0], [5.0, 0], [7.0, 2]]
    assert frame["value"].iloc[0] == 9.5, "what it is given stays"
