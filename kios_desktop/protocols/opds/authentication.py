"""Reads authentication documents (Authentication for OPDS 1.0), as far as Kios signs in by them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from kios_desktop.domain.errors import Instead, NotACatalog
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.text import clean_line
from kios_desktop.protocols.opds.links import Links
from kios_desktop.protocols.opds.publication import mapping, mappings, named
from kios_desktop.protocols.opds.recognise import DocumentKind, recognise

_LABEL_LENGTH: Final = 60
_TYPE = re.compile(r"https?://opds-spec\.org/auth/(.+)$")


class FlowKind(StrEnum):
    """A way to sign in. OAuth is not supported and counts as another one."""

    BASIC = "basic"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Flow:
    """A flow; the labels are the server's names of the fields."""

    kind: FlowKind
    login_label: str = ""
    password_label: str = ""


@dataclass(frozen=True, slots=True)
class AuthenticationDocument:
    """The title of the catalog, and the ways to sign in."""

    title: str
    flows: tuple[Flow, ...]

    def flow(self, kind: FlowKind) -> Flow | None:
        return next((flow for flow in self.flows if flow.kind is kind), None)


def parse(body: bytes, url: ServerUrl) -> AuthenticationDocument:
    """Reads a document. Raises `NotACatalog` for another kind, `Malformed` if it can't be read."""
    document = recognise(body, Links(url))
    if document.kind is not DocumentKind.AUTHENTICATION:
        raise NotACatalog(Instead.OTHER)
    return read(document.content)


def read(document: Mapping[str, Any]) -> AuthenticationDocument:
    """From the decoded document."""
    return AuthenticationDocument(
        title=named(document.get("title")),
        flows=tuple(map(_flow, mappings(document.get("authentication")))),
    )


def _flow(given: Mapping[str, Any]) -> Flow:
    known = _TYPE.match(named(given.get("type")))
    labels = mapping(given.get("labels"))
    return Flow(
        FlowKind.BASIC if known is not None and known[1] == FlowKind.BASIC else FlowKind.OTHER,
        clean_line(named(labels.get("login")), _LABEL_LENGTH),
        clean_line(named(labels.get("password")), _LABEL_LENGTH),
    )
