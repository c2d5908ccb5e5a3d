"""Files of several series and vintages, and answers of APIs: what they are unpacked into, compared with csv and json."""

import csv
import datetime as dt
import io
import json
from decimal import Decimal

import pytest
from click.testing import CliRunner
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from trade_assets.cli import NOTHING_TO_REVIEW, UNREADABLE, main
from trade_assets.documents.ingest import ingest, ingest_each, receive
from trade_assets.documents.store import documents_of, survey
from trade_assets.facts.tables import DOCUMENTS
from trade_assets.reading import Found, ReadError, documents_in, read_document, unpack
from trade_assets.reading.bundle import MAX_PARTS
from trade_assets.warehouse.root import DataRoot
from trade_assets_tests.shared_documents import shared_sample

NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


def read_all(data, name="made.csv"):
    """The documents of a file by part, and the sentences of its errors."""
    found = documents_in(data.encode() if isinstance(data, str) else data, name)
    parts = {each.part.what if each.part else None: each for each in found if isinstance(each, Found)}
    return parts, [str(each) for each in found if isinstance(each, ReadError)]


def figures(found):
    """Period and exact figure of each cell, in the order of the file."""
    cells = found.reading.cells
    return [
        (p, Decimal(str(v)).quantize(Decimal(1).scaleb(-d)))
        for p, v, d in zip(*(cells[n] for n in ("period", "value", "decimals")), strict=True)
    ]


def assert_located(found):
    """Each mark stands where it is said to stand in the file as it was received."""
    for columns in (found.reading.cells, found.reading.unread):
        for line, start, end, text in zip(*(columns[name] for name in ("line", "start", "end", "text")), strict=True):
            assert found.reading.printed[line - 1][start:end] == text


# Months of early 1992, which every vintage prints alike: so each name is proven by three figures.
MONTHS = ["1992-01", "1992-02", "1992-03", "1992-04"]
BALANCE, EXPORTS, IMPORTS = [-2026, -831, -2641, -3109], [50251, 51682, 50294, 50302], [52277, 52513, 52935, 53411]


def lines(*rows):
    return "\n".join(",".join(map(str, row)) for row in rows) + "\n"


def three_series():
    return lines(
        ("observation_date", "BOPGSTB", "BOPTEXP", "BOPTIMP"),
        *((f"{m}-01", *row) for m, *row in zip(MONTHS, BALANCE, EXPORTS, IMPORTS, strict=True)),
    )


# FRED


def test_each_column_is_a_document_of_its_own_text():
    parts, errors = read_all(three_series())
    assert list(parts) == ["BOPGSTB", "BOPTEXP", "BOPTIMP"] and not errors
    for name, values in (("BOPGSTB", BALANCE), ("BOPTEXP", EXPORTS), ("BOPTIMP", IMPORTS)):
        assert figures(parts[name]) == list(zip(MONTHS, map(Decimal, values), strict=True))
        assert_located(parts[name])
        assert parts[name].data.decode() == lines(
            ("observation_date", name), *((f"{m}-01", v) for m, v in zip(MONTHS, values, strict=True))
        )
        assert unpack(parts[name].data, "part.csv") is None


def test_a_series_that_begins_later_or_ends_earlier_has_no_records_there():
    text = 'observation_date;BOPGSTB;BOPTEXP\n\n1992-01-01;-2026;\n1992-02-01;-831;51682\n1992-03-01;.;"50294"\n1992-04-01;;50302\n'
    parts, errors = read_all(text)
    assert not errors
    assert parts["BOPGSTB"].data == b"observation_date;BOPGSTB\n\n1992-01-01;-2026\n1992-02-01;-831\n"
    assert parts["BOPTEXP"].data == b"observation_date;BOPTEXP\n\n\n1992-02-01;51682\n1992-03-01;50294\n1992-04-01;50302\n"
    assert parts["BOPTEXP"].reading.cells["line"] == [4, 5, 6]
    assert_located(parts["BOPTEXP"])


