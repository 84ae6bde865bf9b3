"""The catalog and the downloads panel with dummy data, each state one screen."""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from kios_desktop.domain.catalog import (
    Acquisition,
    AcquisitionKind,
    Entry,
    Feed,
    Format,
    Navigation,
)
from kios_desktop.domain.download import Availability, DownloadFault, DownloadState, EntryState
from kios_desktop.domain.errors import Fault, Refusal, Rejected, Unreachable
from kios_desktop.domain.library import BookId, ShelfCounts
from kios_desktop.ui.catalog.view import CatalogView
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.kit.window_memory import WindowMemory
from kios_desktop.ui.library.covers import Covers
from kios_desktop.ui.shell.main_window import MainWindow
from kios_desktop.ui.shell.sidebar import SourceLine
from tests.fakes_catalog import (
    SOURCE,
    FakeCatalog,
    FakeDownloads,
    list_feed,
    make_download,
    rich_entry,
    root_feed,
    sample_downloads,
    sample_entries,
    url,
)

running: list[Tasks] = []
windows: list[MainWindow] = []
folders: list[tempfile.TemporaryDirectory[str]] = []
REFUSED = Unreachable(Fault.REFUSED, "komga.example.org:25600")


async def close_all() -> None:
    while windows:
        window = windows.pop()
        window.close_browsing()
        window.hide()
        window.deleteLater()
    while running:
        await running.pop().aclose()
    while folders:
        folders.pop().cleanup()


def unexpected(error: Exception) -> None:
    raise error


def window(
    catalog: FakeCatalog, downloads: FakeDownloads | None = None, size: QSize | None = None
) -> MainWindow:
    """A main window that shows a catalog. Needs a running loop."""
    tasks = Tasks(unexpected)
    running.append(tasks)
    folders.append(tempfile.TemporaryDirectory(prefix="kios-show-", ignore_cleanup_errors=True))
    folder = Path(folders[-1].name)
    memory = WindowMemory(folder / "windows.json", lambda save: save())
    shown = MainWindow(Covers(folder, tasks, QColor("#888888")), folder, memory)
    windows.append(shown)
    shown.resize(size or QSize(1200, 800))
    shown.show_counts(ShelfCounts(248, 6, 171, 71))
    shown.set_sources(
        [
            SourceLine(SOURCE, catalog.name),
            SourceLine("6" * 32, "Calibre-Web"),
            SourceLine("7" * 32, "Komga", trouble="Komga can’t be reached."),
        ]
    )
    shown.join_catalogs(downloads or FakeDownloads(), folder / "covers", tasks)
    shown.show_catalog(catalog)
    return shown


def view_of(shown: MainWindow) -> CatalogView:
    view = shown.catalog_view()
    if view is None:
        raise AssertionError("no catalog is shown")
    return view


def books(size: QSize) -> QWidget:
    shown = window(FakeCatalog({"": list_feed()}), sample_downloads(), size)
    shown.actions_.downloads.setChecked(True)
    return shown


def states(size: QSize) -> QWidget:
    """Every action row there is."""
    entries = sample_entries()
    queue = FakeDownloads()
    queue.put(
        make_download(entries[1], DownloadState.QUEUED, 1),
        make_download(entries[2], DownloadState.TRANSFERRING, 2, got_bytes=1_116_000),
        make_download(
            entries[3], DownloadState.TRANSFERRING, 3, got_bytes=1_100_000, total_bytes=None
        ),
        make_download(entries[4], DownloadState.VERIFYING, 4),
        make_download(entries[5], DownloadState.PAUSED, 5, got_bytes=400_000),
        make_download(entries[6], DownloadState.FAILED, 6, fault=DownloadFault.NO_SPACE),
        make_download(entries[7], DownloadState.PAUSED, 7, fault=DownloadFault.SIGN_IN),
        make_download(entries[8], DownloadState.DONE, 8),
    )
    queue.states[entries[9].key] = EntryState(Availability.NEWER, None, BookId(9))
    queue.states[entries[10].key] = EntryState(Availability.REMOVED)
    pdf = Acquisition(url("a.pdf"), AcquisitionKind.DOWNLOAD, Format.OTHER, "PDF")
    entries[11] = replace(entries[11], acquisitions=(pdf,))
    loan = Acquisition(url("loan"), AcquisitionKind.WEB_PAGE, Format.UNKNOWN, "Borrow")
    entries[12] = replace(entries[12], acquisitions=(loan,))
    entries[13] = replace(entries[13], acquisitions=rich_entry().acquisitions)
    feed = Feed(url(""), "Home library", entries=tuple(entries))
    return window(FakeCatalog({"": feed}), queue, size)


