"""Builds the app, runs it until it finishes, and closes it, whatever happens in between."""

import logging
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication

from kios_desktop import log
from kios_desktop.domain.errors import StorageError
from kios_desktop.domain.preferences import WindowTheme
from kios_desktop.paths import Paths
from kios_desktop.startup.app import App
from kios_desktop.startup.application import Application
from kios_desktop.startup.final_save import QUIT_S
from kios_desktop.startup.single_instance import SingleInstance
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.dialog import tell
from kios_desktop.ui.kit.error_texts import explain_opening
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.shell.opening import is_one_book

if TYPE_CHECKING:
    from kios_desktop.ui.reader.engine.page import BookProfile

logger = logging.getLogger(__name__)

SESSION_S = QUIT_S + 0.5  # Windows kills a program after five seconds
PULSE_MS = 300
SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")  # those of them that the system has


async def run(
    qt: Application,
    paths: Paths,
    formatter: log.RedactingFormatter,
    instance: SingleInstance,
    books: Sequence[Path],
    engine: "BookProfile | None",
) -> int:
    """Returns the exit status. `engine` is the web engine, if it was started ahead."""
    app = App(qt, paths, formatter, engine=engine)
    app.quit_begun.connect(instance.refuse_requests)
    instance.refused.connect(app.final_save.show)
    with handling_quits(qt, app):
        try:
            await app.start(show_library=not is_one_book(books))
            _accept_requests(qt, app, instance, books)
            await app.finished.wait()
            return 0
        except StorageError as e:
            instance.refuse_requests()
            await _say(qt, app, tr("Kios can’t open your library"), explain_opening(e))
        except Exception:
            logger.exception("Kios could not start")
            instance.refuse_requests()
            await _say(
                qt,
                app,
                tr("Kios can’t start"),
                tr(
                    "Something in it failed. Your books and places are as they were. Start Kios "
                    "again; if that does not help, report it with the log in {folder}.",
                    folder=str(paths.logs),
                ),
            )
        finally:
            app.quit()
            await app.close()
    return 1


def _accept_requests(
    qt: Application, app: App, instance: SingleInstance, books: Sequence[Path]
) -> None:
    """Open files of the command line, of second starts and of the desktop from now on."""

    def open_files(files: Sequence[Path]) -> None:
        app.tasks.start(app.parts.opening.open_files(files))

    instance.books_requested.connect(open_files)
    instance.command.connect(lambda command, reply: app.tasks.start(app.carry_out(command, reply)))
    qt.files_requested.connect(open_files)
    if books:
        open_files(books)
    instance.accept_requests()
    qt.deliver_files()


async def _say(qt: Application, app: App, title: str, text: str) -> None:
    """Say why Kios can't start; return when the message is closed or Kios is told to quit."""
    sys.stderr.write(f"{title}. {text}\n")
    if QGuiApplication.platformName() in ("offscreen", "minimal"):
        return
    theme.apply_theme(qt, theme.resolve_name(WindowTheme.SYSTEM))
    tell(title, text, None).finished.connect(app.finished.set)
    await app.finished.wait()


@contextmanager
def handling_quits(qt: Application, app: App) -> Iterator[None]:
    """Within the block, the menu bar, the Dock, Ctrl+C and a closed terminal quit Kios."""
    app.quit_begun.connect(qt.drop_files)
    qt.quit_requested.connect(app.quit)
    qt.handle_quits(app.save, SESSION_S)
    numbers = [getattr(signal, name) for name in SIGNALS if hasattr(signal, name)]
    before = {
        number: signal.signal(number, lambda *_: QTimer.singleShot(0, app.terminate))
        for number in numbers
    }
    # Python runs signal handlers only between bytecodes, so it needs a turn now and then.
    pulse = QTimer(app, interval=PULSE_MS)
    pulse.timeout.connect(lambda: None)
    pulse.start()
    try:
        yield
    finally:
        pulse.stop()
        qt.quit_requested.disconnect(app.quit)
        qt.stop_handling_quits()
        for number, handler in before.items():
            signal.signal(number, handler)
