"""The parts that read a month's documents and judge its publication: what they hand on, and what they say of what is missing."""

import logging
from types import SimpleNamespace

import dagster as dg
import pandas as pd
import pytest

from trade_assets.defs import parsed as steps
from trade_assets.defs import parts
from trade_assets.defs import publication as publishing
from trade_assets.defs.building import Selection, build_month
from trade_assets.defs.parsed import PARSED, facts_in, parsed_cells, parsed_facts, read_parsed, readable_facts
from trade_assets.defs.parts import Source
from trade_assets.defs.publication import publication
from trade_assets.documents.parse import Parsed
from trade_assets.expectations.judgement import Judgement, Outcome
from trade_assets.facts.tables import CELLS, FACTS, PUBLICATION, ROWS, SERIES, UNREAD
from trade_assets.reading import ReadError
from trade_assets.reading.label_proof import UNPROVEN
from trade_assets.review import month as pages
from trade_assets.warehouse.partitions import location, read_partition
from trade_assets.warehouse.root import DataRoot
from trade_assets_tests.steps_called import LOG, MONTH, TABLE, Kept, done, made

GARBLED = ReadError("raw/2021-02/mxp.txt", expected="a table", found="none", todo="look")
KEEP = publishing.data_docs.keep
TIDY = {part.name.removeprefix("parsed_"): part for part in parsed_facts}


@pytest.fixture
def root(tmp_path):
    return DataRoot.of(tmp_path)


# Cells


def test_documents_are_read_with_their_bytes_and_what_is_damaged(root, monkeypatch):
    asked = []
    monkeypatch.setattr(steps, "survey", lambda *said: ([("one", True), ("other", False)], ["damaged"]) if said == (root, MONTH) else None)
    monkeypatch.setattr(steps, "content", lambda at, document: f"bytes of {document}" if at == root else None)
    read = Parsed(made(CELLS, {}, {}, {}), made(ROWS, {}), made(SERIES, {}), made(UNREAD))
    monkeypatch.setattr(steps, "parse_documents", lambda *said: asked.append(said) or read)
    (output,), checks = done(parsed_cells, Kept(root))
    assert asked == [(MONTH, [("one", True, "bytes of one"), ("other", False, "bytes of other")], ["damaged"])]
    assert output.output_name == "cells" and list(output.value) == ["cells", "rows", "series", "unread"]
    assert all(output.value[name] is getattr(read, name) for name in output.value)
    check = checks["every_document_is_read"]
    assert (check.passed, check.description, check.asset_key) == (True, "2 documents, 3 figures", dg.AssetKey(["parsed", "cells"]))


def test_each_document_that_is_not_read_is_said(root, monkeypatch):
    rows = [{"path": f"raw/{name}.txt", "line": line, "expected": "a table", "found": "none", "todo": "look"} for name, line in
            (("a", 7), ("b", None))]  # fmt: skip
    monkeypatch.setattr(steps, "survey", lambda *_: ([], []))
    monkeypatch.setattr(steps, "parse_documents", lambda *_: Parsed(made(CELLS, {}), made(ROWS), made(SERIES), made(UNREAD, *rows)))
    _, checks = done(parsed_cells, Kept(root))
    check = checks["every_document_is_read"]
    assert (check.passed, check.description) == (
        False, "raw/a.txt, line 7: expected a table, found none. To do: look. raw/b.txt: expected a table, found none. To do: look.",
    )  # fmt: skip
    assert {name: value.value for name, value in check.metadata.items()} == {"documents": 0, "unread": 2, "cells": 1}


def test_a_month_whose_documents_cannot_be_told_has_a_page_that_says_so(root, monkeypatch):
    written = []

    def survey(*_):
        raise GARBLED

    monkeypatch.setattr(steps, "survey", survey)
    monkeypatch.setattr(pages, "write_page", lambda *said: written.append(said) or made(TABLE["reports"], {}))
    with pytest.raises(ReadError):
        done(parsed_cells, Kept(root))
    assert [said[:2] for said in written] == [(root, MONTH)]


def test_the_parsed_tables_of_a_month_are_read_in_their_order(root):
    kept = Kept(root, **{table.name: made(table, {"release_month": table.name}) for table in PARSED})
    parsed = read_parsed(kept, "2021-03")
    assert [frame["release_month"].iloc[0] for frame in parsed] == ["cells", "rows", "series", "unread"] == list(Parsed._fields)
    assert kept.read_of == {"2021-03"}


