"""Every screen with dummy data, for `show.py`, for screenshots and for tests."""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec import structs
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from kios_desktop.domain.errors import (
    Certificate,
    Damage,
    Encrypted,
    Fault,
    Faulty,
    Full,
    Malformed,
    MatchingHelp,
    Refusal,
    Rejected,
    SignInFields,
    TrustProblem,
    Unreachable,
    Unreadable,
)
from kios_desktop.domain.library import Book, BookId, Imported, ImportOutcome, ImportReport
from kios_desktop.domain.locator import Chapter, Locator, Place, Precision
from kios_desktop.domain.progress import (
    Health,
    Lead,
    Offer,
    OpenOffer,
    Report,
    ServerLine,
    SyncOverview,
    Waiting,
)
from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.domain.source import (
    AuthMethod,
    ConnectionStep,
    Source,
    SourceKind,
    StepNote,
    StepResult,
    StepState,
)
from kios_desktop.sources.catalog_presets import CATALOG_PRESETS
from kios_desktop.sources.kobo_presets import KOBO_PRESETS
from kios_desktop.ui.kit.error_texts import explain_test
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.kit.window_memory import WindowMemory
from kios_desktop.ui.library.covers import Covers
from kios_desktop.ui.library.orphans_banner import removal_of_orphans
from kios_desktop.ui.library.presenter import LibraryPresenter
from kios_desktop.ui.library.removal import removal_dialog
from kios_desktop.ui.settings.certificate_dialog import CertificateDialog
from kios_desktop.ui.settings.keystore_dialog import KeystoreDialog
from kios_desktop.ui.settings.library_sync.ports import Remedy, SourceForm
from kios_desktop.ui.settings.library_sync.presenter import LibrarySyncPresenter
from kios_desktop.ui.settings.library_sync.source_dialog import SourceDialog
from kios_desktop.ui.settings.ports import Verdict
from kios_desktop.ui.settings.presenter import SettingsPresenter
from kios_desktop.ui.settings.window import SettingsWindow
from kios_desktop.ui.shell.main_window import MainWindow
from kios_desktop.ui.shell.unopened import UnopenedDialog
from tests.fakes_ui import (
    PRESETS,
    KeptPreferences,
    ListShelf,
    ListSources,
    ScriptedImporter,
    ScriptedTest,
    sample_books,
)
from tests.gui.account_screens import ACCOUNT_SCREENS, lines
from tests.gui.book_screens import BOOK_SCREENS
from tests.gui.catalog_screens import CATALOG_SCREENS
from tests.gui.catalog_screens import close_all as close_catalogs
from tests.gui.mark_screens import MARK_SCREENS
from tests.gui.mark_screens import close_all as close_marks
from tests.gui.shelf_screens import SHELF_SCREENS
from tests.gui.source_screens import (
    FILLED,
    FOUND,
    KOBO_FORM,
    WEB_PAGE,
    ListedSources,
    source_lines,
)
from tests.gui.statistics_screens import STATISTICS_SCREENS

REPORT = ImportReport(
    (
        Imported("/b/the-odyssey.epub", ImportOutcome.FAILED, error=Encrypted("Adobe ADEPT")),
        Imported("/b/walden (1).epub", ImportOutcome.FAILED, error=Unreadable(Damage.TRUNCATED)),
        Imported("/b/walden.epub", ImportOutcome.ALREADY_HERE, same_as="Walden"),
        *(Imported(f"/b/{n}.epub", ImportOutcome.ADDED, BookId(n), f"Book {n}") for n in range(37)),
    )
)


_running: list[Tasks] = []
_windows: list[QWidget] = []


async def close_all() -> None:
    """Stop what the screens started, and let go of their windows."""
    await close_catalogs()
    await close_marks()
    while _running:
        await _running.pop().aclose()
    while _windows:
        window = _windows.pop()
        window.hide()
        window.deleteLater()


def unexpected(error: Exception) -> None:
    raise error


def now() -> datetime:
    return datetime.now(UTC)


def offer(chapter: str = "Chapter 12", fraction: float = 0.18) -> Offer:
    place = Locator(Place(11, 0), "c12.xhtml", 100, fraction, Chapter(11, chapter))
    at = now() - timedelta(hours=8)
    report = Report("s", "key", place, Precision.EXACT, fraction, at, "Kobo Libra", "raw")
    return Offer(report, Lead.FURTHER, same_chapter=False)


