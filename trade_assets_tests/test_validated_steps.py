"""The part that proves a month and those that publish it: what each reads, hands on, withholds and asks, family by family."""

import logging

import dagster as dg
import pandas as pd
import pytest

from trade_assets.defs import parsed, validated
from trade_assets.defs.validated import _identity_check, _identity_result, _lines, _model_check, _publish, _shown_at, _waiting
from trade_assets.documents.store import Document
from trade_assets.facts.tables import FACTS, IN_DOUBT, ISSUES, PROOF, VALIDATED, VERDICTS, VIOLATIONS
from trade_assets.identities import publish as publishing
from trade_assets.identities.rules import RULES, STRUCTURE, rule
from trade_assets.reading import ReadError
from trade_assets.review import proof as proving
from trade_assets.review.proof import Proof
from trade_assets.review.verdicts import verdict_of
from trade_assets.warehouse.partitions import write_partition
from trade_assets.warehouse.root import DataRoot
from trade_assets_tests.steps_called import MONTH, TABLE, Kept, begun, done, made


@pytest.fixture
def root(tmp_path):
    return DataRoot.of(tmp_path)


# The proof


@pytest.fixture
def proofs(root, monkeypatch):
    """The proofs that are asked for, one after the other; each finds an issue, and mxp cannot be read."""
    asked = []

    def facts_of(parsed, family):
        if family == "mxp":
            raise ReadError("raw/mxp.txt", expected="a table", found="none", todo="look")
        return made(FACTS[family], {"series": family})

    def prove(facts, family, former, *, decisions, lines):
        asked.append((family, facts["series"].tolist(), former["issue"].tolist(), decisions, lines))
        return _proof(family, f"new of {family}")

    monkeypatch.setattr(parsed, "facts_of", facts_of)
    monkeypatch.setattr(proving, "prove", prove)
    of_mxp, of_uscc = (_proof(family, f"former of {family}") for family in ("mxp", "uscc"))
    former = {table.name: pd.concat(frames, ignore_index=True) for table, *frames in zip(PROOF, of_mxp, of_uscc, strict=True)}
    return asked, Kept(root, **former)


def _proof(family, issue):
    row = {"family": family, "issue": issue, "state": "open"}
    return Proof(*(made(table, {name: said for name, said in row.items() if name in table.by_name}) for table in PROOF))


def test_every_family_is_proven_and_one_that_cannot_be_read_keeps_what_it_had(root, proofs, caplog):
    proofs, kept = proofs
    (output,), checks = done(validated.proof, kept)
    assert kept.read_of == {MONTH}
    assert [said[:2] for said in proofs] == [(family, [family]) for family in FACTS if family != "mxp"]
    assert {tuple(former) for _, _, former, _, _ in proofs} == {("former of mxp", "former of uscc")}
    assert {(str(decisions), str(lines)) for *_, decisions, lines in proofs} == {("{}", "{}")}
    frames = output.value
    assert output.output_name == "issues" and set(frames) == {*(table.name for table in PROOF), "decisions"}
    expected = {family: f"{'former' if family == 'mxp' else 'new'} of {family}" for family in FACTS}
    for table in PROOF:
        assert set(frames[table.name]["family"]) == set(FACTS), table.name
        if "issue" in table.by_name:
            assert dict(zip(frames[table.name]["family"], frames[table.name]["issue"], strict=True)) == expected, table.name
    assert len(frames["decisions"]) == 0
    assert [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR] == [
        "raw/mxp.txt: expected a table, found none. To do: look."
    ]
    assert checks["no_issue_waits_for_a_decision"].metadata["issues_open"].value == len(FACTS)


def test_the_former_page_is_withdrawn_before_a_check_can_link_to_it(root, proofs):
    root.write(b"all clear", "reports", "2021-02.html")
    next(begun(validated.proof, proofs[1]))
    assert b"all clear" not in root.read("reports", "2021-02.html")


def test_a_proof_that_fails_leaves_a_page_of_the_month(root, monkeypatch):
    from trade_assets.review import month

    def prove(*_, **__):
        raise ValueError("a slip")

    written = []
    page = made(TABLE["reports"], {"release_month": MONTH})
    monkeypatch.setattr(proving, "prove", prove)
    monkeypatch.setattr(month, "write_page", lambda *said: written.append(said) or page)
    with pytest.raises(ValueError, match="a slip"):
        done(validated.proof, Kept(root))
    assert written == [(root, MONTH, {}, {})]


