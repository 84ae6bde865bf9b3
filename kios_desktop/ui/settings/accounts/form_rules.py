"""The rules of the account's form: validation, and conversion from and to a `Source`."""

from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.domain.source import AuthMethod, Source, SourceKind
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.settings.accounts.ports import AccountForm
from kios_desktop.ui.settings.form_rules import (
    Trusted,
    address_error,
    is_insecure,
    pin_for,
)
from kios_desktop.ui.settings.ports import SourceErrors

PRESET = "booklore"


def form_of(source: Source) -> AccountForm:
    """A stored account as a form; the password is not shown."""
    return AccountForm(
        url=source.url.shown,
        name=source.name,
        username=source.username,
        headers=source.headers,
        pin=source.pin,
        insecure_allowed=True,
    )


def errors_of(form: AccountForm, stored: Source | None) -> SourceErrors:
    """What has to be corrected before the server can be asked."""
    url = "" if form.url else tr("Enter the address of the server.")
    url = url or address_error(form.url, stored.url if stored is not None else None)
    kept = form.password is None and stored is not None and bool(stored.password)
    username = "" if form.username else tr("Enter the user name.")
    password = "" if form.password or kept else tr("Enter the password.")
    name = "" if form.name else tr("Give the account a name.")
    insecure = is_insecure(form.url) and not form.insecure_allowed
    return SourceErrors(url, name, username, password, insecure=insecure)


def source_of(
    form: AccountForm, stored: Source | None, new_id: str, trusted: Trusted | None = None
) -> Source:
    """The account that the form describes. What was not entered again is taken from `stored`."""
    is_kept = stored is not None and form.url == stored.url.shown
    url = stored.url if stored is not None and is_kept else ServerUrl(form.url.rstrip("/"))
    password = form.password
    if password is None:
        password = stored.password if stored is not None else Secret("")
    return Source(
        id=stored.id if stored is not None else new_id,
        kind=SourceKind.ACCOUNT,
        preset=PRESET,
        name=form.name,
        url=url,
        auth=AuthMethod.AUTOMATIC,
        username=form.username,
        password=password,
        headers=form.headers,
        pin=pin_for(url.host, form.pin, stored, trusted),
        enabled=stored.enabled if stored is not None else True,
    )
