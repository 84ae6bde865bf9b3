"""One life of Kios: built, run until it is to end, and closed, whatever happened in between."""

import logging
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication

from kios_desktop import log
from kios_desktop.app import QUIT_S, App
from kios_desktop.domain.errors import StorageError
from kios_desktop.domain.preferences import WindowTheme
from kios_desktop.opening import is_one_book
from kios_desktop.paths import Paths
from kios_desktop.ui import theme
from kios_desktop.ui.application import Application
from kios_desktop.ui.dialog import tell
from kios_desktop.ui.messages import explain
from kios_desktop.ui.single_instance import SingleInstance
from kios_desktop.ui.wording import tr

if TYPE_CHECKING:
    from kios_desktop.ui.reader.page import BookProfile

logger = logging.getLogger(__name__)

SESSION_S = QUIT_S + 0.5  # Windows ends a program that takes longer than five seconds
PULSE_MS = 300
SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")  # those that the system has


async def run(
    qt: Application,
    paths: Paths,
    formatter: log.RedactingFormatter,
    instance: SingleInstance,
    books: Sequence[Path],
    engine: "BookProfile | None",
) -> int:
    """Returns the exit status. `engine` is the web engine, when it was started ahead."""
    app = App(qt, paths, formatter, engine=engine)
    app.quit_begun.connect(instance.leave)
    pulse = heed_the_system(qt, app)
    try:
        await app.start(show_library=not is_one_book(books))
    except StorageError as e:
        instance.leave()
        await _say(qt, app, tr("Kios can’t open your library"), explain(e).text)
        return 1
    except Exception:
        logger.exception("Kios could not start")
        instance.leave()
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
        return 1
    else:
        instance.asked.connect(lambda files: app.tasks.start(app.opening.files(files)))
        qt.files_asked.connect(lambda files: app.tasks.start(app.opening.files(files)))
        instance.errand.connect(lambda errand, reply: app.tasks.start(app.carry_out(errand, reply)))
        if books:
            app.tasks.start(app.opening.files(books))
        instance.attend()
        qt.attend(app.save, SESSION_S)
        await app.finished.wait()
        return 0
    finally:
        app.quit()
        await app.close()
        pulse.stop()


async def _say(qt: Application, app: App, title: str, text: str) -> None:
    """Why Kios does not start; over when that was read, or when Kios is told to quit."""
    sys.stderr.write(f"{title}. {text}\n")
    if QGuiApplication.platformName() in ("offscreen", "minimal"):
        return
    theme.apply_theme(qt, theme.resolve_name(WindowTheme.SYSTEM))
    tell(title, text, None).finished.connect(app.finished.set)
    await app.finished.wait()


def heed_the_system(qt: Application, app: App) -> QTimer:
    """The menu bar, the Dock, Ctrl+C, a closed terminal: each is a quit like any other.

    The timer that is given back is to be stopped at the end.
    """
    app.quit_begun.connect(qt.leave)
    qt.quit_asked.connect(app.quit)
    for name in SIGNALS:
        if (number := getattr(signal, name, None)) is not None:
            signal.signal(number, lambda *_: QTimer.singleShot(0, app.quit))
    # Python runs its signal handlers only when the interpreter gets a turn.
    pulse = QTimer(app, interval=PULSE_MS)
    pulse.timeout.connect(lambda: None)
    pulse.start()
    return pulse
