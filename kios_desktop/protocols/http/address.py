"""Origins: the part of an address that decides whether a request may carry secrets."""

from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from kios_desktop.domain.secret import ServerUrl, address_parts

_USUAL_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port. Two addresses of one origin are the same server."""

    scheme: str
    host: str
    port: int

    @property
    def text(self) -> str:
        """As the beginning of an address."""
        usual = _USUAL_PORTS.get(self.scheme) == self.port
        return f"{self.scheme}://{host_and_port(self.host, None if usual else self.port)}"

    def is_upgrade_of(self, other: "Origin") -> bool:
        """Whether this is https for the host and port (443 for 80) of the other, which is http."""
        same_port = self.port == other.port or (other.port, self.port) == (80, 443)
        schemes = (other.scheme, self.scheme)
        return schemes == ("http", "https") and self.host == other.host and same_port


def origin_of(url: ServerUrl) -> Origin | None:
    """None for what is no http or https address."""
    parts = address_parts(url.reveal().strip())
    if parts is None:
        return None
    scheme, host = parts.scheme.lower(), (parts.hostname or "").rstrip(".")
    if scheme not in _USUAL_PORTS or not host:
        return None
    return Origin(scheme, host, parts.port or _USUAL_PORTS[scheme])


def address_of(url: ServerUrl) -> str:
    """host, or host:port where a port is given; IPv6 in its brackets."""
    parts = address_parts(url.reveal())
    if parts is None:
        return ""
    return host_and_port(parts.hostname or "", parts.port)


def host_and_port(host: str, port: int | None) -> str:
    """Host and port as written in an address; IPv6 in brackets."""
    host = f"[{host}]" if ":" in host else host
    return f"{host}:{port}" if port else host


def without_login(url: str) -> str:
    """Without `user:password@`."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def at_origin(url: ServerUrl, origin: Origin) -> ServerUrl:
    """The same path and query at another origin."""
    parts = urlsplit(url.reveal())
    scheme, _, netloc = origin.text.partition("://")
    return ServerUrl(urlunsplit(parts._replace(scheme=scheme, netloc=netloc)))
