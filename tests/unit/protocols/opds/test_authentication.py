"""How a server wants people to sign in."""

import json

import pytest

from kios_desktop.domain.errors import NotACatalog
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.protocols.opds.authentication import FlowKind, document_in, parse
from kios_desktop.protocols.opds.links import Links
from tests.fakes import opds_feeds as made

URL = ServerUrl("https://host/opds/v2/auth")


def test_komga_calls_the_name_an_email() -> None:
    found = parse(made.komga_authentication("https://host"), URL)
    flow = found.flow(FlowKind.BASIC)
    assert flow is not None
    assert (flow.login_label, flow.password_label) == ("Email", "Password")
    assert (found.title, found.help) == ("Komga", ServerUrl("https://komga.org/"))
    assert found.logo == ServerUrl("https://host/android-chrome-512x512.png")


def test_a_picture_from_elsewhere_is_not_fetched_before_signing_in() -> None:
    assert parse(made.komga_authentication("https://elsewhere"), URL).logo is None


def test_storytellers_document_is_relative_and_has_only_what_we_lack() -> None:
    found = parse(made.storyteller_authentication(), URL)
    assert found.id == "/opds/auth"
    assert found.flow(FlowKind.BASIC) is None
    flow = found.flow(FlowKind.IMPLICIT)
    assert flow is not None
    assert flow.authenticate == ServerUrl("https://host/opds/authorize")


def test_an_unknown_way_is_listed_and_a_broken_document_is_survived() -> None:
    body = {"authentication": [{"type": "http://x/saml"}, {"type": None, "labels": 3}, 7]}
    found = parse(json.dumps(body).encode(), URL)
    assert [flow.kind for flow in found.flows] == [FlowKind.OTHER, FlowKind.OTHER]
    assert found.flows[0].name == "http://x/saml"


def test_a_feed_is_no_such_document() -> None:
    with pytest.raises(NotACatalog):
        parse(made.komga_root("https://host"), URL)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ('</opds/v2/auth>; rel="http://opds-spec.org/auth/document"', "https://host/opds/v2/auth"),
        (
            '<https://x/y>; rel=next, <auth>; type="a/b"; rel="a http://opds-spec.org/auth/document"',
            "https://host/opds/auth",
        ),
        ("<auth>; rel=http://opds-spec.org/auth/document", "https://host/opds/auth"),
        ("<javascript:x>; rel=http://opds-spec.org/auth/document", None),
        ("<x>; rel=next", None),
        ("", None),
    ],
)  # fmt: skip
def test_a_header_may_lead_to_the_document(header: str, expected: str | None) -> None:
    found = document_in(header, Links(ServerUrl("https://host/opds/v2")))
    assert (found.reveal() if found is not None else None) == expected
