"""What Qt has to say goes to our log, not to the terminal of whoever started Kios."""

import logging

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

log = logging.getLogger("qt")

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.DEBUG,
    QtMsgType.QtWarningMsg: logging.INFO,  # most are about the system Kios runs on
    QtMsgType.QtCriticalMsg: logging.WARNING,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def _note(kind: QtMsgType, context: QMessageLogContext, message: str | None) -> None:
    log.log(_LEVELS[kind], "%s: %s", context.category, message)


def log_qt_messages() -> None:
    """From now on, for the whole process."""
    qInstallMessageHandler(_note)
