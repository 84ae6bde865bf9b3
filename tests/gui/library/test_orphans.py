"""The offer of books that the library does not know, with a real folder and real widgets."""

import time
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from kios_desktop.application.books import KeptBooks
from kios_desktop.application.cleanup import Cleanup
from kios_desktop.domain.library import Query
from kios_desktop.library.importer import Importer
from kios_desktop.library.orphans import Orphans
from kios_desktop.paths import profile_paths
from kios_desktop.storage.database import Database
from kios_desktop.ui.kit.dialog import AskDialog
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.library.orphans_presenter import OrphansPresenter
from kios_desktop.ui.library.presenter import LibraryPresenter
from kios_desktop.ui.shell.main_window import MainWindow
from tests.books import BookDraft
from tests.gui import screens
from tests.gui.waiting import until

pytestmark = pytest.mark.gui


class Lost:
    """A window over a library whose database was lost: three files are there, and no record."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.paths = profile_paths(folder / "profile")
        self.paths.create()
        self.bugs: list[Exception] = []
        self.tasks = Tasks(self.bugs.append)

    async def shown(self) -> "Lost":
        mine = [BookDraft(title=f"Book {n}").write(self.folder / f"{n}.epub") for n in range(3)]
        database = await Database.open(self.paths.database)
        before = Importer(KeptBooks(database, self.paths.library), self.paths.library)
        await before.add(mine, progress=lambda *_: None, cancelled=lambda: False)
        await database.aclose()
        self.paths.database.unlink()
        self.database = await Database.open(self.paths.database)
        self.books = KeptBooks(self.database, self.paths.library)
        self.tidying = Cleanup(self.paths, self.books, time.time())
        self.tidying.orphans = Orphans(self.books, self.paths.library, 2**40)
        self.window: MainWindow = screens.window([], size=QSize(1200, 800))[0]
        library = LibraryPresenter(
            self.books,
            Importer(self.books, self.paths.library),
            self.window.library,
            self.tasks,
            on_counts=self.window.show_counts,
        )
        self.window.library.bind(library)
        self.presenter = OrphansPresenter(
            self.tidying.orphans,
            self.window.library,
            self.tasks,
            library.import_files,
            self.tidying.done.wait,
        )
        self.window.library.orphans.bind(self.presenter)
        self.window.show()
        self.window.activateWindow()
        library.refresh()
        self.presenter.search()
        await self.tidying.run()
        await until(lambda: self.banner.isVisible())
        return self

    @property
    def banner(self):  # type: ignore[no-untyped-def]
        return self.window.library.orphans

    def click(self, words: str) -> None:
        [link] = [one for one in self.banner.findChildren(QPushButton) if one.text() == words]
        QTest.mouseClick(link, Qt.MouseButton.LeftButton)

    def files(self) -> int:
        return len(list(self.paths.library.glob("books/*/*.epub")))

    async def end(self) -> None:
        await self.tasks.aclose()
        self.window.close_now()
        await screens.close_all()
        await self.database.aclose()
        assert self.bugs == []


async def test_one_click_brings_lost_books_back(qapp: QApplication, tmp_path: Path) -> None:
    lost = await Lost(tmp_path).shown()
    assert lost.banner.text() == "3 books in the folder of Kios are not in your library."
    assert lost.banner.accessibleName() == lost.banner.text()
    lost.click("Add to library")
    assert not lost.banner.isVisible(), "it is under way, and not asked twice"
    await until(lambda: lost.window.library.grid.model().rowCount() == 3)
    assert len(await lost.books.ids(Query())) == lost.files() == 3
    assert not lost.banner.isVisible()
    await lost.end()


async def test_files_are_removed_only_after_a_question(qapp: QApplication, tmp_path: Path) -> None:
    lost = await Lost(tmp_path).shown()
    lost.click("Remove…")
    [question] = lost.window.findChildren(AskDialog)
    question.reject()
    assert lost.files() == 3
    assert lost.banner.isVisible()
    lost.click("Remove…")
    question = next(one for one in lost.window.findChildren(AskDialog) if one.isVisible())
    QTest.mouseClick(question.verb, Qt.MouseButton.LeftButton)
    await until(lambda: lost.files() == 0)
    assert not lost.banner.isVisible()
    await lost.end()


async def test_closing_the_offer_is_for_now(qapp: QApplication, tmp_path: Path) -> None:
    lost = await Lost(tmp_path).shown()
    lost.banner.dismissed.emit()
    assert not lost.banner.isVisible()
    assert lost.files() == 3
    lost.presenter.search()
    await until(lambda: lost.banner.isVisible())
    await lost.end()


async def test_a_first_start_gives_way_to_the_offer(qapp: QApplication, tmp_path: Path) -> None:
    """Without a list of books Kios looks like new; who lost it must not take that for all."""
    lost = await Lost(tmp_path).shown()
    assert lost.window.library.isVisible()
    assert not lost.window.onboarding.isVisible()
    await lost.end()
