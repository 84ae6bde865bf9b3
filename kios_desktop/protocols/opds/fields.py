"""What both notations of a catalog have in common: keys, numbers, languages, acquisitions."""

import hashlib
import math
import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from kios_desktop.domain.catalog import Acquisition, AcquisitionKind, Format, ProgressionLink
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.protocols.opds import formats, relations
from kios_desktop.protocols.opds.links import Links
from kios_desktop.protocols.opds.relations import Meaning
from kios_desktop.protocols.opds.text import line

KEY_LENGTH: Final = 300
_ACQUISITION_TITLE: Final = 200
_COUNT = re.compile(r"[0-9]{1,15}")
_DOCUMENTS: Final = frozenset({relations.ATOM, *relations.PUBLICATION_TYPES})

_LANGUAGES: Final = {
    **dict.fromkeys(("eng", "english"), "en"),
    **dict.fromkeys(("deu", "ger", "german", "deutsch"), "de"),
    **dict.fromkeys(("fra", "fre", "french", "français"), "fr"),
    **dict.fromkeys(("spa", "spanish", "español"), "es"),
    **dict.fromkeys(("ita", "italian", "italiano"), "it"),
    **dict.fromkeys(("por", "portuguese", "português"), "pt"),
    **dict.fromkeys(("nld", "dut", "dutch", "nederlands"), "nl"),
    **dict.fromkeys(("swe", "swedish", "svenska"), "sv"),
    **dict.fromkeys(("dan", "danish", "dansk"), "da"),
    **dict.fromkeys(("nor", "nob", "nno", "norwegian", "norsk"), "no"),
    **dict.fromkeys(("fin", "finnish", "suomi"), "fi"),
    **dict.fromkeys(("pol", "polish", "polski"), "pl"),
    **dict.fromkeys(("ces", "cze", "czech", "čeština"), "cs"),
    **dict.fromkeys(("hun", "hungarian", "magyar"), "hu"),
    **dict.fromkeys(("ron", "rum", "romanian", "română"), "ro"),
    **dict.fromkeys(("rus", "russian", "русский"), "ru"),
    **dict.fromkeys(("ukr", "ukrainian", "українська"), "uk"),
    **dict.fromkeys(("ell", "gre", "greek", "ελληνικά"), "el"),
    **dict.fromkeys(("tur", "turkish", "türkçe"), "tr"),
    **dict.fromkeys(("ara", "arabic", "العربية"), "ar"),
    **dict.fromkeys(("heb", "hebrew", "עברית"), "he"),
    **dict.fromkeys(("hin", "hindi", "हिन्दी"), "hi"),
    **dict.fromkeys(("jpn", "japanese", "日本語"), "ja"),
    **dict.fromkeys(("zho", "chi", "chinese", "中文"), "zh"),
    **dict.fromkeys(("kor", "korean", "한국어"), "ko"),
    **dict.fromkeys(("vie", "vietnamese", "tiếng việt"), "vi"),
    **dict.fromkeys(("lat", "latin", "latina"), "la"),
    **dict.fromkeys(("und", "unknown", "mul", "zxx"), ""),
}


def key_of(given: str | None, url: ServerUrl | None, title: str) -> str:
    """What names an entry within its source.

    Its id; else its address without the server, hashed: addresses may hold a key, and the server
    may move. A title is better than nothing.
    """
    name = line(given, KEY_LENGTH + 1)
    if name and len(name) <= KEY_LENGTH:
        return name
    if name:
        return f"id:{_hash(given or '')}"
    if url is not None:
        parts = urlsplit(url.reveal())
        return f"href:{_hash(f'{parts.path}?{parts.query}')}"
    return f"title:{_hash(title)}"


def count(value: object) -> int | None:
    """A number of things, 0 and up; None for anything else."""
    if isinstance(value, str):
        return int(value) if _COUNT.fullmatch(value.strip()) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if math.isfinite(value) and 0 <= value < 1e15 else None


def number(value: object) -> float | None:
    """A finite number, also as text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def language(value: str) -> str:
    """A language tag where the language is known, else the words of the server."""
    return _LANGUAGES.get(value.lower(), value)


def acquisition(
    url: ServerUrl,
    kind: AcquisitionKind,
    media_type: str,
    title: str,
    length: object = None,
    modified: str = "",
    chain: Sequence[str] = (),
) -> Acquisition:
    """One way to a file. `chain` are the types that follow for an indirect one, the file's last."""
    if "%" in title:  # Kavita
        title = unquote(title)
    leaf = chain[-1] if chain else media_type
    found, name = formats.format_of(leaf, title, url.reveal())
    bare = formats.bare(media_type)
    if kind is AcquisitionKind.DOWNLOAD and (chain or bare in _DOCUMENTS):
        followable = bare in _DOCUMENTS or bare in ("", formats.bare(leaf))
        if bare in _DOCUMENTS and not chain:
            found, name = Format.UNKNOWN, ""
        kind = AcquisitionKind.INDIRECT if followable else AcquisitionKind.UNSUPPORTED
    protected = name in formats.PROTECTED
    if bare == "text/html" or (name == formats.WEB_PAGE and not chain):
        kind = AcquisitionKind.WEB_PAGE
    elif protected or kind is AcquisitionKind.WEB_PAGE:
        kind = AcquisitionKind.UNSUPPORTED
    direct = formats.by_media_type(media_type)
    if direct is not None and direct[1] in formats.PROTECTED:
        found, name, kind = Format.OTHER, direct[1], AcquisitionKind.UNSUPPORTED
    return Acquisition(
        url,
        kind,
        found,
        name if protected else line(title, _ACQUISITION_TITLE) or _name(name, bare, url),
        bare,
        count(length),
        modified,
    )


def progression_link(
    links: Links, href: str, media_type: str, means: Meaning
) -> ProgressionLink | None:
    """None for a template, and for an address that is not on the catalog's own server."""
    url = links.resolve(href) if "{" not in href else None
    if url is None or means.dialect is None or not links.is_own(url):
        return None
    kind = media_type.strip() or relations.PROGRESSION[means.dialect][1]
    return ProgressionLink(url, means.dialect, line(kind, 200))


def _name(name: str, media_type: str, url: ServerUrl) -> str:
    """For a link without a title: its format, and what tells it from another of that format."""
    name = name or media_type
    text = url.reveal()
    if "format=" not in text:
        return name
    query = parse_qsl(urlsplit(text).query, max_num_fields=50)
    edition = next((value for key, value in query if key == "format"), "")
    return f"{name} ({line(edition, 40)})" if edition else name


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]
