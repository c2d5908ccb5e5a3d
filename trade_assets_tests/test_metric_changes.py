"""Metrics stored as changes: what is shown of each month is what was computed for it, in whichever order months were built."""

import itertools
import tempfile

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trade_assets.facts.frames import conform, empty
from trade_assets.facts.tables import METRIC_CHANGES, METRIC_FIGURES, PRINTS
from trade_assets.metrics.asked import KnownMetrics
from trade_assets.metrics.changes import NOTHING, changes, fits, hash_of, without_what_nobody_needs
from trade_assets.vintages.history import UnknownVintageError
from trade_assets.vintages.knowledge import KNOWLEDGE
from trade_assets.warehouse.commits import forget, name_of
from trade_assets.warehouse.database import connect
from trade_assets.warehouse.partitions import DamagedError, existing_months, parquet_bytes, partition_place, read_partition, write_partition
from trade_assets.warehouse.root import DataRoot
from trade_assets.warehouse.shown import read_rows

MONTHS = ["2020-01", "2020-02", "2020-03", "2020-05"]


def release(family, reference_month, days=("05",), **metrics):
    """A release of a family: its metrics by name, each a value or the reason of a gap; ``days=None`` for one of an earlier month."""
    return family, reference_month, days, metrics


def figures_of(month, *releases):
    """The metrics of a month as they are computed, a row each, that of a period 2019."""
    rows = [
        {
            "family": family, "metric": metric, "series": "s", "period": "2019", "unit": "percent", "reference_month": reference_month,
            **({"gap": said} if isinstance(said, str) else {"value": said, "low": said - 1, "high": said + 1}),
        }
        for family, reference_month, _, metrics in releases
        for metric, said in metrics.items()
    ]  # fmt: skip
    columns = dict.fromkeys(METRIC_FIGURES.dtypes)
    return conform(pd.DataFrame([columns | row for row in rows], columns=list(columns)), METRIC_FIGURES, release_month=month)


def build(root, month, *releases):
    """The month as its run leaves it; the metrics that were computed for it."""
    prints, known = [], []
    of_fact = {column.name: "x" if column.kind == "string" and not column.is_nullable else None for column in PRINTS.columns}
    numbers = {}
    for family, reference_month, days, _ in releases:
        known.append(
            dict.fromkeys(KNOWLEDGE.dtypes, "x") | {"family": family, "reference_month": reference_month, "value": 1.0, "decimals": 0}
        )
        numbers[family] = numbers.get(family, 0) + 1
        for day in days or ():
            prints.append(of_fact | {
                "family": family, "reference_month": reference_month, "known_from": f"{month}-{day}", "release_number": numbers[family],
                "edition": 1, "is_current": True,
            })  # fmt: skip
    write_partition(root, PRINTS, month, conform(pd.DataFrame(prints, columns=list(of_fact)), PRINTS, release_month=month))
    knowing = conform(pd.DataFrame(known, columns=list(KNOWLEDGE.dtypes)), KNOWLEDGE, release_month=month)
    figures = figures_of(month, *releases)
    write_partition(root, METRIC_CHANGES, month, changes(root, month, figures, knowing))
    return figures


def rows(frame):
    """The rows, each once, whatever their order."""
    found = [
        tuple(None if pd.isna(value) else value for value in row) for row in frame[list(METRIC_FIGURES.dtypes)].itertuples(index=False)
    ]
    assert len(set(found)) == len(found)
    return set(found)


def shown(root):
    """All that ``metrics.figures`` shows, in SQL."""
    if not existing_months(root, METRIC_CHANGES):
        return set()
    with connect(root, [METRIC_FIGURES]) as connection:
        return rows(connection.execute("SELECT * FROM metrics.figures").df())


def stored(root, month):
    """What is stored of a month: of each row its kind, family, number, metric, whether it is restored."""
    frame = read_partition(root, METRIC_CHANGES, month)
    return [tuple(row) for row in frame[["kind", "family", "number", "metric", "is_restored"]].itertuples(index=False)]


