"""How a month is built of parts that are made up: what is kept, left out, committed, recorded, and told of it."""

import logging
from types import SimpleNamespace

import dagster as dg
import pytest

from trade_assets.defs import building
from trade_assets.defs.building import COMMIT, Built, Selection, build_month, failure_of, heard, is_left, report_not_built, tell
from trade_assets.defs.parts import Asked, Part, Source, part
from trade_assets.defs.raw import raw_documents
from trade_assets.defs.specs import asset_key, check_spec
from trade_assets.facts.tables import CELLS, DOCUMENTS, FACTS, ISSUES, PRINTS, REPORTS, ROWS, UNREAD, VERDICTS
from trade_assets.review import built_from as inputs
from trade_assets.review.built_from import built_from, inputs_now
from trade_assets.warehouse.commits import commit_of
from trade_assets.warehouse.partitions import Draft, is_month_written, read_partition, write_partition
from trade_assets.warehouse.root import DataRoot
from trade_assets_tests.steps_called import LOG, MONTH, made

RUN = SimpleNamespace(run_id="run", tags={})
SOUND = check_spec("cells_are_sound", CELLS, "They are.")
KEY = {table.name: asset_key(table) for table in (DOCUMENTS, CELLS, ISSUES, PRINTS, REPORTS)}


@pytest.fixture
def root(tmp_path):
    made_root = DataRoot.of(tmp_path / "data")
    made_root.write(b"a document", "raw", MONTH, "ft900-a.txt")
    return made_root


def _part(name, *does, tables, needs=(), checks=()):
    """A part that does one thing after the other: yields it, raises it, or calls it with what parts are given."""

    @part(name, tables=tables, needs=needs, checks=checks)
    def build(asked, source):
        for each in does:
            if isinstance(each, BaseException):
                raise each
            if callable(each):
                each(asked, source)
            else:
                yield each

    return build


def _rows(table, *texts, **metadata):
    """The output of a table, with a row of each text in its first column of text."""
    return dg.Output(_frame(table, *texts), output_name=table.name, metadata=metadata)


def _frame(table, *texts):
    return made(table, *({_column(table): text} for text in texts))


def _column(table):
    return next(column.name for column in table.columns if column.kind == "string" and column.name not in ("release_month", "sha256"))


def _texts(root, table):
    """What stands in that column of a table."""
    return read_partition(root, table, MONTH)[_column(table)].tolist()


def _built(root, parts, assets=None, checks=None):
    """A month built: by default all that the parts have."""
    keys = [key for each in parts for key in each.keys] if assets is None else [asset_key(table) for table in assets]
    checks = [key for each in parts for key in each.check_keys] if checks is None else checks
    return build_month(root, MONTH, parts, Selection(keys, checks), RUN, LOG)


def _whole(*between, end=()):
    """The parts of a month with documents and a page, and these between them."""
    first = _part("raw_documents", _rows(DOCUMENTS, "x"), tables=[DOCUMENTS])
    return first, *between, _part("report", *(end or (_rows(REPORTS, "x"),)), tables=[REPORTS], needs=[DOCUMENTS])


# What is built, and who sees it


def test_parts_see_what_those_before_them_made_and_others_see_it_when_all_of_it_stands(root):
    write_partition(root, DOCUMENTS, MONTH, _frame(DOCUMENTS, "former"))
    write_partition(root, PRINTS, MONTH, _frame(PRINTS, "former"))
    seen = []

    def look(asked, source):
        seen.append((_texts(source.root, DOCUMENTS), source.read(DOCUMENTS, MONTH)[_column(DOCUMENTS)].tolist(), _texts(root, DOCUMENTS)))
        seen.append((asked, source.is_made(DOCUMENTS), source.is_made(PRINTS)))

    first = _part("raw_documents", _rows(DOCUMENTS, "new"), tables=[DOCUMENTS])
    second = _part("cells", look, _rows(CELLS, "a", "b"), tables=[CELLS], needs=[DOCUMENTS], checks=[SOUND])
    built = _built(root, [first, second])
    assert seen[0] == (["new"], ["new"], ["former"])
    assert seen[1] == (Asked(MONTH, RUN, LOG, frozenset({"cells"}), frozenset({SOUND.key})), True, False)
    assert (_texts(root, DOCUMENTS), _texts(root, CELLS)) == (["new"], ["a", "b"])
    assert _texts(root, PRINTS) == ["former"], "what was not made stays"
    assert (built.failures, built.not_built, built.trace, built.summary) == ([], [], None, "built, 0 checks to review")


