"""The parts that remember what a month printed, compare it, and compute over all that was known: what each hands on and is asked."""

import logging
from types import SimpleNamespace

import dagster as dg
import pytest

from trade_assets.defs import vintage_metrics as metric_steps
from trade_assets.defs import vintages
from trade_assets.defs.vintage_metrics import vintage_metrics
from trade_assets.documents.store import Document
from trade_assets.facts.frames import empty
from trade_assets.facts.tables import (
    CORRECTIONS,
    IN_DOUBT,
    ISSUES,
    METRIC_FIGURES,
    PRINTS,
    REPRODUCED,
    REVISION_FINDINGS,
    REVISION_STATISTICS,
    REVISIONS,
    VERDICTS,
)
from trade_assets.identities import publish
from trade_assets.identities.publish import UnprovenError
from trade_assets.metrics import changes, figures, vintage
from trade_assets.reading import ReadError
from trade_assets.review import decisions, proof
from trade_assets.vintages import knowledge, prints, statistics
from trade_assets.vintages import revisions as comparing
from trade_assets.vintages.revisions import CHECKS, Compared
from trade_assets.warehouse.root import DataRoot
from trade_assets_tests.steps_called import MONTH, TABLE, Kept, done, made

GARBLED = ReadError("raw/2021-02/mxp.txt", expected="a table", found="none", todo="look")


@pytest.fixture
def root(tmp_path):
    return DataRoot.of(tmp_path)


# Prints


PRINTED = made(
    PRINTS,
    {"family": "ft900", "sha256": "a" * 64, "is_current": True}, {"family": "ft900", "sha256": "b" * 64, "is_current": False},
    {"family": "mxp", "sha256": "c" * 64, "is_current": True}, {"family": "mxp", "sha256": "c" * 64, "is_current": True},
)  # fmt: skip
REPLACED = SimpleNamespace(in_doubt=made(IN_DOUBT, {"issue": "of replaced"}), corrections=made(CORRECTIONS, {"issue": "of replaced"}))


@pytest.fixture
def printing(root, monkeypatch):
    """What the step of prints asks for, in order, of a month whose documents printed ``PRINTED``."""
    did = []

    def prints_of(parsed, documents, doubt, corrections):
        did.append(("prints", len(parsed), documents, doubt["issue"].tolist(), corrections["issue"].tolist()))
        return PRINTED

    monkeypatch.setattr(vintages, "survey", lambda *said: (["the documents"], ["damaged"]) if said == (root, MONTH) else ([], []))
    monkeypatch.setattr(vintages, "_proofs_of_replaced", lambda *said: did.append(("replaced", *said[:2], said[3])) or [REPLACED])
    monkeypatch.setattr(prints, "prints_of", prints_of)
    monkeypatch.setattr(publish, "require_proof", lambda facts, verdicts, family: did.append(("proof", family, len(facts), len(verdicts))))
    return did


def _kept(root):
    doubt, corrections = (made(table, {"issue": "of current"}) for table in (IN_DOUBT, CORRECTIONS))
    return Kept(root, in_doubt=doubt, corrections=corrections, verdicts=made(VERDICTS, {}, {}, {}))


def test_prints_are_made_of_current_and_replaced_documents_whose_proofs_are_there(root, printing):
    ((output,), checks) = done(vintages.prints, _kept(root))
    assert printing == [
        ("replaced", root, MONTH, ["the documents"]),
        ("prints", 4, ["the documents"], ["of current", "of replaced"], ["of current", "of replaced"]),
        # Of current documents alone are there verdicts.
        ("proof", "ft900", 1, 3), ("proof", "mxp", 2, 3),
    ]  # fmt: skip
    assert output.output_name == "prints" and output.value is PRINTED and output.metadata["documents"].value == 3
    assert checks == {}


@pytest.mark.parametrize("error", [GARBLED, UnprovenError("no verdicts")])
def test_what_is_not_read_or_proven_is_not_remembered(root, printing, monkeypatch, error):
    def require_proof(*_):
        raise error

    monkeypatch.setattr(publish, "require_proof", require_proof)
    with pytest.raises(dg.Failure) as failed:
        done(vintages.prints, _kept(root))
    assert (failed.value.description, failed.value.allow_retries) == (str(error), False)