@pytest.fixture
def root(tmp_path):
    return DataRoot.of(tmp_path)


# What is stored


def test_only_what_changed_is_stored(root):
    build(root, "2020-01", release("ft900", "2019-11", same=1.0, other=2.0, lost=3.0, gap="suppressed: 2019"))
    build(root, "2020-02", release("ft900", "2019-12", same=1.0, other=2.5, gap="not_read: 2019", new=4.0))
    assert stored(root, "2020-01") == [
        ("state", "ft900", 1, "", False), *(("changed", "ft900", 1, metric, False) for metric in ("gap", "lost", "other", "same")),
    ]  # fmt: skip
    assert stored(root, "2020-02") == [
        ("state", "ft900", 1, "", False), ("changed", "ft900", 1, "gap", False), ("gone", "ft900", 1, "lost", False),
        ("changed", "ft900", 1, "new", False), ("changed", "ft900", 1, "other", False),
    ]  # fmt: skip


@pytest.mark.parametrize("column", ["value", "low", "high", "unit", "seasonal_adjustment", "base_period", "gap"])
def test_whatever_a_metric_says_otherwise_is_a_change(root, column):
    """Also where it said nothing before, or says nothing now."""
    figures = build(root, "2020-01", release("ft900", "2019-11", a=1.0, b=1.0))
    first = 7.5 if column in ("value", "low", "high") else "said"
    for month, said in (("2020-02", first), ("2020-03", "otherwise" if column == "unit" else pd.NA)):
        figures = figures.assign(release_month=month)
        figures.loc[figures["metric"] == "b", column] = said
        known = conform(pd.DataFrame({name: ["x"] for name in KNOWLEDGE.dtypes} | {"value": 1.0, "decimals": 0}), KNOWLEDGE)
        known = known.assign(family="ft900", reference_month="2019-11")
        write_partition(root, METRIC_CHANGES, month, changes(root, month, figures, known))
        assert [row[:4] for row in stored(root, month)] == [("state", "ft900", 1, ""), ("changed", "ft900", 1, "b")]
        assert rows(read_rows(root, METRIC_FIGURES, month)) == rows(figures)


def test_a_month_without_a_release_stores_and_shows_nothing_and_changes_nothing(root):
    first = build(root, "2020-01", release("ft900", "2019-11", a=1.0))
    build(root, "2020-02")
    last = build(root, "2020-03", release("ft900", "2019-12", a=1.0, b=2.0))
    assert stored(root, "2020-02") == [] and shown(root) == rows(first) | rows(last)
    assert [row[:4] for row in stored(root, "2020-03")] == [("state", "ft900", 1, ""), ("changed", "ft900", 1, "b")]


def test_releases_of_one_month_follow_each_other(root):
    figures = build(root, "2020-01", release("ft900", "2019-10", a=1.0, b=1.0), release("ft900", "2019-11", a=2.0, c=1.0))
    assert rows(read_rows(root, METRIC_FIGURES, "2020-01")) == rows(figures)
    later = build(root, "2020-02", release("ft900", "2019-11", None, a=2.0, c=1.0), release("mxp", "2020-01", x=1.0))
    assert rows(read_rows(root, METRIC_FIGURES, "2020-02")) == rows(later)
    assert [row for row in stored(root, "2020-02") if row[1] == "ft900"] == [("state", "ft900", 1, "", False)]


def test_a_family_that_is_known_no_more_has_no_metrics_from_there_on(root):
    build(root, "2020-01", release("ft900", "2019-11", a=1.0), release("mxp", "2019-12", x=1.0))
    months = [build(root, month, release("mxp", "2019-12", x=1.0)) for month in ("2020-02", "2020-03")]
    for month, figures in zip(("2020-02", "2020-03"), months, strict=True):
        assert rows(read_rows(root, METRIC_FIGURES, month)) == rows(figures)
    assert ("gone", "ft900", 1, "a", False) in stored(root, "2020-02")
    assert stored(root, "2020-03") == [("state", "mxp", 1, "", False)]


# In whichever order