def test_what_one_part_makes_of_the_month_is_there_for_the_next(root):
    """Several read the same tables, and tidy the same facts: once for all of them, not once for each."""
    calls, got = [], []

    def ask(_, source):
        got.append(source.once("tidied", lambda: calls.append("made") or object()))

    _built(root, [_part("one", ask, tables=[DOCUMENTS]), _part("other", ask, tables=[CELLS])])
    assert calls == ["made"] and got[0] is got[1]
    _built(root, [_part("one", ask, tables=[DOCUMENTS])])
    assert calls == ["made"] * 2, "the next run looks anew"


def test_dagster_is_told_of_each_table_and_each_check_of_the_month(root):
    red = dg.AssetCheckResult(
        passed=False, check_name=SOUND.name, severity=dg.AssetCheckSeverity.WARN, description="not sound", metadata={"of": 2}
    )
    frames = {"cells": _frame(CELLS, "a", "b"), "rows": _frame(ROWS, "c"), "verdicts": _frame(VERDICTS, "of no table of cells")}
    output = dg.Output(frames, output_name="cells", metadata={"said": "so"})
    built = _built(root, [_part("cells", output, red, tables=[CELLS], checks=[SOUND])])
    materialised, checked = built.events
    folder = ("warehouse", "parsed", "cells", "release_month=2021-02")
    (file,) = root.names(*folder)
    assert (materialised.asset_key, materialised.partition) == (KEY["cells"], MONTH)
    assert {name: value.value for name, value in materialised.metadata.items()} == {
        "said": "so", "dagster/partition_row_count": 2, "path": root.path(*folder, file), "rows of parsed.rows": 1,
        "sql": "SELECT * FROM parsed.cells WHERE release_month = '2021-02'",
    }  # fmt: skip
    assert materialised.tags == {"dagster/data_version": file.removesuffix(".parquet")}
    assert isinstance(checked, dg.AssetCheckEvaluation)
    assert (checked.asset_check_key, checked.partition, checked.passed) == (SOUND.key, MONTH, False)
    assert (checked.severity, checked.description, checked.metadata["of"].value) == (dg.AssetCheckSeverity.WARN, "not sound", 2)
    assert built.red == [checked] and built.summary == "built, 1 checks to review"
    assert _texts(root, ROWS) == ["c"] and not is_month_written(root, VERDICTS, MONTH)


def test_the_same_rows_have_the_same_version_and_others_another(root):
    def version(*texts):
        (event,) = _built(root, [_part("raw_documents", _rows(DOCUMENTS, *texts), tables=[DOCUMENTS])]).events
        return event.tags["dagster/data_version"]

    assert version("a") == version("a") != version("b")


def test_only_what_is_selected_is_asked_for_and_kept(root):
    asked = []
    check = dg.AssetCheckResult(passed=True, check_name=SOUND.name)
    both = _part("both", lambda said, _: asked.append(said), _rows(DOCUMENTS, "x"), _rows(CELLS, "x"), check, tables=[DOCUMENTS, CELLS],
                 checks=[check_spec(SOUND.name, DOCUMENTS, "They are.")])  # fmt: skip
    built = _built(root, [both], [CELLS], [])
    assert [event.asset_key for event in built.events] == [KEY["cells"]]
    assert not is_month_written(root, DOCUMENTS, MONTH)
    assert (asked[-1].selected_output_names, asked[-1].selected_asset_check_keys) == ({"cells"}, frozenset())
    built = _built(root, [both], [], both.check_keys)
    assert [event.asset_key for event in built.events] == [KEY["documents"]], "a check without its asset, that of the part's first table"
    count = len(asked)
    assert (_built(root, [both], [], []).events, len(asked)) == ([], count), "a part of which nothing is selected is not called"


# What fails