def test_a_column_of_no_known_series_is_named_and_the_others_are_read():
    text = lines(("observation_date", "BOPGSTB", "GDP", "UNRATE"), *((f"{m}-01", b, 1, 2) for m, b in zip(MONTHS, BALANCE, strict=True)))
    parts, errors = read_all(text)
    assert list(parts) == ["BOPGSTB"] and len(errors) == 1
    assert "line 1: expected a series of the catalogue (BOPGSTB," in errors[0] and "found 'GDP', 'UNRATE'" in errors[0]


def test_a_part_that_is_not_what_its_name_says_does_not_stop_the_others():
    text = three_series().replace("BOPTIMP", "BOPGTB").replace("BOPTEXP,BOPGTB", "BOPTEXP,BOPGTB")
    wrong = lines(("observation_date", "BOPTEXP", "BOPGSTB"), *((f"{m}-01", e, e) for m, e in zip(MONTHS, EXPORTS, strict=True)))
    parts, errors = read_all(wrong)
    assert list(parts) == ["BOPTEXP"]
    (error,) = errors
    assert "made.csv (BOPGSTB), line 2" in error and "these are the figures of BOPTEXP" in error
    assert list(read_all(text)[0]) == ["BOPGSTB", "BOPTEXP"]


def test_a_column_of_alfred_states_its_day():
    text = lines(
        ("observation_date", "BOPGSTB_20250507", "BOPGSTB_20250605"), *((f"{m}-01", b, b) for m, b in zip(MONTHS, BALANCE, strict=True))
    )
    parts, errors = read_all(text)
    assert not errors and list(parts) == ["BOPGSTB as of 2025-05-07", "BOPGSTB as of 2025-06-05"]
    stated = [(each.reading.published_date, each.reading.release_month, each.reading.product) for each in parts.values()]
    assert stated == [("2025-05-07", "2025-05", "BOPGSTB"), ("2025-06-05", "2025-06", "BOPGSTB")]
    # A single vintage is what ALFRED offers: no bundle, and the very text of the part.
    alone = lines(("observation_date", "BOPGSTB_20250605"), *((f"{m}-01", b) for m, b in zip(MONTHS, BALANCE, strict=True)))
    assert unpack(alone.encode(), "alone.csv") is None and parts["BOPGSTB as of 2025-06-05"].data.decode() == alone
    assert read_document(alone.encode(), "alone.csv").published_date == "2025-06-05"


@pytest.mark.parametrize("name", ["BOPGSTB_20251399", "BOPGSTB_2025", "BOPGSTB_20250229"])
def test_a_heading_whose_day_is_none_is_no_series(name):
    text = lines(("observation_date", name), *((f"{m}-01", b) for m, b in zip(MONTHS, BALANCE, strict=True)))
    with pytest.raises(ReadError, match="a known series"):
        read_document(text.encode(), "made.csv")


SPANS = """realtime_start,realtime_end,date,value
2025-05-06,2025-06-04,1992-01-01,-2026
2025-06-05,9999-12-31,1992-01-01,-2025
2025-05-06,9999-12-31,1992-02-01,-831
2025-05-06,9999-12-31,1992-03-01,-2641
2025-06-05,9999-12-31,1992-04-01,-3109
"""


def test_each_day_on_which_an_observation_begins_to_be_in_force_is_a_vintage():
    named = SPANS.replace("value\n", "value,series_id\n").replace("-2026\n", "-2026,BOPGSTB\n")
    named = "\n".join(line if "BOPGSTB" in line or "series_id" in line else f"{line},BOPGSTB" for line in named.splitlines())
    parts, errors = read_all(named)
    first, second = parts["BOPGSTB as of 2025-05-06"], parts["BOPGSTB as of 2025-06-05"]
    assert not errors
    assert figures(first) == [("1992-01", Decimal(-2026)), ("1992-02", Decimal(-831)), ("1992-03", Decimal(-2641))]
    assert figures(second) == [
        ("1992-01", Decimal(-2025)),
        ("1992-02", Decimal(-831)),
        ("1992-03", Decimal(-2641)),
        ("1992-04", Decimal(-3109)),
    ]
    # What was asked for cuts the first span: that day the vintage was seen. On the second it was published.
    assert (first.part.told, first.reading.published_date) == ({"seen_on": "2025-05-06"}, None)
    assert (second.part.told, second.reading.published_date) == ({}, "2025-06-05")
    assert first.reading.cells["line"] == [2, 4, 5] and second.reading.cells["line"] == [3, 4, 5, 6]
    for each in (first, second):
        assert_located(each)


