"""The servers that publish an OPDS catalog: what to type in, as texts for people.

One row a server, in the order of the form. Nothing depends on the choice but hints: how a server
answers is found out from its answers (opds.md 8).
"""

from typing import Final

from kios_desktop.domain.source import AuthMethod, Preset, SourceKind

_LOGIN: Final = "Your normal login (HTTP Basic)."
_KEY: Final = "The key is part of the URL. Leave both empty."
_ITS_OWN: Final = "Depends on your installation."


def _catalog(
    key: str,
    title: str,
    url: str,
    username_hint: str,
    *url_hints: str,
    auth: AuthMethod = AuthMethod.BASIC,
    where: tuple[str, ...] = (),
) -> Preset:
    return Preset(
        key=key,
        title=title,
        kind=SourceKind.OPDS,
        placeholder_url=url,
        auth=auth,
        login_optional=True,
        url_hints=url_hints,
        username_hint=username_hint,
        where=where,
    )


CATALOG_PRESETS: Final = (
    _catalog(
        "cwa",
        "Calibre-Web-Automated / Calibre-Web",
        "https://your-server:8083/opds",
        _LOGIN,
        "The address of its web page with /opds at the end.",
        where=(
            "The catalog is always there; nothing has to be switched on.",
            "Open the web page of your server and copy the address up to the port.",
            "Put /opds behind it.",
            "If you may read as a guest, leave user name and password empty.",
            "To keep your place, set up Progress sync or add the server as Kobo sync as well.",
        ),
    ),
    _catalog(
        "booklore",
        "Grimmory / BookLore",
        "https://your-server:6062/api/v1/opds",
        "A separate OPDS account, made in the server’s settings.",
        "It ends in /api/v1/opds.",
        where=(
            "The catalog has accounts of its own: your login to the web page does not work here.",
            "It is off at first: on the server, open Settings, then OPDS, and switch it on.",
            "Make an OPDS user there and type its name and password in here.",
            "To keep your place, set up Progress sync.",
        ),
    ),
    _catalog(
        "komga",
        "Komga",
        "https://your-server:25600/opds/v2/catalog",
        "On Komga this is your email.",
        "Komga publishes OPDS 2.0 here. OPDS 1.2 lives at /opds/v1.2/catalog.",
        where=(
            "Komga keeps your place through this catalog; nothing else has to be set up.",
            "Sign in with the email and password of your Komga account.",
            "Or make an API key in your account settings, and choose API key below More options.",
            "Your account needs the permission to download files.",
        ),
    ),
    _catalog(
        "kavita",
        "Kavita",
        "https://your-server:5000/api/opds/your-api-key",
        _KEY,
        "Copy it from your user settings on Kavita, under OPDS.",
        auth=AuthMethod.NONE,
        where=(
            "Kavita puts a personal key into the address. Treat it like a password.",
            "On the server, switch on OPDS in the server settings.",
            "Open your user settings, then 3rd Party Clients, and copy the OPDS URL as it is.",
            "To keep your place, set up Progress sync.",
        ),
    ),
    _catalog(
        "stump",
        "Stump",
        "https://your-server:10801/opds/v2.0/catalog",
        _LOGIN,
        "OPDS 1.2 lives at /opds/v1.2/catalog. It shows fewer details and finds series only.",
        where=(
            "Newer versions of Stump keep your place through this catalog.",
            "Sign in with your Stump user name and password.",
            "If Kios can read places there but not write them, set up Progress sync instead.",
        ),
    ),
    _catalog(
        "calibre",
        "calibre content server",
        "https://your-server:8080/opds",
        "Only if you turned on a password there. Plain http uses Digest.",
        "Start the content server in calibre first: Connect/share.",
        auth=AuthMethod.NONE,
        where=(
            "calibre shares its library while its content server runs.",
            "In calibre, choose Connect/share, then Start Content server.",
            "The port is usually 8080, and there is no password unless you asked for one.",
            "calibre changes the book’s details in the file when it sends it. "
            "Browsing only: to keep your place, set up Progress sync.",
        ),
    ),
    _catalog(
        "cops",
        "COPS",
        "https://your-server/feed",
        _ITS_OWN,
        "Older versions answer at /feed.php, others at /index.php/feed.",
        where=(
            "COPS shows a calibre library on a web server.",
            "Open its web page and look for the link to the OPDS feed.",
            "If the web server asks for a password, type it in here.",
            "Browsing only: to keep your place, set up Progress sync.",
        ),
    ),
    _catalog(
        "storyteller",
        "Storyteller",
        "https://your-server:8001/opds",
        "Your normal login. Browsing only.",
        "It is switched on unless somebody switched it off in the server’s settings.",
        where=(
            "Storyteller’s catalog has the readable books and the ones with sound.",
            "Sign in with your Storyteller user name or email, and password.",
            "If the right password is not accepted, OPDS may be off: see the server’s settings.",
            "Kios takes the edition without sound unless you choose the other.",
        ),
    ),
    _catalog(
        "ubooquity",
        "Ubooquity",
        "https://your-server:2202/opds-books",
        "Depends on your installation. Browsing only.",
        "It ends in /opds-books. Comics have a catalog of their own.",
        where=(
            "Ubooquity publishes books and comics in two catalogs.",
            "On the server’s administration page, switch on the OPDS feed.",
            "If user accounts are on, sign in with one of them.",
        ),
    ),
    _catalog("other", "Other", "https://", "Depends on the server."),
)