def test_what_a_part_raises_stays_with_it_and_with_those_that_need_it(root, caplog):
    called = []
    parts = [
        _part("raw_documents", _rows(DOCUMENTS, "x"), tables=[DOCUMENTS]),
        _part("cells", dg.Failure("no\ncells"), tables=[CELLS], needs=[DOCUMENTS]),
        _part("proof", lambda *_: called.append("proof"), tables=[ISSUES], needs=[CELLS]),
        _part("prints", lambda *_: called.append("prints"), tables=[PRINTS], needs=[ISSUES]),
        _part("report", _rows(REPORTS, "x"), tables=[REPORTS], needs=[DOCUMENTS]),
    ]
    built = _built(root, parts)
    assert called == []
    assert built.failures == [("cells", "no\ncells")] and built.traces == []
    assert built.not_built == [KEY[name] for name in ("cells", "issues", "prints")]
    assert [event.asset_key for event in built.events] == [KEY["documents"], KEY["reports"]]
    assert (_texts(root, DOCUMENTS), _texts(root, REPORTS)) == (["x"], ["x"]), "the rest of the month is committed"
    assert built.summary == "NOT BUILT: cells: no cells"
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [(logging.ERROR, "2021-02 cells: no\ncells")]


def test_a_part_without_anything_to_build_has_not_failed_and_what_needs_it_is_left_out(root):
    called = []
    parts = [
        _part("cells", tables=[CELLS]),
        _part("prints", lambda *_: called.append("prints"), tables=[PRINTS], needs=[CELLS]),
    ]
    built = _built(root, parts)
    assert (built.events, built.failures, built.not_built, called) == ([], [], [], [])


def test_what_is_not_selected_is_read_as_it_stands(root):
    write_partition(root, CELLS, MONTH, _frame(CELLS, "former"))
    found = []
    parts = [
        _part("cells", ValueError("not to be called"), tables=[CELLS]),
        _part("prints", lambda _, source: found.append(_texts(source.root, CELLS)), _rows(PRINTS, "x"), tables=[PRINTS], needs=[CELLS]),
    ]
    built = _built(root, parts, [PRINTS])
    assert (found, built.failures, [event.asset_key for event in built.events]) == ([["former"]], [], [KEY["prints"]])


def test_tables_that_a_part_made_before_it_failed_count(root):
    parts = [
        _part("two", _rows(DOCUMENTS, "x"), OSError(28, "No space left on device"), tables=[DOCUMENTS, CELLS]),
        _part("prints", _rows(PRINTS, "x"), tables=[PRINTS], needs=[DOCUMENTS]),
        _part("issues", _rows(ISSUES, "x"), tables=[ISSUES], needs=[CELLS]),
    ]
    built = _built(root, parts)
    assert [event.asset_key for event in built.events] == [KEY["documents"], KEY["prints"]]
    assert built.not_built == [KEY["cells"], KEY["issues"]]
    assert built.failures == [("two", "No space left on device")]
    assert _texts(root, PRINTS) == ["x"]


def test_what_had_nothing_to_build_is_not_shown_as_failed_because_a_part_that_it_reads_failed_later(root):
    parts = [
        _part("two", _rows(DOCUMENTS, "x"), OSError(28, "No space left on device"), tables=[DOCUMENTS, CELLS]),
        _part("prints", tables=[PRINTS], needs=[DOCUMENTS]),
    ]
    assert _built(root, parts).not_built == [KEY["cells"]]


def test_a_fault_of_the_program_is_told_with_its_own_trace_and_others_without(root, caplog):
    parts = [
        _part("cells", KeyError("series"), tables=[CELLS]), _part("prints", KeyError("measure"), tables=[PRINTS]),
        _part("proof", dg.Failure("no proof"), tables=[ISSUES]),
    ]  # fmt: skip
    built = _built(root, parts)
    assert built.failures == [("cells", "KeyError: 'series'"), ("prints", "KeyError: 'measure'"), ("proof", "no proof")]
    assert [trace.splitlines()[-1] for trace in built.traces] == ["KeyError: 'series'", "KeyError: 'measure'"]
    assert built.trace == "\n".join(built.traces)
    of_cells, of_prints, of_proof = (record.getMessage() for record in caplog.records)
    assert of_cells == f"2021-02 cells: KeyError: 'series'\n{built.traces[0]}"
    assert of_prints == f"2021-02 prints: KeyError: 'measure'\n{built.traces[1]}"
    assert of_proof == "2021-02 proof: no proof"


