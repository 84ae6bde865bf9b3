"""Adapts style sheets to Chromium and to a page made of columns.

EPUB's `-epub-` prefixed properties become the standard ones, page breaks become column breaks
(the reader's pages are columns), and viewport units, which would mean the whole frame, become
lengths that the reader sets. Source: EPUB 3.3, appendix on prefixed CSS.
"""

import re

_PREFIXED: dict[str, str] = {
    "-epub-writing-mode": "writing-mode",
    "-epub-text-orientation": "text-orientation",
    "-epub-text-combine-horizontal": "text-combine-upright",
    "-epub-hyphens": "hyphens",
    "-epub-line-break": "line-break",
    "-epub-word-break": "word-break",
    "-epub-text-align-last": "text-align-last",
    "-epub-text-emphasis": "text-emphasis",
    "-epub-text-emphasis-color": "text-emphasis-color",
    "-epub-text-emphasis-position": "text-emphasis-position",
    "-epub-text-emphasis-style": "text-emphasis-style",
    "-epub-text-underline-position": "text-underline-position",
    "-epub-text-transform": "text-transform",
    "-epub-ruby-position": "ruby-position",
    "-epub-fullsize-kana": "text-transform",
}
# values that changed between the prefixed and the standard property
_VALUES: dict[tuple[str, str], str] = {
    ("-epub-text-orientation", "vertical-right"): "mixed",
    ("-epub-text-orientation", "sideways-right"): "sideways",
    ("-epub-text-orientation", "rotate-right"): "sideways",
    ("-epub-text-orientation", "rotate-normal"): "sideways",
    ("-epub-text-transform", "-epub-fullwidth"): "full-width",
    ("-epub-text-underline-position", "alphabetic"): "auto",
    ("-epub-word-break", "keep-all"): "keep-all",
}
_BREAKS: dict[str, str] = {"always": "column", "left": "column", "right": "column"}

# Linear time: what was matched is never given back ("++"), a name begins only where one may begin,
# and what is not closed runs to the end of its line or of the sheet.
_COMMENT_OR_STRING = (
    r"/\*.*?(?:\*/|\Z)"
    r"|\"(?:[^\"\\\n]|\\.)*+(?:\"|(?=\n)|\\?\Z)"
    r"|'(?:[^'\\\n]|\\.)*+(?:'|(?=\n)|\\?\Z)"
)
_INTERESTING = re.compile(
    _COMMENT_OR_STRING
    + r"""|(?<![\w-])(?P<property>-epub-[a-z-]++)(?P<colon>\s*+:\s*+)(?P<value>[^;}!"']*+)"""
    + r"""|text-combine\s*+:\s*+horizontal"""
    + r"""|(?<![\w-])(?P<break>(?:page-)?break-(?:before|after|inside))(?P<sep>\s*+:\s*+)"""
    + r"""(?P<how>[a-z-]++)"""
    + r"""|(?<![\w.#-])(?P<number>[+-]?(?:\d++(?:\.\d*+)?|\.\d++))"""
    + r"""(?P<unit>[sdl]?v(?:w|h|min|max|i|b))(?![\w-])""",
    re.DOTALL | re.IGNORECASE,
)
_NEEDED = ("-epub-", "text-combine", "break-")
_UNIT_NEEDED = re.compile(r"v(?:(?<=[\d.]v)|(?<=\d[sdl]v))")


def adapt(css: str) -> str:
    """A style sheet, or the value of a `style` attribute, ready to be shown."""
    return _INTERESTING.sub(_replaced, css) if is_needed(css) else css


def is_needed(text: str) -> bool:
    """Whether there may be something to adapt in a style sheet or a document."""
    small = text.lower()  # looking for words in it takes a hundredth of the time of one pattern
    return any(word in small for word in _NEEDED) or _UNIT_NEEDED.search(small) is not None


def _replaced(match: re.Match[str]) -> str:
    if (name := match["property"]) is not None:
        return _standard(name.lower(), match["colon"], match["value"]) or match[0]
    if match["break"] is not None:
        return _column_break(match["break"].lower(), match["sep"], match["how"].lower())
    if match["number"] is not None:
        return _viewport_length(match["number"], match["unit"].lower())
    if match[0][0] in "\"'/":
        return match[0]
    return "text-combine-upright: all"


def _standard(name: str, colon: str, value: str) -> str:
    standard = _PREFIXED.get(name)
    if standard is None:
        return ""
    word = value.strip().lower()
    meant = _VALUES.get((name, word), value)
    if name == "-epub-text-combine-horizontal":
        meant = "all" if word != "none" else "none"
    elif name == "-epub-fullsize-kana":
        meant = "full-size-kana" if word in ("true", "full-size-kana") else "none"
    return f"{standard}{colon}{meant}"


def _column_break(name: str, separator: str, how: str) -> str:
    name = name.removeprefix("page-")
    if name == "break-inside":
        return f"{name}{separator}{'avoid' if how.startswith('avoid') else how}"
    meant = {"page": "column", "recto": "column", "verso": "column"} | _BREAKS
    return f"{name}{separator}{meant.get(how, 'avoid' if how == 'avoid-page' else how)}"


def _viewport_length(number: str, unit: str) -> str:
    """Viewport units as parts of the page: custom properties the reader may set."""
    axis = {"w": "var(--page-width, 100vw)", "i": "var(--page-width, 100vw)"}
    length = axis.get(unit.lstrip("sdl")[1:], "var(--page-height, 100vh)")
    if unit.endswith(("min", "max")):
        function = unit[-3:]
        length = f"{function}(var(--page-width, 100vw), var(--page-height, 100vh))"
    return f"calc({number} * {length} / 100)"
