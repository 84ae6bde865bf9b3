"""Entries of all types become harmless markup."""

import re
import time

import pytest

from kios_desktop.dictionaries.entry_parts import EntryPart, parts_of
from kios_desktop.dictionaries.markup import markup_of


def shown(kind: str, text: str) -> str:
    return markup_of([EntryPart(kind, text.encode())])


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("m", "a < b & c\nd", "a &lt; b &amp; c<br>d"),
        ("l", "caf\u00e9", "café"),
        ("t", "ˈwɜːd", "ˈwɜːd"),
        ("y", "にほん", "にほん"),
        ("w", "'''bold''' [[link]]", "'''bold''' [[link]]"),
        ("g", "<b>One</b>\n<span foreground='red'>two</span>", "<b>One</b><br>two"),
        ("g", "<span weight='bold'>x</span>", '<span style="font-weight:bold">x</span>'),
        ("g", "<span style='italic' rise='1'>x</span>", '<span style="font-style:italic">x</span>'),
        ("g", "\n\n\n\n<i>a</i>\n\n\n\n\nb", "<i>a</i><br><br>b"),
        ("h", "<p onclick='x()'>a<br>b</p>", "<p>a<br>b</p>"),
        ("h", "<font color=red size=7>a</font>", "a"),
        ("h", "<a href='bword://Zwei Wörter'>x</a>", '<a href="look:Zwei%20W%C3%B6rter">x</a>'),
        ("h", "<a href='bword://a%20b'>x</a>", '<a href="look:a%20b">x</a>'),
        ("h", "<a href='entry://a/'>x</a>", '<a href="look:a">x</a>'),
        ("h", "<a href='https://example.org'>x</a>", "x"),
        ("h", "<a href='javascript:x()'>x</a>", "x"),
        ("h", "<img src='http://example.org/a.png'>a<script>x()</script><style>b{}</style>", "a"),
        ("x", "<k>cat</k>\n<tr>kæt</tr> <ex>a cat</ex>", "<b>cat</b><br><i>kæt</i> <i>a cat</i>"),
        ("x", "see <kref>two words</kref>", 'see <a href="look:two%20words">two words</a>'),
        ("x", "<rref>a.wav</rref>a<c c='red'>b</c>", "ab"),
        ("x", "<ar><def><deftext>a</deftext></def></ar>", "<div>a</div>"),
        ("k", "<单词块><![CDATA[word]]></单词块>\n<b>two</b>", "word<br>two"),
        ("n", "<synset>one</synset>", "one"),
        ("W", "RIFF", ""),
        ("P", "PNG", ""),
        ("X", "?", ""),
        ("r", "img:a.png", ""),
        ("m", "", ""),
    ],
)  # fmt: skip
def test_every_type_is_shown_or_left_out(kind: str, text: str, expected: str) -> None:
    assert shown(kind, text) == expected


def test_parts_are_told_apart() -> None:
    same = b"one\0two\0three"
    assert [(p.kind, p.content) for p in parts_of(same, "tym")] == [
        ("t", b"one"),
        ("y", b"two"),
        ("m", b"three"),
    ]
    own = b"mone\0W\x00\x00\x00\x03\0\0\0htwo\0"
    assert [(p.kind, p.content) for p in parts_of(own, "")] == [
        ("m", b"one"),
        ("W", b"\0\0\0"),
        ("h", b"two"),
    ]
    assert markup_of(parts_of(own, "")) == "one<hr>two"


@pytest.mark.parametrize(
    "content", [b"", b"\0\0\0", b"m", b"W\xff\xff\xff\xffx", b"\xffone", b"mone"]
)
@pytest.mark.parametrize("types", ["", "m", "Wm", "tmW"])
def test_damaged_parts_end_somewhere(content: bytes, types: str) -> None:
    markup_of(parts_of(content, types))


WRITTEN = re.compile(
    r"</?(b|i|u|s|sub|sup|small|big|tt|p|br|div|ul|ol|li|blockquote|h[1-4]|hr|table|tr|t[dh]|a|span)"
    r'( (href="look:[^"<>]+"|style="[a-z;:-]+"))?>'
)


@pytest.mark.parametrize("kind", list("mltygxhkwn"))
@pytest.mark.parametrize(
    "text",
    [
        "<" * 5000,
        "<a " * 5000,
        "<!--" * 5000,
        "<div>" * 5000 + "x",
        "<b>" * 3000 + "</i>" * 3000,
        "<table>" * 2000,
        "&lt;script&gt;&#60;img src=x&#62;",
        "<a href='bword://\"><img src=http://h/>'>x</a>",
        "<span style='italic\" onload=\"x' weight='bold'>x</span>",
        "<kref>" * 5000,
        "\n" * 50_000,
        "<svg><a href='bword:x'></svg>",
        "<math><mtext><style><img src=x></style></mtext></math>",
    ],
)
def test_hostile_markup_is_harmless_and_quick(kind: str, text: str) -> None:
    begun = time.perf_counter()
    markup = shown(kind, text)
    assert time.perf_counter() - begun < 2
    assert "<" not in WRITTEN.sub("", markup)
    depth = deepest = 0
    for tag in WRITTEN.finditer(markup):
        if tag[1] not in ("br", "hr"):
            depth += -1 if tag[0].startswith("</") else 1
        deepest = max(deepest, depth)
    assert depth == 0
    assert deepest < 50
