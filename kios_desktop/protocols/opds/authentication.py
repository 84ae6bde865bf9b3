"""Reads authentication documents (Authentication for OPDS 1.0)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from kios_desktop.domain.errors import Instead, NotACatalog
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.text import line
from kios_desktop.protocols.opds.links import Links
from kios_desktop.protocols.opds.publication import link_of, mapping, mappings, named
from kios_desktop.protocols.opds.recognise import DocumentKind, recognise

MEDIA_TYPES: Final = (
    "application/opds-authentication+json",
    "application/vnd.opds.authentication.v1.0+json",
)
RELATION: Final = "http://opds-spec.org/auth/document"

_TYPE = re.compile(r"https?://opds-spec\.org/auth/(.+)$")
_LINK = re.compile(r"<([^<>]*)>([^<]*)")
_REL = re.compile(r"""rel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))""", re.IGNORECASE)


class FlowKind(StrEnum):
    """A way to sign in."""

    BASIC = "basic"
    PASSWORD = "oauth/password"  # noqa: S105 - the name of a flow
    IMPLICIT = "oauth/implicit"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Flow:
    """A flow: `name` as in the document; labels are the server's names of the fields."""

    kind: FlowKind
    name: str
    login_label: str = ""
    password_label: str = ""
    authenticate: ServerUrl | None = None
    refresh: ServerUrl | None = None


@dataclass(frozen=True, slots=True)
class AuthenticationDocument:
    """An authentication document. `id` may be relative; `logo` only if it is on the same server."""

    id: str
    title: str
    description: str
    flows: tuple[Flow, ...]
    help: ServerUrl | None = None
    register: ServerUrl | None = None
    logo: ServerUrl | None = None

    def flow(self, kind: FlowKind) -> Flow | None:
        return next((flow for flow in self.flows if flow.kind is kind), None)


def parse(body: bytes, url: ServerUrl) -> AuthenticationDocument:
    """Reads a document. Raises `NotACatalog` for another kind, `Malformed` if it can't be read."""
    links = Links(url)
    document = recognise(body, links)
    if document.kind is not DocumentKind.AUTHENTICATION:
        raise NotACatalog(Instead.OTHER)
    return read(document.content, links)


def read(document: Mapping[str, Any], links: Links) -> AuthenticationDocument:
    """From the decoded document."""
    by_rel: dict[str, ServerUrl] = {}
    for link in map(link_of, mappings(document.get("links"))):
        url = links.resolve(link.href)
        if url is not None:
            for rel in link.rel.split():
                by_rel.setdefault(rel, url)
    logo = by_rel.get("logo")
    return AuthenticationDocument(
        id=named(document.get("id")),
        title=named(document.get("title")),
        description=line(named(document.get("description")), 500),
        flows=tuple(_flow(flow, links) for flow in mappings(document.get("authentication"))),
        help=by_rel.get("help"),
        register=by_rel.get("register"),
        logo=logo if logo is not None and links.is_own(logo) else None,
    )


def document_in(link_header: str, links: Links) -> ServerUrl | None:
    """The address of the authentication document in a `Link` header."""
    for target, parameters in _LINK.findall(link_header):
        rel = _REL.search(parameters)
        if rel is not None and RELATION in (rel[1] or rel[2] or "").split():
            return links.resolve(target)
    return None


def _flow(given: Mapping[str, Any], links: Links) -> Flow:
    name = named(given.get("type"))
    known = _TYPE.match(name)
    try:
        kind = FlowKind(known[1]) if known is not None else FlowKind.OTHER
    except ValueError:
        kind = FlowKind.OTHER
    labels = mapping(given.get("labels"))
    targets = {
        rel: links.resolve(link.href)
        for link in map(link_of, mappings(given.get("links")))
        for rel in link.rel.split()
    }
    return Flow(
        kind,
        name,
        line(named(labels.get("login")), 60),
        line(named(labels.get("password")), 60),
        targets.get("authenticate"),
        targets.get("refresh"),
    )
