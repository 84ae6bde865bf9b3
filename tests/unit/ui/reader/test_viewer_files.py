"""The file of a viewed picture: its path, its bytes, and the name to save it under."""

import pytest

from kios_desktop.domain.errors import Missing
from kios_desktop.ui.reader.viewer.files import PictureFile


async def read(path: str) -> bytes:
    return path.encode()


PNG = b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize(
    ("url", "path", "name"),
    [
        ("book://0a/EPUB/images/a%20map.png", "EPUB/images/a map.png", "a map.png"),
        ("book://0a/.kios/picture/EPUB/cover.jpg", "EPUB/cover.jpg", "cover.jpg"),
        ("book://0a/EPUB/a%3Fb%2A.svg", "EPUB/a?b*.svg", "a_b_.svg"),
        ("book://0a/EPUB/..%2F..%2Fetc%2Fx.png", "EPUB/../../etc/x.png", "x.png"),
        ("book://0a/EPUB/frontispiece", "EPUB/frontispiece", "frontispiece.png"),
        ("book://0a/EPUB/dr.%20jekyll%20at%20night", "EPUB/dr. jekyll at night", None),
        ("book://0a/EPUB/.png", "EPUB/.png", "picture.png"),
        ("book://0a/EPUB/CON.png", "EPUB/CON.png", "_CON.png"),
        ("book://0a/EPUB/nul", "EPUB/nul", "_nul.png"),
        ("data:image/png;base64,AAAA", "", "picture.png"),
        ("data:,x", "", "picture.png"),
        ("https://example.com/images/cover.jpg", "", "picture.png"),
        ("", "", "picture.png"),
    ],
)
def test_path_and_name(url: str, path: str, name: str | None) -> None:
    file = PictureFile(url)
    assert (file.path, file.name(PNG)) == (path, name or path.rpartition("/")[2] + ".png")


@pytest.mark.parametrize(
    ("content", "suffix"),
    [
        (b"\xff\xd8\xff\xe0", ".jpg"),
        (b"GIF89a", ".gif"),
        (b"RIFF1234WEBP", ".webp"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', ".svg"),
        (b"something else", ""),
    ],
)
def test_a_name_without_an_ending_gets_that_of_the_content(content: bytes, suffix: str) -> None:
    assert PictureFile("book://0a/EPUB/a").name(content) == f"a{suffix}"


def test_a_long_name_keeps_its_ending() -> None:
    name = PictureFile(f"book://0a/{'%C3%A9' * 200}.jpeg").name(PNG)
    assert name == "é" * 60 + ".jpeg"


async def test_bytes_come_from_the_book_or_from_the_chapter() -> None:
    assert await PictureFile("book://0a/EPUB/a.png").read(read) == b"EPUB/a.png"
    assert await PictureFile("data:image/png;base64,aGk=").read(read) == b"hi"
    assert await PictureFile("data:image/svg+xml,%3Csvg/%3E").read(read) == b"<svg/>"
    with pytest.raises(Missing):
        await PictureFile("data:image/png;base64,a").read(read)


@pytest.mark.parametrize("url", ["https://example.com/images/cover.jpg", "book:", ""])
async def test_what_is_outside_the_book_is_not_a_file_of_it(url: str) -> None:
    with pytest.raises(Missing):
        await PictureFile(url).read(read)