def test_values_without_an_id_are_told_by_their_figures_or_refused():
    same = "\n".join(line.replace("-2025", "-2026") for line in SPANS.splitlines())
    assert list(read_all(same)[0]) == ["BOPGSTB as of 2025-05-06", "BOPGSTB as of 2025-06-05"]
    strange = SPANS.replace("-2641", "5").replace("-831", "7")
    parts, errors = read_all(strange)
    assert not parts and "by its known figures" in errors[0] and "line 1" in errors[0]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("2025-05-06,2025-06-04", "2025-05-06,2025-05-05", "a span that ends no earlier than it begins"),
        ("2025-05-06,2025-06-04", "06.05.2025,2025-06-04", "a day as realtime_start"),
        ("2025-05-06,2025-06-04", "2025-05-06,", "a day as realtime_end"),
    ],
)
def test_days_in_force_must_be_days(old, new, expected):
    parts, errors = read_all(SPANS.replace(old, new, 1))
    assert not parts and expected in errors[0] and "line 2" in errors[0]


def fred_answer(**more):
    observations = [
        {"realtime_start": "2025-06-05", "realtime_end": "2025-06-05", "date": f"{m}-01", "value": str(b)}
        for m, b in zip(MONTHS, BALANCE, strict=True)
    ]
    return {"realtime_start": "2025-06-05", "realtime_end": "2025-06-05", "observations": observations, **more}


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_an_answer_of_fred_is_located_in_its_own_text(indent, mark):
    text = mark + json.dumps(fred_answer(), indent=indent)
    parts, errors = read_all(text, "answer.json")
    assert not errors and list(parts) == ["BOPGSTB as of 2025-06-05"]
    (found,) = parts.values()
    assert figures(found) == list(zip(MONTHS, map(Decimal, BALANCE), strict=True)) and found.part.told == {"seen_on": "2025-06-05"}
    assert_located(found)
    assert len(set(found.reading.cells["line"])) == (1 if indent is None else 4)
    assert read_document(text.encode(), "answer.json").product == "BOPGSTB"


def test_vintages_beside_each_other_in_an_answer():
    answer = {
        "observations": [
            {"date": f"{m}-01", "BOPGSTB_20250507": str(b), "BOPGSTB_20250605": str(b)} for m, b in zip(MONTHS, BALANCE, strict=True)
        ]
    }
    parts, errors = read_all(json.dumps(answer), "answer.json")
    assert not errors and [each.reading.published_date for each in parts.values()] == ["2025-05-07", "2025-06-05"]
    for each in parts.values():
        assert_located(each)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (json.dumps(fred_answer(units="pch")), "the figures as they were published, units=lin, found units=pch"),
        (json.dumps(fred_answer(observations=[])), "observations, found none in the answer"),
        (json.dumps(fred_answer(observations=[5])), "observations with date and value"),
        (json.dumps(fred_answer())[:-40], "an answer in JSON, whole"),
        (json.dumps(fred_answer()) + "x", "text behind the end"),
        (json.dumps(fred_answer()).replace('"date": "1992-02-01"', '"date": "1992-02-01", "value": "7"'), "a second 'value' in one object"),
        ('{"observations": ' + "[" * 5000 + "]" * 5000 + "}", "more than 20 levels"),
        ('{"error_code": 400, "error_message": "Bad Request.", "observations": null}', "a refusal of the FRED API, no figures: Bad"),
        ('{"realtime_start": "2025-06-05", "seriess": [{"id": "BOPGSTB"}]}', "an answer of the FRED API without observations"),
    ],
)  # fmt: skip
def test_answers_without_the_published_figures_are_refused(text, expected):
    parts, errors = read_all(text, "answer.json")
    assert not parts and len(errors) == 1 and expected in errors[0], errors