def test_what_parts_read_of_a_month_is_read_and_made_once_for_all_of_them(root, monkeypatch):
    read, tidied = [], []

    def facts_of(parsed, family):
        tidied.append(family)
        if family == "mxp":
            raise GARBLED
        return made(FACTS[family], {"series": f"{family} of {parsed.cells['release_month'].iloc[0]}"})

    monkeypatch.setattr(steps, "facts_of", facts_of)
    monkeypatch.setattr(parts, "read_rows", lambda *said: read.append(said[1:]) or made(said[1], {"release_month": said[2]}))
    source = Source(root)
    for _ in range(2):
        facts, errors = readable_facts(source, MONTH)
        assert {family: frame["series"].tolist() for family, frame in facts.items()} == {
            family: [f"{family} of 2021-02"] for family in FACTS if family != "mxp"
        }  # fmt: skip
        assert errors == [GARBLED], "whoever asks is told why a family cannot be read"
    assert facts_in(source, MONTH, "fred") is facts["fred"]
    assert read == [(table, MONTH) for table in PARSED]
    assert sorted(tidied) == sorted([*FACTS, "mxp"])
    assert facts_in(source, "2021-03", "fred")["series"].tolist() == ["fred of 2021-03"], "another month's is another's"
    assert facts_in(Source(root), MONTH, "fred") is not facts["fred"], "and so is another run's"


# Facts


def test_families_whose_files_name_their_series_have_a_check_of_that():
    proven = {family for family, part in TIDY.items() if len(part.checks) == 2}
    assert {"mxp", "fred"} <= proven and proven.isdisjoint({"ft900", "uscc"}) and set(TIDY) == set(FACTS)
    assert {part.needs for part in TIDY.values()} == {PARSED}


def _series(*known, family="mxp"):
    return made(SERIES, *({"family": family, "product": f"P{len(known) - at}", "known_figures": count} for at, count in enumerate(known)))


@pytest.fixture
def facts(monkeypatch):
    """The facts of mxp that the parsed tables give, as many as are put here."""
    rows = []
    monkeypatch.setattr(steps, "facts_of", lambda parsed, family: made(FACTS[family], *rows))
    monkeypatch.setattr(steps, "awaited_since", lambda family, month, tags: tags.get("since"))
    return rows


@pytest.mark.parametrize(
    ("known", "passed", "said", "counts"),
    [
        ((3, 2), True, "2 series by name alone, each with known figures", (2, 0, 5)),
        ((1,), True, "1 series by name alone, each with known figures", (1, 0, 1)),
        ((3, 0), False, f"P1: {UNPROVEN}", (2, 1, 3)),
        ((0, None, 4, 0), False, f"P1, P4: {UNPROVEN}", (3, 2, 4)),
    ],
)
def test_series_that_a_file_only_names_are_proven_by_known_figures(root, facts, known, passed, said, counts):
    others = _series(0, family="fred")
    kept = Kept(root, series=pd.concat([_series(*known), others], ignore_index=True))
    _, checks = done(TIDY["mxp"], kept)
    assert list(checks) == ["every_label_is_proven"], "of what has not arrived and is not awaited nothing else is said"
    check = checks["every_label_is_proven"]
    assert (check.passed, check.severity, check.description) == (passed, dg.AssetCheckSeverity.WARN, said)
    assert {name: value.value for name, value in check.metadata.items()} == dict(
        zip(("series", "unproven", "known_figures"), counts, strict=True)
    )
    assert check.asset_key == dg.AssetKey(["parsed", "mxp"])


def test_of_series_that_say_what_they_are_nothing_is_to_be_proven(root, facts):
    assert done(TIDY["mxp"], Kept(root, series=_series(None, None)))[1] == {}
    assert done(TIDY["mxp"], Kept(root, series=_series(0)), checks=["release_has_arrived"])[1] == {}


@pytest.mark.parametrize(
    ("count", "since", "expected"),
    [
        (1, None, (True, "arrived")), (1, "2021-02-17", (True, "arrived")), (0, None, None),
        (0, "2021-02-17 09:00 New York time", (False, "mxp of 2021-02 is awaited since 2021-02-17 09:00 New York time{note}; "
                                                      "put it into the store with 'trade-assets ingest'")),
    ],
)  # fmt: skip
def test_whether_a_release_has_arrived_is_said_where_it_has_or_is_awaited(root, facts, count, since, expected):
    facts += [{}] * count
    outputs, checks = done(TIDY["mxp"], Kept(root), tags={"since": since} if since else {})
    assert [len(output.value) for output in outputs] == [count] * bool(count)
    found = {name: (check.passed, check.description) for name, check in checks.items()}
    note = steps.CALENDARS["mxp"].usual.note
    assert found == ({"release_has_arrived": (expected[0], expected[1].format(note=note))} if expected else {})
    assert all(check.severity == dg.AssetCheckSeverity.WARN for check in checks.values())
    assert done(TIDY["mxp"], Kept(root), tags={"since": since} if since else {}, checks=[])[1] == {}


def test_facts_are_handed_on_where_there_are_some_or_were_some_and_if_asked_for(root, facts):
    assert done(TIDY["mxp"], Kept(root)) == ([], {})
    # Any table of the family counts, as a run without its document must empty them all.
    root.write(b"rows", *location(TABLE["price_indexes"], MONTH))
    ((output,), _) = done(TIDY["mxp"], Kept(root))
    assert (output.output_name, len(output.value)) == ("mxp", 0)
    facts.append({})
    assert done(TIDY["mxp"], Kept(root), outputs=[])[0] == []


# The publication


