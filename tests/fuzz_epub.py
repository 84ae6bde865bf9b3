"""Throws broken input at everything that reads a book, for as long as it is asked to.

    python -m tests.fuzz_epub [SECONDS] [--seed N]

Every input must give a result or one of our own errors, within its time. Prints the seed and the
error of the first failure and exits 1.
"""

import argparse
import io
import json
import random
import re
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec.structs import replace

from kios_desktop.cli.positions import Answerer
from kios_desktop.domain.errors import PublicationError
from kios_desktop.domain.locator import Place
from kios_desktop.epub import cfi, css_path, encoding, kobo_span, styles, xhtml_writer, xpointer
from kios_desktop.epub.container import Container
from kios_desktop.epub.content_model import ContentModel
from kios_desktop.epub.package import read_publication
from kios_desktop.epub.places import Places
from kios_desktop.epub.serving import Serving
from kios_desktop.epub.source_tree import SourceTree
from tests.books import BookDraft, write_zip
from tests.hostile_words import unclean

LIMIT_S = 5.0  # for one small input; a hang is a failure
_PIECES = (
    "<",
    ">",
    "/",
    "</",
    "/>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?",
    "?>",
    "&",
    ";",
    "&#",
    "&#x",
    "&nbsp;",
    "&amp;",
    "&bogus;",
    "&#0;",
    "&#xD800;",
    "&#1114112;",
    "&#32;",
    '"',
    "'",
    "=",
    " ",
    "\t",
    "\r\n",
    "\n",
    "\0",
    "\ud800",
    "\ufffe",
    "😀",
    "word",
    "<p>",
    "</p>",
    "<p",
    "<br>",
    "<br/>",
    "<b>",
    "</b>",
    "<body>",
    "</body>",
    "<html>",
    "<pre>",
    "</pre>",
    "<table>",
    "<svg>",
    "</svg>",
    "<math>",
    "<style>",
    "</style>",
    "<script>",
    "</script>",
    "<!DOCTYPE html>",
    "<!DOCTYPE x [",
    "]>",
    "<?xml version='1.0' encoding='utf-16'?>",
    " style='display:block'",
    " id='a'",
    ' class="b"',
    "<a><a><a><a>",
    "<!ENTITY a 'b'>",
    "x" * 9000,
    " " * 300,
    "\u00a0",
    "\u00ad",
    "\u200b",
    "-epub-",
    "page-break-before:always",
    "10vw",
    "{",
    "}",
    "/*",
    "*/",
    "@media",
)
_POINTERS = (
    "/body",
    "/DocFragment",
    "[1]",
    "[0]",
    "[999999999999]",
    "[-1]",
    "/p",
    "/text()",
    "[2]",
    ".0",
    ".99999999999",
    "/",
    ".",
    "#_doc_fragment_",
    "1",
    "_ id",
    "autoBoxing",
    "/6",
    "/4",
    "!",
    ":",
    "~1",
    "@1:2",
    "[id]",
    "^",
    ",",
    ";s=a",
    "epubcfi(",
    ")",
    "kobo.1.1",
    "kobo.",
    "#",
    ">",
    ":nth-child(2)",
    "*",
    " ",
    "é",
    "\ud800",
    "0" * 50,
    "/2" * 2000,
)


def document(rng: random.Random) -> str:
    """Something that may once have been a content document."""
    body = "".join(rng.choices(_PIECES, k=rng.randint(0, 60)))
    if rng.random() < 0.7:
        return f"<html><head><title>t</title></head><body>{body}</body></html>"
    return body


def pointer(rng: random.Random) -> str:
    return "".join(rng.choices(_POINTERS, k=rng.randint(0, 12)))


def fuzz_document(rng: random.Random) -> object:
    """One document through the tokenizer and every model of it."""
    source = document(rng)
    model = ContentModel(source.encode("utf-8", "surrogatepass"), lambda _: styles.adapt(source))
    xhtml_writer.document(model.tree)
    places = [0, model.total, rng.randint(0, max(1, model.total))]
    for element in model.engine_source.elements[:50]:
        model.engine.children(element)
    xpointer.resolve(
        model.engine, model.engine_source.body, xpointer.parse("/body/DocFragment/body/p/text().1")
        or xpointer.XPointer(1),
    )  # fmt: skip
    kobo_span.Segments(model.tree).at(places[-1])
    css_path.find(model.tree, pointer(rng))
    return source


def fuzz_pointers(rng: random.Random) -> object:
    """Pointer texts through their parsers."""
    text = pointer(rng)
    xpointer.parse(text)
    cfi.parse(text)
    return text


def fuzz_encoding(rng: random.Random) -> object:
    data = rng.randbytes(rng.randint(0, 300))
    SourceTree(encoding.decode(data))
    return data


