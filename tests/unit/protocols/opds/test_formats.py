"""What a link leads to, and what the file is called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kios_desktop.domain.catalog import Format
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.protocols.opds import file_name
from kios_desktop.protocols.opds.formats import format_of

URL = ServerUrl("http://h/opds/download/1/epub/")


@pytest.mark.parametrize(
    ("media_type", "title", "href", "expected"),
    [
        ("application/epub+zip", "", "/x", Format.EPUB),
        ("application/epub+zip; charset=binary", "", "/x", Format.EPUB),
        ("Application/EPUB+zip", "", "/x", Format.EPUB),
        ("application/kepub+zip", "", "/x", Format.KEPUB),
        ("application/x-kobo-epub+zip", "", "/x", Format.KEPUB),
        ("application/octet-stream", "EPUB", "/x", Format.EPUB),
        ("", "epub", "/x", Format.EPUB),
        ("", "", "/a/The%20Book.epub", Format.EPUB),
        ("", "", "/a/Book.kepub.epub?x=1", Format.KEPUB),
        ("", "", "/a/Book.fb2.zip", Format.OTHER),
        ("", "", "/get/epub/4/lib", Format.EPUB),
        ("", "", "/opds/download/4/epub/", Format.EPUB),
        ("", "", "/opds/download/4/pdf/", Format.OTHER),
        ("", "", "/fetch.php?data=4&type=epub&id=4", Format.EPUB),
        ("application/octet-stream", "", "/file", Format.UNKNOWN),
        ("", "", "/about/epub", Format.UNKNOWN),
        ("application/pdf", "EPUB", "/x.epub", Format.OTHER),
        ("audio/aac", "", "/x", Format.OTHER),
        ("application/x-new", "", "http://[", Format.UNKNOWN),
    ],
)
def test_the_first_thing_that_says_the_format_is_believed(
    media_type: str, title: str, href: str, expected: Format
) -> None:
    assert format_of(media_type, title, href)[0] is expected


def named(disposition: str, url: ServerUrl = URL, found: Format = Format.EPUB) -> str:
    return file_name(disposition, url, "The Title", ["An Author"], found)


@pytest.mark.parametrize(
    ("disposition", "expected"),
    [
        (
            'attachment; filename="Unicode & _Angles_.epub"; '
            "filename*=utf-8''%C3%9Cn%C3%AFc%C3%B6d%C3%A9%20%26.epub",
            "Ünïcödé &.epub",
        ),
        (
            'attachment; filename="Unicode & <Angles>_ a "quoted" title - Zoe O\'Brien.epub"',
            "Unicode & _Angles__ a _quoted_ title - Zoe O'Brien.epub",
        ),
        ('attachment; filename="a \\"b\\".epub"', "a _b_.epub"),
        ('filename="cover.epub"', "cover.epub"),
        ("attachment; filename=plain.epub; size=3", "plain.epub"),
        ('attachment; FILENAME="=?UTF-8?Q?Caf=C3=A9.epub?="', "Café.epub"),
        ('attachment; filename="The%20Book%20%C3%A9.epub"', "The Book é.epub"),
        ('attachment; filename="100%.epub"', "100%.epub"),
        ('attachment; filename="Caf\u00c3\u00a9.epub"', "Café.epub"),  # UTF-8 read as latin-1
        ("attachment; filename*=nonsense''%FF.epub; filename=\"b.epub\"", "b.epub"),
        ("attachment; filename*=idna''%FF.epub; filename=\"b.epub\"", "b.epub"),
        ("attachment; filename*=undefined''a.epub; filename=\"b.epub\"", "b.epub"),
        ("attachment; filename*=base64''a.epub; filename=\"b.epub\"", "b.epub"),
        ("", "The Title - An Author.epub"),
        ("attachment", "The Title - An Author.epub"),
    ],
)
def test_a_name_is_found_in_every_form_of_the_header(disposition: str, expected: str) -> None:
    assert named(disposition) == expected


def test_an_address_that_ends_in_a_name_has_one() -> None:
    assert named("", ServerUrl("http://h/a/My%20Book.epub?key=1")) == "My Book.epub"


@pytest.mark.parametrize(
    ("given_name", "expected"),
    [
        ("../../etc/passwd", "passwd.epub"),
        ("C:\\Users\\x\\evil.epub", "evil.epub"),
        ("..", "book.epub"),
        (".hidden.epub", "hidden.epub"),
        ("a/b\\c:d.epub", "c_d.epub"),
        ("CON.epub", "_CON.epub"),
        ("nul.tar.epub", "_nul.tar.epub"),
        ("LPT9", "_LPT9.epub"),
        ("trailing. . .epub", "trailing.epub"),
        ("a\x00b\nc\u202egpj.epub", "ab cgpj.epub"),
        ("wrong.pdf", "wrong.epub"),
        ("Vol. 1", "Vol. 1.epub"),
        ("e\u0301.epub", "é.epub"),
    ],
)
def test_a_hostile_name_is_harmless(given_name: str, expected: str) -> None:
    assert named(f'attachment; filename="{given_name}"') == expected


def test_a_long_name_is_cut_between_characters() -> None:
    name = named(f'attachment; filename="{"日" * 300}.epub"')
    assert name == "日" * 40 + ".epub"


def test_the_detected_format_decides_the_ending() -> None:
    assert named('attachment; filename="a.epub"', found=Format.KEPUB) == "a.kepub.epub"
    assert named('attachment; filename="a.pdf"', found=Format.OTHER) == "a.pdf"
    assert named('attachment; filename="a"', found=Format.UNKNOWN) == "a.epub"


@given(st.text(max_size=300), st.sampled_from(list(Format)))
def test_whatever_the_header_says_the_name_is_one(text: str, found: Format) -> None:
    for header in (text, f'attachment; filename="{text}"', f"attachment; filename*={text}"):
        name = named(header, found=found)
        assert name
        assert not set(name) & set('/\\:*?"<>|\x00\n')
        assert not name.startswith(".") and not name.endswith((".", " "))
        assert len(name.encode("utf-8", "replace")) <= 140
