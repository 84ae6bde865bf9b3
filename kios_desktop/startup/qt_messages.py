"""Sends the messages of Qt to our log in place of the terminal."""

import logging

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

log = logging.getLogger("qt")

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.DEBUG,
    QtMsgType.QtWarningMsg: logging.INFO,  # most concern the system, not Kios
    QtMsgType.QtCriticalMsg: logging.WARNING,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def _note(kind: QtMsgType, context: QMessageLogContext, message: str | None) -> None:
    log.log(_LEVELS[kind], "%s: %s", context.category, message)


def log_qt_messages() -> None:
    """Install the handler for the whole process."""
    qInstallMessageHandler(_note)