SAID = st.one_of(st.integers(0, 2).map(float), st.sampled_from(["suppressed: 2019", "not_read: 2019"]))


@st.composite
def months_releases(draw):
    """What a month's run computes: none, or of each family one release, or two, with metrics that few values have."""
    found = []
    for family in draw(st.sampled_from([(), ("ft900",), ("ft900", "mxp"), ("mxp",)])):
        for reference_month in draw(st.sampled_from([["2019-11"], ["2019-10", "2019-11"]])):
            found.append(release(family, reference_month, **draw(st.dictionaries(st.sampled_from("abc"), SAID))))
    return found


@settings(max_examples=12)
@given(st.lists(st.tuples(st.sampled_from(MONTHS), months_releases()), min_size=2, max_size=7))
def test_every_month_shows_what_was_last_computed_for_it_whatever_was_built_before_or_after(built):
    """Months built in order, before others, again and otherwise: none changes what another one shows."""
    with tempfile.TemporaryDirectory() as folder:
        root, expected = DataRoot.of(folder), {}
        for month, releases in built:
            expected[month] = rows(build(root, month, *releases))
            assert shown(root) == set().union(*expected.values()), month
        for month, found in expected.items():
            assert rows(read_rows(root, METRIC_FIGURES, month)) == found


@settings(max_examples=12)
@given(
    st.lists(st.tuples(st.sampled_from(MONTHS), months_releases()), min_size=2, max_size=6),
    st.sampled_from(MONTHS), st.booleans(), months_releases(),
)  # fmt: skip
def test_without_a_file_every_month_is_shown_as_it_was_or_refused(built, lost, is_made_anew, anew):
    """Never otherwise; and months that are run again in order are whole again."""
    with tempfile.TemporaryDirectory() as folder:
        root, given_of, expected = DataRoot.of(folder), {}, {}
        for month, releases in built:
            expected[month], given_of[month] = rows(build(root, month, *releases)), releases
        forget(root, lost, {name_of(METRIC_CHANGES)}) if lost in expected else None
        expected.pop(lost, None)
        if is_made_anew:
            try:
                expected[lost], given_of[lost] = rows(build(root, lost, *anew)), anew
            except DamagedError:
                raise AssertionError("the months before it are whole") from None
        for month, found in expected.items():
            try:
                assert rows(read_rows(root, METRIC_FIGURES, month)) == found
            except DamagedError:
                assert month > lost
        try:
            assert shown(root) == set().union(*expected.values())
        except duckdb.InvalidInputException as error:
            assert "do not follow from those of" in str(error)
        expected = {month: rows(build(root, month, *given_of[month])) for month in sorted(given_of)}
        assert shown(root) == set().union(*expected.values())


# When months are built again


def test_a_month_that_is_built_again_restores_what_the_next_one_rests_on(root):
    build(root, "2020-01", release("ft900", "2019-11", a=1.0, b=1.0))
    later = build(root, "2020-02", release("ft900", "2019-12", a=1.0, b=2.0))
    again = build(root, "2020-01", release("ft900", "2019-11", a=7.0, c=1.0))
    assert [row for row in stored(root, "2020-01") if row[4]] == [
        ("changed", "ft900", 0, "a", True), ("changed", "ft900", 0, "b", True), ("gone", "ft900", 0, "c", True),
    ]  # fmt: skip
    assert shown(root) == rows(again) | rows(later)
    # The next one rests on what the month is now, once it is built again; and then nothing is to be restored.
    later = build(root, "2020-02", release("ft900", "2019-12", a=7.0, b=2.0))
    assert shown(root) == rows(again) | rows(later)
    assert stored(root, "2020-02") == [
        ("state", "ft900", 1, "", False), ("changed", "ft900", 1, "b", False), ("gone", "ft900", 1, "c", False),
    ]  # fmt: skip
    again = build(root, "2020-01", release("ft900", "2019-11", a=7.0, c=1.0))
    assert not any(row[4] for row in stored(root, "2020-01")) and shown(root) == rows(again) | rows(later)


