"""Resolves the links of a catalog to absolute addresses.

RFC 3986 with corrections for self-hosted servers, which escape twice, leave spaces in, and do not
know that they are reached by https, under another name or below a sub-path.
"""

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

from kios_desktop.domain.secret import ServerUrl

LONGEST: Final = 16 * 1024  # characters; servers accept no longer addresses

# A reference that needs no correction: legal characters only, no dot segments, no other host
_PLAIN = re.compile(
    r"(?:/(?!/)|(?=[A-Za-z0-9_])(?![^/?]*:))"
    r"[A-Za-z0-9\-_~!$'()*+,;=:@/?&.]*+(?:%[0-9A-Fa-f]{2}[A-Za-z0-9\-_~!$'()*+,;=:@/?&.]*+)*+"
)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_WEB = re.compile(r"https?://[^/?#]", re.IGNORECASE)
_AUTHORITY = re.compile(r"((?:[A-Za-z][A-Za-z0-9+.\-]*:)?//[^/?#]*)(.*)", re.DOTALL)
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_EXPRESSION = re.compile(r"\{([^{}]*)\}")
_LEGAL = "%/?#[]@!$&'()*+,;=:-._~"
_REMOVED = dict.fromkeys((*range(0x20), 0x7F))
_MARK = "kiosExpression"


@dataclass(frozen=True, slots=True)
class Aliases:
    """Wrong addresses of a server in its own links: other `origins`, and a `prefix` it omits."""

    origins: frozenset[str] = field(default_factory=frozenset)
    prefix: str = ""


class Links:
    """Resolves the references of one document.

    `url` is where the document came from. `learns`: False if that is not the origin that was typed;
    such a document may not add aliases.
    """

    def __init__(
        self, url: ServerUrl, aliases: Aliases | None = None, *, learns: bool = True
    ) -> None:
        parts = urlsplit(url.reveal())
        netloc = parts.netloc.rpartition("@")[2]
        self.url = url
        self.aliases = aliases or Aliases()
        self._learns = learns
        self._netloc, self._scheme = netloc, parts.scheme.lower()
        self._origin = f"{parts.scheme}://{netloc}"
        self._path, self._query = parts.path, parts.query
        self._rebase(urlunsplit((parts.scheme, netloc, parts.path, parts.query, "")))

    def within(self, base: str) -> "Links":
        """The links of an element with an `xml:base`."""
        resolved = self._absolute(base)
        if resolved is None:
            return self
        inner = Links(self.url, self.aliases, learns=False)
        inner._rebase(resolved)
        return inner

    def resolve(self, href: str | None) -> ServerUrl | None:
        """None for a reference that is missing, invalid, too long, or neither http nor https."""
        if not href:
            return None
        if (
            len(href) <= LONGEST
            and _PLAIN.fullmatch(href)
            and "/." not in href
            and "&amp;" not in href
            and href[-1] != "?"
        ):
            if href[0] != "/":
                return ServerUrl(self._folder + href)
            if not self.aliases.prefix:
                return ServerUrl(self._base_origin + href)
        absolute = self._absolute(href)
        return None if absolute is None else ServerUrl(absolute)

    def template(self, href: str) -> ServerUrl | None:
        """A URI template, made absolute; its expressions are kept as they are."""
        href = href.replace("%7B", "{").replace("%7b", "{").replace("%7D", "}").replace("%7d", "}")
        expressions: list[str] = []

        def hidden(match: re.Match[str]) -> str:
            expressions.append(match[0])
            operator = match[1][:1] if match[1][:1] in ("?", "&") else ""
            return f"{operator}{_MARK}{len(expressions) - 1}x"

        resolved = self.resolve(_EXPRESSION.sub(hidden, href))
        if resolved is None or _MARK in urlsplit(resolved.reveal()).netloc:
            return None
        text = resolved.reveal()
        for number, expression in enumerate(expressions):
            operator = expression[1:2] if expression[1:2] in ("?", "&") else ""
            text = text.replace(f"{operator}{_MARK}{number}x", expression)
        return None if _MARK in text else ServerUrl(text)

    def is_own(self, url: ServerUrl) -> bool:
        """Whether an address is on the server the document came from."""
        return url.reveal().lower().startswith(self._origin.lower() + "/")

    def learn(self, href: str | None) -> None:
        """Learns aliases from the `self` or `start` link of the document."""
        if not href or not self._learns or len(href) > LONGEST:
            return
        href = href.strip().replace("&amp;", "&")
        if not href.startswith(("/", "http://", "https://", "HTTP://", "HTTPS://")):
            return
        try:
            parts = urlsplit(urljoin(self._base, href))
        except ValueError:
            return
        if not parts.netloc or "@" in parts.netloc or not self._same_query(parts.query):
            return
        prefix = self._missing_prefix(parts.path)
        if prefix is None:
            return
        origin = f"{parts.scheme}://{parts.netloc}".lower()
        origins = self.aliases.origins
        if origin != self._origin.lower():
            origins |= {origin}
        self.aliases = Aliases(origins, prefix or self.aliases.prefix)

    def _rebase(self, base: str) -> None:
        self._base = base
        parts = urlsplit(base)
        self._base_origin = f"{parts.scheme}://{parts.netloc}"
        self._folder = self._base_origin + (parts.path.rpartition("/")[0] + "/")

    def _same_query(self, query: str) -> bool:
        return unquote(query) == unquote(self._query)

    def _missing_prefix(self, path: str) -> str | None:
        """The prefix that the server omits from the path; "" for none, None for another page."""
        said, asked = path.rstrip("/"), self._path.rstrip("/")
        if said == asked:
            return ""
        if len(said) > 1 and asked.endswith(said):
            return asked[: -len(said)]
        return None

    def _absolute(self, href: str) -> str | None:
        text = href.strip().translate(_REMOVED)
        if not text or len(text) > LONGEST:
            return None
        while "&amp;" in text:
            text = text.replace("&amp;", "&")
        scheme = _SCHEME.match(text)
        if scheme is not None and not _WEB.match(text):
            return None
        try:
            encoded = _encoded(text)
            parts = urlsplit(encoded if scheme is not None else urljoin(self._base, encoded))
            usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        except ValueError:
            return None
        netloc = parts.netloc.rpartition("@")[2]
        if not usable or any(c in netloc for c in ' %\\"<>^`{|}'):
            return None
        path = parts.path or "/"
        named = scheme is not None or text.startswith("/")
        scheme_, netloc, path = self._known(parts.scheme, netloc, path, named)
        return urlunsplit((scheme_, netloc, path, parts.query, ""))

    def _known(self, scheme: str, netloc: str, path: str, named: bool) -> tuple[str, str, str]:
        """The address with aliases replaced. `named`: the reference had a complete path."""
        ours = f"{scheme}://{netloc}".lower()
        same_host = netloc.lower() == self._netloc.lower()
        if ours in self.aliases.origins or (same_host and self._scheme == "https"):
            scheme, netloc = self._scheme, self._netloc
        elif ours != self._origin.lower():
            return scheme, netloc, path
        prefix = self.aliases.prefix
        if prefix and named and path != prefix and not path.startswith(prefix + "/"):
            path = prefix + path
        return scheme, netloc, path


def _encoded(text: str) -> str:
    """Escapes characters that are not allowed in an address; keeps existing escapes."""
    authority = _AUTHORITY.match(text)
    host, rest = (authority[1], authority[2]) if authority is not None else ("", text)
    return host + _STRAY_PERCENT.sub("%25", quote(rest, safe=_LEGAL, errors="replace"))
