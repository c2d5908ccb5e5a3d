"""Data Docs: readable without network, and an index that says what was judged."""

import re
from pathlib import Path

from trade_assets.facts.tables import FACTS
from trade_assets.vintages.data_docs import write_index
from trade_assets.vintages.expectations import build_data_docs, data_docs_page, judge
from trade_assets.warehouse.partitions import read_partition
from trade_assets_tests.conftest import SHIPPED_MONTHS


def test_no_page_fetches_anything(built_root):
    pages = list(data_docs_page(built_root).parent.rglob("*.html"))
    assert len(pages) > 5
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert not re.search(r"<(script|link|img|iframe)\b", text), page
        assert "<style>" in text, page
        assert "url(" not in text, page


def test_the_index_has_a_row_per_month_and_family_newest_first(built_root):
    page = data_docs_page(built_root)
    text = page.read_text(encoding="utf-8")
    # 2018-09 holds a document of a family that has no tables.
    assert re.findall(r'<a href="[^"]+">(\d{4}-\d\d)</a><td>(\w+)', text) == [
        ("2018-08", "mxp"), ("2016-11", "ft900"), ("2013-01", "uscc"), ("2012-08", "mxp"),
    ]  # fmt: skip
    links = re.findall(r'href="([^"]+)"', text)
    assert len(links) == len(SHIPPED_MONTHS) - 1 + 3
    assert all((page.parent / link).is_file() for link in links)
    assert text.count("3 of 3 met") == len(SHIPPED_MONTHS) - 1


def test_what_is_not_met_stands_out(shipped_root, built_root):
    facts = read_partition(built_root, FACTS["ft900"], "2016-11")
    torn = facts[(facts["series"] != "exports.services") & ~facts["period"].isin(["1997-05", "2001-03"])]
    judge(shipped_root, "ft900", "2016-11", torn, facts.head(0))
    page = build_data_docs(shipped_root)
    text = page.read_text(encoding="utf-8")
    assert '<span class="unmet">1 of 3 met</span>' in text
    link = re.search(r'href="(validations/[^"]+)"', text)[1]
    assert "8 unexpected values found" in (page.parent / link).read_text(encoding="utf-8")


def test_without_results_the_index_says_so(tmp_path):
    text = write_index(tmp_path / "site").read_text(encoding="utf-8")
    assert "No publication was judged yet" in text
    assert "<table>" not in text


def test_nothing_is_built_where_nothing_was_judged(shipped_root):
    page = data_docs_page(shipped_root)
    write_index(page.parent)
    assert build_data_docs(shipped_root) is None
    assert sorted(path.name for path in Path(shipped_root.url).rglob("*.html")) == ["index.html"]