def test_a_month_that_is_built_again_as_it_was_is_the_same_file(root):
    of_months = {month: [release("ft900", "2019-11", a=float(at))] for at, month in enumerate(MONTHS)}
    for month, releases in of_months.items():
        build(root, month, *releases)
    before = {month: root.read(*partition_place(root, METRIC_CHANGES, month)) for month in MONTHS}
    for month, releases in of_months.items():
        build(root, month, *releases)
    assert {month: root.read(*partition_place(root, METRIC_CHANGES, month)) for month in MONTHS} == before


def test_a_first_month_that_comes_late_is_small_once_all_are_built_in_order(root):
    """The later one rested on nothing and had all of its metrics; nothing is to be restored for it."""
    build(root, "2020-03", release("ft900", "2019-12", a=1.0, b=1.0))
    build(root, "2020-01", release("ft900", "2019-10", a=1.0, b=1.0))
    build(root, "2020-02", release("ft900", "2019-11", a=1.0, b=1.0))
    assert not any(row[4] for month in ("2020-01", "2020-02") for row in stored(root, month))
    build(root, "2020-03", release("ft900", "2019-12", a=1.0, b=1.0))
    assert [len(stored(root, month)) for month in ("2020-01", "2020-02", "2020-03")] == [3, 1, 1]


# What is not whole


@pytest.fixture
def whole(root):
    for at, month in enumerate(MONTHS):
        build(root, month, release("ft900", f"2019-0{at + 1}", a=float(at), b=1.0))
    return root


def test_behind_a_lost_file_nothing_is_answered_in_sql_or_python(whole):
    first = rows(read_rows(whole, METRIC_FIGURES, "2020-01"))
    forget(whole, "2020-02", {name_of(METRIC_CHANGES)})
    assert rows(read_rows(whole, METRIC_FIGURES, "2020-01")) == first
    said = (
        "the metrics of 2020-03 do not follow from those of 2020-01: a file was lost, or made anew. To do: run the months after 2020-01 "
        "again, in order"
    )
    for month in ("2020-03", "2020-05"):
        with pytest.raises(DamagedError, match=said):
            read_rows(whole, METRIC_FIGURES, month)
    with connect(whole, [METRIC_FIGURES]) as connection:
        for question in (
            "metrics.figures", "metrics.figures WHERE release_month = '2020-05'", "metrics.latest()", "metrics.as_known('2020-05-31')",
            "metrics.as_published('2020-05')",
            # What a query looks for may stand in the file that is lost.
            "metrics.figures WHERE metric = 'c'", "metrics.latest() WHERE metric = 'c'",
        ):  # fmt: skip
            with pytest.raises(Exception, match=said):
                connection.execute(f"SELECT * FROM {question}").fetchall()
    with KnownMetrics(whole) as metrics, pytest.raises(DamagedError, match=said):
        metrics.latest()
    with pytest.raises(DamagedError, match="run"):
        build(whole, "2020-06", release("ft900", "2020-04", a=1.0))
    # The file as it was makes the others whole.
    build(whole, "2020-02", release("ft900", "2019-02", a=1.0, b=1.0))
    assert len(read_rows(whole, METRIC_FIGURES, "2020-05")) == 2


def test_a_damaged_file_is_named(whole):
    whole.write(b"PAR1 and no more", *partition_place(whole, METRIC_CHANGES, "2020-02"))
    with pytest.raises(DamagedError, match=r"metrics/changes/release_month=2020-02/[0-9a-f]+\.parquet is damaged"):
        read_rows(whole, METRIC_FIGURES, "2020-03")
    assert len(read_rows(whole, METRIC_FIGURES, "2020-01")) == 2


def test_a_damaged_file_of_a_later_month_keeps_no_month_from_being_built(whole):
    whole.write(b"PAR1 and no more", *partition_place(whole, METRIC_CHANGES, "2020-03"))
    figures = build(whole, "2020-02", release("ft900", "2019-02", a=9.0, b=1.0))
    assert rows(read_rows(whole, METRIC_FIGURES, "2020-02")) == rows(figures)