@pytest.mark.parametrize("interruption", [KeyboardInterrupt(), SystemExit(1)])
def test_an_interruption_leaves_the_former_month_whole(root, interruption):
    _built(root, _whole())
    former = commit_of(root, MONTH)
    with pytest.raises(type(interruption)):
        _built(root, [_part("raw_documents", _rows(DOCUMENTS, "new"), interruption, tables=[DOCUMENTS])])
    assert commit_of(root, MONTH) == former and _texts(root, DOCUMENTS) == ["x"]


def _raises(error):
    def raising(*_, **__):
        raise error

    return raising


@pytest.mark.parametrize("what", ["sweep_month", "inputs_now", "of_month"])
def test_a_month_that_cannot_be_begun_fails_as_a_whole(root, monkeypatch, what):
    at = {"sweep_month": building, "inputs_now": inputs, "of_month": Draft}[what]
    monkeypatch.setattr(at, what, _raises(OSError(5, "Input/output error", "commits/2021-02.json")))
    called = []
    parts = [_part("raw_documents", lambda *_: called.append(1), tables=[DOCUMENTS]), _part("cells", tables=[CELLS])]
    built = _built(root, parts, [CELLS])
    assert built.failures == [("documents", "commits/2021-02.json: Input/output error")]
    assert (built.not_built, built.events, called, built.traces) == ([KEY["cells"]], [], [], [])


@pytest.mark.parametrize(("where", "what"), [(building, "sweep_month"), (building.Draft, "commit")], ids=["begin", "commit"])
def test_a_fault_of_the_program_outside_of_parts_is_logged_with_its_trace_too(root, monkeypatch, caplog, where, what):
    monkeypatch.setattr(where, what, _raises(KeyError("slip")))
    built = _built(root, [_part("raw_documents", _rows(DOCUMENTS, "x"), tables=[DOCUMENTS])])
    (message,) = (record.getMessage() for record in caplog.records)
    assert len(built.failures) == 1 and message == f"2021-02 {built.failures[0][0]}: KeyError: 'slip'\n{built.trace}"


def test_damage_is_put_in_order_then_the_inputs_are_hashed_and_then_parts_read(root, monkeypatch, caplog):
    did = []
    monkeypatch.setattr(building, "sweep_month", lambda *said: did.append(("swept", *said)) or ["one was damaged", "another was too"])
    monkeypatch.setattr(inputs, "inputs_now", lambda *said: did.append(("hashed", *said)) or "hash")
    _built(root, [_part("raw_documents", lambda *_: did.append(("read",)), tables=[DOCUMENTS])])
    assert did[:3] == [("swept", root, MONTH), ("hashed", root, MONTH), ("read",)]
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (logging.WARNING, "one was damaged"), (logging.WARNING, "another was too"),
    ]  # fmt: skip


def test_a_table_of_another_month_is_refused_and_not_kept(root):
    other = made(DOCUMENTS, {"release_month": "2021-03"})
    built = _built(root, [_part("raw_documents", dg.Output(other, output_name="documents"), tables=[DOCUMENTS])])
    assert built.failures[0][0] == "raw_documents" and "'2021-03'" in built.failures[0][1]
    assert built.events == [] and not is_month_written(root, DOCUMENTS, MONTH)


# What goes with the tables


PAGE = "reports", "2021-02.html"


def _write_page(_, source):
    source.root.write(b"new page", *PAGE)


def test_a_page_is_seen_with_the_tables_that_it_speaks_of_and_not_before(root):
    root.write(b"former page", *PAGE)
    seen = []
    _built(root, _whole(end=(_write_page, lambda *_: seen.append(root.read(*PAGE)), _rows(REPORTS, "x"))))
    assert (seen, root.read(*PAGE)) == ([b"former page"], b"new page")


