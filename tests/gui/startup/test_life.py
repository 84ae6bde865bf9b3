"""One life of Kios from start to end, when something in it goes wrong."""

import asyncio
import logging
import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QTimer, QUrl
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication, QWidget

from kios_desktop import log
from kios_desktop.domain.library import Query
from kios_desktop.paths import Paths, profile_paths
from kios_desktop.startup import lifetime
from kios_desktop.startup.app import App
from kios_desktop.startup.application import Application
from kios_desktop.startup.single_instance import SingleInstance
from kios_desktop.storage.secrets import InMemory
from kios_desktop.ui.kit.overlay import OverlayKind
from kios_desktop.ui.reader.window import ReaderWindow
from tests.books import BookDraft
from tests.disks import full, small_disk
from tests.gui.kios import Kios
from tests.gui.waiting import until
from tests.unit.storage.older import make_older

__all__ = ["small_disk"]

pytestmark = pytest.mark.gui


@dataclass(frozen=True, slots=True)
class BrokenPaths(Paths):
    """Paths with a mistake in them, met in the middle of the start."""

    @property
    def database(self) -> Path:
        raise RuntimeError("a mistake of ours")


async def lived(qapp: Application, paths: Paths) -> int:
    instance = SingleInstance(profile_paths(paths.data.parent).lock)
    assert instance.take()
    try:
        formatter = log.RedactingFormatter()
        async with asyncio.timeout(15):
            return await lifetime.run(qapp, paths, formatter, instance, [], None)
    finally:
        instance.release()