def test_a_page_of_an_answer_is_said_to_be_one():
    parts, _ = read_all(json.dumps(fred_answer(count=399)), "answer.json")
    assert parts["BOPGSTB as of 2025-06-05"].reading.notes == ["the answer has 4 of 399 observations"]


# BLS

BLS = """series_id\tyear\tperiod\t       value\tfootnote_codes
EIUIR                          \t2024\tM10\t       141.0\tR
EIUIQ                          \t2024\tM10\t       148.7\tR
EIUIR                          \t2024\tM11\t       141.2\t
EIUIQ                          \t2024\tM11\t       148.7\t
"""


def test_records_of_several_series_are_a_document_each_on_their_own_lines():
    parts, errors = read_all(BLS)
    assert not errors and list(parts) == ["EIUIR", "EIUIQ"]
    assert figures(parts["EIUIR"]) == [("2024-10", Decimal("141.0")), ("2024-11", Decimal("141.2"))]
    assert figures(parts["EIUIQ"]) == [("2024-10", Decimal("148.7")), ("2024-11", Decimal("148.7"))]
    assert parts["EIUIQ"].reading.cells["line"] == [3, 5] and parts["EIUIQ"].reading.cells["flags"] == ["r", ""]
    for each in parts.values():
        assert_located(each)


def test_series_of_other_surveys_are_named_once_however_many():
    text = BLS + "".join(f"EIX{number}\t2024\tM10\t5.0\t\n" for number in range(40))
    parts, errors = read_all(text)
    assert list(parts) == ["EIUIR", "EIUIQ"]
    (error,) = errors
    assert "line 6" in error and "'EIX0', 'EIX1'" in error and "and 32 more" in error


def bls_answer(**more):
    def observation(code, month, value):
        notes = [{"code": "R", "text": "Revised."}] if code == "M10" else [{}]
        changes = {"pct_changes": {"1": f"0.{code[2]}", "12": "2.2"}}
        return {"year": "2024", "period": code, "periodName": month, "value": value, "footnotes": notes, "calculations": changes}

    def series(name, november, october):
        return {"seriesID": name, "data": [observation("M11", "November", november), observation("M10", "October", october)]}

    both = [series("EIUIR", "141.2", "141.0"), series("EIUIQ", "148.7", "148.7")]
    return {"status": "REQUEST_SUCCEEDED", "message": [], "Results": {"series": both}, **more}


@pytest.mark.parametrize("indent", [None, 2])
def test_an_answer_of_bls_is_a_document_for_each_series(indent):
    parts, errors = read_all(json.dumps(bls_answer(), indent=indent), "answer.json")
    assert not errors and list(parts) == ["EIUIR", "EIUIQ"]
    found = parts["EIUIR"]
    assert figures(found) == [("2024-11", Decimal("141.2")), ("2024-10", Decimal("141.0"))] and found.reading.cells["flags"] == ["", "r"]
    # What BLS calculated itself is in no table: each figure is listed, where it stands; of one that never changes it is said.
    assert found.reading.unread["text"] == ["0.1", "0.0"]
    assert found.reading.notes[:-1] == [
        "columns that are not read: 'calculations.pct_changes.1' (2 figures, listed as unread), "
        "'calculations.pct_changes.12' ('2.2' in every record)"
    ]
    for each in parts.values():
        assert_located(each)


