"""Whether words of a language can be divided."""


def has_patterns(language: str) -> bool:
    """Whether there are patterns for a language, a BCP 47 tag."""
    import pyphen  # not imported at start

    return bool(pyphen.language_fallback(language))
