"""The form of Progress sync: what has to be mended, and what becomes of it."""

from dataclasses import replace

import pytest
from msgspec import structs

from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.domain.source import AuthMethod, Pin, Source, SourceKind
from kios_desktop.ui.settings.form_rules import (
    errors_of,
    form_of,
    is_public,
    source_of,
    with_preset,
)
from kios_desktop.ui.settings.login_in_address import without_login
from kios_desktop.ui.settings.ports import SyncForm
from tests.fakes_ui import PRESETS

CWA, KAVITA = PRESETS[0], PRESETS[3]
FORM = SyncForm("cwa", "https://books.example.org/kosync", "ana", Secret("hunter2"))
STORED = Source(
    "1" * 32,
    SourceKind.KOSYNC,
    "kavita",
    "books.example.org",
    ServerUrl("https://books.example.org/api/koreader/0123456789abcdef0123"),
    AuthMethod.KOREADER_HEADERS,
    "",
    Secret(""),
    pin=Pin("ab" * 32, "PEM", "2026-01-01"),
)


def test_a_complete_form_has_no_errors() -> None:
    assert not errors_of(FORM, CWA, None)


@pytest.mark.parametrize("url", ["", "books.example.org", "ftp://books.example.org", "https://"])
def test_an_address_must_be_whole(url: str) -> None:
    assert errors_of(replace(FORM, url=url), CWA, None).url


def test_name_and_password_are_asked_for_where_the_server_needs_them() -> None:
    errors = errors_of(replace(FORM, username="", password=Secret("")), CWA, None)
    assert errors.username
    assert errors.password


def test_a_key_in_the_address_needs_no_login_but_not_half_of_one() -> None:
    without = replace(FORM, preset="kavita", username="", password=Secret(""))
    assert not errors_of(without, KAVITA, None)
    assert errors_of(replace(without, username="ana"), KAVITA, None).password == (
        "Fill in both, or neither."
    )


def test_plain_http_to_the_world_must_be_allowed_and_at_home_need_not() -> None:
    out = replace(FORM, url="http://books.example.org/kosync")
    assert errors_of(out, CWA, None).insecure
    assert not errors_of(replace(out, insecure_allowed=True), CWA, None)
    assert not errors_of(replace(out, url="http://192.168.1.5:8083/kosync"), CWA, None)


@pytest.mark.parametrize(
    ("host", "public"),
    [
        ("192.168.0.7", False),
        ("10.1.2.3", False),
        ("127.0.0.1", False),
        ("::1", False),
        ("localhost", False),
        ("nas", False),
        ("nas.local", False),
        ("8.8.8.8", True),
        ("books.example.org", True),
    ],
)
def test_public_addresses_are_told_from_home_networks(host: str, public: bool) -> None:
    assert is_public(host) is public


def test_a_login_in_the_address_moves_into_its_fields() -> None:
    form, moved = without_login(replace(FORM, url="https://an%40a:s3cret@h.org:8083/x"))
    assert moved
    assert form.url == "https://h.org:8083/x"
    assert form.username == "an@a"
    assert form.password == Secret("s3cret")


def test_an_address_without_login_stays_as_it_is() -> None:
    assert without_login(FORM) == (FORM, False)


def test_a_stored_address_with_a_key_is_shown_masked_and_kept_when_untouched() -> None:
    form = form_of(STORED)
    assert "0123456789abcdef" not in form.url
    assert not errors_of(form, KAVITA, STORED)
    assert source_of(form, STORED, "new") == STORED


def test_an_address_whose_key_is_locked_away_must_be_pasted_again() -> None:
    locked = structs.replace(STORED, url=ServerUrl(STORED.url.shown))
    assert "whole address" in errors_of(form_of(locked), KAVITA, locked).url


def test_a_password_that_is_not_at_hand_is_not_taken_for_a_stored_one() -> None:
    assert form_of(structs.replace(STORED, password=Secret("kept"))).password is None
    assert form_of(structs.replace(STORED, password=Secret(""))).password == Secret("")


def test_half_a_masked_address_is_refused() -> None:
    form = replace(form_of(STORED), url=form_of(STORED).url + "/more")
    assert "whole address" in errors_of(form, KAVITA, STORED).url


def test_a_password_that_was_not_typed_anew_is_kept() -> None:
    stored = source_of(FORM, None, "id")
    again = source_of(replace(form_of(stored), username="bea"), stored, "other")
    assert again.password == Secret("hunter2")
    assert (again.id, again.username) == ("id", "bea")


def test_trust_in_a_certificate_does_not_go_along_to_another_host() -> None:
    moved = replace(form_of(STORED), url="https://elsewhere.org/x")
    assert source_of(moved, STORED, "new").pin is None


def test_choosing_a_kind_of_server_brings_its_way_of_signing_in() -> None:
    form = with_preset(replace(FORM, auth=AuthMethod.KOREADER_HEADERS), CWA)
    assert form.auth is AuthMethod.BASIC
    assert form.url == FORM.url


UNREADABLE = ["https://[bad", "http://[::1", "https://h.org:99999/kosync", "http://h.org:abc"]


@pytest.mark.parametrize("url", UNREADABLE)
def test_an_address_that_cant_be_read_is_said_to_be_one(url: str) -> None:
    form = replace(FORM, url=url)
    assert without_login(form) == (form, False)
    assert errors_of(form, CWA, None).url.startswith("This address can’t be read.")


def test_a_certificate_goes_with_the_host_it_was_trusted_for() -> None:
    pin = Pin("cd" * 32, "PEM", "2026-11-01")
    trusted = (pin, "other.example.org")
    moved = replace(form_of(STORED), url="https://other.example.org/kosync", pin=pin)
    assert source_of(moved, STORED, "new", trusted).pin == pin
    assert source_of(replace(moved, pin=STORED.pin), STORED, "new", trusted).pin is None
    elsewhere = replace(moved, url="https://third.example.org/kosync")
    assert source_of(elsewhere, STORED, "new", trusted).pin is None
    assert source_of(elsewhere, None, "new", trusted).pin is None
