"""The texts of the forms for servers: hints for the fields, and where to find an address.

They are kept by protocol and preset, because `sources` knows the presets but has no texts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from kios_desktop.domain.errors import MatchingHelp
from kios_desktop.domain.source import Preset, SourceKind
from kios_desktop.ui.kit.server_error_texts import MATCHING
from kios_desktop.ui.kit.translation import marked, tr


@dataclass(frozen=True, slots=True)
class PresetTexts:
    """Texts for one preset, each a whole sentence or more.

    `where` answers “Where do I find this?”: a paragraph, then the points of a list.
    """

    url_hints: tuple[str, ...] = ()
    username_hint: str = ""
    password_hint: str = ""
    where: tuple[str, ...] = ()


def preset_title(preset: Preset) -> str:
    """The name of a server, which is not translated, or “Other”."""
    return preset.title or tr("Other")


def preset_short_title(preset: Preset) -> str:
    """The first name of a server with several: “Grimmory” for “Grimmory / BookLore”."""
    return preset_title(preset).partition(" / ")[0]


def preset_texts(preset: Preset) -> PresetTexts:
    """In the language of the interface; empty for a preset without texts."""
    texts = _TEXTS.get((preset.kind, preset.key), PresetTexts())
    return PresetTexts(
        tuple(map(tr, texts.url_hints)),
        tr(texts.username_hint) if texts.username_hint else "",
        tr(texts.password_hint) if texts.password_hint else "",
        tuple(map(tr, texts.where)),
    )


_LOGIN = marked("Your normal login (HTTP Basic).")
_KEY = marked("The key is part of the URL. Leave both empty.")
_INSTALLATION = marked("Depends on your installation.")
_TOKEN = marked("The whole URL, token included. Treat it like a password.")
_SUB_PATH = marked("The full sync URL with its sub-path.")
_NO_PLACES = marked("To keep your place, set up Progress sync.")
_BROWSING_ONLY = marked("Browsing only: to keep your place, set up Progress sync.")

_TEXTS: Final[Mapping[tuple[SourceKind, str], PresetTexts]] = {
    (SourceKind.KOSYNC, "cwa"): PresetTexts(
        url_hints=(
            _SUB_PATH,
            marked("On Calibre-Web-Automated it ends in /kosync."),
        ),
        username_hint=marked("Your normal Calibre-Web login."),
    ),
    (SourceKind.KOSYNC, "booklore"): PresetTexts(
        url_hints=(
            _SUB_PATH,
            marked("On Grimmory and BookLore it ends in /api/koreader."),
            marked("Places only match books downloaded through the server’s own catalog."),
        ),
        username_hint=marked(
            "The KOReader sync user you created in the server’s settings. It is separate from "
            "your main login."
        ),
    ),
    (SourceKind.KOSYNC, "komga"): PresetTexts(
        url_hints=(MATCHING[MatchingHelp.KOMGA],),
        username_hint=marked("A Komga API key. Make one in your account settings."),
        password_hint=marked("Ignored by Komga. Type anything."),
    ),
    (SourceKind.KOSYNC, "kavita"): PresetTexts(
        url_hints=(MATCHING[MatchingHelp.KAVITA],),
        username_hint=marked("The key is part of the URL. Copy it from your Kavita user settings."),
    ),
    (SourceKind.KOSYNC, "stump"): PresetTexts(
        url_hints=(MATCHING[MatchingHelp.STUMP],),
        username_hint=marked("The key is part of the URL."),
    ),
    (SourceKind.KOSYNC, "koreader-sync-server"): PresetTexts(
        url_hints=(marked("Its routes live at the root. No sub-path."),),
        username_hint=marked("The name and password you registered with."),
    ),
    (SourceKind.KOSYNC, "other"): PresetTexts(
        url_hints=(marked("Enter the full base URL. Kios adds only the protocol’s own routes."),),
    ),
    (SourceKind.OPDS, "cwa"): PresetTexts(
        url_hints=(marked("The address of its web page with /opds at the end."),),
        username_hint=_LOGIN,
        where=(
            marked("The catalog is always there; nothing has to be switched on."),
            marked("Open the web page of your server and copy the address up to the port."),
            marked("Put /opds behind it."),
            marked("If you may read as a guest, leave user name and password empty."),
            marked(
                "To keep your place, set up Progress sync or add the server as Kobo sync as well."
            ),
        ),
    ),
    (SourceKind.OPDS, "booklore"): PresetTexts(
        url_hints=(marked("It ends in /api/v1/opds."),),
        username_hint=marked("A separate OPDS account, made in the server’s settings."),
        where=(
            marked(
                "The catalog has accounts of its own: your login to the web page does not work "
                "here."
            ),
            marked(
                "It is off at first: on the server, open Settings, then OPDS, and switch it on."
            ),
            marked("Make an OPDS user there and type its name and password in here."),
            _NO_PLACES,
        ),
    ),
    (SourceKind.OPDS, "komga"): PresetTexts(
        url_hints=(marked("Komga publishes OPDS 2.0 here. OPDS 1.2 lives at /opds/v1.2/catalog."),),
        username_hint=marked("On Komga this is your email."),
        where=(
            marked("Komga keeps your place through this catalog; nothing else has to be set up."),
            marked("Sign in with the email and password of your Komga account."),
            marked(
                "Or make an API key in your account settings, and choose API key below More "
                "options."
            ),
            marked("Your account needs the permission to download files."),
        ),
    ),
    (SourceKind.OPDS, "kavita"): PresetTexts(
        url_hints=(marked("Copy it from your user settings on Kavita, under OPDS."),),
        username_hint=_KEY,
        where=(
            marked("Kavita puts a personal key into the address. Treat it like a password."),
            marked("On the server, switch on OPDS in the server settings."),
            marked(
                "Open your user settings, then 3rd Party Clients, and copy the OPDS URL as it is."
            ),
            _NO_PLACES,
        ),
    ),
    (SourceKind.OPDS, "stump"): PresetTexts(
        url_hints=(
            marked(
                "OPDS 1.2 lives at /opds/v1.2/catalog. It shows fewer details and finds series "
                "only."
            ),
        ),
        username_hint=_LOGIN,
        where=(
            marked("Newer versions of Stump keep your place through this catalog."),
            marked("Sign in with your Stump user name and password."),
            marked(
                "If Kios can read places there but not write them, set up Progress sync instead."
            ),
        ),
    ),
    (SourceKind.OPDS, "calibre"): PresetTexts(
        url_hints=(marked("Start the content server in calibre first: Connect/share."),),
        username_hint=marked("Only if you turned on a password there. Plain http uses Digest."),
        where=(
            marked("calibre shares its library while its content server runs."),
            marked("In calibre, choose Connect/share, then Start Content server."),
            marked("The port is usually 8080, and there is no password unless you asked for one."),
            marked(
                "calibre changes the book’s details in the file when it sends it. Browsing only: "
                "to "
                "keep your place, set up Progress sync."
            ),
        ),
    ),
    (SourceKind.OPDS, "cops"): PresetTexts(
        url_hints=(marked("Older versions answer at /feed.php, others at /index.php/feed."),),
        username_hint=_INSTALLATION,
        where=(
            marked("COPS shows a calibre library on a web server."),
            marked("Open its web page and look for the link to the OPDS feed."),
            marked("If the web server asks for a password, type it in here."),
            _BROWSING_ONLY,
        ),
    ),
    (SourceKind.OPDS, "storyteller"): PresetTexts(
        url_hints=(
            marked("It is switched on unless somebody switched it off in the server’s settings."),
        ),
        username_hint=marked("Your normal login. Browsing only."),
        where=(
            marked("Storyteller’s catalog has the readable books and the ones with sound."),
            marked("Sign in with your Storyteller user name or email, and password."),
            marked(
                "If the right password is not accepted, OPDS may be off: see the server’s settings."
            ),
            marked("Kios takes the edition without sound unless you choose the other."),
        ),
    ),
    (SourceKind.OPDS, "ubooquity"): PresetTexts(
        url_hints=(marked("It ends in /opds-books. Comics have a catalog of their own."),),
        username_hint=marked("Depends on your installation. Browsing only."),
        where=(
            marked("Ubooquity publishes books and comics in two catalogs."),
            marked("On the server’s administration page, switch on the OPDS feed."),
            marked("If user accounts are on, sign in with one of them."),
        ),
    ),
    (SourceKind.OPDS, "other"): PresetTexts(
        username_hint=marked("Depends on the server."),
    ),
    (SourceKind.KOBO, "kobo-cwa"): PresetTexts(
        url_hints=(_TOKEN,),
        where=(
            marked("Kobo sync has to be switched on once, by whoever runs the server."),
            marked(
                "On the server, open Admin, Basic configuration, Feature configuration, and "
                "switch on"
                " Kobo sync."
            ),
            marked("Then open your own profile page and choose Create/View at Kobo sync token."),
            marked(
                "Copy the whole address that is shown there, or the line api_endpoint=… as it is."
            ),
            marked(
                "This server tells each book only once to an account. If an e-reader uses the same "
                "address, say so below, and it goes on getting its books."
            ),
        ),
    ),
    (SourceKind.KOBO, "kobo-booklore"): PresetTexts(
        url_hints=(
            _TOKEN,
            marked("Mind the /api prefix."),
        ),
        where=(
            marked("Each user has a sync token of their own."),
            marked("On the server, open Settings, then Devices, and switch on Kobo sync."),
            marked("Copy the whole address, with /api in it."),
            marked("Only the books on your Kobo shelf are offered: put some on it first."),
        ),
    ),
    (SourceKind.KOBO, "kobo-komga"): PresetTexts(
        url_hints=(
            _TOKEN,
            marked("Untested for places: KOReader sync and OPDS are the proven routes."),
        ),
        where=(
            marked("Komga uses an API key as token."),
            marked("Open your account settings on the server and make an API key."),
            marked("Put it behind /kobo/ in the address."),
        ),
    ),
    (SourceKind.KOBO, "kobo-other"): PresetTexts(
        url_hints=(_TOKEN,),
    ),
}
