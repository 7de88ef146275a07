"""YAML and JSON as people and programs write them: every value as written, and nothing that fills the memory."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.files import plain_values as limits
from adapters.files.plain_values import Unreadable, plain_values
from adapters.files.yaml_documents import document_in, read_document
from billing_core.kernel.errors import InvalidValue, NotFound


def values(text: str) -> Any:
    return plain_values(text).value


def refused(text: str) -> str:
    with pytest.raises(Unreadable) as caught:
        plain_values(text)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "a: 01\nb: Yes\nc: 19.90\nd: 2026-01-01\ne: null\nf:\ng: 'x'",
            {"a": "01", "b": "Yes", "c": "19.90", "d": "2026-01-01", "e": "null", "f": "", "g": "x"},
        ),
        ("- a\n- [b, {c: d}]\n- {}\n- []", ["a", ["b", {"c": "d"}], {}, []]),
        ("a: &one [1, 2]\nb: *one\n&k c: *k", {"a": ["1", "2"], "b": ["1", "2"], "c": "c"}),
        ("\ufeffa: b", {"a": "b"}),
        ("text", "text"),
        ("", None),
        ("# nothing", None),
        ('{"a": [1, 2.50, true, null, "x"]}', {"a": ["1", "2.50", "true", "null", "x"]}),
    ],
)  # fmt: skip
def test_every_value_is_as_it_is_written(text: str, expected: Any):
    assert values(text) == expected


def test_nothing_is_no_value_if_that_is_asked():
    text = "a: null\nb:\nc: ~\nd: 'null'\ne: ''\nnull: f"

    assert plain_values(text, null_is_none=True).value == {"a": None, "b": None, "c": None, "d": "null", "e": "",
                                                           "null": "f"}  # fmt: skip


JSON = st.recursive(
    st.text() | st.integers().map(str), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20
)


@example(["a\x85b"], False, None)
@example({"\u2028": "c"}, False, 2)
@given(JSON.filter(lambda value: isinstance(value, list | dict)), st.booleans(), st.sampled_from([None, 2, "\t"]))
def test_whatever_a_program_writes_as_json_is_read(written: Any, ascii_only: bool, indent: Any):
    assert values(json.dumps(written, ensure_ascii=ascii_only, indent=indent)) == written


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("? [a, b]\n: c", "line 1, column 3: a key must be a single text"),
        ("x:\n  ? {a: b}\n  : c", "line 2, column 5: a key must be a single text"),
        ("{[a]: b}", "line 1, column 2: a key must be a single text"),
        ("a: &x [1]\n*x : b", "line 2, column 1: a key must be a single text"),
        ("a: b\na: c", "line 2, column 1: 'a' stands twice"),
        ('{\n\t"a": 1,\n\t"a": 2}', "'a' stands twice"),
        ("a: b\n---\na: c", "line 2, column 1: begins a second document"),
        ("a: *x", "line 1, column 4: *x repeats a value that does not stand complete above it"),
        ("a: &x [*x]", "line 1, column 8: *x repeats a value that does not stand complete above it"),
        ("a: [b", "is not well-formed YAML or JSON"),
        ("a: b: c", "line 1, column 5: is not well-formed YAML or JSON"),
        ("a: \x07", "is not well-formed YAML or JSON"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_place(text: str, expected: str):
    assert expected in refused(text)


def test_a_list_may_be_nested_so_deep_and_no_deeper():
    deepest = "[" * limits.MOST_DEPTH + "]" * limits.MOST_DEPTH

    assert json.dumps(values(deepest)) == deepest
    assert refused(f"[{deepest}]") == "line 1, column 41: is nested deeper than 40 levels"
    assert "deeper than 40 levels" in refused("{a: " * 100_000)
    assert "deeper than 40 levels" in refused("\n".join(" " * level + "a:" for level in range(500)))


@pytest.mark.parametrize("levels", [41, 100_000])
def test_json_that_is_no_yaml_has_the_same_limit(levels: int):
    assert "deeper than 40 levels" in refused('{"a":\t' + "[" * levels + "]" * levels + "}")


def aliases_of_aliases(levels: int) -> str:
    """Nine times nine times nine ... values in a few lines."""
    lines = ["l0: &l0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, levels)]
    return "\n".join(lines)


def test_aliases_that_repeat_aliases_are_bounded_by_what_they_repeat():
    text = aliases_of_aliases(30)
    assert len(text) < 2_000
    tracemalloc.start()
    message = refused(text)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert "the aliases up to here repeat more than 100,000 values" in message
    assert message.startswith("line 6, ")  # 9^5 values are 59,049; the next nine times as many are too many.
    assert peak < 5_000_000


def test_ordinary_aliases_are_read():
    assert len(values("list: &list [1, 2, 3]\nall: [" + ", ".join(["*list"] * 20_000) + "]")["all"]) == 20_000


def test_a_file_has_so_many_values_and_no_more(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(limits, "MOST_VALUES", 10)

    assert len(values("[" + ",".join("123456789") + "]")) == 9
    assert "more than 10 values; split it" in refused("[" + ",".join("1234567890") + "]")


def test_a_file_has_so_many_bytes_and_no_more(tmp_path: Path):
    path = tmp_path / "large.yaml"
    path.write_bytes(b"a: " + b"x" * (limits.MOST_BYTES - 3))
    assert len(read_document(path).written["a"]) == limits.MOST_BYTES - 3

    path.write_bytes(b"a: " + b"x" * (limits.MOST_BYTES - 2))
    with pytest.raises(InvalidValue, match="is larger than 32 MiB; split it"):
        read_document(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(NotFound, match=r"gone.yaml': cannot be read: No such file"):
        read_document(tmp_path / "gone.yaml")


def test_each_value_has_the_line_on_which_it_begins():
    document = document_in("\na:\n  - b: 1\n    c: 2\n  - [x,\n     y]\n", "file")

    assert document.place(("a", 0, "c")) == "line 4, a[0].c"
    assert document.place(("a", 1, 1)) == "line 6, a[1][1]"
    assert document.place(("a", 0, "missing")) == "line 3, a[0].missing"
    assert document.place(()) == "line 2"
    assert document_in('{\t"a": [1]}', "file").place(("a", 0)) == "line 1, a[0]"
