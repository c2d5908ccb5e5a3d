"""Answers of the APIs of FRED and BLS as records: which columns, which rows, where each mark stands, and what is said of the rest."""

import pytest

from trade_assets.reading.answers import BLS, FRED, answer_of, resembles_answer
from trade_assets.reading.grid import Field
from trade_assets.reading.text import decode
from trade_assets_tests.refusals import refused


def _answer(*lines):
    return answer_of(decode("\n".join(lines).encode(), "a.json"))


def _refused(*lines):
    return refused("a.json", _answer, *lines)


def _texts(answer):
    """The texts of each row by the name of its column."""
    header, *rows = answer.grid.rows
    names = {field.column: field.text for field in header.fields}
    return [{names[field.column]: field.text for field in row.fields} for row in rows]


@pytest.mark.parametrize(
    ("data", "is_answer"),
    [
        (b'{"observations": []}', True), (b'{"Results": {}}', True), (b' \n{"a": 1, "Results": {}}', True),
        (b'\xef\xbb\xbf{"observations": []}', True), (b'["observations"]', False), (b'{"observation": []}', False), (b"{}", False),
        (b'{"' + b"x" * 9983 + b'"observations"', True), (b'{"' + b"x" * 9985 + b'"observations"', False),
        (b'{"\xff": 1, "Results": {}}', True),
    ],
)  # fmt: skip
def test_an_answer_is_told_by_how_it_begins(data, is_answer):
    """Within its first 10,000 bytes."""
    assert resembles_answer(data) is is_answer


# FRED

OBSERVATIONS = (
    '{"units": "lin", "count": 2,',
    '"observations": [',
    '  {"date": "2020-01-01", "value": "1.5"},',
    '  {"value": "2.5", "date": "2020-02-01", "note": "n"}]}',
)


def test_observations_are_rows_and_their_members_columns():
    answer = _answer(*OBSERVATIONS)
    assert (answer.api, answer.titles, answer.notes) == (FRED, {}, ())
    grid = answer.grid
    assert (grid.name, grid.kind, grid.printed, grid.notes) == ("a.json", "answer", list(OBSERVATIONS), ())
    header, *rows = grid.rows
    # A column is where it is first seen, in the line of its first figure.
    assert header.line == 3
    assert header.fields == (Field(0, "date", 3, 12), Field(1, "value", 3, 35), Field(2, "note", 4, 50))
    assert [row.line for row in rows] == [3, 4]
    assert rows[0].fields == (Field(0, "2020-01-01", 3, 12), Field(1, "1.5", 3, 35))
    assert rows[1].fields == (Field(0, "2020-02-01", 4, 28), Field(1, "2.5", 4, 13), Field(2, "n", 4, 50))
    for row in rows:
        for field in row.fields:
            assert OBSERVATIONS[field.line - 1][field.start :].startswith(f'{field.text}"')


def test_blank_members_are_blank_fields_and_blank_observations_no_rows():
    answer = _answer('{"observations": [{"date": "2020-01-01", "value": " "}, {"date": "", "value": null}, {"date": "b", "value": "1"}]}')
    assert _texts(answer) == [{"date": "2020-01-01"}, {"date": "b", "value": "1"}]


@pytest.mark.parametrize("units", ['"lin"', '""', "null"])
def test_figures_as_published_are_read(units):
    assert _texts(_answer(f'{{"units": {units}, "observations": [{{"value": 1}}]}}')) == [{"value": "1"}]


def test_other_units_are_refused():
    error = _refused("{", '"units": "pch", "observations": [{"value": 1}]}')
    assert (error.line, error.expected, error.found) == (2, "the figures as they were published, units=lin", "units=pch")
    assert error.todo == "ask for units=lin, which is what FRED gives if nothing is said"


def test_an_observation_is_an_object():
    error = _refused('{"observations": [{"value": 1},', f'"{"x" * 70}"]}}')
    assert (error.line, error.expected) == (2, "observations with date and value")
    assert error.found == repr('"' + "x" * 59)
    assert error.todo == "ask the API again"


@pytest.mark.parametrize("observations", ["[]", '[{"value": ""}]'])
def test_an_answer_without_observations_is_refused(observations):
    error = _refused("", f'{{"observations": {observations}}}')
    assert (error.line, error.expected, error.found) == (2, "observations", "none in the answer")
    assert error.todo == "ask for a series and days that it has"


@pytest.mark.parametrize(
    ("count", "notes"),
    [("1234", ("the answer has 2 of 1,234 observations",)), ("3", ("the answer has 2 of 3 observations",)), ("2", ()), ("1", ()),
     ('"x"', ()), ("null", ())],
)  # fmt: skip
def test_a_page_of_an_answer_says_so(count, notes):
    assert _answer(f'{{"count": {count}, "observations": [{{"value": 1}}, {{"value": 2}}]}}').notes == notes


