"""Counts non-space code points, the unit of ordinals. Space, tab, CR and LF are space."""


def nonspace(text: str) -> int:
    """The number of code points other than space, tab, CR and LF."""
    return len(text) - text.count(" ") - text.count("\n") - text.count("\t") - text.count("\r")


def nth_nonspace(text: str, number: int) -> int:
    """The index of the non-space code point with this number, from 0; the length if there is none.

    Skips whole ranges: at least as many characters have to be passed as non-space ones are missing.
    """
    position = number
    length = len(text)
    while position < length:
        lacking = number - nonspace(text[:position])
        if not lacking:
            break
        position += lacking
    while position < length and text[position] in " \t\r\n":
        position += 1
    return min(position, length)