def test_lines_are_those_of_current_documents_that_can_be_opened(root, monkeypatch):
    def document(digit):
        return Document("mxp", MONTH, "option", "BLS", "t", None, "s", digit * 64, 1, "2021-02-17")

    found = [(document("a"), True), (document("b"), False), (document("c"), True), (document("d"), True)]
    monkeypatch.setattr(validated, "survey", lambda *said: (found, []) if said == (root, MONTH) else ([], []))
    texts = {"a": b"one\ntwo\n", "b": b"replaced\n", "c": b"%PDF-1.7 broken", "d": b"three\n"}
    monkeypatch.setattr(validated, "content", lambda at, of: texts[of.sha256[0]] if at == root else b"")

    def render(data, path):
        if data.startswith(b"%PDF"):
            raise ReadError(path, expected="pages", found="none", todo="look")
        return [path, *data.decode().split()]

    monkeypatch.setattr(validated, "render", render)
    assert _lines(root, MONTH) == {
        "a" * 64: [f"raw/2021-02/mxp-{'a' * 12}.txt", "one", "two"], "d" * 64: [f"raw/2021-02/mxp-{'d' * 12}.txt", "three"],
    }  # fmt: skip


# What its checks link to


def _issues(*states):
    rows = [
        {"issue": f"{number:012d}", "state": state, "rank": number, "line": number, "family": "ft900", "withheld": 3, "marked_line": None,
         "title": f"figure {number}"}
        for number, state in enumerate(states, start=1)
    ]  # fmt: skip
    return made(ISSUES, *rows)


def test_the_check_of_a_month_links_to_its_page_its_rows_and_how_to_ask_for_them(root):
    issues = _issues("decided", "open", "gone", "new")
    write_partition(root, ISSUES, MONTH, issues)
    folder = ("warehouse", "review", "issues", "release_month=2021-02")
    (file,) = root.names(*folder)
    metadata = _waiting(root, MONTH, issues).metadata
    assert {name: metadata[name].value for name in ("report", "report_file", "all_rows", "sql")} == {
        "report": "/reports/2021-02.html", "report_file": root.path("reports", "2021-02.html"),
        "all_rows": root.path(*folder, file),
        "sql": "SELECT * FROM review.issues WHERE release_month = '2021-02' AND state <> 'gone' ORDER BY rank",
    }  # fmt: skip
    # Those that wait come first.
    assert [record.data["what"] for record in metadata["issues"].value.records] == ["figure 2", "figure 4", "figure 1"]
    names = [(column.name, column.type) for column in metadata["issues"].value.schema.columns]
    assert names == [
        ("what", "string"), ("certainty", "string"), ("state", "string"), ("line", "int"), ("document_line", "string"), ("issue", "string"),
    ]  # fmt: skip


def test_the_check_of_a_month_without_issues_links_to_nothing(root):
    result = _waiting(root, MONTH, _issues("gone"))
    assert set(result.metadata) == {"issues_open", "issues_decided", "withheld_figures"}
    assert (result.check_name, result.asset_key) == ("no_issue_waits_for_a_decision", dg.AssetKey(["review", "issues"]))


SUM = "goods_plus_services_equals_total"


def _verdict(*states, counts=(4, 1, 2), places=None):
    """The result of the sum of goods and services, with an issue of each state."""
    verdicts = made(VERDICTS, {"identity": SUM, **dict(zip(("holds", "violated", "not_evaluable"), counts, strict=True))})
    places = [
        {"identity": SUM, "issue": f"{number:012d}", "place": number, "line": number, "gap": "9", "allowed": "1.5", "text": "1,012",
         "series": "exports.goods", "measure": "value", "period": "2020-03"}
        for number in range(1, len(states) + 1)
    ]  # fmt: skip
    found = verdict_of(rule(SUM), verdicts, made(VIOLATIONS, *places), _issues(*states))
    link = {"report": dg.MetadataValue.url("/reports/2021-02.html")}
    return _identity_result(rule(SUM), found, month=MONTH, path="/data/violations", link=link)


