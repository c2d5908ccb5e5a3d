"""A new series file beside those that the store has: which are read, what is compared, and how a contradiction is said."""

import types

import pytest

from trade_assets.documents import agreement as module
from trade_assets.documents.agreement import require_agreement
from trade_assets.reading import ReadError, Reading


def _reading(*figures):
    """A reading of figures: series, measure and text, each of a month of its own and on a line of its own."""
    reading = Reading("fred", "P", "T")
    for at, (series, measure, text) in enumerate(figures, start=1):
        for name, value in (("series", series), ("measure", measure), ("text", text), ("line", 10 * at), ("value", float(at)),
                            ("decimals", 0), ("period", f"2018-{at:02d}")):  # fmt: skip
            reading.cells[name].append(value)
    return reading


@pytest.fixture
def compared(monkeypatch):
    """Lets stored files be readings, and a series be judged by a word: what is read, and what is compared with what."""
    asked = types.SimpleNamespace(read=[], judged=[])

    def read_document(data, path):
        asked.read.append((data, path))
        if isinstance(data, Reading):
            return data
        raise ReadError(path, expected="a", found="b", todo="c")

    def judge(series, measure, printed, known):
        (months,) = known.values()
        asked.judged.append((series, measure, sorted(printed), sorted(months)))
        word = asked.words.get((series, len(asked.judged)), "agrees")
        return types.SimpleNamespace(is_contradicted=word == "contradicts", compared=word != "nothing in common", sentence="it is another")

    monkeypatch.setattr(module, "read_document", read_document)
    monkeypatch.setattr(module, "judge", judge)
    asked.words = {}
    return asked


NEW = _reading(("exports.total", "value", "1"), ("imports.total", "value", "2"))


def test_each_series_is_compared_with_the_latest_file_that_has_it(compared):
    files = [
        ("raw/3.csv", b"none"), ("raw/2.csv", _reading(("imports.total", "value", "9"), ("other", "value", "9"))),
        ("raw/1.csv", _reading(("exports.total", "value", "9"), ("imports.total", "value", "9"))), ("raw/0.csv", NEW),
    ]  # fmt: skip
    require_agreement(NEW, "new.csv", files)
    assert compared.judged == [
        ("imports.total", "value", ["2018-02"], ["2018-01"]), ("exports.total", "value", ["2018-01"], ["2018-01"]),
    ]  # fmt: skip
    assert compared.read == [(data, path) for path, data in files[:3]]


def test_a_file_that_has_no_figure_in_common_decides_nothing(compared):
    compared.words = {("exports.total", 1): "nothing in common"}
    alone = _reading(("exports.total", "value", "1"))
    require_agreement(alone, "new.csv", [("raw/2.csv", alone), ("raw/1.csv", alone), ("raw/0.csv", alone)])
    assert len(compared.judged) == 2 == len(compared.read)


def test_each_measure_of_a_series_is_compared(compared):
    both = _reading(("exports.total", "value", "1"), ("exports.total", "average", "2"))
    require_agreement(both, "new.csv", [("raw/1.csv", both)])
    assert [each[:2] for each in compared.judged] == [("exports.total", "value"), ("exports.total", "average")]


def test_a_contradiction_is_said_at_the_first_figure_of_the_series(compared):
    compared.words = {("imports.total", 2): "contradicts"}
    stored = _reading(("imports.total", "value", "7"), ("exports.total", "value", "8"))
    with pytest.raises(ReadError) as caught:
        require_agreement(NEW, "new.csv", [("raw/1.csv", stored)])
    error = caught.value
    assert (error.document, error.line, error.found) == ("new.csv", 20, "2: it is another")
    assert error.expected == "the figures of BOPTIMP as raw/1.csv in the store has them"
    assert error.todo == (
        "find out which of the two is what it claims to be; if it is not the stored one, remove that with its sidecar; if the publisher "
        "changed unit or base, give the series a line of its own in the catalogue"
    )


@pytest.mark.parametrize(("before", "is_looked_at"), [(23, True), (24, False)])
def test_the_latest_twenty_four_files_are_read(compared, before, is_looked_at):
    compared.words = {("imports.total", 1): "contradicts"}
    files = [(f"raw/{at}.csv", b"none") for at in range(before)] + [("raw/last.csv", NEW)]
    alone = _reading(("imports.total", "value", "1"))
    if is_looked_at:
        with pytest.raises(ReadError, match=r"as raw/last\.csv in the store has them"):
            require_agreement(alone, "new.csv", iter(files))
    else:
        require_agreement(alone, "new.csv", iter(files))
    assert len(compared.read) == 24


def test_a_file_without_figures_is_compared_with_nothing(compared):
    require_agreement(_reading(), "new.csv", [("raw/1.csv", NEW)])
    assert compared.read == []
