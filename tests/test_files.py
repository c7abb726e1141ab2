"""What is written as JSON lines is read again; what has another shape is named by its place."""

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.files import decode, json_lines, read_json, read_json_lines


@dataclass(frozen=True, slots=True)
class Place:
    name: str
    height: float | None = None


@dataclass(frozen=True, slots=True)
class Map:
    places: tuple[Place, ...]
    answered: bool = False


plain = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()


@given(st.lists(st.dictionaries(st.text(), plain)))
def test_lines_are_read_as_they_were_written(records: list[dict[str, Any]]) -> None:
    finite = [r for r in records if not any(v in (float("inf"), -float("inf")) for v in r.values())]
    text = json_lines(finite)
    assert list(read_json_lines(text)) == list(enumerate(finite, start=1))


def test_blank_lines_count_but_are_no_records() -> None:
    assert list(read_json_lines('\n{"a": 1}\r\n \n[2]')) == [(2, {"a": 1}), (4, [2])]


@pytest.mark.parametrize("line", ["{", "NaN", '{"a": Infinity}', "[" * 100_000])
def test_a_line_that_is_no_json_is_named(line: str) -> None:
    with pytest.raises(ValueError, match="line 3: not JSON"):
        list(read_json_lines(f"1\n\n{line}"))
    with pytest.raises(ValueError, match=r"not JSON|nested|Expecting"):
        read_json(line)


def test_fields_may_lack_if_they_have_a_default_and_others_are_left_out() -> None:
    found = decode({"places": [{"name": "York", "height": 17}], "other": [1]}, Map)
    assert found == Map((Place("York", 17.0),))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (5, "it is no object but int"),
        ({}, "it lacks 'places'"),
        ({"places": 5}, "places is no list but int"),
        ({"places": [{"name": "York"}, {}]}, r"places\[1\] lacks 'name'"),
        ({"places": [{"name": None}]}, r"places\[0\].name is no str but null"),
        (
            {"places": [{"name": "", "height": "5"}]},
            r"places\[0\].height is no float or null but str",
        ),
        ({"places": [], "answered": 1}, "answered is no bool but int"),
    ],
)
def test_another_shape_is_an_error_that_says_where(value: object, said: str) -> None:
    with pytest.raises(ValueError, match=f"^{said}$"):
        decode(value, Map)


def test_half_a_surrogate_pair_is_kept_in_a_text_and_refused_in_a_name() -> None:
    assert decode({"name": "\ud800"}, Place).name == "\ud800"
    with pytest.raises(ValueError, match="surrogate"):
        decode({"name": "York", "\ud800": 1}, Place)