async def test_a_mistake_at_the_start_is_said_and_ends(
    qapp: Application, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = profile_paths(tmp_path)
    good.create()
    broken = BrokenPaths(good.data, good.cache, good.logs, good.machine)
    assert await lived(qapp, broken) == 1
    said = capsys.readouterr().err
    assert said.startswith("Kios can’t start. Something in it failed.")
    assert str(good.logs) in said
    assert not [w for w in QApplication.topLevelWidgets() if w.isVisible()]


async def test_a_database_that_is_not_to_be_opened_is_said_and_ends(
    qapp: Application, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = profile_paths(tmp_path)
    paths.create()
    with closing(sqlite3.connect(paths.database)) as newer:
        newer.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        newer.execute("INSERT INTO alembic_version VALUES ('9999')")
        newer.commit()
    assert await lived(qapp, paths) == 1
    assert "newer Kios" in capsys.readouterr().err


async def test_what_fails_at_the_end_keeps_nothing_else_from_ending(
    qapp: Application, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        async def aclose(self) -> None:
            raise OSError("the cable is cut")

    async with Kios(qapp, tmp_path) as kios:
        kios.app.parts.accounts._remotes.insert(0, Broken())  # type: ignore[arg-type]
    database = profile_paths(tmp_path).database
    assert not database.with_name(database.name + "-wal").exists(), "the database was closed"
    errors = [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR]
    assert len(errors) == 1
    assert errors[0].endswith(" did not end well")


async def test_told_to_quit_before_it_has_begun_it_shows_nothing(
    qapp: Application, tmp_path: Path
) -> None:
    paths = profile_paths(tmp_path)
    paths.create()
    app = App(qapp, paths, log.RedactingFormatter(), InMemory())
    app.quit()
    await app.start()
    assert not [w for w in QApplication.topLevelWidgets() if w.isVisible()]
    await app.close()


async def test_told_to_quit_before_it_has_begun_it_opens_and_says_nothing(
    qapp: Application, tmp_path: Path
) -> None:
    paths = profile_paths(tmp_path / "p")
    paths.create()
    book = BookDraft(title="Emma", chapters=["<p>a</p>"]).write(tmp_path / "emma.epub")
    app = App(qapp, paths, log.RedactingFormatter(), InMemory())
    app.quit()
    await app.start(show_library=False)
    await app.parts.opening.open_files([book])
    app.notices.say("nobody is there to read it")
    assert await app.parts.books.ids(Query()) == [], "no book was added"
    assert not [w for w in QApplication.topLevelWidgets() if w.isVisible()]
    await app.close()


async def test_a_file_from_the_finder_is_opened_and_the_dock_can_quit(
    qapp: Application, tmp_path: Path
) -> None:
    paths = profile_paths(tmp_path)
    paths.create()
    book = BookDraft(title="Emma", chapters=["<p>a</p>"]).write(tmp_path / "emma ü.epub")
    # as macOS does it: the file is told before Kios has begun to listen
    QCoreApplication.sendEvent(qapp, QFileOpenEvent(QUrl.fromLocalFile(str(book))))
    life_of_kios = asyncio.create_task(lived(qapp, paths))
    await until(lambda: bool(_readers()), 15)
    second = BookDraft(title="Persuasion", chapters=["<p>b</p>"]).write(tmp_path / "b.epub")
    QCoreApplication.sendEvent(qapp, QFileOpenEvent(QUrl.fromLocalFile(str(second))))
    await until(lambda: len(_readers()) == 2, 15)
    asked = QEvent(QEvent.Type.Quit)
    QCoreApplication.sendEvent(qapp, asked)
    assert asked.isAccepted()
    assert await life_of_kios == 0
    assert not _readers()
    QCoreApplication.sendEvent(qapp, QFileOpenEvent(QUrl.fromLocalFile(str(book))))
    await asyncio.sleep(0.2)
    assert not _readers(), "nothing opens after the end"


def _readers() -> list[QWidget]:
    return [
        w for w in QApplication.topLevelWidgets() if isinstance(w, ReaderWindow) and w.isVisible()
    ]


async def test_what_went_wrong_is_said_where_it_is_seen(qapp: Application, tmp_path: Path) -> None:
    book = BookDraft(title="Emma", chapters=["<p>a</p>"]).write(tmp_path / "emma.epub")
    async with Kios(qapp, tmp_path / "p") as kios:
        app = kios.app
        opened = await kios.open(await kios.add(book))
        app.parts.window.hide()
        app.notices.report(RuntimeError("a mistake of ours"))
        assert opened.window.overlays.shown(OverlayKind.TOAST) is not None
        assert not app.parts.window.isVisible()
        app.parts.window.show()
        opened.window.close()
        await until(lambda: not app.parts.readers.windows())
        app.parts.window.hide()
        app.notices.report(RuntimeError("another"))
        assert app.parts.window.isVisible(), "nobody sees what is said in a hidden window"
        assert app.parts.window.overlays.shown(OverlayKind.TOAST) is not None


async def test_closed_before_the_first_paint_it_begins_nothing_more(
    qapp: Application, tmp_path: Path
) -> None:
    paths = profile_paths(tmp_path)
    paths.create()
    app = App(qapp, paths, log.RedactingFormatter(), InMemory())
    await app.start()
    app.quit()
    await app.close()
    app.background.begin()
    assert not {"accounts", "browsing"} & set(app.parts.__dict__)


async def test_a_session_that_ends_during_a_quit_waits_for_it(
    qapp: Application, tmp_path: Path
) -> None:
    words = "<p>" + "The reader turns the page and goes on. " * 400 + "</p>"
    book = BookDraft(title="Emma", chapters=[words]).write(tmp_path / "emma.epub")
    async with Kios(qapp, tmp_path / "p") as kios:
        opened = await kios.open(await kios.add(book))
        await kios.app.parts.sync.quiet()
        await opened.turn(1)
        kios.server.mode, kios.server.delay_s = "slow", 0.7
        qapp.handle_quits(kios.app.save, 10)
        kios.app.quit()
        ending = kios.end_in_background()
        sent: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def session_ends() -> None:
            qapp._session_ends(None)  # type: ignore[arg-type]
            sent.set_result(len(kios.server.fake.writes()))

        QTimer.singleShot(0, session_ends)
        assert await asyncio.wait_for(sent, 15) == 1, "the system may end us after that"
        assert ending.done()
        qapp.stop_handling_quits()


async def test_a_window_that_fails_to_close_does_not_keep_kios_from_ending(
    qapp: Application, tmp_path: Path
) -> None:
    class Broken:
        leaving = False

        def close(self) -> None:
            raise RuntimeError("a mistake of ours")

    async with Kios(qapp, tmp_path) as kios:
        kios.app.parts.readers._windows[tmp_path] = Broken()  # type: ignore[assignment]
        kios.app.quit()
        assert kios.app.finished.is_set()
        del kios.app.parts.readers._windows[tmp_path]


async def test_an_older_library_without_room_is_said_with_the_remedy(
    qapp: Application, small_disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = profile_paths(small_disk)
    paths.create()
    make_older(paths.database)
    with full(small_disk):
        filler = small_disk / "filler"
        os.truncate(filler, filler.stat().st_size - 4 * 4096)  # the lock and the log have room
        assert await lived(qapp, paths) == 1
    said = capsys.readouterr().err
    assert said.startswith("Kios can’t open your library. It is of an older Kios")
    assert said.endswith("Make room on this disk, then start Kios again.\n")
