"""Files of several series and vintages as parts: the text of each to the letter, what is told of it, and what is said of the rest."""

import json

import pytest

from trade_assets.facts import catalogue
from trade_assets.facts.families import families
from trade_assets.families.fred import bundles as of_fred
from trade_assets.reading import Found, ReadError, bundle, documents_in, only, read_document, recognise, suffix_of, unpack
from trade_assets.reading.text import decode

FRED_IDS = ", ".join(entry["id"] for entry in catalogue.records("fred"))
COMPARE = "compare the file with the publisher's; it may be cut or altered"
ADD = "give a series of trade_assets/facts/catalogue/fred.csv, or add it there"


def _unpacked(*lines, series=None):
    return unpack("\n".join(lines).encode(), "a.csv", series)


def _parts(*lines, series=None):
    return [(part.what, part.data.decode()) for part in _unpacked(*lines, series=series).parts]


def _refusal(*lines, series=None):
    with pytest.raises(ReadError) as caught:
        _unpacked(*lines, series=series)
    error = caught.value
    return error.line, error.expected, error.found, error.todo


def _errors(unpacked):
    return [(error.line, error.expected, error.found, error.todo) for error in unpacked.errors]


# Columns of FRED

BESIDE = ("date;BOPGSTB;NONE;BOPTEXP_20250507", "1950-01-01;1;5;", '1950-02-01;.;"6;7";2', ";;;", "1950-03-01;3;7;4", "1950-04-01;.;8;.")


def test_columns_beside_each_other_are_a_part_each():
    """On their own lines, from the first figure to the last."""
    unpacked = _unpacked(*BESIDE)
    assert [(part.name, part.what, part.told, part.notes) for part in unpacked.parts] == [
        ("a.csv (BOPGSTB)", "BOPGSTB", {}, ()), ("a.csv (BOPTEXP as of 2025-05-07)", "BOPTEXP as of 2025-05-07", {}, ()),
    ]  # fmt: skip
    assert [part.data.decode() for part in unpacked.parts] == [
        "date;BOPGSTB\n1950-01-01;1\n1950-02-01;.\n\n1950-03-01;3\n", "date;BOPTEXP_20250507\n\n1950-02-01;2\n\n1950-03-01;4\n",
    ]  # fmt: skip
    assert unpacked.parts[0].received == list(BESIDE)
    assert unpacked.parts[1].places[3] == (bundle.Place(0, 10, 3, 0), bundle.Place(11, 1, 3, 19))
    assert unpacked.parts[1].places[1] == (bundle.Place(0, 0, 1, 0),)
    assert _errors(unpacked) == [(1, f"a series of the catalogue ({FRED_IDS})", "'NONE'", ADD)]


def test_a_column_without_figures_keeps_its_records():
    assert _parts("date,BOPGSTB,BOPTEXP", "1950-01-01,.,1", "1950-02-01,.,2")[0] == (
        "BOPGSTB",
        "date,BOPGSTB\n1950-01-01,.\n1950-02-01,.\n",
    )


def test_unknown_columns_are_named_at_once():
    names = [f"NONE{number}" for number in range(1, 12)]
    header = ",".join(["date", "BOPGSTB", *names])
    for count in (8, 9, 11):
        (error,) = _unpacked(",".join(header.split(",")[: 2 + count]), ",".join(["1950-01-01", *"1" * (1 + count)])).errors
        shown = ", ".join(f"'{name}'" for name in names[:8])
        assert error.found == bundle.printable(shown + ("" if count == 8 else f" and {count - 8} more"))


def test_one_column_is_no_bundle():
    assert _unpacked("date,BOPGSTB", "1950-01-01,1") is None
    assert _unpacked("date,BOPGSTB,BOPTEXP", "1950-01-01,1,") is None
    assert _unpacked("date,value", "1950-01-01,1") is None
    assert _unpacked("not a table") is None


def test_a_file_of_two_columns_of_days_is_by_its_observations():
    parts = _parts("date,observation_date,BOPGSTB,BOPTEXP", "x,1950-01-01,1,2")
    assert [what for what, _ in parts] == ["BOPGSTB", "BOPTEXP"]
    assert parts[0][1] == "observation_date,BOPGSTB\n1950-01-01,1\n"