def test_the_check_of_an_identity_links_to_the_page_its_violated_places_and_how_to_ask_for_them():
    metadata = _verdict("decided", "open").metadata
    assert {name: metadata[name].value for name in ("report", "all_rows", "sql", "issues_open", "issues_decided")} == {
        "report": "/reports/2021-02.html", "all_rows": "/data/violations", "issues_open": 1, "issues_decided": 1,
        "sql": f"SELECT * FROM validated.violations WHERE release_month = '2021-02' AND identity = '{SUM}'",
    }  # fmt: skip
    assert isinstance(metadata["all_rows"], dg.PathMetadataValue)
    assert [record.data["what"] for record in metadata["issues"].value.records] == ["figure 2", "figure 1"]
    columns = metadata["violations"].value.schema.columns
    assert [(each.name, each.type) for each in columns] == [
        ("reason", "string"), ("line", "int"), ("printed", "string"), ("figure", "string"),
    ]  # fmt: skip
    assert metadata["violations"].value.records[0].data["reason"] == "misses by 9, allowed 1.5"


def test_the_check_of_an_identity_that_holds_links_to_nothing():
    counted = {"identities_evaluated", "holds", "violated", "not_evaluable", "issues_open", "issues_decided"}
    assert set(_verdict(counts=(4, 0, 0)).metadata) == counted
    assert {"issues", "violations", "report", "all_rows", "sql"} | counted == set(_verdict("decided", counts=(4, 0, 0)).metadata)


# Publishing


def test_a_table_has_a_check_of_its_model_and_one_of_each_rule_that_is_shown_there():
    table = TABLE["goods_and_services"]
    shown = _shown_at(table)
    assert [each.name for each in shown] == [
        each.name for rules in (RULES, STRUCTURE) for each in rules if each.table == "goods_and_services"
    ]  # fmt: skip
    assert {each in RULES for each in shown} == {True, False}
    said = _model_check(table)
    assert (said.name, said.asset_key) == ("rows_match_their_model", dg.AssetKey(["validated", "goods_and_services"]))
    assert said.description == "Types, keys, ranges and arithmetic of the published rows hold (pandera)."
    found = rule(SUM)
    spec = _identity_check(found, table)
    assert (spec.name, spec.asset_key) == (SUM, dg.AssetKey(["validated", "goods_and_services"]))
    authority = found.authority[0].upper() + found.authority[1:]
    assert spec.description == f"{found.description} Tolerance from the printed decimals. {authority}: {found.source}."
    of_family = validated.validated_tables[list(FACTS).index("ft900")].checks
    names = [check.name for check in of_family if check.asset_key == said.asset_key]
    assert names == ["rows_match_their_model", *(each.name for each in shown)]


def test_every_family_publishes_its_own_tables_from_facts_and_proof():
    for family, part in zip(FACTS, validated.validated_tables, strict=True):
        assert part.name == f"validated_{family}"
        assert {table.name for table in part.tables} == {table.name for table in VALIDATED if table.family == family}
        assert {table.name for table in part.needs} == {family, "verdicts", "in_doubt", "corrections"}


FRED = TABLE["fred_observations"]
SERIES = {
    "table": "fred_observations",
    "series": "balance.total",
    "measure": "value",
    "column": "value",
    "row": 1,
    "flags": "",
    "gap": None,
}


def _kept(root, family="fred", *, facts=(), doubt=(), violations=(), issues=(), verdicts=()):
    """What a step that publishes a family reads."""
    tables = (FACTS[family], IN_DOUBT, VIOLATIONS, ISSUES, VERDICTS)
    rows_of = zip(tables, (facts, doubt, violations, issues, verdicts), strict=True)
    return Kept(root, **{table.name: made(table, *({"family": family, **row} for row in rows)) for table, rows in rows_of})


@pytest.fixture
def published(monkeypatch):
    """Publishing of facts that are taken for proven: what it was given, call by call; each gives as many rows as it is set to."""
    calls = []

    def publish(facts, doubt, corrections, table):
        calls.append((facts, doubt, corrections, table))
        return made(table, *[{}] * publish.rows)

    publish.rows, publish.calls, publish.cases = 2, calls, pd.DataFrame()
    monkeypatch.setattr(publishing, "publish", publish)
    monkeypatch.setattr(publishing, "require_proof", lambda *_: None)
    monkeypatch.setattr(publishing, "mismatches", lambda frame, table: publish.cases)
    return publish


