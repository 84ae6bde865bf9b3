"""The file of a viewed picture: its path, its bytes, and the name to save it under."""

import pytest

from kios_desktop.domain.errors import Missing
from kios_desktop.ui.reader.viewer.files import PictureFile


async def read(path: str) -> bytes:
    return path.encode()


@pytest.mark.parametrize(
    ("url", "path", "name"),
    [
        ("book://0a/EPUB/images/a%20map.png", "EPUB/images/a map.png", "a map.png"),
        ("book://0a/.kios/picture/EPUB/cover.jpg", "EPUB/cover.jpg", "cover.jpg"),
        ("book://0a/EPUB/a%3Fb%2A.svg", "EPUB/a?b*.svg", "a_b_.svg"),
        ("book://0a/EPUB/..%2F..%2Fetc%2Fx.png", "EPUB/../../etc/x.png", "x.png"),
        ("data:image/png;base64,AAAA", "", "picture.png"),
        ("data:image/jpeg,x", "", "picture.jpg"),
    ],
)
def test_path_and_name(url: str, path: str, name: str) -> None:
    file = PictureFile(url)
    assert (file.path, file.name) == (path, name)


async def test_bytes_come_from_the_book_or_from_the_chapter() -> None:
    assert await PictureFile("book://0a/EPUB/a.png").read(read) == b"EPUB/a.png"
    assert await PictureFile("data:image/png;base64,aGk=").read(read) == b"hi"
    assert await PictureFile("data:image/svg+xml,%3Csvg/%3E").read(read) == b"<svg/>"
    with pytest.raises(Missing):
        await PictureFile("data:image/png;base64,a").read(read)