def navigation(size: QSize) -> QWidget:
    links = root_feed().navigation + tuple(
        Navigation(f"Shelf {n}", url(f"shelf/{n}"), count=n * 7) for n in range(1, 40)
    )
    return window(FakeCatalog({"": Feed(url(""), navigation=links)}), size=size)


def groups(size: QSize) -> QWidget:
    return window(FakeCatalog({"": root_feed()}), sample_downloads(), size)


def offline(size: QSize) -> QWidget:
    catalog = FakeCatalog({"": root_feed()}, kept={"": REFUSED}, name="Komga")
    return window(catalog, sample_downloads(), size)


def details(size: QSize) -> QWidget:
    entry = rich_entry()
    shown = window(FakeCatalog({"": _one(entry)}), size=size)
    presenter = shown.catalog_presenter()
    if presenter is not None:
        presenter.open_entry(entry)
    return shown


def details_downloading(size: QSize) -> QWidget:
    entry = rich_entry()
    queue = FakeDownloads()
    queue.put(make_download(entry, DownloadState.TRANSFERRING, 1, got_bytes=1_000_000))
    shown = window(FakeCatalog({"": _one(entry)}), queue, size)
    presenter = shown.catalog_presenter()
    if presenter is not None:
        presenter.open_entry(entry)
    return shown


def selecting(size: QSize) -> QWidget:
    shown = window(FakeCatalog({"": list_feed()}), sample_downloads(), size)

    def choose() -> None:
        view_of(shown).header.choosing_chosen.emit(True)
        view_of(shown)._model.choose([1, 4, 7])

    later(shown, choose)
    return shown


def panel_empty(size: QSize) -> QWidget:
    shown = window(FakeCatalog({"": list_feed()}), size=size)
    shown.actions_.downloads.setChecked(True)
    return shown


def empty(size: QSize) -> QWidget:
    return window(FakeCatalog({"": Feed(url(""), "Home library")}), size=size)


def nothing_found(size: QSize) -> QWidget:
    shown = window(FakeCatalog({"": list_feed()}), size=size)
    later(shown, lambda: view_of(shown).header.search_requested.emit("zzz"))
    return shown


def problem(size: QSize) -> QWidget:
    return window(FakeCatalog(errors={"": REFUSED}), size=size)


def sign_in(size: QSize) -> QWidget:
    return window(FakeCatalog(errors={"": Rejected(Refusal.CREDENTIALS)}), size=size)


def loading(size: QSize) -> QWidget:
    return window(FakeCatalog({"": list_feed()}, delay_s=3600), size=size)


def _one(entry: Entry) -> Feed:
    return Feed(url(""), "Home library", entries=(entry,))


def later(shown: MainWindow, do: Callable[[], None]) -> None:
    """When the first list is there."""
    QTimer.singleShot(150, shown, do)


CATALOG_SCREENS: dict[str, Callable[[QSize], QWidget]] = {
    "catalog-books": books,
    "catalog-details": details,
    "catalog-details-downloading": details_downloading,
    "catalog-empty": empty,
    "catalog-groups": groups,
    "catalog-loading": loading,
    "catalog-navigation": navigation,
    "catalog-nothing-found": nothing_found,
    "catalog-offline": offline,
    "catalog-problem": problem,
    "catalog-selecting": selecting,
    "catalog-sign-in": sign_in,
    "catalog-states": states,
    "downloads-empty": panel_empty,
}
