"""What is known about each kind of KOReader sync server before it was ever asked.

The texts of the form are in `ui/settings/preset_texts.py`.
"""

from typing import Final

from kios_desktop.domain.errors import MatchingHelp, Refusal, Rejected
from kios_desktop.domain.source import AuthMethod, Preset, Source, SourceKind, StepNote

CWA: Final = "cwa"
BOOKLORE: Final = "booklore"  # and Grimmory, its fork, which speaks the same protocols
KOMGA: Final = "komga"
KAVITA: Final = "kavita"
STUMP: Final = "stump"
KOREADER: Final = "koreader-sync-server"
OTHER: Final = "other"

PRESETS: Final = (
    Preset(
        key=CWA,
        title="Calibre-Web-Automated",
        kind=SourceKind.KOSYNC,
        placeholder_url="https://your-server:8083/kosync",
        auth=AuthMethod.BASIC,
        sub_path="/kosync",
    ),
    Preset(
        key=BOOKLORE,
        title="Grimmory / BookLore",
        kind=SourceKind.KOSYNC,
        placeholder_url="https://your-server:6062/api/koreader",
        auth=AuthMethod.KOREADER_HEADERS,
        sub_path="/api/koreader",
    ),
    Preset(
        key=KOMGA,
        title="Komga",
        kind=SourceKind.KOSYNC,
        placeholder_url="https://your-server:25600/koreader",
        auth=AuthMethod.KOREADER_HEADERS,
        sub_path="/koreader",
    ),
    Preset(
        key=KAVITA,
        title="Kavita",
        kind=SourceKind.KOSYNC,
        placeholder_url="https://your-server:5000/api/koreader/your-api-key",
        auth=AuthMethod.KOREADER_HEADERS,
        login_optional=True,
    ),
    Preset(
        key=STUMP,
        title="Stump",
        kind=SourceKind.KOSYNC,
        placeholder_url="https://your-server:10801/koreader/your-api-key",
        auth=AuthMethod.KOREADER_HEADERS,
        login_optional=True,
    ),
    Preset(
        key=KOREADER,
        title="koreader-sync-server",
        kind=SourceKind.KOSYNC,
        placeholder_url="https://your-server",
        auth=AuthMethod.KOREADER_HEADERS,
    ),
    Preset(
        key=OTHER,
        title="",
        kind=SourceKind.KOSYNC,
        placeholder_url="https://",
        auth=AuthMethod.KOREADER_HEADERS,
    ),
)

# Limits of a server that no setting can change, shown when the connection test passes
LIMITS: Final = {KOMGA: StepNote.KEEPS_CHAPTERS, KAVITA: StepNote.KEEPS_PARAGRAPHS}

_MATCHING: Final = {
    CWA: MatchingHelp.OWN_CATALOG,
    BOOKLORE: MatchingHelp.OWN_CATALOG,
    KOMGA: MatchingHelp.KOMGA,
    KAVITA: MatchingHelp.KAVITA,
    STUMP: MatchingHelp.STUMP,
}


def matching_help(key: str) -> MatchingHelp:
    """What helps when a server of this preset does not know a file."""
    return _MATCHING.get(key, MatchingHelp.SAME_FILE)


def in_its_terms(source: Source, error: Rejected) -> Rejected:
    """What a rejection means on this kind of server: Komga wants a key and a role, no password."""
    by_key = source.preset == KOMGA and source.auth is AuthMethod.KOREADER_HEADERS
    if by_key and error.refusal is Refusal.CREDENTIALS:
        return Rejected(Refusal.KEY_OR_ROLE, error.said)
    return error


def preset(key: str) -> Preset:
    """The preset of that key; “Other” for a key of another version of Kios."""
    return next((one for one in PRESETS if one.key == key), PRESETS[-1])