def test_a_file_whose_rows_are_not_what_it_says_is_nothing_to_build_on(whole):
    frame = read_partition(whole, METRIC_CHANGES, "2020-03")
    write_partition(whole, METRIC_CHANGES, "2020-03", frame.assign(value=frame["value"] + 1))
    with pytest.raises(DamagedError, match="the metrics stored of 2020-03 are not those of which its file has the hash"):
        build(whole, "2020-04", release("ft900", "2020-01", a=1.0))


def test_a_table_that_shows_another_is_not_written_or_read_as_a_file(root):
    for do in (
        lambda: write_partition(root, METRIC_FIGURES, "2020-01", empty(METRIC_FIGURES)),
        lambda: read_partition(root, METRIC_FIGURES, "2020-01"),
    ):
        with pytest.raises(ValueError, match=r"metrics\.figures shows metrics\.changes, and has no rows of its own"):
            do()
    assert read_rows(root, METRIC_FIGURES, "2020-01").equals(empty(METRIC_FIGURES))


def test_figures_of_earlier_versions_are_not_shown(root):
    """Which stood where the view has no file."""
    frame = figures_of("2020-01", release("ft900", "2019-11", a=1.0))
    root.write(parquet_bytes(frame, METRIC_FIGURES), "warehouse", "metrics", "figures", "release_month=2020-01", "data.parquet")
    assert read_rows(root, METRIC_FIGURES, "2020-01").empty
    later = build(root, "2020-02", release("ft900", "2019-12", a=1.0))
    assert shown(root) == rows(later)


# Hashes


def test_a_hash_is_of_what_metrics_say_whatever_their_order():
    frame = figures_of("2020-01", release("ft900", "2019-11", a=1.0, b=0.0, c="suppressed: 2019"))
    assert hash_of(frame.iloc[::-1]) == hash_of(frame) == hash_of(frame.assign(release_month="2020-02", reference_month="2019-12"))
    assert hash_of(frame.iloc[:0]) == NOTHING
    negative = frame.assign(value=frame["value"].where(frame["value"].ne(0).fillna(True), -0.0))
    assert hash_of(negative) == hash_of(frame)
    others = [frame.iloc[1:], *(frame.assign(**{name: "x"}) for name in ("family", "metric", "series", "period", "unit", "gap"))]
    others += [frame.assign(**{name: 7.0}) for name in ("value", "low", "high")]
    hashes = [hash_of(other) for other in (frame, *others)]
    assert len(set(hashes)) == len(hashes) and all(len(each) == 64 for each in hashes)


# What is asked


@pytest.fixture
def asked(root):
    """Two releases of one family in January, none in February, and one of another family; a day for each document."""
    build(root, "2020-01", release("ft900", "2019-10", ("05", "09"), a=1.0), release("ft900", "2019-11", ("28",), a=2.0))
    build(root, "2020-02", release("ft900", "2019-11", None, a=2.0), release("mxp", "2020-01", ("14",), x=1.0))
    build(root, "2020-03", release("ft900", "2020-01", ("06",), a=3.0), release("mxp", "2020-01", None, x=1.0))
    with KnownMetrics(root) as metrics:
        yield metrics


def values(frame):
    return sorted(zip(frame["family"], frame["metric"], frame["value"], frame["reference_month"], strict=True))


FIRST, SECOND, THIRD, PRICES = (
    ("ft900", "a", 1.0, "2019-10"),
    ("ft900", "a", 2.0, "2019-11"),
    ("ft900", "a", 3.0, "2020-01"),
    ("mxp", "x", 1.0, "2020-01"),
)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        # All documents of a release are known on the day of the last of them.
        ("2020-01-09", [FIRST]), ("2020-01-27", [FIRST]), ("2020-01-28", [SECOND]), ("2020-02-13", [SECOND]),
        ("2020-02-14", [SECOND, PRICES]),
        ("2020-03-05", [SECOND, PRICES]), ("2020-03-06", [THIRD, PRICES]), ("2021-01-01", [THIRD, PRICES]),
    ],
)  # fmt: skip
def test_as_known_on_a_day(asked, day, expected):
    assert values(asked.as_known(day)) == expected
    for family in ("ft900", "mxp"):
        of_family = [each for each in expected if each[0] == family]
        if of_family:
            assert values(asked.as_known(day, family)) == of_family


