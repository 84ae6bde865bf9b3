"""What is known about each kind of server before it was ever asked. Texts are shown to people."""

from typing import Final

from kios_desktop.domain.errors import Refusal, Rejected
from kios_desktop.domain.source import AuthMethod, Preset, Source, SourceKind

CWA: Final = "cwa"
BOOKLORE: Final = "booklore"  # and Grimmory, its fork: one protocol surface
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
        url_hints=(
            "The full sync URL with its sub-path.",
            "On Calibre-Web-Automated it ends in /kosync.",
        ),
        username_hint="Your normal Calibre-Web login.",
    ),
    Preset(
        key=BOOKLORE,
        title="Grimmory / BookLore",
        kind=SourceKind.KOSYNC,
        placeholder_url="https://your-server:6062/api/koreader",
        auth=AuthMethod.KOREADER_HEADERS,
        sub_path="/api/koreader",
        url_hints=(
            "The full sync URL with its sub-path.",
            "On Grimmory and BookLore it ends in /api/koreader.",
            "Places only match books downloaded through the server’s own catalog.",
        ),
        username_hint=(
            "The KOReader sync user you created in the server’s settings. "
            "It is separate from your main login."
        ),
    ),
    Preset(
        key=KOMGA,
        title="Komga",
        kind=SourceKind.KOSYNC,
        placeholder_url="https://your-server:25600/koreader",
        auth=AuthMethod.KOREADER_HEADERS,
        sub_path="/koreader",
        url_hints=("Turn on ‘Compute hash for KOReader’ for the library and scan it once.",),
        username_hint="A Komga API key. Make one in your account settings.",
        password_hint="Ignored by Komga. Type anything.",  # noqa: S106 (a sentence)
    ),
    Preset(
        key=KAVITA,
        title="Kavita",
        kind=SourceKind.KOSYNC,
        placeholder_url="https://your-server:5000/api/koreader/your-api-key",
        auth=AuthMethod.KOREADER_HEADERS,
        login_optional=True,
        url_hints=("Needs Kavita 0.8.7 or newer. Older libraries need one forced scan.",),
        username_hint="The key is part of the URL. Copy it from your Kavita user settings.",
    ),
    Preset(
        key=STUMP,
        title="Stump",
        kind=SourceKind.KOSYNC,
        placeholder_url="https://your-server:10801/koreader/your-api-key",
        auth=AuthMethod.KOREADER_HEADERS,
        login_optional=True,
        url_hints=(
            "Off by default on Stump: set ENABLE_KOREADER_SYNC=true, allow it for your user, "
            "turn on KOReader hashes for the library, then scan.",
        ),
        username_hint="The key is part of the URL.",
    ),
    Preset(
        key=KOREADER,
        title="koreader-sync-server",
        kind=SourceKind.KOSYNC,
        placeholder_url="https://your-server",
        auth=AuthMethod.KOREADER_HEADERS,
        url_hints=("Its routes live at the root. No sub-path.",),
        username_hint="The name and password you registered with.",
    ),
    Preset(
        key=OTHER,
        title="Other",
        kind=SourceKind.KOSYNC,
        placeholder_url="https://",
        auth=AuthMethod.KOREADER_HEADERS,
        url_hints=("Enter the full base URL. Kios adds only the protocol’s own routes.",),
    ),
)

# What to say when the test passes: the limits that no setting can change
LIMITS: Final = {
    KOMGA: "Komga stores the chapter, not the exact page.",
    KAVITA: "Kavita stores the paragraph. Finishing a book is not reported.",
}


_MATCHING = frozenset({KOMGA, KAVITA, STUMP})  # their last hint is about knowing files
_WITH_CATALOG = frozenset({CWA, BOOKLORE})


def matching_hint(key: str) -> str:
    """What helps when such a server does not know a file."""
    if key in _MATCHING:
        return preset(key).url_hints[-1]
    if key in _WITH_CATALOG:
        return "Books match when they were downloaded from the server’s own catalog."
    return "The same file has to be read on all devices."


def in_its_terms(source: Source, error: Rejected) -> Rejected:
    """What a refusal means on this kind of server: Komga wants a key and a role, no password."""
    by_key = source.preset == KOMGA and source.auth is AuthMethod.KOREADER_HEADERS
    if by_key and error.refusal is Refusal.CREDENTIALS:
        return Rejected(Refusal.KEY_OR_ROLE, error.said)
    return error


def preset(key: str) -> Preset:
    """The preset of that key; “Other” for a key of another version."""
    return next((one for one in PRESETS if one.key == key), PRESETS[-1])
