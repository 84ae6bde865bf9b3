"""Small EPUBs built by code: deterministic, and broken on purpose where a test needs that."""

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

CONTAINER = (
    '<?xml version="1.0"?>'
    '<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/>'
    "</rootfiles></container>"
)
PIXEL_PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360000002000001e5273d8f0000000049454e44ae426082"
)
_TYPES = {
    "xhtml": "application/xhtml+xml",
    "css": "text/css",
    "png": "image/png",
    "jpg": "image/jpeg",
    "svg": "image/svg+xml",
    "ncx": "application/x-dtbncx+xml",
    "ttf": "font/ttf",
}


@dataclass
class BookDraft:
    """What a small book is made of. `files` adds or replaces entries of the zip by their path."""

    title: str = "A small book"
    author: str = "Ann Author"
    language: str = "en"
    identifier: str = "urn:uuid:12345678-1234-1234-1234-123456789abc"
    chapters: Sequence[str] = ("<h1>One</h1><p>First words.</p>", "<h1>Two</h1><p>More words.</p>")
    direction: str = ""
    css: str = ""
    cover: bytes | None = None
    metadata: str = ""  # further elements of <metadata>
    manifest: str = ""  # further items
    spine: str = ""  # further itemrefs
    with_toc: bool = True
    files: Mapping[str, bytes | str | None] = field(default_factory=dict)  # None removes

    def entries(self) -> dict[str, bytes]:
        """The files of the zip by path, in order."""
        numbers = range(1, len(self.chapters) + 1)
        names = [f"chapter{n:04}.xhtml" for n in numbers]
        entries: dict[str, bytes | str | None] = {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": CONTAINER,
            "EPUB/package.opf": self._package(names),
        }
        if self.with_toc:
            entries["EPUB/nav.xhtml"] = self._nav(names)
        if self.css:
            entries["EPUB/style.css"] = self.css
        if self.cover is not None:
            entries["EPUB/cover.png"] = self.cover
        for name, body in zip(names, self.chapters, strict=True):
            entries[f"EPUB/{name}"] = page(body, styled=bool(self.css))
        entries.update(self.files)
        return {
            name: content.encode() if isinstance(content, str) else content
            for name, content in entries.items()
            if content is not None
        }

    def write(self, path: Path) -> Path:
        """Write the EPUB and return its path."""
        return write_zip(path, self.entries())

    def _package(self, names: Sequence[str]) -> str:
        items = "".join(
            f'<item id="c{n}" href="{name}" media-type="application/xhtml+xml"/>'
            for n, name in enumerate(names, 1)
        )
        if self.with_toc:
            items += (
                '<item id="nav" href="nav.xhtml" properties="nav"'
                ' media-type="application/xhtml+xml"/>'
            )
        if self.css:
            items += '<item id="css" href="style.css" media-type="text/css"/>'
        if self.cover is not None:
            items += (
                '<item id="cover" href="cover.png" media-type="image/png"'
                ' properties="cover-image"/>'
            )
        refs = "".join(f'<itemref idref="c{n}"/>' for n in range(1, len(names) + 1))
        direction = f' page-progression-direction="{self.direction}"' if self.direction else ""
        return (
            '<?xml version="1.0" encoding="utf-8"?>'
            '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id">'
            '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f'<dc:identifier id="id">{escape(self.identifier)}</dc:identifier>'
            f"<dc:title>{escape(self.title)}</dc:title>"
            f"<dc:creator>{escape(self.author)}</dc:creator>"
            f"<dc:language>{self.language}</dc:language>{self.metadata}</metadata>"
            f"<manifest>{items}{self.manifest}</manifest>"
            f"<spine{direction}>{refs}{self.spine}</spine></package>"
        )

    def _nav(self, names: Sequence[str]) -> str:
        lines = "".join(
            f'<li><a href="{name}">Chapter {n}</a></li>' for n, name in enumerate(names, 1)
        )
        return page(f'<nav epub:type="toc"><ol>{lines}</ol></nav>')


def page(body: str, styled: bool = False, head: str = "") -> str:
    """A whole XHTML content document around the contents of its body."""
    link = '<link rel="stylesheet" type="text/css" href="style.css"/>' if styled else ""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n'
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops">'
        f"<head><title>t</title>{link}{head}</head><body>{body}</body></html>"
    )


def write_zip(path: Path, entries: Mapping[str, bytes], *, stored: bool = False) -> Path:
    """A zip with these entries; `mimetype` or everything is stored, all times are equal."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            entry = zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0))
            plain = stored or name == "mimetype"
            entry.compress_type = zipfile.ZIP_STORED if plain else zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return path


def write_book(path: Path, *chapters: str, title: str = "A small book") -> Path:
    """A book with these chapter bodies; two short ones when none are given."""
    draft = BookDraft(title=title)
    if chapters:
        draft.chapters = chapters
    return draft.write(path)