@pytest.mark.parametrize(
    ("month", "expected"), [("2020-01", [FIRST, SECOND]), ("2020-02", [PRICES]), ("2020-03", [THIRD])],
)  # fmt: skip
def test_as_published_in_a_month(asked, month, expected):
    """Of families that have a release in it."""
    assert values(asked.as_published(month)) == expected


def test_the_latest(asked):
    assert values(asked.latest()) == [THIRD, PRICES] and values(asked.latest("mxp")) == [PRICES]


def test_a_release_counts_once_what_its_metrics_are_made_of_is_known(root):
    """Goods of ft900 are deflated by indexes of mxp, if both are of one reference month; indexes need no value."""
    build(root, "2020-01", release("ft900", "2019-11", ("05",), a=1.0), release("mxp", "2019-11", ("14",), x=1.0))
    build(root, "2020-02", release("ft900", "2019-12", ("05",), a=2.0), release("mxp", "2020-01", ("03",), x=2.0))
    build(root, "2020-03", release("ft900", "2019-12", None, a=2.5), release("mxp", "2019-12", ("16",), x=3.0))
    build(root, "2020-05", release("ft900", "2019-12", None, a=2.7), release("mxp", "2020-02", ("16",), x=3.0))
    days = ["2020-01-13", "2020-01-14", "2020-02-04", "2020-02-05", "2020-03-15", "2020-03-16", "2020-05-30", "2020-05-31"]
    with KnownMetrics(root) as metrics:
        with pytest.raises(UnknownVintageError, match="no metrics of ft900 were known on 2020-01-13; the first are of 2020-01-14"):
            metrics.as_known(days[0], "ft900")
        found = [metrics.as_known(day, "ft900")["value"].tolist() for day in days[1:]]
        # Without a release of its own the family's state of a month counts from that of the others, or from the end of the month.
        assert found == [[1.0], [1.0], [2.0], [2.0], [2.5], [2.5], [2.7]]
        assert [metrics.as_known(day, "mxp")["value"].tolist() for day in ("2020-02-02", "2020-02-03")] == [[1.0], [2.0]]


RELEASES = "releases are of 2020-01 to 2020-03"


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (lambda each: each.as_known("2020-01-08"), "no metrics of any family were known on 2020-01-08; the first are of 2020-01-09"),
        (lambda each: each.as_known("2020-02-13", "mxp"), "no metrics of mxp were known on 2020-02-13; the first are of 2020-02-14"),
        (lambda each: each.as_known("2020-02-13", "kei"), "no metrics of kei were known on 2020-02-13"),
        (lambda each: each.as_known("infinity"), "no metrics of any family were known on infinity, which is no YYYY-MM-DD"),
        (lambda each: each.as_published("2020-02", "ft900"), f"no release with metrics of ft900 in 2020-02; {RELEASES}"),
        (lambda each: each.as_published("2019-12"), f"no release with metrics of any family in 2019-12; {RELEASES}"),
        (lambda each: each.latest("uscc"), "no metrics of uscc are known"),
    ],
)  # fmt: skip
def test_what_was_not_known_is_refused(asked, question, said):
    with pytest.raises(UnknownVintageError) as refused:
        question(asked)
    assert str(refused.value) == said


def test_what_is_no_day_is_refused(asked):
    with pytest.raises(ValueError, match="'someday' is no day; expected YYYY-MM-DD"):
        asked.as_known("someday")


def test_a_root_without_metrics_says_so(root):
    with KnownMetrics(root) as metrics, pytest.raises(UnknownVintageError, match="no release is known under"):
        metrics.latest()


