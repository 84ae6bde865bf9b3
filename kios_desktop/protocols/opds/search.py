"""Search: OpenSearch 1.1 descriptions, and templates of OpenSearch and RFC 6570.

Terms are percent-encoded by RFC 3986 in paths and queries alike: a space is %20, never “+”, and a
slash is %2F.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from kios_desktop.domain.catalog import Search
from kios_desktop.domain.errors import Instead, NotACatalog, Unsupported
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.text import clean_line
from kios_desktop.protocols.opds import formats, relations, xml
from kios_desktop.protocols.opds.links import Links
from kios_desktop.protocols.opds.recognise import DocumentKind, recognise

WORDS_LENGTH: Final = 500

_EXPRESSION = re.compile(r"\{([^{}]*)\}")
_TERMS: Final = ("query", "searchTerms", "q")  # what the variable for the words is called
_GIVEN: Final = {
    "startPage": "1",
    "startIndex": "",
    "count": "",
    "language": "*",
    "inputEncoding": "UTF-8",
    "outputEncoding": "UTF-8",
}
# operator of RFC 6570 → what comes first, between, whether names are written, what stays literal
_OPERATORS: Final[Mapping[str, tuple[str, str, bool, str]]] = {
    "": ("", ",", False, ""),
    "+": ("", ",", False, ":/?#[]@!$&'()*+,;="),
    "#": ("#", ",", False, ":/?#[]@!$&'()*+,;="),
    ".": (".", ".", False, ""),
    "/": ("/", "/", False, ""),
    ";": (";", ";", True, ""),
    "?": ("?", "&", True, ""),
    "&": ("&", "&", True, ""),
}


def clean(words: str) -> str:
    """The words as sent: NFC, without superfluous spaces; "" if nothing is left."""
    return clean_line(unicodedata.normalize("NFC", words), WORDS_LENGTH)


def read_description(body: bytes, url: ServerUrl) -> Search:
    """The template in an OpenSearch description whose results are a catalog.

    Raises `NotACatalog` for another document, `Unsupported` if no template can be used.
    """
    return description(body, Links(url))


def description(body: bytes, links: Links) -> Search:
    """As `read_description`, with known aliases of the server."""
    document = recognise(body, links)
    if document.kind is not DocumentKind.OPENSEARCH:
        raise NotACatalog(Instead.OTHER)
    ranked = [
        (rank, element.get("template", ""))
        for element in document.content
        if xml.local(element) == "Url" and (rank := _rank(element.get("type", ""))) is not None
    ]
    for _, href in sorted(ranked, key=lambda one: one[0]):
        template = links.template(href)
        if template is not None and _is_usable(template.reveal()):
            return Search(template=template)
    raise Unsupported("no search template that answers with a catalog")


def address(search: Search, words: str) -> ServerUrl:
    """The address of the results for these words, which must not be empty.

    Raises `Unsupported` if the template requires an unknown parameter.
    """
    if search.template is None:
        raise ValueError("the description comes first")
    template, terms = search.template.reveal(), clean(words)
    if not terms:
        raise ValueError("nothing to search for")
    if search.rfc6570:
        return ServerUrl(_expanded(template, terms))
    if not _is_usable(template):
        raise Unsupported("a search parameter without a meaning")
    return ServerUrl(_EXPRESSION.sub(lambda match: _parameter(match[1], terms), template))


def _rank(media_type: str) -> int | None:
    """The rank of a result type, lower is better; None if it is no catalog."""
    kind = formats.bare(media_type)
    if kind == relations.ATOM:
        return 0 if "profile=opds-catalog" in media_type.lower().replace(" ", "") else 1
    return 2 if kind == relations.OPDS_JSON else None


def _is_usable(template: str) -> bool:
    """Whether it has a parameter for the words, and no unknown required one."""
    names = [name for name in _EXPRESSION.findall(template) if not name.endswith("?")]
    required = all(name in _TERMS or name in _GIVEN for name in names)
    return required and any(name.rstrip("?") in _TERMS for name in _EXPRESSION.findall(template))


def _parameter(name: str, terms: str) -> str:
    name = name.rstrip("?")
    return quote(terms, safe="") if name in _TERMS else quote(_GIVEN.get(name, ""), safe="*")


def _expanded(template: str, terms: str) -> str:
    """Expands a template of RFC 6570 with one variable: the words."""
    variables = [
        variable for body in _EXPRESSION.findall(template) for variable in _variables(body)[1]
    ]
    chosen = next((name for name in _TERMS if name in variables), next(iter(variables), None))
    if chosen is None:
        raise Unsupported("a template without a variable")

    def expand(match: re.Match[str]) -> str:
        operator, names = _variables(match[1])
        if chosen not in names:
            return ""
        first, _, named, literal = _OPERATORS[operator]
        value = quote(terms, safe=literal)
        return f"{first}{chosen}={value}" if named else f"{first}{value}"

    return _EXPRESSION.sub(expand, template)


def _variables(body: str) -> tuple[str, list[str]]:
    """(operator, names) of an expression; modifiers do not matter for one short value."""
    operator = body[:1] if body[:1] in _OPERATORS and body[:1] else ""
    names = body[len(operator) :].split(",")
    return operator, [name.rstrip("*").partition(":")[0].strip() for name in names]