def test_answers_of_bls_without_known_figures_are_refused_by_name():
    other = bls_answer()
    other["Results"]["series"] = [
        {"seriesID": "APU1", "catalog": {"series_title": 'Flour, "white"'}, "data": other["Results"]["series"][0]["data"]}
    ]
    parts, errors = read_all(json.dumps(other), "answer.json")
    assert not parts and "'APU1 (Flour, \"white\")'" in errors[0] and "(EIUIR, EIUIQ)" in errors[0]
    empty = bls_answer(message=["No Data Available for Series EIUIR Year: 1950"])
    empty["Results"]["series"] = [{"seriesID": "EIUIR", "data": []}]
    parts, errors = read_all(json.dumps(empty), "answer.json")
    assert not parts and "without figures: series EIUIR; the API says: No Data Available for Series EIUIR Year: 1950" in errors[0]


def test_too_many_parts_are_refused():
    days = [dt.date(2000, 1, 1) + dt.timedelta(days=number) for number in range(MAX_PARTS + 1)]
    text = lines(("observation_date", *(f"BOPGSTB_{day:%Y%m%d}" for day in days)), ("1992-01-01", *[-2026] * len(days)))
    parts, errors = read_all(text)
    assert not parts and len(errors) == 1 and "at most 2,000 series and vintages in a file" in errors[0]


# The law: a part gives what the series' own file gives.


PRINTED = {
    "BOPGSTB": ["-2026", "-831.0", "-2641", "-3109", "-3919", "-2824"],
    "BOPGSTB_20250507": ["-2026", "-831", "-2641", "-3109", "-3919", "-2824"],
    "BOPTEXP": ["50251.000000000004", "51682", "50294", "50302", "50044", "51727"],
    "BOPTIMP": ["52277", "52513", "52935", "53411", "53963", "54551"],
    "IMPCH": ["1912.6", "1693.7", "1441.8", "1751.6", "1875.1", "2093.3"],
}


@st.composite
def _bundles(draw):
    """Columns of known series over the same months, some of their marks missing or wrong; a delimiter and a line end."""
    months = [f"1992-{number:02d}-01" for number in range(1, 7)]
    ids = draw(st.lists(st.sampled_from(sorted(PRINTED)), min_size=2, max_size=4, unique=True))
    missing = st.sampled_from(["", "", ".", "1", "n/a"])
    columns = {name: [draw(missing) if draw(st.integers(0, 4)) == 0 else mark for mark in PRINTED[name]] for name in ids}
    return months, columns, draw(st.sampled_from(",;|\t")), draw(st.sampled_from(["\n", "\r\n", "\r"]))


@settings(max_examples=150, deadline=None)
@given(_bundles())
def test_unpacking_and_reading_is_reading_each_series_own_file(bundle):
    months, columns, delimiter, end = bundle
    assume(all(set(values) - {"", "."} for values in columns.values()))  # a blank column is no series
    rows = [["observation_date", *columns], *([month, *(values[at] for values in columns.values())] for at, month in enumerate(months))]
    found = documents_in(end.join(delimiter.join(row) for row in rows).encode(), "made.csv")
    outcomes = {}
    for each in found:
        what = each.part.what if isinstance(each, Found) else each.document.partition("(")[2].rstrip(")")
        outcomes[what] = figures_or_error(each)
    assert len(outcomes) == len(columns)
    for name, values in columns.items():
        at = [number for number, value in enumerate(values) if value not in {"", "."}]
        own = [f"{months[number]}{delimiter}{values[number]}" for number in range(at[0], at[-1] + 1)]
        (alone,) = documents_in("\n".join([f"observation_date{delimiter}{name}", *own]).encode(), "own.csv")
        event("read" if isinstance(alone, Found) else "refused")
        assert outcomes[name.replace("_20250507", " as of 2025-05-07")] == figures_or_error(alone), (name, outcomes)


def figures_or_error(found):
    if isinstance(found, ReadError):
        return found.expected, found.found
    cells = found.reading.cells
    return list(zip(*(cells[name] for name in ("series", "measure", "period", "value", "decimals", "gap", "flags", "text")), strict=True))


# The store


def put(root, path, *, told=None, **more):
    return list(ingest_each(root, receive(path, told), now=NOW, **more))