# Records of FRED below each other


def test_records_of_several_series_are_a_part_each():
    unpacked = _unpacked(
        "series_id,date,value,x", "boptexp,1950-01-01,1,y", "BOPGSTB,1950-01-01,2,", "BOPTEXP,1950-02-01,3,", "NONE,1950-01-01,4,"
    )
    assert [(part.what, part.data.decode(), part.told) for part in unpacked.parts] == [
        ("BOPTEXP", "observation_date,BOPTEXP\n1950-01-01,1\n\n1950-02-01,3\n", {}), ("BOPGSTB",
        "observation_date,BOPGSTB\n\n1950-01-01,2\n", {}),
    ]  # fmt: skip
    assert {part.notes for part in unpacked.parts} == {("columns of the received file that are not read: 'x'",)}
    ((line, _, found, todo),) = _errors(unpacked)
    assert (line, found, todo) == (5, "'NONE'", ADD)


@pytest.mark.parametrize("name", ["series_id", "series id", "seriesid", "series", "id"])
def test_the_column_of_the_ids(name):
    assert [what for what, _ in _parts(f"{name},date,value", "BOPGSTB,1950-01-01,1")] == ["BOPGSTB"]


SPANS = (
    "realtime_start,realtime_end,date,value",
    "2020-01-01,2020-02-29,1950-01-01,1",
    "2020-03-01,9999-12-31,1950-01-01,2",
    "2020-03-01,9999-12-31,1950-02-01,3",
    "2020-04-01,9999-12-31,1950-03-01,4",
)


def test_each_day_on_which_an_observation_begins_is_a_vintage():
    unpacked = _unpacked(*SPANS, series="BOPGSTB")
    head = "observation_date,BOPGSTB"
    assert [(part.what, part.data.decode(), part.told) for part in unpacked.parts] == [
        ("BOPGSTB as of 2020-01-01", f"{head}\n1950-01-01,1\n", {"seen_on": "2020-01-01"}),
        ("BOPGSTB as of 2020-03-01", f"{head}_20200301\n\n1950-01-01,2\n1950-02-01,3\n", {}),
        ("BOPGSTB as of 2020-04-01", f"{head}_20200401\n\n1950-01-01,2\n1950-02-01,3\n1950-03-01,4\n", {}),
    ]


def test_a_span_of_one_day_is_in_force_on_it():
    parts = _parts("realtime_start,realtime_end,date,value", "2020-01-01,2020-01-01,1950-01-01,1", series="BOPGSTB")
    assert parts == [("BOPGSTB as of 2020-01-01", "observation_date,BOPGSTB\n1950-01-01,1\n")]


@pytest.mark.parametrize(
    ("lines", "refusal"),
    [
        (("realtime_start,realtime_end,date,value", "2020-02-01,2020-01-31,1950-01-01,1"),
         (2, "a span that ends no earlier than it begins", "2020-02-01 to 2020-01-31", COMPARE)),
        (("realtime_start,realtime_end,date,value", "2020-02-30,2020-03-31,1950-01-01,1"),
         (2, "a day as realtime_start, YYYY-MM-DD", "'2020-02-30'", COMPARE)),
        (("realtime_start,realtime_end,date,value", "2020-02-01,x,1950-01-01,1"), (2, "a day as realtime_end, YYYY-MM-DD", "'x'", COMPARE)),
        (("series_id,date,value", "BOPGSTB,1950-01-01,1", ",1950-02-01,2"), (3, "the id of a series", "',1950-02-01,2'", COMPARE)),
    ],
)  # fmt: skip
def test_records_that_are_none(lines, refusal):
    assert _refusal(*lines, series="BOPGSTB") == refusal


