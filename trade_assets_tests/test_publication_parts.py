"""Parts of a publication over made rows: lists that are cut, text as code, order, what a folder's description says of it."""

import json

import pandas as pd
import pytest

from trade_assets.facts.frames import conform, empty
from trade_assets.facts.tables import DOCUMENTS, ISSUES, METRIC_FIGURES, METRICS, VALIDATED
from trade_assets.families.mxp.tables import INDEX_LEVELS
from trade_assets.publication import publish
from trade_assets.publication.difference import Change, Difference, Group, difference
from trade_assets.publication.difference_report import as_json, markdown, sentences
from trade_assets.publication.earlier_releases import Former, former_release
from trade_assets.warehouse.folders import replace_folder
from trade_assets.warehouse.partitions import write_partition
from trade_assets.warehouse.root import DataRoot


def _found(**parts):
    usual = {"compared_with": {}, "losses": (), "rolled_off": (), "changes": (), "additions": (), "moved_on": {}, "not_released": {}}
    return Difference("2018-08", **usual | {"distant": {}} | parts)


def _groups(number):
    return tuple(Group("series", "validated.a", f"s{at:03d}", None, 2, None, None) for at in range(number))


def _section(text, heading):
    """The lines of a section, without blank ones."""
    lines = text.split("\n")
    at = next(number for number, line in enumerate(lines) if line.startswith(f"## {heading}"))
    end = next((number for number in range(at + 1, len(lines)) if lines[number].startswith("## ")), len(lines))
    return [line for line in lines[at + 1 : end] if line]


# Lists that are cut


@pytest.mark.parametrize(
    ("number", "more"), [(0, None), (1, None), (20, None), (21, "and 1 more, with 2 figures"), (1021, "and 1,001 more, with 2,002 figures")]
)
def test_people_are_shown_twenty_of_a_list(number, more):
    groups = _groups(number)
    changes = tuple(Change("validated.a", group.series, None, "value", "1", "2", None) for group in groups)
    text = markdown(_found(losses=groups, additions=groups, rolled_off=groups, changes=changes))
    listed = [f"* series `{group.series}` of validated.a: 2 figures" for group in groups[:20]]
    last = [f"* {more}"] if more else []
    for heading in ("Data loss", "Added"):
        assert _section(text, heading) == (listed + last or ["None."])
    if number:
        assert _section(text, "Rolled off")[1:] == listed + last
    of_changes = [f"* and {number - 20:,} more, with {number - 20:,} figure{'s' * (number > 21)}"] if number > 20 else []
    assert _section(text, "Changed") == (
        [f"* `{group.series}` `value` of validated.a: 1 → 2" for group in groups[:20]] + of_changes or ["None."]
    )


@pytest.mark.parametrize(("number", "more"), [(1, []), (20, []), (21, ["* and 1 more"]), (1021, ["* and 1,001 more"])])
def test_people_are_shown_twenty_products_without_a_release(number, more):
    absent = {f"fred S{at:04d}": "2018-01" for at in range(number)}
    listed = [f"* `{product}`: 2018-01" for product in list(absent)[:20]]
    assert _section(markdown(_found(not_released=absent)), "Not released")[1:] == listed + more


@pytest.mark.parametrize(("number", "more"), [(1, ""), (5, ""), (6, ", 1 more"), (1005, ", 1,000 more")])
def test_a_line_names_five_products(number, more):
    products = {f"p{at:04d}": "2018-06" for at in range(number)}
    named = ", ".join(f"`{product}`" for product in list(products)[:5])
    assert f"* compared with 2018-06: validated.a ({named}{more})" in markdown(_found(compared_with={"validated.a": products})).split("\n")


@pytest.mark.parametrize("number", [0, 1, 200, 201])
def test_programs_are_given_two_hundred_of_a_list_and_the_count_of_all(number):
    groups = _groups(number)
    told = json.loads(as_json(_found(losses=groups, not_released={group.series: "2018-01" for group in groups})))
    assert (told["losses"]["figures"], told["losses"]["entries"]) == (2 * number, number)
    assert [each["series"] for each in told["losses"]["listed"]] == [group.series for group in groups[:200]]
    assert told["not_released"]["entries"] == number
    assert list(told["not_released"]["listed"]) == [group.series for group in groups[:200]]


