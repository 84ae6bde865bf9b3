"""The one way for a text to reach the screen: `tr`, `counted` and, for texts in tables, `marked`.

All three are known to Qt Linguist: `tasks.py texts` collects their literal arguments into
`resources/i18n`. Texts are whole sentences with `{placeholders}`, so that a translator may order
the words anew. The context is empty: one English text has one translation, or else differs in its
comment.
"""

from PySide6.QtCore import QCoreApplication, QLocale

CONTEXT = ""
NUMBER = "%Ln"  # Qt's placeholder for a number, grouped as the locale does


def tr(text: str, comment: str = "", /, **values: object) -> str:
    """`text` in the language of the interface, with its `{placeholders}` filled from `values`.

    `comment` tells translators what they can't see, and keeps two meanings of one text apart.
    """
    translated = QCoreApplication.translate(CONTEXT, text, comment or None)
    return translated.format(**values) if values else translated


def counted(many: str, comment: str, n: int, /, *, one: str, **values: object) -> str:
    """A text about `n` things; `%Ln` in it becomes the number. English shows `one` for n = 1.

    Other languages have as many forms as Qt Linguist asks their translators for.
    """
    translated = QCoreApplication.translate(CONTEXT, many, comment or None, n)
    shown = QLocale().toString(n)
    if n == 1 and translated == many.replace(NUMBER, shown):  # nobody translated it
        translated = one.replace(NUMBER, shown)
    return translated.format(**values) if values else translated


def marked(text: str) -> str:
    """`text` itself: it stands in a table, and goes through `tr` where it is shown."""
    return text
