"""Data Docs: readable without network, an index that says what was judged, and nothing that a kill, a full disk or others can spoil."""

import json
import re
import threading
from pathlib import Path

import pytest

from trade_assets.defs.ranges import run_months
from trade_assets.expectations.data_docs import FOLDER, build_data_docs, keep, write_index
from trade_assets.expectations.judgement import Judgement, Outcome, judge
from trade_assets.facts.frames import empty
from trade_assets.facts.tables import FACTS, PUBLICATION
from trade_assets.warehouse.partitions import read_partition
from trade_assets.warehouse.root import DataRoot
from trade_assets_tests.conftest import SHIPPED_MONTHS
from trade_assets_tests.core_runs import run_core

HOSTILE = "<script>alert(1)</script>&\"'"


def _judged(family="ft900", unmet=(), expectation="Months are complete.", reference_month="2016-09"):
    return Judgement(family, reference_month, empty(PUBLICATION), (Outcome(expectation, tuple(unmet)), Outcome("Series are there.")))


def _text(root, name):
    return root.read(FOLDER, name).decode()


def _rows(root):
    """Month, release and outcome of each row of the index."""
    return re.findall(r'<tr><td><a href="(\S+)\.html">\1</a><td>([^<]*)<td><span class="\w+">([^<]+)</span>', _text(root, "index.html"))


def test_no_page_fetches_anything(built_root):
    pages = list(Path(built_root.path(FOLDER)).glob("*.html"))
    assert len(pages) == len(SHIPPED_MONTHS) - 1 + 1, "a month whose only document has no tables has no page; the index is one"
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert not re.search(r"<(script|img|iframe)\b|url\(|https?:", text), page
        assert re.findall(r"<link\b[^>]*>", text) == ['<link rel="icon" href="data:,">'], page
        assert "<style>" in text, page


def test_the_index_has_a_row_per_month_and_family_newest_first(built_root):
    # 2018-09 holds a document of a family that has no tables.
    assert _rows(built_root) == [
        ("2018-08", "mxp of 2018-07", "4 of 4 met"), ("2016-11", "ft900 of 2016-09", "4 of 4 met"),
        ("2013-01", "uscc of 2012-11", "4 of 4 met"), ("2012-08", "mxp of 2012-07", "4 of 4 met"),
    ]  # fmt: skip
    for link in re.findall(r'href="([^":]+)"', _text(built_root, "index.html")):
        assert built_root.exists(FOLDER, link)


def test_what_is_not_met_stands_out(tmp_path, built_root):
    facts = read_partition(built_root, FACTS["ft900"], "2016-11")
    torn = facts[(facts["series"] != "exports.services") & ~facts["period"].isin(["1997-05", "2001-03"])]
    root = DataRoot.of(tmp_path)
    keep(root, "2016-11", [judge("ft900", "2016-11", torn, facts.head(0))])
    build_data_docs(root)
    assert _rows(root) == [("2016-11", "ft900 of 2016-09", "2 of 4 met")]
    page = _text(root, "2016-11.html")
    assert "1 expected series have no figure: exports.services" in page
    # Two months of the eight series that are left.
    assert page.count("lacks months between its first and last 2") == 8


def test_two_releases_of_a_month_do_not_overwrite_each_other(tmp_path):
    root = DataRoot.of(tmp_path)
    january = _judged(unmet=["January's"], reference_month="2026-01")
    february = _judged(unmet=["February's"], reference_month="2026-02")
    keep(root, "2026-03", [january, february, _judged("mxp", reference_month=None)])
    build_data_docs(root)
    assert [row[1:] for row in _rows(root)] == [
        ("ft900 of 2026-01", "1 of 2 met"), ("ft900 of 2026-02", "1 of 2 met"), ("mxp of a month that it does not tell", "2 of 2 met"),
    ]  # fmt: skip
    page = _text(root, "2026-03.html")
    assert page.index("January") < page.index("February") < page.index("mxp")


def test_a_second_run_replaces_the_month_whole(tmp_path):
    root = DataRoot.of(tmp_path)
    keep(root, "2016-11", [_judged(), _judged("mxp")])
    keep(root, "2016-11", [_judged()])
    build_data_docs(root)
    assert [row[1] for row in _rows(root)] == ["ft900 of 2016-09"]
    keep(root, "2016-11", [])
    build_data_docs(root)
    assert _rows(root) == []
    keep(root, "2016-12", [])
    assert sorted(path.name for path in (tmp_path / FOLDER).iterdir()) == ["2016-11.html", "2016-11.json", "index.html"]


