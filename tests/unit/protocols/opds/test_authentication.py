"""How a server wants people to sign in."""

import json

import pytest

from kios_desktop.domain.errors import NotACatalog
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.protocols.opds.authentication import FlowKind, parse
from tests.fakes import opds_feeds as made

URL = ServerUrl("https://host/opds/v2/auth")


def test_komga_calls_the_name_an_email() -> None:
    found = parse(made.komga_authentication("https://host"), URL)
    flow = found.flow(FlowKind.BASIC)
    assert flow is not None
    assert (flow.login_label, flow.password_label) == ("Email", "Password")
    assert found.title == "Komga"


def test_storytellers_document_is_relative_and_has_only_what_we_lack() -> None:
    found = parse(made.storyteller_authentication(), URL)
    assert found.flow(FlowKind.BASIC) is None
    assert found.flow(FlowKind.OTHER) is not None


def test_an_unknown_way_is_listed_and_a_broken_document_is_survived() -> None:
    body = {"authentication": [{"type": "http://x/saml"}, {"type": None, "labels": 3}, 7]}
    found = parse(json.dumps(body).encode(), URL)
    assert [flow.kind for flow in found.flows] == [FlowKind.OTHER, FlowKind.OTHER]


def test_a_feed_is_no_such_document() -> None:
    with pytest.raises(NotACatalog):
        parse(made.komga_root("https://host"), URL)
