"""The servers that publish an OPDS catalog, in the order of the form.

Nothing depends on the choice but hints (`ui/settings/preset_texts.py`) and the example address: how
a server behaves is found out from its answers.
"""

from typing import Final

from kios_desktop.domain.source import AuthMethod, Preset, SourceKind


def _catalog(key: str, title: str, url: str, auth: AuthMethod = AuthMethod.BASIC) -> Preset:
    return Preset(
        key=key,
        title=title,
        kind=SourceKind.OPDS,
        placeholder_url=url,
        auth=auth,
        login_optional=True,
    )


CATALOG_PRESETS: Final = (
    _catalog("cwa", "Calibre-Web-Automated / Calibre-Web", "https://your-server:8083/opds"),
    _catalog("booklore", "Grimmory / BookLore", "https://your-server:6062/api/v1/opds"),
    _catalog("komga", "Komga", "https://your-server:25600/opds/v2/catalog"),
    _catalog("kavita", "Kavita", "https://your-server:5000/api/opds/your-api-key", AuthMethod.NONE),
    _catalog("stump", "Stump", "https://your-server:10801/opds/v2.0/catalog"),
    _catalog("calibre", "calibre content server", "https://your-server:8080/opds", AuthMethod.NONE),
    _catalog("cops", "COPS", "https://your-server/feed"),
    _catalog("storyteller", "Storyteller", "https://your-server:8001/opds"),
    _catalog("ubooquity", "Ubooquity", "https://your-server:2202/opds-books"),
    _catalog("other", "", "https://"),
)