def test_sentences_are_text(tmp_path):
    root = DataRoot.of(tmp_path)
    keep(root, "2016-11", [_judged(unmet=[HOSTILE], expectation=HOSTILE)])
    build_data_docs(root)
    assert "<script" not in _text(root, "2016-11.html") and "&lt;script&gt;alert(1)&lt;/script&gt;&amp;" in _text(root, "2016-11.html")


@pytest.mark.parametrize(
    "left", [b"", b"[", b"[1]", b'{"a": 1}', b'[{"family": "ft900", "reference_month": null}]', b"\xff", b"\0" * 100, b"null"]
)
def test_a_damaged_result_is_said_and_heals_with_its_month(tmp_path, left):
    root = DataRoot.of(tmp_path)
    keep(root, "2016-11", [_judged()])
    keep(root, "2016-12", [_judged()])
    root.write(left, FOLDER, "2016-11.json")
    build_data_docs(root)
    assert _rows(root) == [("2016-12", "ft900 of 2016-09", "2 of 2 met"), ("2016-11", "", "damaged: run the month again")]
    keep(root, "2016-11", [_judged()])
    build_data_docs(root)
    assert _rows(root) == [("2016-12", "ft900 of 2016-09", "2 of 2 met"), ("2016-11", "ft900 of 2016-09", "2 of 2 met")]


def test_months_judged_at_once_are_all_in_the_index(tmp_path):
    root, months = DataRoot.of(tmp_path), [f"{year}-{month:02}" for year in (2016, 2017) for month in range(1, 13)]
    barrier = threading.Barrier(8)

    def judged(mine):
        barrier.wait(30)
        for month in mine:
            keep(root, month, [_judged()])
            build_data_docs(root)

    threads = [threading.Thread(target=judged, args=(months[number::8],)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [row[0] for row in _rows(root)] == months[::-1]


def test_without_results_the_index_says_so(tmp_path):
    root = DataRoot.of(tmp_path)
    assert build_data_docs(root) is None and build_data_docs(DataRoot.of("memory://nothing")) is None
    assert not (tmp_path / FOLDER).exists()
    write_index(root)
    index = _text(root, "index.html")
    assert "No publication was judged yet" in index and "<table>" not in index
    assert re.findall(r"<li>([^<]*)", index) == [
        "The expected series are all there.", "Months are complete from the first to the last.",
        "The latest figure lies in the range of at least 24 earlier ones that were known before, widened by their largest step. "
        "Series with fewer are not evaluable.",
        "Figures that earlier vintages printed too are theirs, or revisions of them.",
    ]  # fmt: skip


def test_on_object_storage_they_stand_too(tmp_path):
    root = DataRoot.of(f"memory://{tmp_path.name}")
    keep(root, "2016-11", [_judged()])
    assert build_data_docs(root) == f"memory://{tmp_path.name}/{FOLDER}/index.html"
    assert json.loads(root.read(FOLDER, "2016-11.json"))[0]["family"] == "ft900"


@pytest.mark.slow
@pytest.mark.parametrize("breaks", ["judge", "keep"])
def test_nothing_it_does_stops_a_month(shipped_root, instance, monkeypatch, breaks):
    """Neither what Great Expectations raises nor a place where its results cannot be written."""
    if breaks == "judge":
        monkeypatch.setattr("trade_assets.expectations.judgement._results", lambda *arguments: 1 / 0)
        said = "uscc: could not run: ZeroDivisionError: division by zero"
        run = run_core(shipped_root, "2013-01", also=[PUBLICATION])
    else:
        shipped_root.write(b"a file in the place of the folder", FOLDER)
        said = "the Data Docs could not be written: "
        (run,) = run_months(shipped_root, ["2013-01"], instance)
    assert run.is_success
    ((is_warning, description),) = [(is_warning, description) for _, check, is_warning, description in run.red if check == _NAME]
    assert is_warning and said in description
    assert len(read_partition(shipped_root, FACTS["uscc"], "2013-01")) > 0


_NAME = "publication_is_as_expected"


@pytest.mark.slow
def test_former_files_of_great_expectations_stop_nothing(shipped_root, instance):
    """Left by an earlier version, emptied by a kill: they are not looked at."""
    shipped_root.write(b"", "great_expectations", "gx", "great_expectations.yml")
    (run,) = run_months(shipped_root, ["2013-01"], instance)
    assert run.is_success
    assert shipped_root.read("great_expectations", "gx", "great_expectations.yml") == b""
    assert _rows(shipped_root) == [("2013-01", "uscc of 2012-11", "4 of 4 met")]
