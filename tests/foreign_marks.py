"""Files of marks in the shapes that other readers write, made by our own code.

Sources: edrlab/thorium-reader src/common/readium/annotation; koreader/koreader
plugins/exporter.koplugin and frontend/dump.lua; readest/readest src/types/book.ts.
"""

import json
from collections.abc import Mapping, Sequence

CFI = "http://www.idpf.org/epub/linking/cfi/epub-cfi.html"


def thorium(*items: Mapping[str, object], title: str = "A small book") -> bytes:
    """An .annotation file."""
    document = {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "id": "urn:uuid:6ab2a3a5-0b86-4f2b-a7d0-5a2dbd1b8a11",
        "type": "AnnotationSet",
        "generator": {"id": "https://example.org/v3", "type": "Software", "name": "Thorium 3"},
        "generated": "2026-05-01T08:00:00.000Z",
        "title": "Annotations set",
        "about": {
            "dc:identifier": ["urn:thorium:1", "urn:isbn:1"],
            "dc:format": "application/epub+zip",
            "dc:title": title,
            "dc:publisher": [],
            "dc:creator": ["Ann Author"],
            "dc:date": "",
        },
        "items": items,
    }
    return json.dumps(document).encode()


def thorium_item(
    exact: str,
    *,
    prefix: str = "",
    suffix: str = "",
    source: str = "EPUB/chapter0001.xhtml",
    note: str = "",
    color: str = "yellow",
    highlight: str = "solid",
    number: int = 1,
    selectors: Sequence[Mapping[str, object]] = (),
) -> dict[str, object]:
    motivation = "bookmarking" if highlight == "bookmark" else "highlighting"
    return {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "id": f"urn:uuid:00000000-0000-4000-8000-{number:012}",
        "created": "2026-04-30T20:15:00.000Z",
        "modified": "2026-04-30T20:16:00.000Z",
        "type": "Annotation",
        "body": {
            "type": "TextualBody",
            "value": note,
            "format": "text/plain",
            "color": color,
            "tag": "",
            "highlight": highlight,
        },
        "creator": {"id": "urn:uuid:1", "type": "Person", "name": ""},
        "target": {
            "source": source,
            "meta": {"headings": [{"level": 1, "txt": "Chapter 1"}], "page": "12"},
            "selector": [
                {"type": "TextPositionSelector", "start": 5, "end": 9},
                {"type": "TextQuoteSelector", "exact": exact, "prefix": prefix, "suffix": suffix},
                *selectors,
            ],
        },
        "motivation": motivation,
    }


def koreader_export(*entries: Mapping[str, object], title: str = "A small book") -> bytes:
    """The exporter's JSON for one book."""
    return json.dumps(koreader_book(*entries, title=title) | _export_end()).encode()


def koreader_books(*books: Mapping[str, object]) -> bytes:
    """The exporter's JSON for several books."""
    return json.dumps(_export_end() | {"documents": books}).encode()


def koreader_book(*entries: Mapping[str, object], title: str) -> dict[str, object]:
    return {
        "title": title,
        "author": "Ann Author",
        "entries": entries,
        "file": "books/small.epub",
        "number_of_pages": 200,
    }


def _export_end() -> dict[str, object]:
    return {"created_on": 1777600000, "version": "json/1.0.0"}


def koreader_entry(text: str, **more: object) -> dict[str, object]:
    return {
        "sort": "highlight",
        "page": 1,
        "time": 1777580000,
        "text": text,
        "chapter": "Chapter 1",
        "drawer": "lighten",
        "color": "yellow",
    } | more


def koreader_metadata(*annotations: Mapping[str, object], partial_md5: str = "") -> bytes:
    """A metadata.epub.lua."""
    table = {
        "annotations": dict(enumerate(annotations, 1)),
        "doc_pages": 200,
        "doc_props": {"authors": "Ann Author", "title": "A small book"},
        "partial_md5_checksum": partial_md5,
        "percent_finished": 0.25,
        "summary": {"status": "reading"},
    }
    return b"-- we can read Lua syntax here!\nreturn " + lua(table).encode() + b"\n"


def koreader_annotation(text: str, pos0: str, pos1: str, **more: object) -> dict[str, object]:
    return {
        "chapter": "Chapter 1",
        "color": "green",
        "datetime": "2026-07-27 09:18:26",
        "drawer": "lighten",
        "page": pos0,
        "pageno": 3,
        "pos0": pos0,
        "pos1": pos1,
        "text": text,
    } | more


def lua(value: object, level: int = 0) -> str:
    """As KOReader writes a value: keys in brackets, line ends in texts behind a backslash."""
    if isinstance(value, Mapping):
        inner = "    " * (level + 1)
        lines = [f"{inner}[{lua(key)}] = {lua(one, level + 1)},\n" for key, one in value.items()]
        return "{\n" + "".join(lines) + "    " * level + "}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        text = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\\n")
        return '"' + text.replace("\r", "\\r").replace("\0", "\\000") + '"'
    if isinstance(value, list | tuple):
        return lua(dict(enumerate(value, 1)), level)
    return "nil" if value is None else repr(value)


def readest(*annotations: Mapping[str, object]) -> bytes:
    """An exported JSON."""
    document = {
        "$format": "readest-annotations",
        "version": 1,
        "exportedAt": 1785665567362,
        "book": {"title": "A small book", "author": "Ann Author", "hash": "0" * 32},
        "progress": [46, 113],
        "annotations": annotations,
    }
    return json.dumps(document).encode()


def readest_entry(cfi: str, text: str = "", **more: object) -> dict[str, object]:
    return {
        "id": "qfqy25y",
        "type": "annotation",
        "cfi": cfi,
        "text": text,
        "style": "highlight",
        "color": "yellow",
        "note": "",
        "createdAt": 1785665500000,
        "updatedAt": 1785665500000,
    } | more
