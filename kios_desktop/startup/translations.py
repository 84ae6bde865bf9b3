"""Loads the translation of the interface into the system's language, where there is one."""

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLocale, QTranslator


def install_translation(app: QCoreApplication, folder: Path) -> bool:
    """Use `kios_LANGUAGE.qm` of `folder`; whether there is one. Without it texts are English."""
    translator = QTranslator(app)
    if not translator.load(QLocale(), "kios", "_", str(folder)):
        return False
    return app.installTranslator(translator)