@pytest.mark.parametrize(
    ("losses", "more"),
    [(0, []), (3, []), (4, ["and 2 figures more lost, see difference.md"]), (5, ["and 4 figures more lost, see difference.md"])],
)
@pytest.mark.parametrize(("months", "named"), [(1, "2018-01"), (3, "2018-01, 2018-02, 2018-03"), (4, "4 releases from 2018-01 to 2018-04")])
def test_a_terminal_is_shown_three_losses_and_three_months(losses, more, months, named):
    products = {f"p{at}": f"2018-{at:02d}" for at in range(1, months + 1)}
    assert list(sentences(_found(losses=_groups(losses), compared_with={"validated.a": products}))) == [
        f"against {named}: {2 * losses} figures lost, 0 changed, 0 added",
        *(f"LOST series {group.series} of validated.a: 2 figures" for group in _groups(losses)[:3]), *more,
    ]  # fmt: skip


# Text of documents


@pytest.mark.parametrize(
    ("text", "code"),
    [("a", "`a`"), ("a b", "`a b`"), (" a", "` a`"), ("`", "`` ` ``"), ("a`", "`` a` ``"), ("`a", "`` `a ``"), ("a`b", "``a`b``"),
     ("a``b`c", "```a``b`c```"), (" ", "`   `"), ("   ", "`     `")],
)  # fmt: skip
def test_text_is_code_whatever_it_holds(text, code):
    """A fence longer than any within, and blanks beside what would be taken for a part of it, or for nothing."""
    assert _section(markdown(_found(not_released={text: "2018-01"})), "Not released")[1:] == [f"* {code}: 2018-01"]


# What was lost, in which order and why


def _compared(table, former, now):
    frames = {each.name: empty(each) for each in (*VALIDATED, *METRICS)}
    usual = {column.name: "" if column.kind == "string" and not column.is_nullable else None for column in table.columns}
    usual |= {column.name: False for column in table.columns if column.kind == "bool"}
    made = [conform(pd.DataFrame([usual | row for row in rows]), table, release_month="2018-08") for rows in (former, now)]
    before = Former(frames | {table.name: made[0]}, {f"{table.layer}.{table.name}": {"mxp": "2018-06"}}, {})
    return difference("2018-08", (table,), frames | {table.name: made[1]}, before)


def test_losses_that_weigh_the_same_stand_in_the_order_of_their_reasons():
    """Whichever of two releases of the month they are of."""
    whys = {"2018-02": "withheld_by_issue_0123456789ab", "2018-03": "not_published", "2018-04": None}
    former = [{"reference_month": month, "series": "s", "period": "2018-01", "index": 100.0, "index_decimals": 1} for month in whys]
    now = [
        {"reference_month": month, "series": "s", "period": "2018-01", "gaps": f"index: {why}" if why else ""}
        for month, why in whys.items()
    ]
    assert [(each.release, each.reason) for each in _compared(INDEX_LEVELS, former, now).losses] == [
        ("2018-04", "no reason is stated"), ("2018-03", "not_published"), ("2018-02", "withheld_by_issue_0123456789ab"),
    ]  # fmt: skip


def test_the_gap_of_a_metric_is_the_reason_of_all_its_figures():
    place = {"family": "mxp", "metric": "m", "series": "s", "period": "2018-05", "unit": "percent"}
    former = [place | {"value": 1.0, "low": 0.5, "high": 1.5}]
    for gap, reason in (("suppressed: 2018-04", "suppressed: 2018-04"), (None, "no reason is stated")):
        losses = _compared(METRIC_FIGURES, former, [place | {"gap": gap}]).losses
        assert [(each.kind, each.column, each.reason) for each in losses] == [("figure", name, reason) for name in ("high", "low", "value")]


# What a month has, and its issues


def _documents(month, *products):
    rows = [{"family": family, "product": product, "sha256": f"{at:064x}"} for at, (family, product) in enumerate(products)]
    usual = {column.name: None for column in DOCUMENTS.columns} | {"release_month": month}
    return conform(pd.DataFrame([usual | row for row in rows]), DOCUMENTS)


