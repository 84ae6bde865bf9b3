"""The rules of the Progress sync form: validation, and conversion from and to a `Source`."""

import ipaddress
from dataclasses import replace

from kios_desktop.domain.secret import Secret, ServerUrl, address_parts
from kios_desktop.domain.source import Pin, Preset, Source, SourceKind
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.settings.ports import FieldErrors, SyncForm

MASK = "••••"
_LOCAL_NAMES = (".local", ".lan", ".home", ".home.arpa", ".internal", ".localdomain")


Trusted = tuple[Pin, str]
"""A certificate that was trusted while the form was open, and the host it was trusted for."""


def form_of(source: Source) -> SyncForm:
    """A stored server as a form: secrets in its address masked, the password None if there is
    one."""
    return SyncForm(
        preset=source.preset,
        url=source.url.shown,
        username=source.username,
        password=None if source.password else Secret(""),
        auth=source.auth,
        document_id=source.document_id,
        headers=source.headers,
        pin=source.pin,
        insecure_allowed=True,
    )


def with_preset(form: SyncForm, preset: Preset) -> SyncForm:
    """Another kind of server was chosen: its usual sign-in method is chosen with it."""
    return replace(form, preset=preset.key, auth=preset.auth)


def errors_of(form: SyncForm, preset: Preset, stored: Source | None) -> FieldErrors:
    """What has to be corrected before the server can be asked."""
    url = "" if form.url else tr("Enter the address of your server.")
    url = url or address_error(form.url, stored.url if stored is not None else None)
    username = password = ""
    typed = form.password is not None and bool(form.password)
    kept = form.password is None and stored is not None and bool(stored.password)
    if not preset.login_optional:
        username = "" if form.username else tr("Enter the user name.")
        password = "" if typed or kept else tr("Enter the password.")
    elif form.username and not (typed or kept):
        password = tr("Fill in both, or neither.")
    elif typed and not form.username:
        username = tr("Fill in both, or neither.")
    insecure = is_insecure(form.url)
    return FieldErrors(url, username, password, insecure and not form.insecure_allowed)


def source_of(
    form: SyncForm, stored: Source | None, new_id: str, trusted: Trusted | None = None
) -> Source:
    """The server that the form describes. What was not entered again is taken from `stored`."""
    kept = stored is not None and _unchanged(form, stored)
    url = stored.url if stored is not None and kept else ServerUrl(form.url.rstrip("/"))
    password = form.password
    if password is None:
        password = stored.password if stored is not None else Secret("")
    return Source(
        id=stored.id if stored is not None else new_id,
        kind=SourceKind.KOSYNC,
        preset=form.preset,
        name=url.host,
        url=url,
        auth=form.auth,
        username=form.username,
        password=password,
        headers=form.headers,
        pin=pin_for(url.host, form.pin, stored, trusted),
        enabled=stored.enabled if stored is not None else True,
        document_id=form.document_id,
    )


def pin_for(
    host: str, pin: Pin | None, stored: Source | None, trusted: Trusted | None
) -> Pin | None:
    """The pinned certificate of a form, if it belongs to `host`: a pin holds for one host only."""
    if trusted is not None and pin == trusted[0]:
        return pin if host == trusted[1] else None
    return pin if stored is None or host == stored.url.host else None


def address_error(url: str, stored: ServerUrl | None) -> str:
    """What is wrong with an address that was typed; "" if it can be asked. A hidden part of it is
    known if it is that of `stored`."""
    parts = address_parts(url)
    if parts is None:
        return tr("This address can’t be read. Check the brackets, and the number after the colon.")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return tr("Enter the full address, starting with https://.")
    known = stored is not None and url == stored.shown and MASK not in stored.reveal()
    if MASK in url and not known:
        return tr("Paste the whole address again: part of it was hidden.")
    return ""


def is_insecure(url: str) -> bool:
    """Whether a password would be sent unencrypted over the internet."""
    parts = address_parts(url)
    return parts is not None and parts.scheme == "http" and is_public(parts.hostname or "")


def is_public(host: str) -> bool:
    """Whether a host is on the internet: neither this computer nor a home network."""
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        name = host.lower().rstrip(".")
        return "." in name and not name.endswith(_LOCAL_NAMES) and name != "localhost"


def _unchanged(form: SyncForm, stored: Source | None) -> bool:
    return stored is not None and form.url == stored.url.shown
