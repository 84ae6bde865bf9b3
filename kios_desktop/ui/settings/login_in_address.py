"""Moves the login of `https://user:password@host/…`, pasted into a form, into its own fields."""

from dataclasses import replace
from typing import TypeVar
from urllib.parse import unquote, urlunsplit

from kios_desktop.domain.secret import Secret, address_parts
from kios_desktop.ui.settings.accounts.ports import AccountForm
from kios_desktop.ui.settings.library_sync.ports import SourceForm
from kios_desktop.ui.settings.ports import SyncForm

Form = TypeVar("Form", SyncForm, SourceForm, AccountForm)


def without_login(form: Form) -> tuple[Form, bool]:
    """The form with `user:password@` moved into its fields, and whether there was any."""
    parts = address_parts(form.url)
    if parts is None:
        return form, False
    info, at, host = parts.netloc.rpartition("@")
    if not at:
        return form, False
    name, _, word = info.partition(":")
    moved = replace(
        form,
        url=urlunsplit((parts.scheme, host, parts.path, parts.query, parts.fragment)),
        username=unquote(name) or form.username,
        password=Secret(unquote(word)) if word else form.password,
    )
    return moved, True
