"""`WWW-Authenticate`: the authentication schemes a server offers (RFC 9110, 11.6.1)."""

import re
from dataclasses import dataclass

_READ_LENGTH = 4096
# Quoted text, commas, words and space: a scheme is a word at the start or after a comma
_PARTS = re.compile(r'"(?:[^"\\]|\\.)*"|,|[^\s,"]+|\s+')
_PARAMETER = re.compile(r'([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')


@dataclass(frozen=True, slots=True)
class Challenge:
    """A scheme in lower case, its parameters by lower-case name, and its text as received."""

    scheme: str
    parameters: dict[str, str]
    text: str


def challenges(header: str) -> tuple[Challenge, ...]:
    """The challenges in the order of the header; several headers are joined by commas."""
    found: list[list[str]] = []
    begins = True  # whether a scheme may begin here
    for part in _PARTS.findall(header[:_READ_LENGTH]):
        if part == ",":
            begins = True
            if found:
                found[-1].append(part)
        elif part.isspace():
            if found:
                found[-1].append(part)
        elif begins and "=" not in part and not part.startswith('"'):
            found.append([part])
            begins = False
        elif found:
            found[-1].append(part)
            begins = False
    return tuple(_challenge("".join(parts).strip(" ,\t")) for parts in found)


def _challenge(text: str) -> Challenge:
    scheme, _, rest = text.partition(" ")
    parameters = {
        name.lower(): re.sub(r"\\(.)", r"\1", quoted) if quoted else plain
        for name, quoted, plain in _PARAMETER.findall(rest)
    }
    return Challenge(scheme.lower(), parameters, text)
