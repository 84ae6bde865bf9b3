"""Library sync: the rules of the form, and the presenter over sources in memory."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest
from msgspec import structs

from kios_desktop.application.listed_source import ListedSource
from kios_desktop.domain.errors import (
    Certificate,
    Fault,
    Faulty,
    Lacks,
    Malformed,
    NoKeystore,
    Refusal,
    Refused,
    Rejected,
    SignInFields,
    Throttled,
    TrustProblem,
    Unreachable,
    Unsupported,
    Untrusted,
)
from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.domain.source import AuthMethod, CatalogCheck, Pin, Preset, Source, SourceKind
from kios_desktop.sources.catalog_presets import CATALOG_PRESETS
from kios_desktop.ui.kit.error_texts import Message
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.settings.library_sync.form_rules import (
    errors_of,
    form_of,
    source_of,
    suggested_name,
)
from kios_desktop.ui.settings.library_sync.ports import Remedy, SourceForm
from kios_desktop.ui.settings.library_sync.presenter import LibrarySyncPresenter
from kios_desktop.ui.settings.login_in_address import without_login
from kios_desktop.ui.settings.ports import SourceErrors
from kios_desktop.ui.settings.preset_texts import preset_texts

URL = "https://books.example.org/opds"
FORM = SourceForm("cwa", url=URL, name="Books", username="ana", password=Secret("hunter2"))
STORED = Source(
    "1" * 32,
    SourceKind.OPDS,
    "kavita",
    "Kavita",
    ServerUrl("https://books.example.org/api/opds/0123456789abcdef0123"),
    AuthMethod.NONE,
    pin=Pin("ab" * 32, "PEM", "2026-01-01"),
)
CERTIFICATE = Certificate(
    "books.example.org:443", "ab" * 32, "b", "b", None, None, (), "PEM", TrustProblem.SELF_SIGNED
)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://books.example.org/opds", "Books"),
        ("https://www.example.org/opds", "Example"),
        ("http://komga:25600/opds/v2/catalog", "Komga"),
        ("http://192.168.1.20:8083/opds", "Komga"),
        ("http://[fd00::1]/opds", "Komga"),
        ("api_endpoint=https://books.example.org/kobo/0f1e2d3c", "Books"),
        ("https://your-server:25600/opds", "Komga"),
        ("", ""),
    ],
)
def test_a_name_is_suggested_from_the_host(url: str, name: str) -> None:
    assert suggested_name(url, "Komga") == name


def test_a_password_needs_a_name_and_a_name_no_password() -> None:
    """Standard Ebooks asks for an e-mail address and nothing else."""
    alone = replace(FORM, username="ana@example.org", password=Secret(""))
    assert not errors_of(alone, None)
    for auth in (AuthMethod.AUTOMATIC, AuthMethod.BASIC):
        made = source_of(replace(alone, auth=auth), None, "2" * 32)
        assert (made.username, made.auth) == ("ana@example.org", auth)
    assert errors_of(replace(FORM, username=""), None).username
    key = replace(FORM, auth=AuthMethod.API_KEY, username="")
    assert not errors_of(key, None)
    assert not errors_of(replace(FORM, username="", password=Secret("")), None)


def test_a_colon_in_a_user_name_would_change_the_password() -> None:
    assert errors_of(replace(FORM, username="a:b"), None).username


@pytest.mark.parametrize("url", ["", "books.example.org", "ftp://books.example.org", "https://"])
def test_an_address_must_be_whole(url: str) -> None:
    assert errors_of(replace(FORM, url=url), None).url


def test_plain_http_needs_a_yes_only_out_in_the_world() -> None:
    assert errors_of(replace(FORM, url="http://books.example.org/opds"), None).insecure
    assert not errors_of(replace(FORM, url="http://192.168.1.20/opds"), None)
    allowed = replace(FORM, url="http://books.example.org/opds", insecure_allowed=True)
    assert not errors_of(allowed, None)


def test_a_key_in_the_address_is_hidden_and_kept() -> None:
    form = form_of(STORED)
    assert "0123456789" not in form.url
    assert source_of(form, STORED, "2" * 32) == structs.replace(STORED, auth=AuthMethod.NONE)
    changed = replace(form, url=form.url + "x")
    assert errors_of(changed, STORED).url


def test_a_trailing_slash_stays() -> None:
    assert source_of(replace(FORM, url=URL + "/"), None, "2" * 32).url.reveal() == URL + "/"


def test_another_host_starts_without_the_trusted_certificate() -> None:
    moved = replace(form_of(STORED), url="https://other.example.org/opds")
    assert source_of(moved, STORED, "2" * 32).pin is None


def test_a_login_in_the_address_moves_to_its_fields() -> None:
    form, moved = without_login(
        SourceForm("cwa", url="https://ana:hunter%402@books.example.org/opds", name="Books")
    )
    assert moved
    assert (form.url, form.username) == (URL, "ana")
    assert form.password == Secret("hunter@2")


@pytest.mark.parametrize("preset", CATALOG_PRESETS, ids=lambda p: p.key)
def test_every_preset_has_an_address_and_says_where_to_find_it(preset: Preset) -> None:
    assert preset.placeholder_url.startswith("https://")
    texts = preset_texts(preset)
    assert texts.username_hint
    assert preset.key == "other" or len(texts.where) >= 3


class Screen:
    """A `LibrarySyncScreen` that remembers."""

    def __init__(self) -> None:
        self.lines: list[ListedSource] = []
        self.form: SourceForm | None = None
        self.editing = False
        self.errors = SourceErrors()
        self.found: CatalogCheck | None = None
        self.failed: tuple[Message, Remedy | None] | None = None
        self.idle = 0
        self.fields: SignInFields | None = None
        self.trust_asked: list[Certificate] = []
        self.keystore_asked: list[Message | None] = []
        self.to_remove: ListedSource | None = None
        self.said: list[str] = []
        self.checking = 0
        self.moved_login = False

    def show_sources(self, lines: Sequence[ListedSource]) -> None:
        self.lines = list(lines)

    def open_form(self, form: SourceForm, presets: Sequence[Preset], editing: bool) -> None:
        self.form, self.editing = form, editing

    def close_form(self) -> None:
        self.form = None

    def show_form(self, form: SourceForm) -> None:
        self.form = form

    def show_address(self, typed: str, address: str) -> None:
        if self.form is not None and self.form.url == typed:
            self.form = replace(self.form, url=address)

    def show_errors(self, errors: SourceErrors) -> None:
        self.errors = errors

    def show_moved_login(self) -> None:
        self.moved_login = True

    def show_checking(self) -> None:
        self.checking += 1

    def show_found(self, check: CatalogCheck) -> None:
        self.found = check

    def show_failed(self, message: Message, remedy: Remedy | None) -> None:
        self.failed = message, remedy

    def show_fields(self, fields: SignInFields) -> None:
        self.fields = fields

    def show_idle(self) -> None:
        self.idle += 1

    def ask_trust(self, certificate: Certificate, trusted_since: str) -> None:
        self.trust_asked.append(certificate)

    def ask_keystore(self, again: Message | None) -> None:
        self.keystore_asked.append(again)

    def ask_to_remove(self, line: ListedSource) -> None:
        self.to_remove = line

    def show_problem(self, message: Message) -> None:
        self.said.append(message.text)

    def say(self, text: str) -> None:
        self.said.append(text)


class Rig:
    """`answer` is what the server says to a check: an error, or nothing for a good catalog."""

    def __init__(self, answer: Exception | None = None) -> None:
        self.screen = Screen()
        self.answer = answer
        self.elsewhere: ServerUrl | None = None
        self.looked = 0
        self.no_keystore = False
        self.sources: list[Source] = []
        self.unlocked: list[Source] = []  # as they are in the sealed file
        self.checked: list[Source] = []
        self.removed: list[tuple[str, bool]] = []
        self.changes = 0
        self.tasks = Tasks(self._failed)
        self.presenter = LibrarySyncPresenter(
            self, self.check, self.find, self, CATALOG_PRESETS, self.screen, self.tasks,
            on_sources=self._changed,
        )  # fmt: skip

    async def check(self, source: Source) -> CatalogCheck:
        self.checked.append(source)
        if self.answer is not None:
            raise self.answer
        bare = ServerUrl(source.url.reveal().rstrip("/").replace("/?", "?"))
        found = structs.replace(source, auth=AuthMethod.DIGEST, url=bare)
        return CatalogCheck(found, "Home", 75, False)

    async def find(self, source: Source) -> ServerUrl | None:
        self.looked += 1
        return self.elsewhere

    async def listed(self) -> Sequence[ListedSource]:
        return [ListedSource(source) for source in self.sources]

    async def save(self, source: Source) -> None:
        if self.no_keystore:
            raise NoKeystore
        self.sources = [one for one in self.sources if one.id != source.id] + [source]

    async def remove(self, source_id: str, with_books: bool) -> None:
        self.removed.append((source_id, with_books))
        self.sources = [one for one in self.sources if one.id != source_id]

    async def reorder(self, source_ids: Sequence[str]) -> None:
        self.sources.sort(key=lambda source: source_ids.index(source.id))

    async def keep_in_memory(self) -> None:
        self.no_keystore = False

    async def seal(self, passphrase: str) -> None:
        self.no_keystore = False
        self.sources = self.unlocked or self.sources

    def _failed(self, error: Exception) -> None:
        raise AssertionError(error)

    def _changed(self) -> None:
        self.changes += 1

    async def settle(self) -> None:
        while self.tasks._running:
            await asyncio.wait(set(self.tasks._running))


async def test_a_source_is_tried_and_stored_with_the_sign_in_the_server_wants() -> None:
    rig = Rig()
    rig.presenter.add()
    rig.presenter.save(FORM)
    await rig.settle()
    assert [source.auth for source in rig.sources] == [AuthMethod.DIGEST]
    assert rig.screen.form is None
    assert rig.changes == 1


async def test_what_was_tried_a_moment_ago_is_stored_without_asking_again() -> None:
    rig = Rig()
    rig.presenter.add()
    rig.presenter.test(FORM)
    await rig.settle()
    assert rig.screen.found is not None
    rig.presenter.save(replace(FORM, name="At home"))
    await rig.settle()
    assert len(rig.checked) == 1
    assert [(source.name, source.auth) for source in rig.sources] == [
        ("At home", AuthMethod.DIGEST)
    ]


async def test_a_wrong_password_is_said_and_the_source_may_be_added_all_the_same() -> None:
    rig = Rig(Rejected(Refusal.CREDENTIALS))
    rig.presenter.add()
    rig.presenter.save(FORM)
    await rig.settle()
    assert rig.sources == []
    assert rig.screen.failed is not None
    assert "username or password" in rig.screen.failed[0].text
    rig.presenter.save_anyway(FORM)
    await rig.settle()
    assert [source.auth for source in rig.sources] == [AuthMethod.AUTOMATIC]


@pytest.mark.parametrize(
    "error",
    [
        Malformed("page", html=True),
        Unsupported("", Lacks.CATALOG),
        Rejected(Refusal.CREDENTIALS),
        Rejected(Refusal.CATALOG_OFF),
        Refused(400),
    ],
    ids=str,
)
async def test_the_address_that_was_meant_is_offered_and_taken_with_one_click(
    error: Exception,
) -> None:
    rig = Rig(error)
    rig.elsewhere = ServerUrl(URL)
    rig.presenter.add()
    at_root = replace(FORM, url="https://books.example.org/")
    rig.presenter.test(at_root)
    await rig.settle()
    assert rig.screen.failed is not None and rig.screen.failed[1] == Remedy(ServerUrl(URL))
    assert len(rig.checked) == 1  # with the password it is asked when somebody chose it
    rig.answer = None
    rig.presenter.use_remedy(at_root, Remedy(ServerUrl(URL)))
    await rig.settle()
    assert rig.screen.form is not None and rig.screen.form.url == URL
    assert rig.screen.found is not None


@pytest.mark.parametrize("error", [Unreachable(Fault.REFUSED, "h"), Throttled(60), Faulty(500)])
async def test_a_server_in_trouble_is_asked_no_further(error: Exception) -> None:
    rig = Rig(error)
    rig.elsewhere = ServerUrl(URL)
    rig.presenter.test(FORM)
    await rig.settle()
    assert rig.screen.failed is not None and rig.screen.failed[1] is None
    assert rig.looked == 0


@pytest.mark.parametrize(
    ("auth", "offered"),
    [
        (AuthMethod.AUTOMATIC, None),
        (AuthMethod.DIGEST, AuthMethod.AUTOMATIC),
        (AuthMethod.API_KEY, AuthMethod.AUTOMATIC),
    ],
)
async def test_a_way_of_signing_in_that_was_chosen_may_be_the_wrong_one(
    auth: AuthMethod, offered: AuthMethod | None
) -> None:
    rig = Rig(Rejected(Refusal.CREDENTIALS))
    form = replace(FORM, auth=auth)
    rig.presenter.test(form)
    await rig.settle()
    assert rig.screen.failed is not None
    remedy = rig.screen.failed[1]
    assert (remedy.auth if remedy is not None else None) is offered
    assert len(rig.checked) == 1  # the other one is not tried unasked
    if remedy is not None:
        rig.presenter.use_remedy(form, remedy)
        await rig.settle()
        assert rig.checked[-1].auth is AuthMethod.AUTOMATIC


async def test_the_form_follows_what_the_server_asks_for() -> None:
    alone = SignInFields("Email", "")
    rig = Rig(Rejected(Refusal.NEEDED, fields=alone))
    rig.presenter.test(replace(FORM, username="", password=Secret("")))
    await rig.settle()
    assert rig.screen.fields == alone
    assert rig.screen.failed is not None
    assert rig.screen.failed[0].text == "The server asks for a name alone: “Email”."


async def test_a_slash_too_much_is_taken_away_in_the_form_and_in_what_is_kept() -> None:
    rig = Rig()
    rig.presenter.add()
    rig.screen.form = form = replace(FORM, url=URL + "/")
    rig.presenter.test(form)
    await rig.settle()
    assert rig.screen.form is not None and rig.screen.form.url == URL
    rig.presenter.save(rig.screen.form)
    await rig.settle()
    assert [one.url.reveal() for one in rig.sources] == [URL]
    assert len(rig.checked) == 1


async def test_a_source_with_a_key_and_a_slash_is_tested_and_then_saved() -> None:
    """The form shows the address masked, and goes on doing so."""
    key = "0123456789abcdef0123"
    for query in ("", "?library=1"):
        rig = Rig()
        stored = structs.replace(
            STORED, url=ServerUrl(f"https://books.example.org/api/opds/{key}/{query}")
        )
        rig.sources = [stored]
        rig.presenter.start()
        await rig.settle()
        rig.presenter.edit(stored.id)
        assert rig.screen.form is not None
        rig.presenter.test(rig.screen.form)
        await rig.settle()
        assert rig.screen.form is not None
        rig.presenter.save(rig.screen.form)
        await rig.settle()
        assert not rig.screen.errors, rig.screen.errors
        bare = f"https://books.example.org/api/opds/{key}{query}"
        assert rig.sources[0].url.reveal() == bare
        assert len(rig.checked) == 1


async def test_what_is_typed_while_a_test_runs_stays() -> None:
    """The answer comes later than the next key."""
    for url in (URL + "/", "https://other.example.org"):
        rig = Rig()
        rig.presenter.add()
        rig.presenter.test(replace(FORM, url=URL + "/"))
        typed = replace(FORM, url=url, username="somebody-else")
        rig.screen.form = typed  # the fields, as the person left them
        await rig.settle()
        assert rig.screen.form == replace(typed, url=url.rstrip("/"))


async def test_a_server_in_a_hurry_is_not_said_to_be_tried_again() -> None:
    rig = Rig(Throttled(90.0))
    rig.presenter.test(FORM)
    await rig.settle()
    assert rig.screen.failed is not None
    assert rig.screen.failed[0].line == "The server is busy. Test again in 2 min."


async def test_a_certificate_is_asked_about_and_trusted_for_this_source() -> None:
    rig = Rig(Untrusted("books.example.org:443", CERTIFICATE))
    rig.presenter.add()
    rig.presenter.test(FORM)
    await rig.settle()
    assert rig.screen.trust_asked == [CERTIFICATE]
    rig.answer = None
    rig.presenter.trust(CERTIFICATE, FORM)
    await rig.settle()
    pin = rig.checked[-1].pin
    assert pin is not None and pin.sha256 == CERTIFICATE.sha256


async def test_without_a_password_store_the_reader_is_asked_and_the_source_is_not_lost() -> None:
    rig = Rig()
    rig.no_keystore = True
    rig.presenter.add()
    rig.presenter.save(FORM)
    await rig.settle()
    assert rig.screen.keystore_asked == [None]
    rig.presenter.keystore_declined()
    assert rig.screen.idle == 1  # nothing is being asked of the server
    rig.presenter.save(FORM)
    await rig.settle()
    rig.presenter.keystore_chosen(None)
    await rig.settle()
    assert len(rig.sources) == 1
    assert rig.screen.form is None


async def test_a_name_is_suggested_until_one_was_typed() -> None:
    rig = Rig()
    rig.presenter.add()
    rig.presenter.address_typed(SourceForm("komga", url="http://10.0.0.2:25600/opds"))
    assert rig.screen.form is not None and rig.screen.form.name == "Komga"
    typed = replace(rig.screen.form, name="My books")
    rig.presenter.address_typed(typed)
    rig.presenter.address_typed(replace(typed, url="http://books.lan/opds"))
    rig.presenter.preset_chosen("kavita", typed)
    assert rig.screen.form.name == "My books"


@pytest.mark.parametrize(("preset", "name"), [("other", "Other"), ("booklore", "Grimmory")])
async def test_an_address_of_numbers_suggests_the_kind_of_server(preset: str, name: str) -> None:
    rig = Rig()
    rig.presenter.add()
    rig.presenter.address_typed(SourceForm(preset, url="http://10.0.0.2/opds"))
    assert rig.screen.form is not None
    assert rig.screen.form.name == name


async def test_a_source_can_be_paused_moved_and_removed() -> None:
    rig = Rig()
    rig.sources = [STORED, structs.replace(STORED, id="2" * 32, name="Second")]
    rig.presenter.start()
    await rig.settle()
    rig.presenter.set_enabled(STORED.id, False)
    await rig.settle()
    assert [s.enabled for s in rig.sources if s.id == STORED.id] == [False]
    rig.presenter.reordered(["2" * 32, STORED.id])
    await rig.settle()
    assert [line.source.name for line in rig.screen.lines] == ["Second", "Kavita"]
    rig.presenter.remove(STORED.id)
    assert rig.screen.to_remove is not None and rig.removed == []
    rig.presenter.remove_confirmed(STORED.id, True)
    await rig.settle()
    assert rig.removed == [(STORED.id, True)]


KOBO = SourceForm(
    "kobo-cwa", SourceKind.KOBO, url="https://books.example.org/kobo/0f1e2d3c4b5a6978", name="Kobo"
)


def test_a_kobo_source_needs_no_login_and_no_name_of_a_person() -> None:
    assert not errors_of(KOBO, None)
    assert errors_of(replace(KOBO, url=""), None).url
    assert not errors_of(replace(KOBO, url=f"api_endpoint={KOBO.url}"), None)


def test_a_shared_kobo_source_may_have_the_catalog_of_its_server() -> None:
    shared = replace(KOBO, shared=True, catalog_url=URL, username="ana", password=Secret("x"))
    made = source_of(shared, None, "3" * 32)
    assert made.shared and made.catalog_url == ServerUrl(URL)
    assert errors_of(replace(shared, catalog_url="nonsense"), None).catalog_url
    assert errors_of(replace(shared, username=""), None).username
    alone = source_of(replace(shared, shared=False), None, "3" * 32)
    assert alone.catalog_url is None
    assert form_of(made).catalog_url == URL


async def test_another_kind_of_source_begins_with_an_empty_form() -> None:
    rig = Rig()
    rig.presenter.add()
    rig.presenter.kind_chosen(SourceKind.OPDS, FORM)
    assert rig.screen.form is not None and rig.screen.form.url == ""


async def test_what_was_locked_away_is_not_overwritten_when_it_is_unlocked() -> None:
    """The row of a locked source knows neither its key nor its password."""
    rig = Rig()
    known = structs.replace(
        STORED, username="ana", password=Secret("hunter2"), auth=AuthMethod.BASIC
    )
    locked = structs.replace(
        known, url=ServerUrl(known.url.shown), username="", password=Secret("")
    )
    rig.sources, rig.unlocked, rig.no_keystore = [locked], [known], True
    rig.presenter.start()
    await rig.settle()
    rig.presenter.set_enabled(locked.id, on=False)
    await rig.settle()
    assert rig.screen.keystore_asked
    rig.presenter.keystore_chosen("a passphrase")
    await rig.settle()
    assert rig.sources == [known]
    assert rig.screen.form == form_of(known)
    assert rig.changes == 1


def test_a_hidden_part_of_a_locked_address_is_asked_for() -> None:
    locked = structs.replace(STORED, url=ServerUrl(STORED.url.shown))
    assert errors_of(form_of(locked), locked).url


async def test_a_source_that_answers_again_is_synced_with_again() -> None:
    rig = Rig()
    rig.sources = [STORED]
    rig.presenter.start()
    await rig.settle()
    rig.presenter.check_now(STORED.id)
    await rig.settle()
    assert rig.changes == 1
    rig.answer = Rejected(Refusal.CREDENTIALS)
    rig.presenter.check_now(STORED.id)
    await rig.settle()
    assert rig.changes == 1, "nothing was mended"


def test_another_server_is_asked_how_it_wants_its_password() -> None:
    """Digest is what the first server wanted, and the second may know only Basic."""
    stored = structs.replace(
        STORED, auth=AuthMethod.DIGEST, username="ana", password=Secret("hunter2")
    )
    form = replace(form_of(stored), url="https://elsewhere.example.org/opds")
    assert source_of(form, stored, "").auth is AuthMethod.AUTOMATIC
    chosen = replace(form, auth=AuthMethod.BASIC)
    assert source_of(chosen, stored, "").auth is AuthMethod.BASIC


async def test_a_certificate_of_another_host_than_the_stored_one_can_be_trusted() -> None:
    rig = Rig()
    rig.presenter.add()
    rig.presenter.save(FORM)
    await rig.settle()
    rig.presenter.edit(rig.screen.lines[0].source.id)
    rig.presenter.trust(CERTIFICATE, replace(FORM, url="https://new.example.org/opds"))
    await rig.settle()
    pin = rig.checked[-1].pin
    assert pin is not None and pin.sha256 == CERTIFICATE.sha256


async def test_an_address_that_cant_be_read_is_not_asked() -> None:
    rig = Rig()
    rig.presenter.add()
    rig.presenter.address_typed(replace(FORM, url="https://[bad"))
    rig.presenter.test(replace(FORM, url="https://[bad"))
    await rig.settle()
    assert rig.checked == []


async def test_a_certificate_that_was_met_is_asked_about_over_its_form() -> None:
    rig = Rig()
    rig.presenter.add()
    rig.presenter.save(FORM)
    await rig.settle()
    rig.presenter.edit_when_loaded(rig.screen.lines[0].source.id, CERTIFICATE)
    await rig.settle()
    assert rig.screen.form is not None
    assert rig.screen.trust_asked == [CERTIFICATE]


async def test_a_check_that_nobody_foresaw_the_end_of_has_an_end() -> None:
    rig = Rig(ValueError("planned"))
    rig.presenter.add()
    rig.presenter.test(FORM)
    await rig.settle()
    assert rig.screen.failed is not None
    assert "went wrong in Kios" in rig.screen.failed[0].text
