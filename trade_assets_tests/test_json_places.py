"""JSON with places: every value where it stands, and each way in which a text is no JSON, with the offset at which that is seen."""

import pytest

from trade_assets.reading import json_places
from trade_assets.reading.json_places import JsonError, Value, named, parse


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", Value(0, 2, "12")), ("  -1.5e+3\n", Value(2, 9, "-1.5e+3")), ("true", Value(0, 4, "true")), ("false", Value(0, 5, "false")),
        ("null", Value(0, 4, "")), (' "a b" ', Value(2, 5, "a b")), ('""', Value(1, 1, "")), (r'"a\"b"', Value(1, 5, r"a\"b")),
        ("{}", Value(0, 2, members={})), (" [ ] ", Value(1, 4, items=[])),
        ('[1, "a"]', Value(0, 8, items=[Value(1, 2, "1"), Value(5, 6, "a")])),
        ('{"a" : 1,"b":[null]}', Value(0, 20, members={"a": Value(7, 8, "1"), "b": Value(13, 19, items=[Value(14, 18)])})),
    ],
)  # fmt: skip
def test_values_stand_where_they_are_said_to(text, value):
    assert parse(text) == value


@pytest.mark.parametrize(
    ("text", "said", "at"),
    [
        ("", "the end of the text", 0), ("  ", "the end of the text", 2), ("[1", "the end of the text", 2),
        ("[1,", "the end of the text", 3),
        ("nil", "no JSON", 0), ("[1, 'a']", "no JSON", 4), ('"a', "no JSON", 0), ('"a\nb"', "no JSON", 0),
        ("1 2", "text behind the end", 1), ("{} }", "text behind the end", 2),
        ("]", "']' where a value should stand", 1), ("[:]", "':' where a value should stand", 2),
        ("}", "'}' where a value should stand", 1),
        ("[,1]", "',' where a value should stand", 2),
        ("{1: 2}", "no name of a member", 2), ('{"a": 1, "a": 2}', "a second 'a' in one object", 12),
        ('{"a" 1}', "no colon behind a name", 6),
        ("[1 2]", "no comma or ']'", 4), ('{"a": 1 "b": 2}', "no comma or '}'", 11), ("[1}", "no comma or ']'", 3),
        ("[1,]", "a comma without a value", 4), ('{"a": 1,}', "a comma without a value", 9),
    ],
)  # fmt: skip
def test_what_is_no_json_is_said_with_its_place(text, said, at):
    with pytest.raises(JsonError) as caught:
        parse(text)
    assert (str(caught.value), caught.value.at) == (said, at)


def test_a_name_may_stand_in_two_objects_of_one_text():
    assert parse('[{"a": 1}, {"a": 2}, {"a": {"a": 3}}]')


def test_names_are_the_same_whether_escaped_or_not():
    assert parse(r'{"\u0061": 1}').members == {"a": Value(11, 12, "1")}
    with pytest.raises(JsonError, match="a second 'a' in one object"):
        parse(r'{"a": 1, "\u0061": 2}')


def test_bounds_of_levels_and_values(monkeypatch):
    assert (json_places.MAX_VALUES, json_places.MAX_DEPTH) == (1_000_000, 20)
    assert parse("[" * 20 + "1" + "]" * 20)
    with pytest.raises(JsonError) as caught:
        parse("[" * 21 + "1" + "]" * 21)
    assert (str(caught.value), caught.value.at) == ("more than 20 levels", 22)
    with pytest.raises(JsonError, match="more than 20 levels"):
        parse('{"a":' * 21 + "1" + "}" * 21)
    monkeypatch.setattr(json_places, "MAX_VALUES", 1234)
    assert len(parse(f"[{','.join('1' * 1233)}]").items) == 1233
    with pytest.raises(JsonError) as caught:
        parse(f"[{','.join('1' * 1234)}]")
    assert str(caught.value) == "more than 1,234 values"


def test_members_are_looked_up_by_name():
    value = parse('{"a": {"b": 1}, "c": [2]}')
    assert value["a"]["b"] == Value(12, 13, "1")
    assert value["b"] is None
    assert value["c"]["b"] is None, "an array has no members"


def test_leaves_are_named_by_their_path():
    value = parse('{"a": {"b": "x", "c": [true, {"d": 5}]}, "e": null, "f": []}')
    assert [(path, leaf.text) for path, leaf in value.leaves("")] == [("a.b", "x"), ("a.c.0", "true"), ("a.c.1.d", "5"), ("e", "")]
    assert [path for path, _ in value.leaves("top")] == ["top.a.b", "top.a.c.0", "top.a.c.1.d", "top.e"]
    assert [path for path, _ in parse("1").leaves("n")] == ["n"]


@pytest.mark.parametrize(("raw", "text"), [("a", "a"), (r"a\u00e9\n", "aé\n"), (r"a\x", r"a\x"), (r"\"", '"'), (r"\\", "\\")])
def test_a_string_is_named_without_its_escapes(raw, text):
    assert named(raw) == text