def test_values_without_an_id_are_of_the_series_whose_figures_they_are():
    lines = (
        "realtime_start,realtime_end,date,value",
        *(f"2020-01-01,9999-12-31,1992-0{m}-01,{v}" for m, v in ((1, -2026), (2, -831), (3, -2641))),
    )
    assert [what for what, _ in _parts(*lines)] == ["BOPGSTB as of 2020-01-01"]
    # Records that are no figures, or have no day, do not count; of figures that are not known nobody can say.
    more = (*lines, "2020-01-01,9999-12-31,x,5", "2020-01-01,9999-12-31,1992-04-01,x", "2020-01-01,9999-12-31,1992-05-01,")
    assert [what for what, _ in _parts(*more)] == ["BOPGSTB as of 2020-01-01"]
    line, expected, found, todo = _refusal(*SPANS)
    assert (line, found) == (1, "values without the id of their series")
    assert expected == f"a known series ({FRED_IDS}), by its known figures"
    assert todo == "say which series it is with --series, or with series in a sidecar; or give it as CSV, where its header names it"


def test_the_latest_vintage_tells_the_series():
    """Its earlier vintage printed other figures."""
    known = {1: -2026, 2: -831, 3: -2641}
    former = [f"2020-01-01,2020-01-31,1992-0{m}-01,{v + 500}" for m, v in known.items()]
    later = [f"2020-02-01,9999-12-31,1992-0{m}-01,{v}" for m, v in known.items()]
    head = "realtime_start,realtime_end,date,value"
    assert [what for what, _ in _parts(head, *former, *later)] == ["BOPGSTB as of 2020-01-01", "BOPGSTB as of 2020-02-01"]
    swapped = [line.replace("2020-01-01,2020-01-31", "2020-02-01,9999-12-31") for line in former]
    swapped += [line.replace("2020-02-01,9999-12-31", "2020-01-01,2020-01-31") for line in later]
    assert _refusal(head, *swapped)[2] == "values without the id of their series"


def test_a_said_series_that_is_not_known_is_refused_by_name():
    unpacked = _unpacked(*SPANS, series="none")
    assert unpacked.parts == []
    assert [error.found for error in unpacked.errors] == ["'none'"]


def test_a_file_may_have_so_many_vintages(monkeypatch):
    monkeypatch.setattr(of_fred, "MAX_LOOKED_AT", 12)
    assert len(_unpacked(*SPANS, series="BOPGSTB").parts) == 3
    monkeypatch.setattr(of_fred, "MAX_LOOKED_AT", 11)
    assert _refusal(*SPANS, series="BOPGSTB") == (
        1, "fewer observations and vintages in a file", "4 of 3 vintages", "give them in several files",
    )  # fmt: skip


def test_bounds_of_parts(monkeypatch):
    assert (bundle.MAX_PARTS, bundle.MAX_UNPACKED, of_fred.MAX_LOOKED_AT) == (2000, 33_554_432, 20_000_000)
    monkeypatch.setattr(bundle, "MAX_PARTS", 1)
    assert _refusal(*BESIDE) == (1, "at most 1 series and vintages in a file", "more", "give them in several files")
    monkeypatch.setattr(bundle, "MAX_PARTS", 2)
    size = sum(len(part.data) for part in _unpacked(*BESIDE).parts)
    monkeypatch.setattr(bundle, "MAX_UNPACKED", size)
    assert _unpacked(*BESIDE)
    monkeypatch.setattr(bundle, "MAX_UNPACKED", size - 1)
    assert _refusal(*BESIDE) == (1, f"series and vintages of at most {size - 1} bytes in a file", "more", "give them in several files")


# Answers


def test_an_answer_of_fred_is_a_part_whose_records_follow_each_other():
    answer = '{"observations": [\n\n{"date": "1950-01-01", "value": "1"},\n\n{"date": "1950-02-01", "value": "2,5"}]}'
    unpacked = unpack(answer.encode(), "a.json", "bopgstb")
    (part,) = unpacked.parts
    assert (part.what, part.data.decode()) == ("BOPGSTB", 'observation_date,BOPGSTB\n1950-01-01,1\n1950-02-01,"2,5"\n')
    assert [part.received_line(line) for line in (1, 2, 3)] == [3, 3, 5]
    assert part.places[3] == (bundle.Place(0, 10, 5, 10), bundle.Place(12, 3, 5, 33))
    # A column without any other is a bundle of one where it is an answer.
    vintage = unpack(b'{"observations": [{"date": "1950-01-01", "BOPGSTB_20250507": "1"}]}', "a.json")
    assert [part.what for part in vintage.parts] == ["BOPGSTB as of 2025-05-07"]