def _published(kept, family="fred"):
    """What the step of a family yields: its outputs, and its checks by name."""
    return done(validated.validated_tables[list(FACTS).index(family)], kept)


def test_the_figures_of_a_table_that_an_issue_withholds_are_counted(root, published):
    doubt = [{"table": name, "line": line} for line, name in enumerate(("fred_observations", "fred_observations", "elsewhere"))]
    ((output,), checks) = _published(_kept(root, facts=[SERIES], doubt=doubt))
    assert (output.output_name, len(output.value), output.metadata["withheld_figures"].value) == ("fred_observations", 2, 2)
    assert checks["rows_match_their_model"].description == "2 rows match."
    ((facts, held, corrections, table),) = published.calls
    assert (len(facts), len(held), len(corrections), table) == (1, 3, 0, FRED)


def test_what_was_accepted_is_published_and_held_back_from_the_model_alone(root, published):
    places = [{"identity": "a", "issue": issue, "line": line} for line, issue in enumerate(("decided", "open", "decided"), start=10)]
    issues = [{"issue": "decided", "state": "decided"}, {"issue": "open", "state": "open"}]
    _published(
        _kept(root, facts=[SERIES], doubt=[{"table": "fred_observations", "line": 3, "issue": "open"}], violations=places, issues=issues)
    )
    shown, judged = published.calls
    assert shown[1]["line"].tolist() == [3]
    assert list(judged[1].columns) == ["family", "sha256", "line", "start", "issue"]
    assert judged[1][["line", "issue"]].to_numpy().tolist() == [[3, "open"], [10, "decided"], [12, "decided"]]


@pytest.mark.parametrize(("rows", "was_written", "is_yielded"), [(0, False, False), (0, True, True), (1, False, True), (1, True, True)])
def test_a_table_without_rows_is_written_only_over_a_former_one(root, published, rows, was_written, is_yielded):
    published.rows = rows
    if was_written:
        write_partition(root, FRED, MONTH, made(FRED, {}))
    outputs, checks = _published(_kept(root))
    assert [len(output.value) for output in outputs] == ([rows] if is_yielded else [])
    assert checks == {}, "without figures there is nothing to check"


def test_an_identity_is_asked_where_its_table_is_printed_or_where_it_was_evaluated(root, published):
    shown = {each.name: each for each in _shown_at(TABLE["goods_and_services"])}
    usual = {name for name, each in shown.items() if each in RULES and not each.is_occasional}
    rare, structure = "sheets_of_one_table_agree", "trade_figures_are_printed_as_their_columns"
    assert {SUM, "year_equals_sum_of_months"} < usual and {rare, structure} <= set(shown) - usual
    fact = SERIES | {"table": "goods_and_services"}
    kept = _kept(root, "ft900", facts=[fact])
    assert set(_published(kept, "ft900")[1]) == {"rows_match_their_model", *usual}
    kept = _kept(root, "ft900", facts=[fact | {"table": "elsewhere"}])
    assert _published(kept, "ft900")[1] == {}
    counts = {"holds": 1, "violated": 0, "not_evaluable": 0}
    kept = _kept(root, "ft900", verdicts=[{"identity": name, **counts} for name in (rare, SUM)], violations=[{"identity": structure}])
    assert set(_published(kept, "ft900")[1]) == {rare, SUM, structure}


def test_tables_that_do_not_match_are_named_together_and_the_others_published(root, monkeypatch, published):
    tables = [TABLE[name] for name in ("goods_and_services", "goods_on_two_bases", "annual_changes")]
    case = pd.DataFrame([{"check": "unique", "column": "period", "failure_case": "2020-03"}])
    monkeypatch.setattr(publishing, "mismatches", lambda frame, table: case if table.name.startswith("goods") else case.head(0))
    found = []
    with pytest.raises(dg.Failure) as failed:
        for each in begun(_publish("ft900", tables), Kept(root)):
            found.append(each)  # what came before the failure counts
    assert failed.value.description == (
        "validated.goods_and_services, validated.goods_on_two_bases do not match their models and were not replaced; "
        "the check rows_match_their_model has the rows"
    )
    assert failed.value.allow_retries is False
    assert [each.output_name for each in found if isinstance(each, dg.Output)] == ["annual_changes"]