def test_a_bundle_is_kept_as_received_and_its_parts_are_documents(tmp_path):
    root, path = DataRoot.of(str(tmp_path / "root")), tmp_path / "three.csv"
    path.write_text(three_series())
    done = put(root, path, release_month="2025-10")
    assert [each.is_new for each in done] == [True] * 3
    (kept,) = root.names("raw", "bundles")
    assert root.read("raw", "bundles", kept) == path.read_bytes()
    documents = [document for document, _ in documents_of(root, "2025-10")]
    assert {document.part for document in documents} == {"BOPGSTB", "BOPTEXP", "BOPTIMP"}
    assert {document.received_sha256[:12] for document in documents} == {kept.partition(".")[0]}
    # Again, and in a longer file: nothing twice.
    again = put(root, path, release_month="2025-10")
    assert [each.is_new for each in again] == [False] * 3 and root.names("raw", "bundles") == [kept]


def test_a_longer_bundle_adds_only_what_is_new(tmp_path):
    root, path = DataRoot.of(str(tmp_path / "root")), tmp_path / "alfred.csv"
    rows = list(zip((f"{m}-01" for m in MONTHS), BALANCE, strict=True))
    path.write_text(lines(("observation_date", "BOPGSTB_20250507"), *rows[:3]))
    first = put(root, path)
    longer = tmp_path / "longer.csv"
    longer.write_text(
        lines(("observation_date", "BOPGSTB_20250507", "BOPGSTB_20250605"), *((d, v if d < "1992-04" else "", v) for d, v in rows))
    )
    second = put(root, longer)
    assert [each.is_new for each in first] == [True] and [each.is_new for each in second] == [False, True]
    assert [each.document.release_month for each in second] == ["2025-05", "2025-06"]
    assert [len(survey(root, month)[0]) for month in ("2025-05", "2025-06")] == [1, 1]


def test_a_part_without_a_release_month_does_not_stop_the_others(tmp_path):
    path = tmp_path / "spans.csv"
    path.write_text(SPANS.replace("-2025", "-2026"))
    result = CliRunner().invoke(main, ["--data-root", str(tmp_path / "root"), "ingest", str(path)])
    assert result.exit_code == UNREADABLE
    assert "spans.csv: unpacked into 2 documents: BOPGSTB as of 2025-05-06, BOPGSTB as of 2025-06-05" in result.stdout
    assert "spans.csv (BOPGSTB as of 2025-05-06): expected a release month" in result.stderr
    assert "(BOPGSTB as of 2025-06-05): fred, release month 2025-06 (from the document), stored as" in result.stdout
    result = CliRunner().invoke(main, ["--data-root", str(tmp_path / "root"), "ingest", f"2025-05={path}"])
    assert result.exit_code == NOTHING_TO_REVIEW, result.output


def test_the_same_figures_seen_again_are_the_same_document(tmp_path):
    root = DataRoot.of(str(tmp_path / "root"))
    seen = []
    for day in ("2025-06-06", "2025-06-09", "2025-06-05"):
        path = tmp_path / f"{day}.json"
        path.write_text(json.dumps(fred_answer()).replace("2025-06-05", day))
        (done,) = put(root, path, release_month="2025-06")
        seen.append((done.is_new, done.is_described_anew, done.document.seen_on))
    assert seen == [(True, False, "2025-06-06"), (False, False, "2025-06-06"), (False, True, "2025-06-05")]


def strange(values="5 7 9 8"):
    """An answer whose figures are none that are known."""
    answer = fred_answer()
    for observation, value in zip(answer["observations"], values.split(), strict=True):
        observation |= {"value": value, "date": observation["date"].replace("1992", "1970")}
    return json.dumps(answer)