def test_quotes_of_an_answer_are_doubled_in_its_parts():
    text = json.dumps({"observations": [{"date": "1950-01-01", "value": "1", "series_id": "BOPGSTB"}, {"date": 'a,"b', "value": "2",
                       "series_id": "BOPGSTB"}]})  # fmt: skip
    (part,) = unpack(text.encode(), "a.json").parts
    assert part.data.decode().split("\n")[2] == '"a,\\""b",2'


def test_an_answer_without_days_is_refused():
    with pytest.raises(ReadError) as caught:
        unpack(b'{"observations": [{"value": "1"}]}', "a.json")
    assert caught.value.expected == "a column called observation_date or date"


# Records of BLS

BLS_IDS = ", ".join(entry["id"] for entry in catalogue.records("bls_series"))


def test_records_of_bls_are_a_part_for_each_series():
    lines = ("series_id,year,period,value", "EIUIR,1950,M01,1.0", "NONE,1950,M01,2.0", "EIUIQ,1950,M01,3.0", "EIUIR,1950,M02,")
    unpacked = _unpacked(*lines)
    assert [(part.what, part.data.decode()) for part in unpacked.parts] == [
        ("EIUIR", "series_id,year,period,value\nEIUIR,1950,M01,1.0\n\n\nEIUIR,1950,M02,\n"),
        ("EIUIQ", "series_id,year,period,value\n\n\nEIUIQ,1950,M01,3.0\n"),
    ]
    assert _errors(unpacked) == [
        (
            3,
            f"a series of the catalogue ({BLS_IDS})",
            "'NONE'",
            "give these; a new series is a line of trade_assets/facts/catalogue/bls_series.csv",
        )
    ]
    assert _unpacked(lines[0], lines[1]) is None
    assert _refusal(*lines, ",1950,M03,1") == (6, "the id of a series", "',1950,M03,1'", COMPARE)


def test_an_answer_of_bls_has_the_columns_that_each_series_uses():
    def series(name, title, **more):
        catalog = {"catalog": {"series_title": title}} if title else {}
        return {"seriesID": name, **catalog, "data": [{"year": "1950", "period": "M01", "value": "1.0", **more}]}

    answer = {
        "status": "REQUEST_SUCCEEDED",
        "Results": {"series": [series("EIUIR", ""), series("EIUIQ", "", x="y"), series("NONE", "Beans")]},
    }
    unpacked = unpack(json.dumps(answer).encode(), "a.json")
    assert [part.data.decode() for part in unpacked.parts] == [
        "seriesID,year,period,value\nEIUIR,1950,M01,1.0\n", "seriesID,year,period,value,x\nEIUIQ,1950,M01,1.0,y\n",
    ]  # fmt: skip
    assert [error.found for error in unpacked.errors] == ["'NONE (Beans)'"]


# The documents of a file


def test_documents_are_given_each_with_what_is_wrong():
    found = documents_in("\n".join(BESIDE).encode(), "a.csv")
    assert [each.which if isinstance(each, Found) else each.found for each in found] == ["BOPGSTB", "BOPTEXP as of 2025-05-07", "'NONE'"]
    first = found[0]
    assert first.reading.printed == list(BESIDE)
    assert list(zip(first.reading.cells["line"], first.reading.cells["start"], first.reading.cells["text"], strict=True)) == [
        (2, 11, "1"), (3, 11, "."), (5, 11, "3"),
    ]  # fmt: skip
    assert first.reading.source == "fred.stlouisfed.org"
    with pytest.raises(ReadError) as caught:
        only(found, "a.csv")
    assert caught.value.found == "'NONE'"
    with pytest.raises(ReadError) as caught:
        only(found[:2], "a.csv")
    error = caught.value
    assert (error.line, error.expected, error.found) == (1, "one document", "2: BOPGSTB, BOPTEXP as of 2025-05-07")
    assert error.todo == "give the file to 'check', 'cells' or 'ingest', which unpack it"
    assert only(found[:1], "a.csv") is first


