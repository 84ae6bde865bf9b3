"""A calibre library of small books, some of them awkward on purpose."""

import os
import random
import struct
import subprocess
import uuid
import zipfile
import zlib
from html import escape
from pathlib import Path
from typing import Final
from urllib.parse import quote

from tests.books import CONTAINER

AWKWARD: Final = (
    ('Ünïcödé & <Angles>: a "quoted" title', "Zoë O'Brien & Sons", "日本語 Series", "en"),
    ("Slash/Back\\slash: 100% café?", "Müller, Jürgen", "日本語 Series", "de"),
    ("A very long title " + "that goes on and on " * 12, "Anne Author", "", "fr"),
)
LARGE: Final = 5  # this book takes a while to fetch
_ALWAYS: Final = (2024, 1, 1, 0, 0, 0)
_PARAGRAPHS: Final = 20


def title_of(number: int) -> str:
    return AWKWARD[number][0] if number < len(AWKWARD) else f"Book {number:03d}"


def write_book(path: Path, number: int) -> None:
    """Book 0 has file names with a space, a plus and an accent."""
    named = number < len(AWKWARD)
    author = AWKWARD[number][1] if named else f"Author {number % 7}"
    series = AWKWARD[number][2] if named else (f"Series {number % 5}" if number % 3 else "")
    language = AWKWARD[number][3] if named else "en"
    names = [f"Text/ch {k}+é.xhtml" if number == 0 else f"Text/chapter{k}.xhtml" for k in (1, 2, 3)]
    title, uid = title_of(number), uuid.uuid5(uuid.NAMESPACE_URL, f"urn:kios:test:{number}")
    extra = (
        f'<meta name="calibre:series" content="{escape(series)}"/>'
        f'<meta name="calibre:series_index" content="{number // 5 + 1}"/>'
        if series
        else ""
    )
    items = "".join(
        f'<item id="c{k}" href="{quote(name)}" media-type="application/xhtml+xml"/>'
        for k, name in enumerate(names)
    )
    noise = '<item id="n" href="noise.bin" media-type="application/octet-stream"/>'
    noise = noise if number == LARGE else ""
    spine = "".join(f'<itemref idref="c{k}"/>' for k in range(len(names)))
    package = (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id">'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<dc:identifier id="id">urn:uuid:{uid}</dc:identifier><dc:title>{escape(title)}</dc:title>'
        f"<dc:creator>{escape(author)}</dc:creator><dc:language>{language}</dc:language>"
        f"<dc:subject>Tag{number % 4}</dc:subject>"
        f"<dc:description>{escape(f'<p>About <b>{escape(title)}</b></p>')}</dc:description>"
        '<meta property="dcterms:modified">2024-01-01T00:00:00Z</meta>'
        f'<meta name="cover" content="cov"/>{extra}</metadata><manifest>'
        '<item id="cov" href="cover.png" media-type="image/png" properties="cover-image"/>'
        '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
        f"{items}{noise}</manifest><spine>{spine}</spine></package>"
    )
    links = "".join(
        f'<li><a href="{quote(name)}">Chapter {k}</a></li>' for k, name in enumerate(names, 1)
    )
    nav = (
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops">'
        f'<head><title>nav</title></head><body><nav epub:type="toc"><ol>{links}</ol></nav></body>'
        "</html>"
    )
    with zipfile.ZipFile(path, "w") as archive:

        def add(name: str, text: str | bytes, stored: bool = False) -> None:
            entry = zipfile.ZipInfo(name, _ALWAYS)
            entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            archive.writestr(entry, text)

        add("mimetype", "application/epub+zip", stored=True)
        add("META-INF/container.xml", CONTAINER)
        add("EPUB/package.opf", package)
        add("EPUB/nav.xhtml", nav)
        add("EPUB/cover.png", picture(number))
        for k, name in enumerate(names, 1):
            add(f"EPUB/{name}", _chapter(number, k))
        if number == LARGE:
            add("EPUB/noise.bin", random.Random(number).randbytes(3_000_000), stored=True)


def picture(number: int, width: int = 200, height: int = 300) -> bytes:
    """A PNG of one colour: calibre makes nothing of a cover of one pixel."""
    colour = bytes(((number * 67) % 256, (number * 131) % 256, (number * 29) % 256))
    rows = (b"\0" + colour * width) * height

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def _chapter(number: int, k: int) -> str:
    paragraphs = "".join(
        f'<p id="p{j}">Paragraph {j} of chapter {k} in book {number}. '
        + "The river went on past the mill and the town. " * 5
        + "</p>"
        for j in range(_PARAGRAPHS)
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml"><head>'
        f"<title>Chapter {k}</title></head><body><h1>Chapter {k}</h1>{paragraphs}</body></html>"
    )


def environment(work: Path) -> dict[str, str]:
    """What every calibre program is started with: nothing of the person's own calibre."""
    runtime = work / "run"
    runtime.mkdir(mode=0o700, exist_ok=True)
    return {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_RUNTIME_DIR": str(runtime),
        "CALIBRE_CONFIG_DIRECTORY": str(work / "calibre-config"),
    }


def make_library(work: Path, books: int) -> Path:
    """`work/lib`, made once; the files added are in `work/books`."""
    library, files = work / "lib", work / "books"
    if (library / "metadata.db").exists():
        return library
    files.mkdir(parents=True, exist_ok=True)
    library.mkdir(exist_ok=True)
    made = [files / f"book{number:03d}.epub" for number in range(books)]
    for number, path in enumerate(made):
        write_book(path, number)
    _calibredb(work, "add", "--with-library", str(library), *map(str, made))
    plain = work / "plain.txt"
    plain.write_text("plain text version\n")
    _calibredb(work, "add_format", "--with-library", str(library), "4", str(plain))
    return library


def _calibredb(work: Path, *words: str) -> None:
    done = subprocess.run(
        ["calibredb", *words], env=environment(work), capture_output=True, text=True, timeout=300
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
