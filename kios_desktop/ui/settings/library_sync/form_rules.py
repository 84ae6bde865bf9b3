"""The rules of the Add source form: validation, and conversion from and to a `Source`."""

from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.domain.source import AuthMethod, Source, SourceKind
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.settings.form_rules import (
    Trusted,
    address_error,
    is_insecure,
    pin_for,
)
from kios_desktop.ui.settings.library_sync.ports import SourceForm
from kios_desktop.ui.settings.ports import SourceErrors

_PLACEHOLDER_HOST = "your-server"  # of the example addresses of presets
_MEANINGLESS_LABELS = frozenset({"www", "opds", "localhost"})


def form_of(source: Source) -> SourceForm:
    """A stored source as a form: secrets in its address masked, the password not shown."""
    return SourceForm(
        preset=source.preset,
        kind=source.kind,
        url=source.url.shown,
        name=source.name,
        username=source.username,
        auth=source.auth,
        headers=source.headers,
        pin=source.pin,
        insecure_allowed=True,
        shared=source.shared,
        catalog_url=source.catalog_url.shown if source.catalog_url is not None else "",
    )


def suggested_name(url: str, server_title: str) -> str:
    """A name for a source from its address: “Books” for https://books.example.org/opds.

    For an IP address or a host without a telling name it is `server_title`, the kind of server.
    """
    host = ServerUrl(_pasted(url)).host
    labels = [part for part in host.split(".") if part not in _MEANINGLESS_LABELS]
    numbers = all(part.isdigit() for part in labels) or ":" in host
    if not labels or numbers or host.startswith(_PLACEHOLDER_HOST):
        return server_title if host else ""
    return labels[0][:1].upper() + labels[0][1:]


def errors_of(form: SourceForm, stored: Source | None) -> SourceErrors:
    """What has to be corrected before the server can be asked."""
    if form.kind is SourceKind.KOBO:
        return _kobo_errors(form, stored)
    url = "" if form.url else tr("Enter the address of the catalog.")
    url = url or address_error(form.url, stored.url if stored is not None else None)
    username = password = ""
    kept = form.password is None and stored is not None and bool(stored.password)
    has_password = bool(form.password) or kept
    if form.auth is AuthMethod.API_KEY:
        password = "" if has_password else tr("Enter the API key.")
    elif ":" in form.username:
        username = tr("A user name can’t contain a colon.")
    elif form.password and not form.username:  # some catalogs want a name without a password
        username = tr("Enter the name that goes with the password.")
    name = "" if form.name else tr("Give the source a name.")
    insecure = is_insecure(form.url)
    return SourceErrors(
        url, name, username, password, insecure=insecure and not form.insecure_allowed
    )


def _kobo_errors(form: SourceForm, stored: Source | None) -> SourceErrors:
    """The errors of the form of a Kobo source. The protocol checks the address further in the
    test."""
    url = "" if form.url else tr("Enter the Kobo sync URL.")
    address = _pasted(form.url)
    url = url or address_error(address, stored.url if stored is not None else None)
    known = stored.catalog_url if stored is not None else None
    catalog = ""
    if form.shared and form.catalog_url:
        catalog = address_error(form.catalog_url, known)
    username = ""
    if form.shared and form.password and not form.username:
        username = tr("Enter the name that goes with the password.")
    insecure = is_insecure(address)
    name = "" if form.name else tr("Give the source a name.")
    return SourceErrors(
        url, name, username, "", catalog, insecure=insecure and not form.insecure_allowed
    )


def _pasted(text: str) -> str:
    """The address in `text`, which may be the `api_endpoint=…` line of an e-reader's settings."""
    address = text.partition("=")[2] if text.lower().startswith("api_endpoint") else text
    return address.strip()


def source_of(
    form: SourceForm, stored: Source | None, new_id: str, trusted: Trusted | None = None
) -> Source:
    """The source that the form describes. What was not entered again is taken from `stored`.

    The address keeps its trailing slash, which some servers require.
    """
    url = stored.url if stored is not None and _unchanged(form, stored) else ServerUrl(form.url)
    catalog = stored.catalog_url if stored is not None else None
    if catalog is None or form.catalog_url != catalog.shown:
        catalog = ServerUrl(form.catalog_url) if form.catalog_url else None
    password = form.password
    if password is None:
        password = stored.password if stored is not None and form.username else Secret("")
        if stored is not None and form.auth is AuthMethod.API_KEY:
            password = stored.password
    known = bool(password or form.username)  # whether there are credentials
    same_host = stored is None or url.host == stored.url.host
    return Source(
        id=stored.id if stored is not None else new_id,
        kind=form.kind,
        preset=form.preset,
        name=form.name,
        url=url,
        auth=_auth(form, known, found_out=stored if not same_host else None),
        username=form.username,
        password=password,
        headers=form.headers,
        pin=pin_for(url.host, form.pin, stored, trusted),
        enabled=stored.enabled if stored is not None else True,
        shared=form.shared,
        catalog_url=catalog if form.shared else None,
    )


def _auth(form: SourceForm, signed_in: bool, found_out: Source | None) -> AuthMethod:
    """The sign-in method. `found_out` is the stored source if it is on another host: the method
    that was detected there does not hold here."""
    digest_or_basic = form.auth in {AuthMethod.BASIC, AuthMethod.DIGEST}
    if found_out is not None and digest_or_basic and form.auth is found_out.auth:
        return AuthMethod.AUTOMATIC
    if not signed_in and form.auth is not AuthMethod.AUTOMATIC:
        return AuthMethod.NONE
    return form.auth


def _unchanged(form: SourceForm, stored: Source | None) -> bool:
    return stored is not None and form.url == stored.url.shown
