"""Names of languages."""

from PySide6.QtCore import QLocale


def language_name(code: str) -> str:
    """The language of a code, “English” for “en”; an unknown code is returned as it is."""
    language = QLocale(code.replace("-", "_")).language() if code else QLocale.Language.C
    if language is QLocale.Language.C:
        return code
    return QLocale.languageToString(language)
