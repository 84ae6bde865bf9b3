"""The servers that speak Kobo sync, in the order of the form.

The texts of the form are in `ui/settings/preset_texts.py`.
"""

from typing import Final

from kios_desktop.domain.source import AuthMethod, Preset, SourceKind


def _kobo(key: str, title: str, url: str) -> Preset:
    return Preset(
        key=key,
        title=title,
        kind=SourceKind.KOBO,
        placeholder_url=url,
        auth=AuthMethod.NONE,
        login_optional=True,
    )


KOBO_PRESETS: Final = (
    _kobo(
        "kobo-cwa",
        "Calibre-Web-Automated / Calibre-Web",
        "https://your-server:8083/kobo/your-token",
    ),
    _kobo("kobo-booklore", "Grimmory / BookLore", "https://your-server:6062/api/kobo/your-token"),
    _kobo("kobo-komga", "Komga", "https://your-server:25600/kobo/your-api-key"),
    _kobo("kobo-other", "", "https://"),
)
