"""Text as quotes are compared: without white space, soft hyphens and zero-width characters."""

import re

_IGNORED = re.compile("[\\s\u00ad\u200b\u200c\u200d\u2060\ufeff]")


def bare(text: str) -> str:
    return _IGNORED.sub("", text)


def comparable(stream: str) -> tuple[str, list[int] | None]:
    """The stream without what is ignored, and the ordinal of each character; None: the same."""
    if not _IGNORED.search(stream):
        return stream, None
    ordinals = [i for i, c in enumerate(stream) if not _IGNORED.match(c)]
    return "".join(stream[i] for i in ordinals), ordinals
