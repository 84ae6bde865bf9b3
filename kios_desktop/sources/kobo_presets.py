"""The servers that speak Kobo sync: what to type in, as texts for people."""

from typing import Final

from kios_desktop.domain.source import AuthMethod, Preset, SourceKind

STUMP_REFUSED: Final = (
    "Stump’s Kobo sync never keeps places. Use its OPDS catalog or KOReader sync."
)


def _kobo(key: str, title: str, url: str, *url_hints: str, where: tuple[str, ...] = ()) -> Preset:
    return Preset(
        key=key,
        title=title,
        kind=SourceKind.KOBO,
        placeholder_url=url,
        auth=AuthMethod.NONE,
        login_optional=True,
        url_hints=("The whole URL, token included. Treat it like a password.", *url_hints),
        where=where,
    )


KOBO_PRESETS: Final = (
    _kobo(
        "kobo-cwa",
        "Calibre-Web-Automated / Calibre-Web",
        "https://your-server:8083/kobo/your-token",
        where=(
            "Kobo sync has to be switched on once, by whoever runs the server.",
            "On the server, open Admin, Basic configuration, Feature configuration, and switch on "
            "Kobo sync.",
            "Then open your own profile page and choose Create/View at Kobo sync token.",
            "Copy the whole address that is shown there, or the line api_endpoint=… as it is.",
            "This server tells each book only once to an account. If an e-reader uses the same "
            "address, say so below, and it goes on getting its books.",
        ),
    ),
    _kobo(
        "kobo-booklore",
        "Grimmory / BookLore",
        "https://your-server:6062/api/kobo/your-token",
        "Mind the /api prefix.",
        where=(
            "Each user has a sync token of their own.",
            "On the server, open Settings, then Devices, and switch on Kobo sync.",
            "Copy the whole address, with /api in it.",
            "Only the books on your Kobo shelf are offered: put some on it first.",
        ),
    ),
    _kobo(
        "kobo-komga",
        "Komga",
        "https://your-server:25600/kobo/your-api-key",
        "Untested for places: KOReader sync and OPDS are the proven routes.",
        where=(
            "Komga uses an API key as token.",
            "Open your account settings on the server and make an API key.",
            "Put it behind /kobo/ in the address.",
        ),
    ),
    _kobo("kobo-other", "Other", "https://"),
)