def test_what_was_in_doubt_of_a_document_that_was_replaced_stays_so(root, monkeypatch):
    def document(family, digit):
        return Document(family, MONTH, "option", "p", "t", None, "s", digit * 64, 1, "2021-02-17")

    documents = [(document(*of), is_current) for *of, is_current in (
        ("ft900", "a", False), ("ft900", "b", True), ("mxp", "c", False), ("kei", "d", False),
    )]  # fmt: skip
    monkeypatch.setattr(decisions, "read_decisions", lambda *said: ({"issue": said}, ["an error"]))
    monkeypatch.setattr(vintages, "facts_of_document", lambda *said: said)
    monkeypatch.setattr(proof, "prove", lambda *said, decisions: (*said[:2], len(said[2]), list(said[2].columns), decisions))
    columns = list(empty(ISSUES).columns)
    assert vintages._proofs_of_replaced(root, MONTH, "parsed", documents) == [
        (("parsed", "ft900", "a" * 64), "ft900", 0, columns, {"issue": (root, MONTH)}),
        (("parsed", "mxp", "c" * 64), "mxp", 0, columns, {"issue": (root, MONTH)}),
    ]


# Revisions


@pytest.fixture
def comparing_month(root, monkeypatch):
    """A month whose comparison found two kinds of revisions, evaluated two checks, and one finding of one of them."""
    names = list(CHECKS)
    revisions = made(REVISIONS, {"kind": "changed"}, {"kind": "added"}, {"kind": "changed"})
    findings = made(REVISION_FINDINGS, {"check": names[1], "sentence": "it moved"})
    evaluated = dict.fromkeys(CHECKS, 0) | {names[0]: 5, names[1]: 7}
    monkeypatch.setattr(
        comparing, "compare_month", lambda *said: Compared(revisions, findings, evaluated) if said == (root, MONTH) else None
    )
    monkeypatch.setattr(knowledge, "numbered_prints", lambda *said: said)
    of_month = made(REVISION_STATISTICS, {"release_month": "?"})
    monkeypatch.setattr(statistics, "statistics_of_releases", lambda numbered: of_month if numbered == (root, MONTH) else None)
    return revisions, findings


def test_revisions_are_handed_on_with_findings_and_statistics_and_counted_by_kind(root, comparing_month):
    (output,), checks = done(vintages.revisions, Kept(root))
    revisions, findings = comparing_month
    assert output.output_name == "revisions" and set(output.value) == {"revisions", "revision_findings", "revision_statistics"}
    assert output.value["revisions"] is revisions and output.value["revision_findings"] is findings
    assert output.value["revision_statistics"]["release_month"].tolist() == [MONTH]
    assert {name: value.value for name, value in output.metadata.items()} == {"changed": 2, "added": 1}
    one, other = list(CHECKS)[:2]
    assert {name: (each.passed, each.description) for name, each in checks.items()} == {
        one: (True, "Holds in 5 places evaluated."), other: (False, "it moved. 7 places evaluated."),
    }  # fmt: skip
    assert {each.asset_key for each in checks.values()} == {dg.AssetKey(["vintages", "revisions"])}
    (shown,) = checks[other].metadata["first_findings"].records
    assert shown.data == {"what": "it moved", "document": "x x", "line": 1}
    assert "first_findings" not in checks[one].metadata


def test_the_main_document_of_a_family_has_no_other_name():
    """Nor a blank in place of one."""
    found = made(REVISION_FINDINGS, {"family": "ft900", "product": ""}, {"family": "mxp", "product": "EIUIR", "line": None})
    result = vintages._result(next(iter(vintages._CHECKS.values())), found, 3)
    assert [record.data["document"] for record in result.metadata["first_findings"].records] == ["ft900", "mxp EIUIR"]
    assert [record.data["line"] for record in result.metadata["first_findings"].records] == [1, None]


def test_of_revisions_only_what_is_asked_for_is_given(root, comparing_month):
    other = list(CHECKS)[1]
    outputs, checks = done(vintages.revisions, Kept(root), outputs=[], checks=[other])
    assert outputs == [] and list(checks) == [other]
    outputs, checks = done(vintages.revisions, Kept(root), checks=[])
    assert len(outputs) == 1 and checks == {}


def test_each_check_of_revisions_says_what_it_holds():
    assert {spec.name: spec.description for spec in vintages.revisions.checks} == CHECKS


# Metrics over all that was known