def test_macros_refuse_in_sql_too(root):
    build(root, "2020-01", release("ft900", "2019-11", ("05",), a=1.0))
    with connect(root, [METRIC_FIGURES]) as connection:
        for question in (
            "as_known('2020-01-04')",
            "as_published('2020-02')",
            "latest(of_family := 'mxp')",
            "as_known(NULL)",
            "as_published(NULL)",
        ):
            for columns, more in itertools.product(("*", "count(*)"), ("", " WHERE metric = 'a'")):
                with pytest.raises(Exception, match=r"no (metrics|release)"):
                    connection.execute(f"SELECT {columns} FROM metrics.{question}{more}").fetchall()


# Side by side


@pytest.mark.parametrize("first", ["2020-02", "2020-03"])
@pytest.mark.parametrize("is_first_built", [True, False])
def test_months_that_are_built_side_by_side_settle_once_each_looks_at_what_is_stored(root, first, is_first_built):
    """Both were made when the other was not stored yet: neither follows from the other until one of them is made again."""
    expected = rows(build(root, "2020-01", release("ft900", "2019-11", a=1.0, b=1.0))) if is_first_built else set()
    said = {"2020-02": release("ft900", "2019-12", a=2.0, c=1.0), "2020-03": release("ft900", "2020-01", a=2.0, b=3.0)}
    apart = DataRoot.of(f"{root.url}-apart")
    for month, releases in said.items():  # each as it comes out beside nothing but the first
        if is_first_built:
            build(apart, "2020-01", release("ft900", "2019-11", a=1.0, b=1.0))
        figures = build(apart, month, releases)
        expected |= rows(figures)
        write_partition(root, PRINTS, month, read_partition(apart, PRINTS, month))
        made = read_partition(apart, METRIC_CHANGES, month)
        forget(apart, month, {name_of(METRIC_CHANGES)})
        if month == "2020-02":
            earlier = made
    for month, frame in sorted({"2020-02": earlier, "2020-03": made}.items(), key=lambda each: each[0] != first):
        write_partition(root, METRIC_CHANGES, month, frame)
    assert all(fits(root, month) for month in said) is not is_first_built, "of two that rest on nothing each stands by itself"
    for month in (first, *(other for other in said if other != first)):
        while not fits(root, month):
            build(root, month, said[month])
    assert all(fits(root, month) for month in said) and shown(root) == expected


def test_what_a_month_kept_for_the_next_one_goes_once_that_rests_on_what_it_leaves(root):
    for month, value in (("2020-01", 1.0), ("2020-02", 2.0), ("2020-03", 3.0)):
        build(root, month, release("ft900", "2019-11", a=value, b=value))
    first = build(root, "2020-01", release("ft900", "2019-11", a=9.0, b=1.0))
    assert any(row[-1] for row in stored(root, "2020-01")) and without_what_nobody_needs(root, "2020-01") is None
    second = build(root, "2020-02", release("ft900", "2019-11", a=2.0, b=2.0))
    before = shown(root)
    rest = without_what_nobody_needs(root, "2020-01")
    write_partition(root, METRIC_CHANGES, "2020-01", rest)
    assert not any(row[-1] for row in stored(root, "2020-01")) and shown(root) == before
    assert rows(read_rows(root, METRIC_FIGURES, "2020-01")) == rows(first) and rows(read_rows(root, METRIC_FIGURES, "2020-02")) == rows(
        second
    )
    assert without_what_nobody_needs(root, "2020-01") is None and fits(root, "2020-01") and fits(root, "2020-02")
    build(root, "2020-01", release("ft900", "2019-11", a=9.0, b=1.0))
    assert read_partition(root, METRIC_CHANGES, "2020-01").equals(rest)


def test_a_month_that_has_nothing_any_more_hides_what_is_built_before_it(root):
    """It keeps the metrics that a later month rests on, and nothing else: whoever builds on it begins with none."""
    build(root, "2020-03", release("ft900", "2019-11", a=0.0))
    build(root, "2020-05", release("ft900", "2019-11"))
    build(root, "2020-03")
    first = build(root, "2020-01", release("ft900", "2019-11", a=0.0))
    build(root, "2020-05")
    assert shown(root) == rows(first)
