"""Starts the process: one Kios per profile, Qt, and the web engine first if a book was given.

Only what this needs is imported here. Chromium starts in a process of its own, and meanwhile
Python imports the rest of our modules, so that a book is on screen sooner.
"""

import asyncio
import logging
import os
import sys
import threading
import time
from collections.abc import MutableMapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from kios_desktop import __version__
from kios_desktop.paths import Paths, profile_paths, resources, user_paths
from kios_desktop.startup.application import Application
from kios_desktop.startup.event_loop import new_event_loop, stopped_by_qt
from kios_desktop.startup.garbage_collection import collect_in_gui_thread
from kios_desktop.startup.qt_messages import log_qt_messages
from kios_desktop.startup.runtime_check import broken_binding
from kios_desktop.startup.single_instance import HandOverAnswer, SingleInstance
from kios_desktop.startup.translations import install_translation
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.reader.engine.scheme import register_scheme

if TYPE_CHECKING:
    from kios_desktop.ui.reader.engine.page import BookProfile

THREADS = 10  # for name look-ups and disks
STUCK_S = 0.5  # the longest wait for threads when Kios ends
TILE_PX = 1024  # the sides of a tile of a page that is drawn without a graphics processor
SWITCH_S = 0.001  # how long the GUI thread waits for a busy thread; the default is 5 ms


def run(books: Sequence[Path], profile: Path | None) -> int:
    """Run Kios until it quits. Returns the exit status."""
    if _has_no_display():
        sys.stderr.write(
            tr(
                "Kios needs a screen, and there is none here: neither DISPLAY nor WAYLAND_DISPLAY "
                "is set. Start it from a desktop session. `kios-desktop --tour` works without a "
                "screen when QT_QPA_PLATFORM=offscreen is set."
            )
            + "\n"
        )
        return 1
    paths = profile_paths(profile) if profile else user_paths()
    qt = new_application()
    try:
        paths.create()
    except OSError as e:
        return _cannot_start(
            qt, tr("Kios can’t write to its folder"), f"{paths.data}: {e.strerror}."
        )
    if chromium_refuses():
        return _cannot_start(
            qt,
            tr("Kios can’t run as root"),
            tr(
                "Chromium, which shows the pages, locks itself in and refuses to do so for root. "
                "Start Kios as an ordinary user."
            ),
        )
    instance = SingleInstance(paths.lock)
    try:
        answer = instance.take_or_hand_over(books)
    except OSError as e:
        return _cannot_start(
            qt,
            tr("Kios can’t write to its folder"),
            tr(
                "{folder}: {error}. Make room on this disk or allow writing, then start Kios "
                "again.",
                folder=paths.data,
                error=e,
            ),
        )
    if answer is HandOverAnswer.TAKEN:
        return 0
    if answer is HandOverAnswer.LEAVING:
        return _cannot_start(
            qt,
            tr("Kios is still busy"),
            tr(
                "A command is changing your library, or Kios is about to end and waits for an "
                "answer. Start it again when that is over."
            ),
        )
    if answer is not None:
        return _cannot_start(
            qt,
            tr("Kios is already running"),
            tr("It does not answer. Close it, or restart the computer."),
        )
    try:
        return _run(qt, paths, instance, books)
    finally:
        instance.release()


def _run(qt: Application, paths: Paths, instance: SingleInstance, books: Sequence[Path]) -> int:
    """Run as the only Kios of the profile."""
    engine = _engine(qt, paths) if books else None
    if broken := broken_binding():
        instance.release()  # a further start is told the same
        return _cannot_start(qt, tr("Kios can’t start"), broken)
    from kios_desktop import log
    from kios_desktop.startup import lifetime

    formatter = log.set_up(paths.logs)
    pool = ThreadPoolExecutor(THREADS, thread_name_prefix="work")
    loop = new_event_loop(qt, pool)
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        try:
            status = runner.run(lifetime.run(qt, paths, formatter, instance, books, engine))
        except RuntimeError:
            if not stopped_by_qt(loop):
                raise
            _leave_without_a_screen()
        instance.release()  # before a step that may end the process
        _leave_stuck_threads(pool, status)
    return status