@pytest.fixture
def judging(root, monkeypatch):
    """Judgements of what each family printed, which is put into ``printed``; each release is one row, with a sentence if it is bad."""
    asked, did = [], []

    def facts_of(parsed, family):
        if family == "mxp":
            raise GARBLED
        return made(FACTS[family], *({"reference_month": month} for month in printed.get(family, ())))

    def judge(family, month, release, earlier):
        asked.append((family, month, release["reference_month"].tolist(), earlier["reference_month"].tolist()))
        reference_month = release["reference_month"].iloc[0]
        status = "not_evaluable" if reference_month < "2020-12" else "within"
        rows = made(PUBLICATION, {"family": family, "reference_month": reference_month, "status": status})
        return Judgement(family, reference_month, rows, (Outcome("o", (f"bad in {reference_month}",) * (family == "uscc")),))

    printed = {}
    monkeypatch.setattr(steps, "facts_of", facts_of)
    monkeypatch.setattr(publishing.expectations, "judge", judge)
    monkeypatch.setattr(publishing, "existing_months", lambda at, table: ["2020-11", "2020-12", "2021-02", "2021-03"])
    monkeypatch.setattr(publishing, "read_months", lambda at, table, months: made(table, *({"reference_month": m} for m in months)))
    monkeypatch.setattr(publishing.data_docs, "keep", lambda *said: did.append(("kept", *said[:2], len(said[2]))))
    return SimpleNamespace(printed=printed, asked=asked, did=did)


def test_each_release_is_judged_by_the_earlier_months_and_the_releases_before_it(root, judging, caplog):
    judging.printed |= {"ft900": ("2020-12", "2020-10"), "uscc": ("2020-12",)}
    (output,), checks = done(publication, Kept(root))
    assert sorted(judging.asked) == [
        ("ft900", MONTH, ["2020-10"], ["2020-11", "2020-12"]), ("ft900", MONTH, ["2020-12"], ["2020-11", "2020-12", "2020-10"]),
        ("uscc", MONTH, ["2020-12"], ["2020-11", "2020-12"]),
    ]  # fmt: skip
    assert output.output_name == "publication"
    assert output.value[["family", "reference_month"]].to_numpy().tolist() == [
        ["ft900", "2020-10"], ["ft900", "2020-12"], ["uscc", "2020-12"],
    ]  # fmt: skip
    assert judging.did == [("kept", root, MONTH, 3)]
    check = checks["publication_is_as_expected"]
    assert (check.passed, check.severity, check.asset_key) == (False, dg.AssetCheckSeverity.WARN, dg.AssetKey(["validated", "publication"]))
    assert check.description == ("uscc: bad in 2020-12. Range not evaluable for 1 of 3 series: fewer than 24 figures were known before.")
    told = {name: value.value for name, value in check.metadata.items()}
    assert {name: told[name] for name in ("series", "not_evaluable", "unmet")} == {"series": 3, "not_evaluable": 1, "unmet": 1}
    assert told["data_docs"] == "/data-docs/index.html"
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [(logging.ERROR, str(GARBLED))]


def test_a_publication_whose_earlier_months_or_docs_fail_is_judged_all_the_same(root, judging, monkeypatch):
    def fails(what):
        def failing(*_):
            raise OSError(what)

        return failing

    judging.printed["ft900"] = ("2020-12",)
    monkeypatch.setattr(publishing, "read_months", fails("data.parquet is damaged"))
    monkeypatch.setattr(publishing.data_docs, "keep", fails("disk full"))
    _, checks = done(publication, Kept(root))
    assert judging.asked == [("ft900", MONTH, ["2020-12"], [])]
    check = checks["publication_is_as_expected"]
    assert check.description.startswith(
        "ft900: judged without earlier months: data.parquet is damaged; the Data Docs could not be written: disk full. Range not"
    )
    assert (check.passed, check.metadata["unmet"].value) == (False, 2)


def test_data_docs_that_cannot_be_written_stop_no_month(root, judging, monkeypatch):
    """They are written once the month is committed: what a check no longer sees must not fail the month either."""
    judging.printed["ft900"] = ("2020-12",)
    monkeypatch.setattr(publishing.data_docs, "keep", KEEP)
    root.write(b"a file in place of the folder", "data_docs")
    built = build_month(root, MONTH, [publication], Selection(publication.keys, publication.check_keys), SimpleNamespace(tags={}), LOG)
    assert built.failures == [] and len(built.events) == 2
    assert len(read_partition(root, PUBLICATION, MONTH)) == 1


def test_without_a_publication_nothing_is_judged_and_former_judgements_go(root, judging):
    (output,), checks = done(publication, Kept(root))
    assert len(output.value) == 0 and checks == {} and judging.did == [("kept", root, MONTH, 0)]
    judging.printed["ft900"] = ("2020-12",)
    assert done(publication, Kept(root), outputs=[], checks=[]) == ([], {})
    outputs, checks = done(publication, Kept(root), outputs=[])
    assert outputs == [] and checks["publication_is_as_expected"].passed