def overview(health: Health) -> SyncOverview:
    ok = ServerLine("1", "Home library", SourceKind.KOSYNC, checked_at=now() - timedelta(minutes=2))
    away = ServerLine(
        "2",
        "Komga",
        SourceKind.KOSYNC,
        error=Unreachable(Fault.TIMEOUT, "komga.example.org:443", 10),
        not_reachable_since=now() - timedelta(minutes=40),
        next_try_at=now() + timedelta(minutes=4),
    )
    refused = ServerLine("3", "Grimmory", SourceKind.KOSYNC, error=Rejected(Refusal.CREDENTIALS))
    if health is Health.NOT_SET_UP:
        return SyncOverview()
    if health is Health.IN_SYNC:
        return SyncOverview(health, (ok,), last_sent_at=ok.checked_at)
    waiting = Waiting(
        BookId(5), "Meditations", 0.71, "Komga", now() - timedelta(hours=1), away.error
    )
    stayed = OpenOffer(BookId(1), "Pride and Prejudice", offer())
    servers = (ok, refused, away) if health is Health.NEEDS_YOU else (ok, away)
    return SyncOverview(health, servers, (waiting, waiting), (stayed,))


def window(
    books: list[Book], health: Health = Health.IN_SYNC, size: QSize | None = None
) -> tuple[MainWindow, LibraryPresenter]:
    """A main window over a list of books. Needs a running loop."""
    tasks = Tasks(unexpected)
    _running.append(tasks)
    folder = Path(tempfile.gettempdir())
    memory = WindowMemory(folder / "none" / "windows.json", lambda save: None)
    shown = MainWindow(Covers(folder, tasks, QColor("#888888")), folder, memory)
    _windows.append(shown)
    if size is not None:
        shown.resize(size)
    shelf = ListShelf(books)
    presenter = LibraryPresenter(
        shelf,
        ScriptedImporter(REPORT),
        shown.library,
        tasks,
        on_counts=shown.show_counts,
        on_import=shown.show_import,
    )
    shown.library.bind(presenter)
    shown.sidebar.shelf_chosen.connect(presenter.shelf_chosen)
    shown.add_requested.connect(presenter.add)
    shown.show_overview(overview(health))
    presenter.refresh()
    return shown, presenter


def library(size: QSize) -> QWidget:
    return window(sample_books(231), size=size)[0]


def library_offline(size: QSize) -> QWidget:
    return window(sample_books(231), Health.OFFLINE, size)[0]


def library_empty(size: QSize) -> QWidget:
    shown, _presenter = window([], size=size)
    shown.set_onboarded(True)
    return shown


def library_no_match(size: QSize) -> QWidget:
    shown, presenter = window(sample_books(), size=size)
    shown.library.header.search.setText("zzz")
    presenter.search_changed("zzz")
    return shown


def library_problem(size: QSize) -> QWidget:
    from kios_desktop.ui.kit.error_texts import explain

    shown, _presenter = window(sample_books(), size=size)
    shown.library.show_problem(explain(Full()))
    return shown


def library_orphans(size: QSize) -> QWidget:
    shown, _presenter = window(sample_books(), size=size)
    shown.library.show_orphans(3)
    return shown


def library_orphans_only(size: QSize) -> QWidget:
    """The list of the books was lost, and nothing but their files is there."""
    shown, _presenter = window([], size=size)
    shown.library.show_orphans(241)
    return shown


def orphans_removal(_size: QSize) -> QWidget:
    return removal_of_orphans(3, None)


def import_report(size: QSize) -> QWidget:
    shown = window(sample_books(231), size=size)[0]
    shown.show()
    shown.library.show_import_report(REPORT)
    return shown


def import_progress(size: QSize) -> QWidget:
    shown = window(sample_books(231), size=size)[0]
    shown.show()
    shown.library.show_import(12, 40)
    shown.show_import(12, 40)
    return shown


def sync_menu(size: QSize) -> QWidget:
    shown = window(sample_books(231), Health.NOT_REACHABLE, size)[0]
    shown.show()
    shown.toggle_sync_menu()
    return shown


def sync_menu_trouble(size: QSize) -> QWidget:
    shown = window(sample_books(231), Health.NEEDS_YOU, size)[0]
    shown.show()
    shown.toggle_sync_menu()
    return shown


def sync_menu_not_set_up(size: QSize) -> QWidget:
    shown = window(sample_books(231), Health.NOT_SET_UP, size)[0]
    shown.show()
    shown.toggle_sync_menu()
    return shown


def first_run(size: QSize) -> QWidget:
    return window([], Health.NOT_SET_UP, size)[0]


