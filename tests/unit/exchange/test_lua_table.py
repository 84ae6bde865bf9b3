"""Tables written in Lua."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kios_desktop.exchange.lua_table import BadTable, read_table
from tests.foreign_marks import lua

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.booleans() | st.integers(-(10**15), 10**15) | TEXT,
    lambda inner: st.dictionaries(TEXT | st.integers(1, 99), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(TEXT | st.integers(1, 99), VALUES, max_size=4))
def test_what_koreader_writes_is_read(table: dict[object, object]) -> None:
    assert read_table(b"-- a comment\nreturn " + lua(table).encode()) == table


@pytest.mark.parametrize(
    ("text", "table"),
    [
        (b"{}", {}),
        (b"return{ }", {}),
        (b"{1, 'two'; 3.5,}", {1: 1, 2: "two", 3: 3.5}),
        (b"{a=true,b=false,c=nil}", {"a": True, "b": False, "c": None}),
        (b'{[1]=-5,["x"]=0xFF, y = 1e3}', {1: -5, "x": 255, "y": 1000.0}),
        (b"{[[long]], [==[a]]b]==]}", {1: "long", 2: "a]]b"}),
        (b"{ 'a\\tb\\65\\x41\\z   c\\'' }", {1: "a\tbAAc'"}),
        (b"{ --[[ one\n two ]] 1, --[==[ ]] ]==] 2 -- end\n}", {1: 1, 2: 2}),
        ("{'Zoë\\195\\171'}".encode(), {1: "Zoëë"}),
        (b"{'\xff'}", {1: "\ufffd"}),
    ],
)
def test_other_ways_to_write_a_table(text: bytes, table: object) -> None:
    assert read_table(text) == table


@pytest.mark.parametrize(
    "text",
    [
        b"", b"return", b"5", b"'a'", b"{", b"}", b"{1 2}", b"{[nil]=1}", b"{[{}]=1}", b"{[1]}",
        b"{a}", b"{a b}", b"{'a", b"{'a\nb'}", b"{[[a}", b"{f()}", b"{a=function() end}", b"{} {}",
        b"{--[[ }", b"{" * 100 + b"}" * 100, b"return return {}", b"{,}",
    ],
)  # fmt: skip
def test_what_is_no_table(text: bytes) -> None:
    with pytest.raises(BadTable):
        read_table(text)


@given(st.binary(max_size=60))
def test_no_bytes_are_too_odd(data: bytes) -> None:
    for text in (data, b"{" + data + b"}"):
        with contextlib.suppress(BadTable):
            assert isinstance(read_table(text), dict)