def test_check_and_coverage_name_the_part_of_a_file(tmp_path):
    path = tmp_path / "three.csv"
    path.write_text(three_series())
    for command in ("check", "coverage"):
        said = CliRunner().invoke(main, [command, str(path)]).stdout
        named = [line.partition(":")[0] for line in said.splitlines() if line.startswith("three.csv")]
        assert named == ["three.csv (BOPGSTB)", "three.csv (BOPTEXP)", "three.csv (BOPTIMP)"]
        found = json.loads(CliRunner().invoke(main, [command, "--format", "json", str(path)]).stdout)
        assert [each["document"]["part"] for each in found] == ["BOPGSTB", "BOPTEXP", "BOPTIMP"]
    # A file of one document has no part to name.
    alone = tmp_path / "one.csv"
    alone.write_text(lines(("observation_date", "BOPGSTB"), *((f"{m}-01", value) for m, value in zip(MONTHS, BALANCE, strict=True))))
    assert "part" not in json.loads(CliRunner().invoke(main, ["coverage", "--format", "json", str(alone)]).stdout)[0]["document"]


@pytest.mark.parametrize("text", [strange(), "date,value\n" + "".join(f"1970-0{n}-01,{n}\n" for n in range(1, 5))], ids=["answer", "csv"])
def test_a_series_that_a_file_does_not_name_can_be_said(tmp_path, text):
    path, root = tmp_path / "made.csv", str(tmp_path / "root")
    path.write_text(text)
    parts, errors = read_all(text)
    assert not parts and "a known series" in errors[0]
    said = CliRunner().invoke(main, ["cells", "--series", "ir", str(path)])
    shown = list(csv.DictReader(io.StringIO(said.stdout)))
    assert {each["series"] for each in shown} == {"imports.end_use.all_commodities"} and len(shown) == 4
    assert all(text.split("\n")[int(each["line"]) - 1][int(each["start"]) : int(each["end"])] == each["text"] for each in shown)
    for command in ("check", "coverage"):
        assert CliRunner().invoke(main, [command, str(path)]).exit_code == UNREADABLE
        assert CliRunner().invoke(main, [command, "--series", "IR", str(path)]).exit_code == NOTHING_TO_REVIEW
    # In a sidecar, and in what is stored, whose header then names it.
    path.with_name("made.csv.yaml").write_text("series: IR\n")
    assert CliRunner().invoke(main, ["check", str(path)]).exit_code == NOTHING_TO_REVIEW
    result = CliRunner().invoke(main, ["--data-root", root, "ingest", f"2025-06={path}"])
    assert result.exit_code == NOTHING_TO_REVIEW, result.output
    ((document, _),) = documents_of(DataRoot.of(root), "2025-06")
    assert document.product == "IR" and DataRoot.of(root).read(*document.path.split("/")).startswith(b"observation_date,IR\n")


@pytest.mark.parametrize(
    ("text", "series", "expected"),
    [
        (three_series(), "BOPTEXP", "expected the series BOPTEXP, as given for the file, found fred BOPGSTB"),
        (BLS, "EIUIQ", "expected the series EIUIQ, as given for the file, found mxp EIUIR"),
        (json.dumps(fred_answer()), "BOPTEXP", "these are the figures of BOPGSTB"),
        (json.dumps(fred_answer()), "GDP", "a series of the catalogue (BOPGSTB, "),
    ],
)
def test_a_series_that_is_said_must_be_the_one(text, series, expected):
    assert any(expected in str(each) for each in documents_in(text.encode(), "made.csv", series) if isinstance(each, ReadError))


def test_a_file_of_several_documents_is_no_document(tmp_path):
    path = tmp_path / "three.csv"
    path.write_text(three_series())
    with pytest.raises(ReadError, match="expected one document, found 3: BOPGSTB, BOPTEXP, BOPTIMP"):
        ingest(DataRoot.of(str(tmp_path / "root")), path, release_month="2025-10", now=NOW)
    with pytest.raises(ReadError, match="expected one document"):
        read_document(path.read_bytes(), "three.csv")