STEPS = (
    StepResult(ConnectionStep.FOUND, StepState.OK, took_s=0.018),
    StepResult(ConnectionStep.SECURE, StepState.OK, took_s=0.041),
    StepResult(ConnectionStep.ANSWERS, StepState.OK, took_s=0.063),
    StepResult(ConnectionStep.SIGNED_IN, StepState.OK, took_s=0.058),
    StepResult(ConnectionStep.READING, StepState.OK, took_s=0.06),
    StepResult(
        ConnectionStep.MATCHING,
        StepState.NOTE,
        StepNote.NO_BOOK_KNOWN,
        0.9,
        matching_help=MatchingHelp.OWN_CATALOG,
    ),
    StepResult(ConnectionStep.CLOCK, StepState.OK),
)
WRONG_PATH = (
    StepResult(ConnectionStep.FOUND, StepState.OK, took_s=0.012),
    StepResult(ConnectionStep.SECURE, StepState.OK, took_s=0.038),
    StepResult(
        ConnectionStep.ANSWERS,
        StepState.FAILED,
        took_s=0.055,
        error=Malformed("a web page", html=True),
        suggested_url=ServerUrl("https://books.example.org:8083/kosync"),
    ),
)
CERTIFICATE = Certificate(
    "books.example.org:6062",
    "4e9a17c2608bf35d21ae77049ce83bd6f1520d986ac43fe7b01985da2c734baf",
    "books.example.org",
    "books.example.org",
    datetime(2026, 1, 12, tzinfo=UTC),
    datetime(2028, 1, 12, tzinfo=UTC),
    ("books.example.org",),
    "",
    TrustProblem.SELF_SIGNED,
)


def settings(page: str, size: QSize) -> tuple[SettingsWindow, SettingsPresenter]:
    """The settings window at a page. Needs a running loop."""
    tasks = Tasks(unexpected)
    _running.append(tasks)
    shown = SettingsWindow(
        Path("/home/ana/Books/Kios"), Path("/home/ana/.fonts-of-kios"), "Kios Desktop (study)"
    )
    _windows.append(shown)
    shown.resize(size)
    stored = Source(
        "0" * 32,
        SourceKind.KOSYNC,
        "booklore",
        "books.example.org",
        ServerUrl("https://books.example.org:6062/api/koreader"),
        AuthMethod.KOREADER_HEADERS,
        "reader-sync",
        Secret("x"),
    )
    sources = ListSources([stored])
    presenter = SettingsPresenter(
        KeptPreferences(), sources, ScriptedTest(STEPS), sources, PRESETS, shown, tasks
    )
    listed = ListedSources(source_lines())
    library_sync = LibrarySyncPresenter(
        listed, listed.check, listed.find, sources, CATALOG_PRESETS, shown.library_sync, tasks
    )
    shown.bind(presenter, library_sync)
    shown.show_page(page)
    presenter.start()
    library_sync.start()
    return shown, presenter


def add_source(form: SourceForm | None = None, more: bool = False) -> QWidget:
    shown, _presenter = settings("library-sync", QSize(1040, 720))
    presets = (*CATALOG_PRESETS, *KOBO_PRESETS)
    stored = form is not None and form.kind is SourceKind.OPDS
    shown.library_sync.open_form(form or SourceForm("cwa"), presets, stored)
    made = shown.library_sync.form
    if made is None:
        raise AssertionError
    made.more.setChecked(more)
    return made


def add_source_found(_size: QSize) -> QWidget:
    made = add_source(FILLED)
    if isinstance(made, SourceDialog):
        made.show_found(FOUND)
    return made


def add_source_web_page(_size: QSize) -> QWidget:
    made = add_source(FILLED)
    if isinstance(made, SourceDialog):
        made.show_failed(WEB_PAGE, Remedy(ServerUrl("https://books.example.org/opds")))
        made.help.setChecked(True)
    return made


def add_source_server_trouble(_size: QSize) -> QWidget:
    """A 5xx with the server's own sentence, as recorded of Stump."""
    made = add_source(FILLED)
    if isinstance(made, SourceDialog):
        said = "Query Error: error returned from database: (code: 1) no such column: title"
        made.show_failed(explain_test(Faulty(500, said=said), "Books", catalog=True), None)
    return made


def add_source_name_alone(_size: QSize) -> QWidget:
    made = add_source(replace(FILLED, username=""))
    if isinstance(made, SourceDialog):
        fields = SignInFields("Email", "")
        made.show_failed(explain_test(Rejected(Refusal.NEEDED, fields=fields), "Books"), None)
        made.show_fields(fields)
    return made


def settings_page(page: str) -> Callable[[QSize], QWidget]:
    return lambda size: settings(page, size)[0]


def settings_tested(size: QSize) -> QWidget:
    shown, _presenter = settings("sync", size)
    shown.show()
    shown.show_test_started()
    for step in STEPS:
        shown.show_step(step, "reader-sync")
    shown.show_verdict(Verdict("warning", "Works, with a note", STEPS))
    return shown