def test_a_page_of_what_could_not_be_committed_is_not_seen(root):
    root.write(b"former page", *PAGE)
    built = _built(root, [_part("report", _write_page, _rows(REPORTS, "x"), _commit_of_another, tables=[REPORTS])])
    assert [name for name, _ in built.failures] == [COMMIT] and root.read(*PAGE) == b"former page"


def test_a_page_that_cannot_be_written_leaves_no_month_of_which_others_are_told_otherwise(root):
    """Either the tables stand and Dagster is told of them, or neither; and the next run makes the page."""
    root.write(b"a file in place of the folder", "reports")
    built = _built(root, _whole(end=(_write_page, _rows(REPORTS, "x"))))
    assert built.failures != [] and built_from(root, MONTH) is None
    told = {event.asset_key for event in built.events}
    assert told == {KEY[name] for name, table in (("documents", DOCUMENTS), ("reports", REPORTS)) if is_month_written(root, table, MONTH)}


def test_the_page_of_a_part_that_fails_is_seen_and_kept(root):
    root.write(b"{}", "raw", MONTH, "nobody's.txt")
    built = _built(root, [raw_documents])
    assert [name for name, _ in built.failures] == ["raw_documents"] and built.not_built == [KEY["documents"]]
    assert read_partition(root, REPORTS, MONTH)["page"].tolist() == ["reports/2021-02.html"]
    assert root.exists(*PAGE)


# The commit


def _commit_of_another(_, source, table=ISSUES):
    write_partition(source.root.committed, table, MONTH, _frame(table, "of another"))


def test_a_month_that_another_run_has_committed_meanwhile_is_not_replaced_in_part(root):
    write_partition(root, ISSUES, MONTH, _frame(ISSUES, "former"))
    parts = [
        _part("raw_documents", _commit_of_another, _rows(DOCUMENTS, "x"), tables=[DOCUMENTS]),
        _part("cells", dg.Failure("no cells"), tables=[CELLS]),
    ]
    built = _built(root, parts)
    assert [name for name, _ in built.failures] == ["cells", COMMIT]
    assert "another run has committed 2021-02" in built.failures[-1][1] and built.traces == []
    assert (built.events, built.not_built) == ([], [KEY["documents"], KEY["cells"]]), "none of what Dagster would be told is true"
    assert _texts(root, ISSUES) == ["of another"] and not is_month_written(root, DOCUMENTS, MONTH)


def test_of_two_runs_that_make_all_of_a_month_of_the_same_documents_the_last_stays(root):
    def other(*given):
        _commit_of_another(*given, table=DOCUMENTS)
        _commit_of_another(*given, table=REPORTS)

    built = _built(root, _whole(_part("cells", other, _rows(CELLS, "x"), tables=[CELLS])))
    assert built.failures == [] and (_texts(root, DOCUMENTS), _texts(root, REPORTS)) == (["x"], ["x"])


def test_a_run_whose_documents_changed_does_not_replace_one_that_began_later(root):
    def other(_, source):
        root.write(b"a correction", "raw", MONTH, "ft900-b.txt")
        _commit_of_another(_, source, table=DOCUMENTS)

    built = _built(root, _whole(_part("cells", other, _rows(CELLS, "x"), tables=[CELLS])))
    ((name, message),) = built.failures
    assert name == COMMIT and message.startswith("another run has committed 2021-02 since this one began")
    assert _texts(root, DOCUMENTS) == ["of another"] and not is_month_written(root, CELLS, MONTH)


def test_documents_that_come_while_a_month_is_built_are_of_the_next_run(root):
    before = inputs_now(root, MONTH)
    built = _built(root, _whole(_part("cells", lambda *_: root.write(b"late", "raw", MONTH, "mxp-b.txt"), tables=[CELLS])))
    assert built.failures == [] and built_from(root, MONTH) == before != inputs_now(root, MONTH)