def test_check_and_cells_show_each_document_where_it_stands_in_the_file(tmp_path):
    path = tmp_path / "three.csv"
    path.write_text(three_series())
    checked = json.loads(CliRunner().invoke(main, ["check", "--format", "json", str(path)]).stdout)
    assert [each["document"]["part"] for each in checked] == ["BOPGSTB", "BOPTEXP", "BOPTIMP"]
    shown = list(csv.DictReader(io.StringIO(CliRunner().invoke(main, ["cells", str(path)]).stdout)))
    printed = three_series().splitlines()
    assert len(shown) == 12 and all(printed[int(each["line"]) - 1][int(each["start"]) : int(each["end"])] == each["text"] for each in shown)
    assert "three.csv (BOPTEXP): fred BOPTEXP" in CliRunner().invoke(main, ["check", str(path)]).stdout
    assert CliRunner().invoke(main, ["coverage", str(path)]).exit_code == NOTHING_TO_REVIEW


def test_the_table_of_documents_says_which_part_of_which_file_each_is():
    assert {"part", "received_sha256"} <= {column.name for column in DOCUMENTS.columns if column.is_nullable}


# Published files


def records(name, **more):
    with shared_sample(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, **more))


@pytest.mark.parametrize("name", ["cases/fred_three_series.csv", "cases/alfred_two_vintages.csv"])
def test_every_column_of_a_published_file_is_read(name):
    parts, errors = read_all(shared_sample(name).read_bytes(), "file.csv")
    columns = [column for column in records(name)[0] if column != "observation_date"]
    assert not errors and len(parts) == len(columns)
    for found, column in zip(parts.values(), columns, strict=True):
        expected = [(each["observation_date"][:7], Decimal(each[column])) for each in records(name) if each[column] not in {"", "."}]
        assert [(period, value) for period, value in figures(found)] == expected and len(expected) > 390
        assert_located(found)


def test_observations_of_an_answer_and_of_columns_are_all_read():
    answer = shared_sample("cases/fred_api_observations.json").read_bytes()
    expected = [(each["date"][:7], Decimal(each["value"])) for each in json.loads(answer)["observations"]]
    for data, name in ((answer, "answer.json"), (shared_sample("cases/fred_realtime_columns.csv").read_bytes(), "columns.csv")):
        (found,) = read_all(data, name)[0].values()
        assert figures(found) == expected and len(expected) == 399 and found.part.told == {"seen_on": "2025-06-05"}
        assert_located(found)


def test_the_second_series_of_a_labstat_file_is_told_to_be_the_first():
    """The sample prints EIUIR twice, the second time as EIUIQ."""
    parts, errors = read_all(shared_sample("cases/labstat_two_series.csv").read_bytes(), "labstat.csv")
    rows = [{key.strip(): value.strip() for key, value in each.items()} for each in records("cases/labstat_two_series.csv", delimiter="\t")]
    expected = [(f"{each['year']}-{each['period'][1:]}", Decimal(each["value"])) for each in rows if each["series_id"] == "EIUIR"]
    assert list(parts) == ["EIUIR"] and figures(parts["EIUIR"]) == expected
    assert_located(parts["EIUIR"])
    assert len(errors) == 1 and "labstat.csv (EIUIQ)" in errors[0] and "these are the figures of EIUIR" in errors[0]


def test_the_recorded_answer_of_another_survey_is_refused_by_name():
    parts, errors = read_all(shared_sample("bls-api/apu_2022_v2_answer.json").read_bytes(), "answer.json")
    assert not parts and "APU0000701111 (Flour, white, all purpose" in errors[0]


def test_the_recorded_answer_with_the_id_of_a_known_series_is_read_cell_by_cell():
    """The shape of a real answer; the figures are those of flour, so that only their places and texts are compared."""
    text = shared_sample("bls-api/apu_2022_v2_answer.json").read_text(encoding="utf-8")
    unpacked = unpack(text.replace("APU0000701111", "EIUIR").encode(), "answer.json")
    (part,) = unpacked.parts
    rows = list(csv.DictReader(io.StringIO(part.data.decode())))
    expected = json.loads(text)["Results"]["series"][0]["data"]
    names = ("year", "period", "periodName", "value")
    assert [[row[name] for name in names] for row in rows] == [[each[name] for name in names] for each in expected] and len(rows) == 12