def settings_wrong_path(size: QSize) -> QWidget:
    shown, _presenter = settings("sync", size)
    shown.show()
    shown.show_test_started()
    for step in WRONG_PATH:
        shown.show_step(step, "ana")
    shown.show_verdict(Verdict("danger", "Doesn’t work", WRONG_PATH))
    shown.offer_save_anyway()
    return shown


def settings_other_auth(size: QSize) -> QWidget:
    wrong = StepResult(
        ConnectionStep.SIGNED_IN,
        StepState.FAILED,
        error=Rejected(Refusal.CREDENTIALS),
        other_auth=AuthMethod.BASIC,
    )
    shown, _presenter = settings("sync", size)
    shown.show()
    shown.show_test_started()
    for step in (*STEPS[:3], wrong):
        shown.show_step(step, "ana")
    shown.show_verdict(Verdict("danger", "Doesn’t work", (wrong,)))
    return shown


def settings_more(size: QSize) -> QWidget:
    shown, _presenter = settings("sync", size)
    shown.sync.form.more.setChecked(True)
    return shown


def settings_search(size: QSize) -> QWidget:
    shown, _presenter = settings("reading", size)
    shown._search.setText("page")
    return shown


def certificate(size: QSize) -> QWidget:
    return CertificateDialog(CERTIFICATE, None)


def certificate_changed(size: QSize) -> QWidget:
    changed = structs.replace(CERTIFICATE, problem=TrustProblem.CHANGED, trusted_before="0a" * 32)
    return CertificateDialog(changed, None, "2026-01-12")


def keystore(size: QSize) -> QWidget:
    shown = KeystoreDialog(None)
    shown.sealed.setChecked(True)
    return shown


def removal(size: QSize) -> QWidget:
    return removal_dialog(sample_books()[1], None)


def unopened(size: QSize) -> UnopenedDialog:
    title = "The Life and Strange Surprizing Adventures of Robinson Crusoe, Of York, Mariner"
    error = Unreadable(Damage.TRUNCATED, "OEBPS/chapter-07.xhtml")
    return UnopenedDialog(title, Path("Kios") / f"books/3f/{'3f9a' * 16}.epub", error, None)


def unopened_details(size: QSize) -> QWidget:
    shown = unopened(size)
    shown.more.click()
    return shown


def settings_accounts(size: QSize) -> QWidget:
    shown, _presenter = settings("accounts", size)
    shown.accounts.show_accounts(lines())
    return shown


SCREENS: dict[str, Callable[[QSize], QWidget]] = {
    **ACCOUNT_SCREENS,
    **BOOK_SCREENS,
    **CATALOG_SCREENS,
    **MARK_SCREENS,
    **SHELF_SCREENS,
    **STATISTICS_SCREENS,
    "add-source": lambda _size: add_source(),
    "add-source-found": add_source_found,
    "add-source-kobo": lambda _size: add_source(KOBO_FORM),
    "add-source-kobo-shared": lambda _size: add_source(replace(KOBO_FORM, shared=True)),
    "add-source-more": lambda _size: add_source(FILLED, more=True),
    "add-source-web-page": add_source_web_page,
    "add-source-server-trouble": add_source_server_trouble,
    "add-source-name-alone": add_source_name_alone,
    "settings-library-sync": settings_page("library-sync"),
    "first-run": first_run,
    "import-progress": import_progress,
    "import-report": import_report,
    "library": library,
    "library-empty": library_empty,
    "library-no-match": library_no_match,
    "library-offline": library_offline,
    "library-problem": library_problem,
    "library-orphans": library_orphans,
    "library-orphans-only": library_orphans_only,
    "orphans-removal": orphans_removal,
    "certificate": certificate,
    "certificate-changed": certificate_changed,
    "keystore": keystore,
    "removal": removal,
    "settings-about": settings_page("about"),
    "settings-accounts": settings_accounts,
    "settings-accounts-empty": settings_page("accounts"),
    "settings-appearance": settings_page("appearance"),
    "settings-library": settings_page("library"),
    "settings-more-options": settings_more,
    "settings-reading": settings_page("reading"),
    "settings-search": settings_search,
    "settings-sync": settings_page("sync"),
    "settings-sync-tested": settings_tested,
    "settings-sync-wrong-path": settings_wrong_path,
    "settings-sync-other-auth": settings_other_auth,
    "sync-menu": sync_menu,
    "sync-menu-not-set-up": sync_menu_not_set_up,
    "sync-menu-trouble": sync_menu_trouble,
    "unopened": unopened,
    "unopened-details": unopened_details,
}