@pytest.mark.parametrize(
    ("lines", "line", "found"),
    [
        (('{"observations": [',), 1, "the end of the text at offset 18: ''"),
        (('{"observations":', f"  nil {'x' * 50}"), 2, f"no JSON at offset 2: {'nil ' + 'x' * 36!r}"),
        (("{", "", '"a": 1 2}'), 3, "no comma or '}' at offset 8: '}'"),
    ],
)
def test_what_is_no_json_is_refused_with_its_place(lines, line, found):
    error = _refused(*lines)
    assert (error.line, error.expected, error.found) == (line, "an answer in JSON, whole", found)
    assert error.todo == "ask the API again; the answer is cut or altered"


# BLS


def _of_bls(series, message="[]", status="REQUEST_SUCCEEDED"):
    return f'{{"status": "{status}", "message": {message}, "Results": {{"series": [{series}]}}}}'


JANUARY = '{"seriesID": "EIUIR", "data": [{"year": "2020", "period": "M01", "value": "1.5", "footnotes": [{"code": "R"}]}]}'


def test_records_of_bls_carry_the_id_of_their_series():
    text = _of_bls(JANUARY + ', {"seriesID": "EIUIQ", "data": [{"value": "2.5", "aspects": {"a": ["x", "y"]}}]}')
    answer = _answer(text)
    assert (answer.api, answer.titles, answer.notes) == (BLS, {}, ())
    assert _texts(answer) == [
        {"seriesID": "EIUIR", "year": "2020", "period": "M01", "value": "1.5", "footnotes": '[{"code": "R"}]'},
        {"seriesID": "EIUIQ", "value": "2.5", "aspects.a.0": "x", "aspects.a.1": "y"},
    ]
    for row in answer.grid.rows[1:]:
        for field in row.fields:
            assert text[field.start :].startswith(field.text)


def test_the_results_may_stand_in_a_list():
    assert _texts(_answer(f'{{"status": "REQUEST_SUCCEEDED", "Results": [{{"series": [{JANUARY}]}}]}}'))[0]["value"] == "1.5"


def test_footnotes_over_several_lines_are_one_text():
    first = '{"status": "REQUEST_SUCCEEDED", "Results": {"series": [{"seriesID": "EIUIR", "data": [{"value": "1",'
    answer = _answer(
        first,
        '"footnotes": [ {"code":',
        '   "R",',
        ' "text": "revised"} ] }]}]}}',
    )
    assert _texts(answer)[0]["footnotes"] == '[ {"code": "R", "text": "revised"} ]'
    (row,) = answer.grid.rows[1:]
    assert [(field.line, field.start) for field in row.fields] == [(1, first.index("EIUIR")), (1, first.index('1",')), (2, 13)]


def test_what_the_api_says_and_what_is_not_read_of_it_is_noted():
    catalog = '"catalog": {"series_title": "All \\u0069mports"}'
    answer = _answer(_of_bls(JANUARY.replace('"data"', f'{catalog}, "data"', 1), '["late \\"data\\"", "", "b"]'))
    assert answer.titles == {"EIUIR": "All imports"}
    assert answer.notes == (
        'the API says: late "data"', "the API says: b",
        "what the answer says of the series EIUIR beside its figures (catalog) is not read",
    )  # fmt: skip
    # An empty catalog says nothing, one without a title names nothing.
    assert _answer(_of_bls(JANUARY.replace('"data"', '"catalog": {}, "data"', 1))).notes == ()
    without = _answer(_of_bls(JANUARY.replace('"data"', '"catalog": {"area": "x"}, "data"', 1)))
    assert (without.titles, len(without.notes)) == ({}, 1)


def test_a_long_message_is_cut():
    (note,) = _answer(_of_bls(JANUARY, f'["{"x" * 301}"]')).notes
    assert note == f"the API says: {'x' * 300}… (301 characters)"


@pytest.mark.parametrize("series", ['{"data": []}', '{"seriesID": "", "data": []}', '{"seriesID": null}'])
def test_a_series_without_an_id_is_refused(series):
    error = _refused(_of_bls(f"{JANUARY},\n{series}"))
    assert (error.line, error.expected, error.found, error.todo) == (2, "the id of each series", "none", "ask the API again")


def test_series_without_figures_are_named():
    series = ", ".join(f'{{"seriesID": "S{number}", "data": []}}' for number in range(1, 7))
    error = _refused("", _of_bls(series, '["No data"]'))
    assert (error.line, error.expected) == (2, "figures")
    assert error.found == "an answer of the BLS API without figures: series S1, S2, S3, S4, S5; the API says: No data"
    assert error.todo == "ask it for a series and years that it has"
    assert _refused(_of_bls('{"seriesID": "S1"}')).found == "an answer of the BLS API without figures: series S1"


@pytest.mark.parametrize(
    "text",
    [
        _of_bls(JANUARY, status="REQUEST_NOT_PROCESSED"), _of_bls(""), '{"status": "REQUEST_SUCCEEDED", "Results": {}}',
        f'{{"Results": {{"series": [{JANUARY}]}}}}', '{"observations": 1, "status": "REQUEST_SUCCEEDED"}', "[]", "1",
        '{"status": "REQUEST_SUCCEEDED", "Results": []}',
    ],
)  # fmt: skip
def test_other_answers_are_none(text):
    assert _answer(text) is None
