"""The settings presenter over stores in memory and a screen that writes down what it is shown."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import pytest
from msgspec import structs

from kios_desktop.domain.errors import Certificate, Malformed, TrustProblem, Untrusted
from kios_desktop.domain.preferences import Preferences
from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.domain.source import (
    AuthMethod,
    ConnectionStep,
    Preset,
    Source,
    StepNote,
    StepResult,
    StepState,
)
from kios_desktop.ui.kit.error_texts import Message
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.settings.ports import FieldErrors, SyncForm, Verdict
from kios_desktop.ui.settings.presenter import SettingsPresenter
from tests.fakes_ui import PRESETS, KeptPreferences, ListSources, ScriptedTest

FORM = SyncForm("cwa", "https://books.example.org/kosync", "ana", Secret("hunter2"))
FOUND = StepResult(ConnectionStep.FOUND, StepState.OK)
NOTE = StepResult(ConnectionStep.MATCHING, StepState.NOTE, StepNote.NO_BOOK_KNOWN)
WRONG = StepResult(
    ConnectionStep.ANSWERS,
    StepState.FAILED,
    error=Malformed("page", html=True),
    suggested_url=ServerUrl("https://books.example.org/kosync"),
)
CERTIFICATE = Certificate(
    "books.example.org:443", "ab" * 32, "b", "b", None, None, (), "PEM", TrustProblem.SELF_SIGNED
)
UNTRUSTED = StepResult(
    ConnectionStep.SECURE, StepState.FAILED, error=Untrusted("books.example.org:443", CERTIFICATE)
)


class Screen:
    """A `SettingsScreen` that remembers."""

    def __init__(self) -> None:
        self.preferences = Preferences()
        self.form = FORM
        self.stored = False
        self.errors = FieldErrors()
        self.steps: list[StepResult] = []
        self.verdict: Verdict | None = None
        self.anyway = False
        self.saved = 0
        self.problem: Message | None = None
        self.keystore_asked: list[Message | None] = []
        self.trust_asked: list[Certificate] = []

    def show_preferences(self, preferences: Preferences) -> None:
        self.preferences = preferences

    def show_form(self, form: SyncForm, presets: Sequence[Preset], stored: bool) -> None:
        self.form, self.stored = form, stored

    def show_errors(self, errors: FieldErrors) -> None:
        self.errors = errors

    def show_test_started(self) -> None:
        self.steps, self.verdict = [], None

    def show_step(self, result: StepResult, username: str) -> None:
        self.steps.append(result)

    def show_verdict(self, verdict: Verdict) -> None:
        self.verdict = verdict

    def offer_save_anyway(self) -> None:
        self.anyway = True

    def show_saved(self) -> None:
        self.saved += 1

    def show_problem(self, message: Message) -> None:
        self.problem = message

    def ask_keystore(self, again: Message | None) -> None:
        self.keystore_asked.append(again)

    def ask_trust(self, certificate: Certificate, trusted_since: str) -> None:
        self.trust_asked.append(certificate)


class Rig:
    def __init__(self, *steps: StepResult) -> None:
        self.screen = Screen()
        self.preferences = KeptPreferences()
        self.sources = ListSources()
        self.test = ScriptedTest(steps)
        self.tasks = Tasks(self._failed)
        self.applied: list[Preferences] = []
        self.source_changes = 0
        self.presenter = SettingsPresenter(
            self.preferences,
            self.sources,
            self.test,
            self.sources,
            PRESETS,
            self.screen,
            self.tasks,
            on_preferences=self.applied.append,
            on_sources=self._changed,
        )

    def _failed(self, error: Exception) -> None:
        raise AssertionError(error)

    def _changed(self) -> None:
        self.source_changes += 1

    async def settle(self) -> None:
        while self.tasks._running:
            await asyncio.wait(set(self.tasks._running))


async def test_a_changed_row_holds_at_once_and_is_stored() -> None:
    rig = Rig()
    rig.presenter.edit(lambda p: structs.replace(p, reduce_motion=True))
    await rig.settle()
    assert rig.applied[-1].reduce_motion
    assert rig.preferences.kept.reduce_motion
    assert rig.screen.preferences.reduce_motion


async def test_a_test_stores_nothing() -> None:
    rig = Rig(FOUND, NOTE)
    rig.presenter.test(FORM)
    await rig.settle()
    assert rig.sources.sources == []
    assert rig.screen.verdict is not None
    assert (rig.screen.verdict.tone, rig.screen.verdict.text) == ("warning", "Works, with a note")


async def test_a_form_that_is_wrong_is_not_sent_anywhere() -> None:
    rig = Rig(FOUND)
    rig.presenter.test(replace(FORM, url="nonsense"))
    await rig.settle()
    assert rig.screen.errors.url
    assert rig.test.asked == []


async def test_a_form_that_is_not_filled_yet_is_not_sent_anywhere() -> None:
    rig = Rig(FOUND)
    rig.presenter.test(SyncForm(preset=""))
    rig.presenter.save(SyncForm(preset=""))
    await rig.settle()
    assert rig.test.asked == []


async def test_save_tests_then_stores() -> None:
    rig = Rig(FOUND)
    rig.presenter.save(FORM)
    await rig.settle()
    assert [s.name for s in rig.sources.sources] == ["books.example.org"]
    assert (rig.screen.saved, rig.source_changes, rig.screen.stored) == (1, 1, True)


async def test_save_after_a_failed_test_asks_once_more() -> None:
    rig = Rig(FOUND, WRONG)
    rig.presenter.save(FORM)
    await rig.settle()
    assert rig.sources.sources == []
    assert rig.screen.anyway
    rig.presenter.save_anyway(FORM)
    await rig.settle()
    assert len(rig.sources.sources) == 1


async def test_the_address_that_works_is_tested_at_once() -> None:
    rig = Rig(FOUND)
    rig.presenter.use_address(
        "https://books.example.org/kosync", replace(FORM, url="https://x.org")
    )
    await rig.settle()
    assert rig.screen.form.url == "https://books.example.org/kosync"
    assert rig.test.asked[-1].url == ServerUrl("https://books.example.org/kosync")


async def test_the_other_way_of_signing_in_is_tried_when_somebody_wants_it() -> None:
    rig = Rig(FOUND, WRONG)
    rig.presenter.test(FORM)
    await rig.settle()
    assert len(rig.test.asked) == 1
    rig.presenter.use_auth(AuthMethod.BASIC, FORM)
    await rig.settle()
    assert rig.screen.form.auth is rig.test.asked[-1].auth is AuthMethod.BASIC


async def test_an_unknown_certificate_is_shown_and_trusting_it_tests_again_with_the_pin() -> None:
    rig = Rig(FOUND, UNTRUSTED)
    rig.presenter.test(FORM)
    await rig.settle()
    assert rig.screen.trust_asked == [CERTIFICATE]
    rig.presenter.trust(CERTIFICATE, FORM)
    await rig.settle()
    pin = rig.test.asked[-1].pin
    assert pin is not None
    assert pin.sha256 == CERTIFICATE.sha256


async def test_without_a_password_store_the_person_decides_and_the_save_goes_on() -> None:
    rig = Rig(FOUND)
    rig.sources.keystore = False
    rig.presenter.save(FORM)
    await rig.settle()
    assert rig.screen.keystore_asked == [None]
    assert rig.sources.sources == []
    rig.presenter.keystore_chosen(None)
    await rig.settle()
    assert len(rig.sources.sources) == 1


async def test_a_wrong_passphrase_asks_again_with_the_reason() -> None:
    rig = Rig(FOUND)
    rig.sources.keystore = False
    rig.presenter.save(FORM)
    await rig.settle()
    rig.presenter.keystore_chosen("wrong")
    await rig.settle()
    again = rig.screen.keystore_asked[-1]
    assert again is not None
    assert again.text == "This passphrase doesn’t open the file."


async def test_a_stored_server_comes_back_without_its_password() -> None:
    rig = Rig(FOUND)
    rig.presenter.save(FORM)
    await rig.settle()
    rig.presenter.start()
    await rig.settle()
    assert rig.screen.stored
    assert rig.screen.form.password is None
    assert "hunter2" not in repr(rig.screen.form)


async def test_forgetting_a_server_leaves_an_empty_form() -> None:
    rig = Rig(FOUND)
    rig.presenter.save(FORM)
    await rig.settle()
    rig.presenter.forget_server()
    await rig.settle()
    assert rig.sources.sources == []
    assert (rig.screen.form.url, rig.screen.stored) == ("", False)


@pytest.mark.parametrize("steps", [(), (WRONG,)])
async def test_a_test_without_a_good_end_does_not_work(steps: tuple[StepResult, ...]) -> None:
    rig = Rig(*steps)
    rig.presenter.test(FORM)
    await rig.settle()
    assert rig.screen.verdict is not None
    assert rig.screen.verdict.tone == "danger"


async def test_a_certificate_of_another_host_than_the_stored_one_can_be_trusted_and_saved() -> None:
    rig = Rig(FOUND)
    rig.presenter.save(FORM)
    await rig.settle()
    moved = replace(rig.screen.form, url="https://new.example.org/kosync")
    rig.presenter.trust(CERTIFICATE, moved)
    await rig.settle()
    pin = rig.test.asked[-1].pin
    assert pin is not None and pin.sha256 == CERTIFICATE.sha256
    rig.presenter.save(rig.screen.form)
    await rig.settle()
    assert rig.sources.sources[0].pin == pin


@pytest.mark.parametrize("url", ["https://[bad", "https://h.org:99999"])
async def test_an_address_that_cant_be_read_is_not_tested(url: str) -> None:
    rig = Rig(FOUND)
    rig.presenter.test(replace(FORM, url=url))
    await rig.settle()
    assert rig.test.asked == []
    assert "can’t be read" in rig.screen.errors.url


async def test_a_certificate_that_sync_met_is_asked_about_and_the_form_is_there() -> None:
    rig = Rig(FOUND)
    rig.presenter.save(FORM)
    await rig.settle()
    later = Rig(FOUND)
    later.sources.sources = rig.sources.sources
    later.presenter.ask_about(CERTIFICATE)
    await later.settle()
    assert later.screen.trust_asked == [CERTIFICATE]
    assert later.screen.form.url == FORM.url


async def test_a_server_that_could_not_be_read_before_is_replaced_and_not_doubled() -> None:
    rig = Rig(FOUND)
    rig.presenter.save(FORM)
    await rig.settle()
    later = Rig(FOUND)  # nothing was loaded: the password store was locked
    later.sources.sources = rig.sources.sources
    later.presenter.save(replace(FORM, username="bea"))
    await later.settle()
    assert [one.username for one in later.sources.sources] == ["bea"]


async def test_a_test_that_breaks_off_does_not_go_on_for_ever() -> None:
    rig = Rig(StepResult(ConnectionStep.FOUND, StepState.OK))

    async def breaks_off(source: Source) -> AsyncIterator[StepResult]:
        async for step in rig.test(source):
            yield step
        raise ValueError("planned")

    rig.presenter._test = breaks_off
    rig.presenter.test(FORM)
    await rig.settle()
    assert [(one.step, one.state) for one in rig.screen.steps] == [
        (ConnectionStep.FOUND, StepState.OK),
        (ConnectionStep.SECURE, StepState.FAILED),
    ]
    assert rig.screen.verdict is not None and rig.screen.verdict.tone == "danger"
