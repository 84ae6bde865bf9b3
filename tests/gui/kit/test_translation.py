"""A translation made with Qt Linguist reaches the screen."""

from pathlib import Path
from xml.etree import ElementTree

from PySide6.QtCore import QCoreApplication, QLocale, QTranslator

from kios_desktop.startup.translations import install_translation
from kios_desktop.ui.kit.translation import counted, tr
from tests.texts import collector


def test_a_translation_of_qt_linguist_is_shown(tmp_path: Path, qapp: QCoreApplication) -> None:
    """Polish has three forms for a count, none of which English has."""
    texts, catalog = collector(), tmp_path / "kios_pl.ts"
    texts.collect(catalog, "pl")
    tree = ElementTree.parse(catalog)
    for message in tree.getroot().iter("message"):
        made = message.find("translation")
        assert made is not None
        if message.findtext("source") == "%Ln books":
            del made.attrib["type"]
            for form, text in zip(
                made.findall("numerusform"), ("%Ln książka", "%Ln książki", "%Ln książek"),
                strict=True,
            ):  # fmt: skip
                form.text = text
        elif message.findtext("source") == "Try again":
            del made.attrib["type"]
            made.text = "Spróbuj ponownie"
    tree.write(catalog, encoding="utf-8", xml_declaration=True)
    texts.release(catalog)
    before = QLocale()
    QLocale.setDefault(QLocale("pl_PL"))
    try:
        assert install_translation(qapp, tmp_path)
        assert tr("Try again") == "Spróbuj ponownie"
        shown = [counted("%Ln books", "", n, one="%Ln book") for n in (1, 3, 5)]
        assert shown == ["1 książka", "3 książki", "5 książek"]
        assert tr("Downloads") == "Downloads", "what nobody translated stays English"
    finally:
        for translator in qapp.findChildren(QTranslator):
            qapp.removeTranslator(translator)
        QLocale.setDefault(before)
    assert not install_translation(qapp, tmp_path / "none")