def test_an_error_of_a_part_is_of_its_received_line():
    answer = '{"observations": [\n\n{"date": "1950-01-01", "value": "1"},\n\n{"date": "1950-02-01", "value": "x"}]}'
    (error,) = documents_in(answer.encode(), "a.json", "BOPGSTB")
    assert (error.document, error.line, error.found) == ("a.json (BOPGSTB)", 5, "'x' (no figure)")


def test_a_file_is_of_the_series_that_is_said():
    data = b"date,BOPGSTB\n1950-01-01,1\n1950-02-01,2\n"
    (found,) = documents_in(data, "a.csv", "bopgstb")
    assert (found.data, found.part, found.which) == (data, None, None)
    (error,) = documents_in(data, "a.csv", "BOPTEXP")
    assert (error.document, error.line, error.expected, error.found) == (
        "a.csv",
        1,
        "the series BOPTEXP, as given for the file",
        "fred BOPGSTB",
    )
    assert error.todo == "correct the one that is wrong"
    first, second = documents_in(b"date,BOPGSTB,BOPTEXP\n1950-01-01,1,3\n1950-02-01,2,4\n", "a.csv", "BOPGSTB")
    assert first.which == "BOPGSTB"
    assert (second.document, second.found) == ("a.csv (BOPTEXP)", "fred BOPTEXP")
    (post,) = documents_in(b"Korea Economic Institute\nU.S.-Korea Trade Imbalance", "a.txt", "BOPGSTB")
    assert post.found == "kei"
    (quarterly,) = documents_in(b"date,BOPGSTB\n1950-01-01,1\n1950-04-01,2\n", "a.csv", "BOPGSTB")
    assert quarterly.reading.product == "BOPGSTB.quarterly"


@pytest.mark.parametrize(
    ("data", "suffix"),
    [(b"date,BOPGSTB\n", "csv"), (b"series_id,year,period,value\n", "csv"), (b"a text", "txt"), (b"PK\x03\x04", "xlsx"),
     (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls"), (b"%PDF-", "pdf")],
)  # fmt: skip
def test_the_ending_of_a_file(data, suffix):
    assert suffix_of(data) == suffix


def test_what_no_reader_recognises_is_said_with_what_it_begins_with():
    with pytest.raises(ReadError) as caught:
        read_document(b"\n  hello\tworld \nmore", "a.txt")
    error = caught.value
    assert (error.document, error.line) == ("a.txt", None)
    assert error.expected.startswith("a document of exactly one known family (ft900: the title line")
    assert error.found == "none of them: a text that begins 'hello world'"
    assert error.todo == "check that this is the publisher's document, whole; for a new family add a folder in trade_assets/families"


def test_what_two_readers_recognise_is_named():
    title, price = "U.S. International Trade in Goods and Services", "U.S. IMPORT AND EXPORT PRICE INDEXES - JULY 2018"
    with pytest.raises(ReadError) as caught:
        recognise(decode(f"{title}\n{price}".encode(), "a.txt"))
    assert caught.value.found == "ft900 and mxp"
    with pytest.raises(ReadError) as caught:
        recognise(decode(f" \n <p>\n{title}".encode(), "a.txt"))
    assert caught.value.found == "none of them: a text that begins '<p>'"


@pytest.mark.parametrize(
    ("data", "expected", "found"),
    [
        (b"\x1f\x8b", "text, a workbook (.xlsx, .xls) or pages (PDF)", "a gzip archive"),
        (b"", "a document", "an empty file"),
        (
            b"BEGIN:VCALENDAR\0",
            f"a document of a known family ({', '.join(families())})",
            "a calendar of release days, which is not read",
        ),
    ],
)
def test_files_of_no_format(data, expected, found):
    with pytest.raises(ReadError) as caught:
        read_document(data, "a")
    assert (caught.value.expected, caught.value.found) == (expected, found)