def _leave_without_a_screen() -> NoReturn:
    """End the process: the X server or compositor is gone, and Qt runs no event loop any more.

    Every page turn is on the disk already; what waits is sent at the next start.
    """
    logging.getLogger(__name__).error("the screen is gone; Kios ends")
    sys.stderr.write(tr("Kios ended: the screen is gone. Your places are kept.") + "\n")
    logging.shutdown()
    os._exit(1)


def _leave_stuck_threads(pool: ThreadPoolExecutor, status: int) -> None:
    """End the process when a thread hangs, for instance in a name look-up or on a network drive.

    Everything is sent, saved and closed by now, and Python would wait for the thread forever.
    """
    pool.shutdown(wait=False, cancel_futures=True)
    until = time.monotonic() + STUCK_S
    while any(
        not thread.daemon and thread is not threading.main_thread()
        for thread in threading.enumerate()
    ):
        if time.monotonic() > until:
            logging.getLogger(__name__).warning("a thread hangs; leaving without it")
            logging.shutdown()
            os._exit(status)
        time.sleep(0.01)


def new_application() -> Application:
    """The configured QApplication; call it before anything else of Qt."""
    log_qt_messages()
    register_scheme()
    if not _has_graphics():
        draw_in_software(os.environ)
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(
        Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
    )
    qt = Application(sys.argv[:1])
    qt.setApplicationName("Kios")
    qt.setApplicationVersion(__version__)
    qt.setDesktopFileName("kios-desktop")
    qt.setQuitOnLastWindowClosed(False)
    qt.setStyle("Fusion")
    install_translation(qt, resources() / "i18n")
    collect_in_gui_thread(qt)
    sys.setswitchinterval(SWITCH_S)
    return qt


def chromium_refuses() -> bool:
    """Whether Chromium would end the process: it refuses to start its sandbox as root."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    return root and os.environ.get("QTWEBENGINE_DISABLE_SANDBOX", "") not in ("1", "true")


def _has_no_display() -> bool:
    """Whether there is no display, without which Qt aborts with a misleading advice."""
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return sys.platform.startswith("linux") and not any(os.environ.get(name) for name in names)


def _has_graphics() -> bool:
    """Whether a graphics processor can draw pages."""
    if not sys.platform.startswith("linux"):
        return True
    return any(Path("/dev").glob("dri/renderD*")) or Path("/dev/nvidiactl").exists()


def draw_in_software(environ: MutableMapping[str, str]) -> None:
    """Draw pages without a graphics processor.

    OpenGL would be computed in the GUI thread: a book opens three times slower and pages turn late.
    Qt Quick's software renderer is faster. Chromium puts pages together from tiles, and the next
    frame waits for that: few large ones take a third of the time of its usual 256 × 256 pixels.
    """
    environ.setdefault("QT_QUICK_BACKEND", "software")
    flags = environ.get("QTWEBENGINE_CHROMIUM_FLAGS", "")
    if "--default-tile-" not in flags:
        tiles = f"--default-tile-width={TILE_PX} --default-tile-height={TILE_PX}"
        environ["QTWEBENGINE_CHROMIUM_FLAGS"] = f"{flags} {tiles}".strip()


def _engine(qt: Application, paths: Paths) -> "BookProfile":
    from kios_desktop.ui.reader.engine.page import BookProfile

    engine = BookProfile(resources() / "reader", qt, paths.own_fonts)
    engine.warm_up()
    return engine


def _cannot_start(qt: Application, title: str, text: str) -> int:
    """Show why Kios can't start, wait until the message is closed, return the exit status."""
    sys.stderr.write(f"{title}. {text}\n")
    if QGuiApplication.platformName() not in ("offscreen", "minimal"):
        from kios_desktop.ui.kit import theme
        from kios_desktop.ui.kit.dialog import tell

        theme.apply_theme(qt, "light")
        tell(title, text, None).finished.connect(qt.quit)
        Application.exec()
    return 1
