"""All visible texts of the interface pass `tr` or `counted`; texts in tables are `marked` first.

`tasks.py texts` collects their literal arguments for Qt Linguist. Texts are whole sentences with
`{placeholders}`, so that translators can reorder the words. The context is empty: equal English
texts share a translation, unless they differ in their comment.
"""

from PySide6.QtCore import QCoreApplication, QLocale

CONTEXT = ""
NUMBER = "%Ln"  # Qt's placeholder for a number, grouped as the locale does
MOST = 2**31 - 1  # Qt counts no further, and servers may name any number


def tr(text: str, comment: str = "", /, **values: object) -> str:
    """`text` in the language of the interface, with its `{placeholders}` filled from `values`.

    `comment` explains the text to translators, and separates two meanings of one text.
    """
    translated = QCoreApplication.translate(CONTEXT, text, comment or None)
    return translated.format(**values) if values else translated


def counted(many: str, comment: str, n: int, /, *, one: str, **values: object) -> str:
    """A text about `n` things, with the number in place of `%Ln`; in English `one` for n = 1.

    For other languages, translators fill in the plural forms that Qt Linguist asks for.
    """
    translated = QCoreApplication.translate(CONTEXT, many, comment or None, min(n, MOST))
    shown = QLocale().toString(n)
    if n > MOST:
        translated = translated.replace(QLocale().toString(MOST), shown)
    if n == 1 and translated == many.replace(NUMBER, shown):  # untranslated
        translated = one.replace(NUMBER, shown)
    return translated.format(**values) if values else translated


def marked(text: str) -> str:
    """Returns `text`, which stands in a table and passes `tr` where it is shown."""
    return text
