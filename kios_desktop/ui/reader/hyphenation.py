"""Whether words of a language can be divided."""


def has_patterns(language: str) -> bool:
    """Whether the page has patterns for a language tag (BCP 47)."""
    from kios_desktop.ui.reader.engine.hyphenation import dictionary_of  # not imported at start

    return dictionary_of(language) is not None