def test_products_without_a_release_stand_in_order_with_the_last_month_that_has_one(tmp_path):
    root = DataRoot.of(tmp_path)
    fred = [("fred", f"S{at}") for at in range(8)]
    write_partition(root, DOCUMENTS, "2018-01", _documents("2018-01", ("uscc", ""), *fred[::-1], ("ft900", "exhibit_1"), ("ft900", "")))
    write_partition(root, DOCUMENTS, "2018-02", _documents("2018-02", ("ft900", ""), fred[5], ("a family without figures", "")))
    write_partition(root, DOCUMENTS, "2018-04", _documents("2018-04", ("mxp", "")))
    absent = former_release(root, "2018-03", _documents("2018-03", fred[0], ("mxp", ""))).not_released
    assert list(absent.items()) == [
        *((f"fred S{at}", "2018-02" if at == 5 else "2018-01") for at in range(1, 8)),
        ("ft900", "2018-02"), ("ft900 exhibit_1", "2018-01"), ("uscc", "2018-01"),
    ]  # fmt: skip


def test_an_issue_that_is_gone_is_not_published_and_a_new_one_is_open():
    states = ["new", "open", "gone", "decided"]
    usual = {column.name: None for column in ISSUES.columns}
    issues = conform(pd.DataFrame([usual | {"issue": state, "state": state} for state in states]), ISSUES)
    shown = publish._issues_of_the_release(issues)
    assert dict(zip(shown["issue"], shown["state"], strict=True)) == {"new": "open", "open": "open", "decided": "decided"}


# The description of a folder


class _Sized(DataRoot):
    """A place whose files are said to be so large."""

    said = 0

    def size(self, *parts):
        return self.said


@pytest.mark.parametrize(
    ("package", "listed"),
    [
        ({"name": "trade-assets-2018-08", "resources": [{"path": "validated.x.csv"}, {"path": "metrics.y_2.parquet"}]},
         {"validated.x.csv", "metrics.y_2.parquet"}),
        ({"name": "trade-assets-2018-08", "resources": [{"path": "thesis.txt"}, {"path": 7}, {"path": "mine.x.csv"},
                                                           {"path": "raw.x.csv"}]}, {"raw.x.csv"}),
        ({"name": "trade-assets-2018-07", "resources": [{"path": "validated.x.csv"}]}, set()),
        ({"name": "mine", "resources": [{"path": "validated.x.csv"}]}, set()),
        ({"resources": [{"path": "validated.x.csv"}]}, set()), ({"name": "trade-assets-2018-08"}, set()), ([], set()), (None, set()),
    ],
)  # fmt: skip
def test_a_description_lists_tables_of_ours_only_if_it_is_of_the_month(tmp_path, package, listed):
    place = DataRoot.of(tmp_path)
    assert publish._listed(place, "2018-08", "here") == set()
    place.write(json.dumps(package).encode(), "here", "datapackage.json")
    assert publish._listed(place, "2018-08", "here") == listed


@pytest.mark.parametrize(("size", "listed"), [(64_000_000, {"validated.x.csv"}), (64_000_001, set())])
def test_a_description_of_more_than_64_megabytes_is_not_read(tmp_path, size, listed):
    place = _Sized(str(tmp_path))
    place.said = size
    package = {"name": "trade-assets-2018-08", "resources": [{"path": "validated.x.csv"}]}
    place.write(json.dumps(package).encode(), "here", "datapackage.json")
    assert publish._listed(place, "2018-08", "here") == listed


class _Vanishing(DataRoot):
    """A place in which a file that was just listed is gone when it is asked for."""

    def size(self, *parts):
        raise FileNotFoundError(parts[-1])


def test_a_folder_is_replaced_unless_it_holds_the_very_files(tmp_path):
    files = {"a.csv": b"one", "b.csv": b"two"}
    place = DataRoot.of(tmp_path)
    assert replace_folder(place, files, "here", ours=files)
    assert not replace_folder(place, files, "here", ours=files)
    for other in ({"a.csv": b"one", "b.csv": b"Two"}, {"a.csv": b"one"}, {"a.csv": b"one", "b.csv": b"twos"}, files):
        assert replace_folder(place, other, "here", ours=files)
        assert {path.name: path.read_bytes() for path in (tmp_path / "here").iterdir()} == other
    # Whatever another process removed meanwhile is written again.
    assert replace_folder(_Vanishing(str(tmp_path)), files, "here", ours=files)
    assert {path.name: path.read_bytes() for path in (tmp_path / "here").iterdir()} == files