@pytest.mark.parametrize("others", [0, 1, 2])
def test_a_month_is_built_again_where_another_run_commits_an_earlier_one_meanwhile(root, monkeypatch, others):
    """What it says of revisions rests on all that was printed before."""
    built = []

    def build_month(root, month, *_):
        if len(built) < others:
            write_partition(root, PRINTS, "2020-12", made(PRINTS, {"release_month": "2020-12", "series": f"s{len(built)}"}))
        # Its own prints, and later ones, are no reason.
        for other in (MONTH, "2021-03"):
            write_partition(root, PRINTS, other, made(PRINTS, {"release_month": other, "series": f"s{len(built)}"}))
        built.append(month)
        return len(built)

    monkeypatch.setattr(building, "build_month", build_month)
    assert building.build_on_all_before(root, MONTH, [], Selection([], []), RUN, LOG) == others + 1


def test_documents_and_the_page_alone_do_not_make_a_month_current(root):
    parts = _whole(_part("cells", _rows(CELLS, "x"), tables=[CELLS]))
    _built(root, parts, [DOCUMENTS, REPORTS])
    assert built_from(root, MONTH) is None
    _built(root, parts)
    assert built_from(root, MONTH) == inputs_now(root, MONTH)


# What a month counts as built from


def test_a_month_counts_as_built_once_all_of_it_was_run(root):
    now = inputs_now(root, MONTH)
    _built(root, _whole(), [DOCUMENTS])
    assert built_from(root, MONTH) is None, "its page is missing"
    _built(root, _whole())
    assert built_from(root, MONTH) == now
    root.write(b"another", "raw", MONTH, "mxp-b.txt")
    _built(root, _whole(_part("cells", _rows(CELLS, "x"), tables=[CELLS])), [CELLS])
    assert built_from(root, MONTH) == now != inputs_now(root, MONTH), "a part alone says nothing of the rest"
    _built(root, _whole(end=(dg.Failure("no page"),)))
    assert built_from(root, MONTH) is None, "a run that did not come to its end is to be run again"


def test_a_month_with_the_page_of_a_failure_does_not_count_as_built(root, monkeypatch):
    """Such a page is kept as that of a run that came to its end is."""
    monkeypatch.setattr("trade_assets.defs.raw.survey", _raises(KeyError("slip")))
    _, last = _whole()
    built = _built(root, [raw_documents, last])
    assert [name for name, _ in built.failures] == ["raw_documents"] and is_month_written(root, REPORTS, MONTH)
    assert built_from(root, MONTH) is None


# How it is told


def test_a_failure_says_its_own_words_or_that_it_has_none():
    built = Built(MONTH)
    for error in (dg.Failure("its own"), dg.Failure(), dg.Failure(""), OSError(28, "No space left on device"), ValueError("slip")):
        built.fail("part", error, LOG)
    assert [message for _, message in built.failures] == [
        "its own", "failed without a message", "failed without a message", "No space left on device", "ValueError: slip",
    ]  # fmt: skip
    assert len(built.traces) == 1 and built.trace.endswith("ValueError: slip\n")
    assert built.why.startswith("part: its own; part: failed without a message; ")


def _failed(month, *failures):
    return Built(month, failures=list(failures))


@pytest.mark.parametrize(
    ("failed", "count", "description"),
    [
        ([_failed("2021-02", ("proof", "no proof"))], 1, "no proof"),
        ([_failed("2021-02", ("proof", "no\nproof"), ("report", "no page"))], 1, "2021-02: proof: no proof; report: no page"),
        ([_failed("2021-02", ("proof", "no proof"))], 3, "1 of 3 months could not be built as a whole\n2021-02: proof: no proof"),
        ([_failed("2021-02", ("a", "b")), _failed("2021-04", ("c", "d"))], 3,
         "2 of 3 months could not be built as a whole\n2021-02: a: b\n2021-04: c: d"),
    ],
)  # fmt: skip
def test_a_run_fails_with_what_its_months_say(failed, count, description):
    found = failure_of(failed, count)
    assert (found.description, found.allow_retries) == (description, False)
    assert {name: value.value for name, value in found.metadata.items()} == {each.release_month: each.why for each in failed}


def test_whoever_runs_months_hears_of_each_and_nobody_else():
    tell(Built("2021-01"))
    with heard() as outer:
        tell(Built("2021-02"))
        with heard() as inner:
            tell(Built("2021-03"))
        tell(Built("2021-04"))
    tell(Built("2021-05"))
    assert [each.release_month for each in outer.months] == ["2021-02", "2021-04"]
    assert [each.release_month for each in inner.months] == ["2021-03"]


