"""Fields that OPDS 1.2 and 2.0 have in common: keys, numbers, languages, acquisitions."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from kios_desktop.domain.catalog import Acquisition, AcquisitionKind, Format, ProgressionLink
from kios_desktop.domain.loose import finite_number
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.text import clean_line
from kios_desktop.protocols.opds import formats, relations
from kios_desktop.protocols.opds.links import Links
from kios_desktop.protocols.opds.relations import Meaning

KEY_LENGTH: Final = 300
_ACQUISITION_TITLE: Final = 200
_MEDIA_TYPE: Final = 200
_ENDINGS: Final = frozenset({"epub", "kepub"})
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
    """The key of an entry within its source.

    Its id; else its path and query, hashed, since addresses may hold a key and the server may move;
    else its title, hashed.
    """
    name = clean_line(given, KEY_LENGTH + 1)
    if name and len(name) <= KEY_LENGTH:
        return name
    if name:
        return f"id:{_hash(given or '')}"
    if url is not None:
        parts = urlsplit(url.reveal())
        return f"href:{_hash(f'{parts.path}?{parts.query}')}"
    return f"title:{_hash(title)}"


def title_of(acquisitions: Sequence[Acquisition]) -> str:
    """The file name without extension, for an entry without a title; "" without a file name."""
    for one in acquisitions:
        name = unquote(urlsplit(one.href.reveal()).path.rpartition("/")[2])
        stem, dot, ending = name.rpartition(".")
        if dot and ending.lower() in _ENDINGS:
            return clean_line(stem, _ACQUISITION_TITLE)
    return ""


def count(value: object) -> int | None:
    """A number of things, 0 and up; None for anything else."""
    if isinstance(value, str):
        return int(value) if _COUNT.fullmatch(value.strip()) else None
    number = finite_number(value)
    return int(number) if number is not None and 0 <= number < 1e15 else None


def language(value: str) -> str:
    """The language tag of a known language name, else the value itself."""
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
    """An acquisition. `chain`: the media types of an indirect one, that of the file last."""
    judged = _judged(kind, media_type, title, tuple(chain))
    if judged is None:
        judged = _judgement(kind, media_type, title, tuple(chain), url.reveal())
    return Acquisition(
        url,
        judged.kind,
        judged.format,
        judged.title or _edition(judged.name, url.reveal()),
        judged.media_type,
        count(length),
        clean_line(modified, 200),
    )


@dataclass(frozen=True, slots=True)
class _Judgement:
    """What a link gives; `name` is the name of its format, `title` the server's title."""

    kind: AcquisitionKind
    format: Format
    name: str
    title: str
    media_type: str


@lru_cache(maxsize=1024)
def _judged(
    kind: AcquisitionKind, media_type: str, title: str, chain: tuple[str, ...]
) -> _Judgement | None:
    """The judgement without the address, cached; None if the address is needed."""
    judged = _judgement(kind, media_type, title, chain, "")
    return None if judged.format is Format.UNKNOWN else judged


def _judgement(
    kind: AcquisitionKind, media_type: str, title: str, chain: tuple[str, ...], href: str
) -> _Judgement:
    if "%" in title:  # Kavita
        title = unquote(title)
    bare = clean_line(formats.bare(media_type), _MEDIA_TYPE)
    found, name = formats.format_of(chain[-1] if chain else media_type, title, href)
    if bare in _DOCUMENTS and not chain:
        found, name = Format.UNKNOWN, ""
    direct = formats.by_media_type(media_type)
    if direct is not None and direct[1] in formats.PROTECTED:
        found, name = direct
    if name in formats.PROTECTED:
        return _Judgement(AcquisitionKind.UNSUPPORTED, Format.OTHER, name, name, bare)
    if bare == "text/html":
        kind = AcquisitionKind.WEB_PAGE
    elif kind is AcquisitionKind.WEB_PAGE:
        kind = AcquisitionKind.UNSUPPORTED
    elif kind is AcquisitionKind.DOWNLOAD and bare in _DOCUMENTS:
        kind = AcquisitionKind.INDIRECT
    elif chain and bare != formats.bare(chain[-1]):
        kind = AcquisitionKind.UNSUPPORTED
    return _Judgement(kind, found, name or bare, clean_line(title, _ACQUISITION_TITLE), bare)


def progression_link(
    links: Links, url: ServerUrl, media_type: str, means: Meaning
) -> ProgressionLink | None:
    """The progression link; None for an address on another server."""
    if means.dialect is None or not links.is_own(url):
        return None
    kind = media_type.strip() or relations.PROGRESSION[means.dialect][1]
    return ProgressionLink(url, means.dialect, clean_line(kind, 200))


def _edition(name: str, href: str) -> str:
    """The name of the format, and the edition that Storyteller names in the query."""
    if "format=" not in href:
        return name
    query = parse_qsl(urlsplit(href).query, max_num_fields=50)
    edition = next((value for key, value in query if key == "format"), "")
    return f"{name} ({clean_line(edition, 40)})" if edition else name


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]