def fuzz_book(rng: random.Random, folder: Path) -> object:
    """A book with broken chapters, or broken itself, through all that reads books."""
    path = folder / "book.epub"
    BookDraft(
        chapters=[document(rng).replace("\ud800", "") for _ in range(rng.randint(1, 3))],
        spine='<itemref idref="nope"/>' if rng.random() < 0.3 else "",
        css="".join(rng.choices(_PIECES, k=20)).encode("utf-8", "ignore").decode(),
    ).write(path) if rng.random() < 0.5 else path.write_bytes(_raw_book(rng))
    data = bytearray(path.read_bytes())
    for _ in range(rng.choice((0, 0, 1, 3, 20))):
        data[rng.randrange(len(data))] = rng.randrange(256)
    if rng.random() < 0.1:
        del data[rng.randrange(len(data)) :]
    path.write_bytes(data)
    with Container.open(path) as container:
        publication = read_publication(container)
        serving = Serving(container, publication)
        for name in [*publication.resources, pointer(rng)]:
            try:
                serving.resource(name)
            except PublicationError:
                continue
        places = Places(container, publication)
        answerer = Answerer(container, publication)
        for index in range(len(publication.reading_order)):
            places.xpointer(Place(index, rng.randint(0, 50)))
            places.cfi(Place(index, rng.randint(0, 50)))
        for key in ("xpointer", "cfi", "kobo_span", "locator", "fraction"):
            answerer.answer(json.dumps({key: pointer(rng), "href": pointer(rng)}))
        places.from_xpointer("/body/DocFragment[1]" + pointer(rng), rng.random())
        places.from_locator({"href": "EPUB/chapter0001.xhtml", "locations": {
            "partialCfi": pointer(rng), "cssSelector": pointer(rng), "progression": rng.random(),
        }, "text": {"after": document(rng)}})  # fmt: skip
    return bytes(data)


_WORDS = (
    *("a", "é", " ", "&", "&nbsp;", "&bogus;", "&#xD83D;", "&#xDE00;", "&#1;", "&#x202E;"),
    *("&#x110000;", "&#65534;", "\u202e", "\u2066", "\x01", "\x85", "\ud83d", "<br/>"),
)


def fuzz_words(rng: random.Random, folder: Path) -> object:
    """What a package says about itself is clean, whatever it says."""

    def words() -> str:
        return "".join(rng.choices(_WORDS, k=rng.randint(0, 12)))

    draft = BookDraft(title="TITLE", author="AUTHOR")
    draft.metadata = (
        "<dc:description>MORE</dc:description><dc:subject>MORE</dc:subject>"
        "<meta name='calibre:series' content='SERIES'/>"
    )
    entries = {
        name: re.sub(
            b"TITLE|AUTHOR|MORE|SERIES|Chapter [0-9]",
            lambda _: words().encode("utf-8", "surrogatepass"),
            content,
        )
        for name, content in draft.entries().items()
    }
    with Container.open(write_zip(folder / "words.epub", entries)) as container:
        publication = read_publication(container)
    said = (replace(publication.metadata, identifier=""), publication.toc, publication.defects)
    if found := unclean(said):
        raise AssertionError(found)
    return said


def _raw_book(rng: random.Random) -> bytes:
    """A book whose chapter is not even XHTML around the body."""
    entries = BookDraft().entries()
    victim = rng.choice([name for name in entries if name != "mimetype"])
    entries[victim] = document(rng).encode("utf-8", "surrogatepass")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("seconds", type=float, nargs="?", default=600)
    parser.add_argument("--seed", type=int, default=None)
    asked = parser.parse_args(argv)
    seed = asked.seed if asked.seed is not None else time.time_ns() % 10**9
    deadline = time.monotonic() + asked.seconds
    count = 0
    with TemporaryDirectory() as folder:
        jobs: list[Callable[[random.Random], object]] = [
            fuzz_document,
            fuzz_pointers,
            fuzz_encoding,
            lambda rng: fuzz_book(rng, Path(folder)),
            lambda rng: fuzz_words(rng, Path(folder)),
        ]
        while time.monotonic() < deadline:
            one = seed + count
            rng = random.Random(one)
            job = rng.choice(jobs)
            started, failed = time.monotonic(), True
            try:
                job(rng)
                failed = False
            except PublicationError:
                failed = False
            finally:
                if failed:
                    sys.stderr.write(f"failed with --seed {one}\n")
            if time.monotonic() - started > LIMIT_S:
                sys.stderr.write(f"too slow with --seed {one}\n")
                return 1
            count += 1
    sys.stdout.write(f"{count} inputs from seed {seed}, no failure\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
