"""Which part answers which window: the signals of windows, joined to the parts of Kios."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from kios_desktop.startup.parts import Parts

if TYPE_CHECKING:
    from kios_desktop.ui.reader.window import ReaderWindow
    from kios_desktop.ui.shell.main_window import MainWindow
    from kios_desktop.ui.shell.menu_bar import MenuBar


def join_library(parts: Parts, window: "MainWindow") -> None:
    """The main window opens books and Settings."""
    opening, start = parts.opening, parts.tasks.start
    window.open_requested.connect(lambda book: start(opening.open_book(book)))
    window.excerpt_requested.connect(lambda it, words: start(opening.open_at_excerpt(it, words)))
    window.guide_requested.connect(lambda: start(opening.open_guide()))
    window.go_requested.connect(lambda book, at: start(opening.open_at(book, at)))
    window.marks_requested.connect(lambda: window.show_marks(parts.all_marks))
    window.statistics_requested.connect(lambda: window.show_statistics(parts.statistics))
    window.mark_requested.connect(lambda kept: start(opening.open_at_mark(kept)))
    window.continue_requested.connect(lambda book: start(opening.open_at_offer(book)))
    window.settings_requested.connect(lambda page: parts.settings.show(page))
    window.add_source_requested.connect(lambda: parts.settings.add_source())
    window.sign_in_requested.connect(lambda source: parts.settings.edit_source(source))
    window.source_settings_requested.connect(lambda source: parts.settings.edit_source(source))


def join_reader(parts: Parts, window: "ReaderWindow") -> None:
    """A reader window leads to the library and to Settings."""
    window.library_requested.connect(lambda: parts.window.raise_())
    window.quit_requested.connect(parts.hooks.quit)
    window.hidden_away.connect(parts.sync.backgrounded)
    window.app_requested.connect(lambda name: ask(parts, name))
    window.settings_requested.connect(lambda page: parts.settings.show(page))
    window.source_settings_requested.connect(lambda source: parts.settings.edit_source(source))
    window.closed.connect(parts.account_wanted)
    book_id = parts.readers.book_of(window)
    if book_id is not None:
        if parts.is_made("service_accounts"):
            parts.service_accounts.book_opened(book_id)
        overlays, toast = window.overlays, window.display.show_toast
        window.mark_tabs.make_files = lambda opener: parts.mark_files(
            overlays, opener, toast, book_id
        )


def build_menu_bar(parts: Parts) -> "MenuBar":
    """The menu bar of macOS."""
    from kios_desktop.ui.shell.menu_bar import MenuBar

    def in_library(do: Callable[[], None]) -> None:
        parts.window.raise_()
        do()

    bar = MenuBar()
    bar.library_requested.connect(lambda: parts.window.raise_())
    bar.add_files_requested.connect(lambda: in_library(parts.window.choose_files))
    bar.add_folder_requested.connect(lambda: in_library(parts.window.choose_folder))
    bar.sync_now_requested.connect(parts.sync.sync_now)
    bar.settings_requested.connect(lambda page: parts.settings.show(page))
    bar.guide_requested.connect(lambda: parts.tasks.start(parts.opening.open_guide()))
    bar.quit_requested.connect(parts.hooks.quit)
    return bar


def ask(parts: Parts, name: str) -> None:
    """An application-wide shortcut, by its name in `APP_KEYS`, from a window without the action."""
    match name:
        case "quit":
            parts.hooks.quit()
        case "sync_now":
            parts.sync.sync_now()
        case "add_source":
            parts.settings.add_source()
        case "add_files":
            parts.window.raise_()
            parts.window.choose_files()
        case "downloads":
            parts.window.raise_()
            parts.window.actions_.downloads.setChecked(True)


def end_requests(parts: Parts) -> None:
    """Open no book and show no message from now on: Kios quits."""
    parts.notices.end()
    parts.opening.end()