@pytest.fixture
def known(root, monkeypatch):
    """What the step of metrics is given, in order; it makes three metrics, of which two are gaps and one is unsound."""
    asked = []
    gaps = ["withheld_by_issue_1: x", "withheld_by_issue_1", None, "suppressed: y"]
    made_of = {
        METRIC_FIGURES.name: made(METRIC_FIGURES, *({"gap": gap, "value": None if gap else 1.0} for gap in gaps)),
        REPRODUCED.name: made(REPRODUCED, {}),
    }  # fmt: skip

    def computed(*said):
        asked.append(said)
        return made_of

    monkeypatch.setattr(vintage, "vintage_metrics", computed)
    monkeypatch.setattr(knowledge, "release_knowledge", lambda *said: asked.append(said) or "known")
    monkeypatch.setattr(metric_steps, "readable_facts", lambda *said: ({"ft900": "facts"}, [GARBLED]))
    monkeypatch.setattr(changes, "changes", lambda *said: ("changes", *said))
    monkeypatch.setattr(figures, "unsound", lambda metrics: metrics.head(1))
    monkeypatch.setattr(metric_steps, "_verdict", lambda found: SimpleNamespace(check_name="verdict", found=found))
    return asked, made_of


def test_metrics_are_computed_from_what_was_known_and_their_gaps_are_counted(root, known, caplog):
    asked, made_of = known
    unread = made(TABLE["unread"], {"family": "mxp", "is_current": True}, {"family": "fred", "is_current": False})
    sources = {name: made(TABLE[name], {}) for name in ("revisions", "violations", "issues")}
    (output,), checks = done(vintage_metrics, Kept(root, unread=unread, **sources))
    knowing, ((month, what, facts, read),) = asked[0], asked[1:]
    assert knowing == (root, MONTH, {"mxp"})
    assert (month, what, facts) == (MONTH, "known", {"ft900": "facts"})
    assert list(read) == ["revisions", "violations", "issues"] and all(read[name] is frame for name, frame in sources.items())
    assert output.output_name == "figures"
    # With what is stored of the metrics, on which what is known bears too.
    assert output.value == {**made_of, "changes": ("changes", root, MONTH, made_of["figures"], "known")}
    assert {name: value.value for name, value in output.metadata.items()} == {
        "values": 1, "gaps": {"withheld_by_issue_1": 2, "suppressed": 1},
    }  # fmt: skip
    sound = checks["metrics_have_a_value_or_a_reason"]
    assert (sound.passed, sound.description) == (False, "4 metrics, 1 with neither value nor reason, or with both.")
    assert checks["verdict"].found is made_of["reproduced"]
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [(logging.ERROR, str(GARBLED))]


@pytest.mark.parametrize(
    ("emptied", "checks", "expected"),
    [
        ([], None, {"metrics_have_a_value_or_a_reason", "verdict"}), (["figures"], None, {"verdict"}),
        (["reproduced"], None, {"metrics_have_a_value_or_a_reason"}), ([], [], set()),
        ([], ["derived_figures_are_reproduced"], {"verdict"}),
        ([], ["metrics_have_a_value_or_a_reason"], {"metrics_have_a_value_or_a_reason"}),
    ],
)  # fmt: skip
def test_metrics_are_judged_where_there_are_some_and_where_it_is_asked(root, known, emptied, checks, expected):
    for name in emptied:
        known[1][name] = empty(TABLE[name])
    outputs, found = done(vintage_metrics, Kept(root), checks=checks)
    assert len(outputs) == 1 and set(found) == expected
    assert done(vintage_metrics, Kept(root), outputs=[], checks=checks)[0] == []


def test_a_derived_figure_that_does_not_follow_is_a_warning(monkeypatch):
    from trade_assets.metrics import reproduced

    for is_explained in (True, False):
        said = SimpleNamespace(is_explained=is_explained, description="so many", counts={"exceptions": 2})
        monkeypatch.setattr(reproduced, "said_of", lambda found, said=said: said if found == "found" else None)
        result = metric_steps._verdict("found")
        assert (result.passed, result.severity, result.description) == (is_explained, dg.AssetCheckSeverity.WARN, "so many")
        assert (result.check_name, result.asset_key) == ("derived_figures_are_reproduced", dg.AssetKey(["metrics", "figures"]))
        assert result.metadata["exceptions"].value == 2