def test_whoever_has_heard_of_nothing_yet_hears_on_when_a_run_within_is_over():
    with heard() as outer:
        with heard():
            pass
        tell(Built(MONTH))
    assert [each.release_month for each in outer.months] == [MONTH]


def test_a_run_is_left_by_the_one_that_began_it_and_by_nobody_else():
    with heard() as outer:
        assert not is_left()
        outer.is_left = True
        assert is_left()
        with heard() as inner:
            tell(Built(MONTH))
            assert not is_left(), "the run within is another's"
        assert is_left() and len(inner.months) == 1
    assert not is_left()


def test_assets_that_could_not_be_built_are_told_as_planned_in_their_month(instance):
    step = SimpleNamespace(step=SimpleNamespace(key="build_months"))
    context = SimpleNamespace(
        job_name="release_month", instance=instance, run=SimpleNamespace(run_id="run"),
        op_execution_context=SimpleNamespace(get_step_execution_context=lambda: step),
    )  # fmt: skip
    report_not_built(context, Built(MONTH, not_built=[KEY["cells"], KEY["issues"]]))
    events = [entry.dagster_event for entry in instance.all_logs("run")]
    assert [(event.event_type_value, event.asset_key, event.partition, event.step_key) for event in events] == [
        ("ASSET_MATERIALIZATION_PLANNED", KEY[name], MONTH, "build_months") for name in ("cells", "issues")
    ]  # fmt: skip


# Parts, and where they read


def test_a_part_says_what_it_builds_needs_and_answers():
    @part("cells", tables=[CELLS], needs=(DOCUMENTS, UNREAD), checks=[SOUND])
    def cells(asked, source):
        yield asked, source

    assert isinstance(cells, Part) and (cells.name, cells.tables, cells.needs, cells.checks) == (
        "cells", (CELLS,), (DOCUMENTS, UNREAD), (SOUND,),
    )  # fmt: skip
    assert (cells.keys, cells.check_keys) == ([dg.AssetKey(["parsed", "cells"])], [SOUND.key])
    assert list(cells.build("asked", "source")) == [("asked", "source")]
    alone = part("alone", tables=[FACTS["mxp"]])(cells.build)
    assert (alone.needs, alone.checks, alone.check_keys) == ((), (), [])


def test_a_need_that_is_kept_with_another_table_is_made_with_it(root):
    called = []
    parts = [
        _part("cells", _rows(CELLS, "x"), tables=[CELLS]),
        _part("prints", lambda *_: called.append(1), _rows(PRINTS, "x"), tables=[PRINTS], needs=[ROWS]),
    ]
    _built(root, parts)
    assert called == [1]
    built = _built(root, [_part("cells", dg.Failure("no"), tables=[CELLS]), parts[1]])
    assert called == [1] and built.not_built == [KEY["cells"], KEY["prints"]]


def test_what_is_made_once_is_given_to_whoever_asks_and_an_error_is_raised_to_each(root):
    calls = []

    def make(found):
        calls.append(found)
        if isinstance(found, Exception):
            raise found
        return found

    source = Source(root)
    assert [source.once("a", lambda: make([1])), source.once("a", lambda: make([2]))] == [[1], [1]]
    assert source.once("b", lambda: make(None)) is source.once("b", lambda: make(3)) is None
    error = ValueError("slip")
    for _ in range(2):
        with pytest.raises(ValueError, match="slip"):
            source.once("c", lambda: make(error))
    assert calls == [[1], None, error, error]


def test_what_a_run_has_made_is_not_what_stood_there(root):
    write_partition(root, CELLS, MONTH, _frame(CELLS, "former"))
    assert not Source(root).is_made(CELLS), "outside of a run nothing is made"
    source = Source(Draft.of_month(root, MONTH))
    assert not source.is_made(CELLS) and source.read(CELLS, MONTH)[_column(CELLS)].tolist() == ["former"]
    write_partition(source.root, CELLS, MONTH, _frame(CELLS, "new"))
    assert source.is_made(CELLS) and not source.is_made(ROWS)
    assert source.read(CELLS, MONTH)[_column(CELLS)].tolist() == ["new"]
