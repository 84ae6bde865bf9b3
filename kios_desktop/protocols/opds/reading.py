"""Reads a document of a catalog as a feed or as one entry."""

from dataclasses import fields as fields_of
from dataclasses import replace

from kios_desktop.domain.catalog import Entry, Feed
from kios_desktop.domain.errors import Instead, Malformed, NotACatalog, Refusal, Rejected
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.protocols.opds import atom, authentication, opds2
from kios_desktop.protocols.opds.links import Links
from kios_desktop.protocols.opds.publication import read_publication
from kios_desktop.protocols.opds.recognise import Document, DocumentKind, recognise

_KEPT = ("key", "document", "partial")


def parse(body: bytes, url: ServerUrl, content_type: str = "") -> Feed:
    """A feed of either version. `url` is its final address.

    Raises `NotACatalog`, `Malformed`, and `Rejected` for a document that asks to sign in.
    """
    return read_feed(body, Links(url), content_type)


def parse_entry(body: bytes, url: ServerUrl, content_type: str, entry: Entry) -> Entry:
    """The entry completed from its own document.

    Raises as `parse`, and `Malformed` for a document without a publication.
    """
    return read_entry(body, Links(url), content_type, entry)


def read_feed(body: bytes, links: Links, content_type: str = "") -> Feed:
    """As `parse`, with known aliases of the server."""
    document = recognise(body, links, content_type)
    content, damaged = document.content, document.damaged
    if document.kind is DocumentKind.ATOM_FEED:
        return atom.read_feed(document, links)
    if document.kind is DocumentKind.FEED:
        return opds2.read_feed(content, links, damaged=damaged)
    if document.kind is DocumentKind.CATALOGS:
        return opds2.read_catalogs(content, links, damaged=damaged)
    entry = _publication(document, links)
    if entry is None:
        raise NotACatalog(Instead.OTHER)
    return Feed(links.url, entry.title, entries=(entry,), damaged=damaged)


def read_entry(body: bytes, links: Links, content_type: str, entry: Entry) -> Entry:
    """As `parse_entry`, with known aliases of the server."""
    document = recognise(body, links, content_type)
    full: Entry | None
    if document.kind in (DocumentKind.ATOM_FEED, DocumentKind.FEED):
        if document.kind is DocumentKind.ATOM_FEED:
            feed = atom.read_feed(document, links)
        else:
            feed = opds2.read_feed(document.content, links)
        same = [one for one in feed.entries if one.key == entry.key]
        full = next(iter(same or feed.entries), None)
    else:
        full = _publication(document, links)
    if full is None:
        raise Malformed("no publication in it")
    return _merged(entry, full)


def _publication(document: Document, links: Links) -> Entry | None:
    if document.kind is DocumentKind.ATOM_ENTRY:
        return atom.read_entry(document, links)
    if document.kind is DocumentKind.PUBLICATION:
        return read_publication(document.content, links)
    if document.kind is DocumentKind.AUTHENTICATION:
        said = authentication.read(document.content).title
        raise Rejected(Refusal.CREDENTIALS, said)
    return None


def _merged(entry: Entry, full: Entry) -> Entry:
    """The entry with the non-empty fields of `full`; the key stays."""
    said = {
        field.name: value
        for field in fields_of(Entry)
        if field.name not in _KEPT and (value := getattr(full, field.name)) not in ("", None, ())
    }
    return replace(entry, **said, partial=False)
