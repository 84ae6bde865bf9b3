"""What a look-up found, as the HTML of a text browser. No Qt."""

import html
from typing import Final
from urllib.parse import quote

from kios_desktop.domain.dictionaries import FoundEntries, LookUp
from kios_desktop.domain.web_look_up import PageSummary
from kios_desktop.ui.kit.error_texts import explain
from kios_desktop.ui.kit.message import Message
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.reader.lookup.screen import Consent, LookUpPage, NoPage, TranslationOffer

LINK: Final = "look:"
"""A link begins with it; then follows the word, quoted as in addresses."""


def markup_of(words: str, page: LookUpPage) -> str:
    """The classes `word`, `from` and `muted` are those of the browser's style sheet."""
    match page:
        case None:
            return _paragraph(tr("One moment…"), "muted")
        case LookUp():
            return _found(page) if page.found else _not_found(page)
        case PageSummary():
            about = _paragraph(page.about, "muted") if page.about else ""
            lines = html.escape(page.text).replace("\n", "<br>")
            return f"{_heading(page.title or words)}{about}<p>{lines}</p>"
        case NoPage():
            return _heading(words) + _paragraph(tr("There is no page of this name."))
        case Consent():
            asked = tr(
                "Looking up sends “{words}” and the language of the book to {host}, "
                "and nothing else.",
                words=_shortened(words),
                host=page.host,
            )
            question = tr("Allow {service}?", service=page.service)
            return _heading(question) + _paragraph(asked)
        case TranslationOffer():
            said = tr("{host} translates it in your browser.", host=page.host)
            return _heading(_shortened(words)) + _paragraph(said)
        case Message():
            return _heading(page.title) + _paragraph(page.rest)


def _found(page: LookUp) -> str:
    sections = [_section(found) for found in page.found]
    return "<hr>".join(sections) + _problems(page)


def _section(found: FoundEntries) -> str:
    entries = "".join(f"{_heading(entry.word)}<div>{entry.markup}</div>" for entry in found.entries)
    return entries + _paragraph(found.dictionary, "from")


def _not_found(page: LookUp) -> str:
    if not page.searched and not page.problems:
        text = tr("Add a StarDict dictionary, and Kios looks words up in it, without the internet.")
        return _heading(tr("No dictionary yet")) + _paragraph(text)
    said = tr("No entry for “{words}”.", words=_shortened(page.words))
    if page.tried:
        said = tr(
            "No entry for “{words}”, nor for “{forms}”.",
            words=_shortened(page.words),
            forms="”, “".join(page.tried),
        )
    if not page.words:
        said = tr("There is no word in this.")
    elif not page.searched:
        said = tr("No dictionary could be read.")
    suggestions = ""
    if page.suggestions:
        links = ", ".join(_link(word) for word in page.suggestions)
        before = html.escape(tr("There is:"))
        suggestions = f"<p>{before} {links}</p>"
    return _paragraph(said) + suggestions + _problems(page)


def _problems(page: LookUp) -> str:
    return "".join(_paragraph(explain(problem).line, "muted") for problem in page.problems)


def _heading(text: str) -> str:
    return _paragraph(text, "word")


def _paragraph(text: str, kind: str = "") -> str:
    attribute = f' class="{kind}"' if kind else ""
    return f"<p{attribute}>{html.escape(text)}</p>"


def _link(word: str) -> str:
    return f'<a href="{LINK}{quote(word, safe="")}">{html.escape(word)}</a>'


def _shortened(words: str) -> str:
    return words if len(words) <= 80 else words[:80].rstrip() + "…"
