"""The result of checking a source, and a link to what may help."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from kios_desktop.domain.source import CatalogCheck, SourceKind
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.error_texts import Message
from kios_desktop.ui.kit.translation import counted, tr
from kios_desktop.ui.settings.library_sync.ports import Remedy
from kios_desktop.ui.widgets.buttons import button
from kios_desktop.ui.widgets.focus_ring import restyle
from kios_desktop.ui.widgets.icon_label import IconLabel, Spinner
from kios_desktop.ui.widgets.label import label

_ICONS: Final = {"success": "check-circle", "danger": "warning-circle", "info": "info"}


def found_text(check: CatalogCheck) -> tuple[str, str]:
    """(heading, text): which source has answered, and what it can do."""
    head = tr("“{name}” answers.", name=check.source.name)
    parts = []
    if check.books is not None:
        parts.append(counted("%Ln books.", "", check.books, one="%Ln book."))
    if check.source.kind is SourceKind.KOBO:
        parts.append(_kobo_text(check))
    elif check.keeps_places is None:
        parts.append(
            tr(
                "It may keep your place as well, which only the first book shows. Progress sync is "
                "the sure way."
            )
        )
    elif check.keeps_places:
        parts.append(tr("This catalog also keeps your place; nothing more to set up."))
    else:
        parts.append(tr("Browsing only; set up Progress sync to keep your place."))
    return head, " ".join(parts)


def _kobo_text(check: CatalogCheck) -> str:
    if not check.keeps_places:
        return tr(
            "It delivers books but never keeps your place over Kobo sync. Use its OPDS catalog or "
            "KOReader sync for that."
        )
    if check.source.shared:
        return tr("Your place stays in step; the list of books is left to your e-reader.")
    return tr("Books and your place stay in step.")


def _remedy_text(remedy: Remedy) -> tuple[str, str]:
    """(hint, link): what may be right instead, and the link that tries it."""
    if remedy.url is not None:
        hint = tr("The right address may be {url}.", url=remedy.url.shown)
        return hint, tr("Use this address")
    return tr("It may want another way of signing in."), tr("Let the server choose")


class CheckResultBanner(QFrame):
    """Hidden until a check has been started."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "banner")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(14, 10, 14, 10)
        self._row.setSpacing(12)
        self._parts: list[QWidget] = []
        self.hide()

    def clear(self) -> None:
        self._remove_parts()
        self.hide()

    def show_checking(self) -> None:
        self._remove_parts()
        self._tone("info")
        self._add(Spinner(theme.icon_px("nav")))
        self._say(tr("Asking the server…"), "")

    def show_found(self, check: CatalogCheck, use_newer: Callable[[], None]) -> None:
        self._remove_parts()
        self._tone("success")
        self._mark("success")
        self._say(*found_text(check))
        if check.newer is not None:
            self._link(tr("Use the newer catalog"), use_newer)

    def show_failed(self, message: Message, remedy: Remedy | None, use: Callable[[], None]) -> None:
        """Show an error; `use` is called to try the remedy."""
        self._remove_parts()
        self._tone("danger")
        self._mark("danger")
        hint, link = _remedy_text(remedy) if remedy is not None else ("", "")
        self._say(f"{message.title}.", f"{message.rest}\n{hint}".strip(), message.said)
        if link:
            self._link(link, use)

    def _tone(self, tone: str) -> None:
        self.setProperty("tone", tone)
        restyle(self)
        self.show()

    def _mark(self, tone: str) -> None:
        self._add(IconLabel(_ICONS[tone], tone, theme.icon_px("nav")))

    def _say(self, head: str, text: str, details: str = "") -> None:
        words = QWidget()
        column = QVBoxLayout(words)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(label(head, "bodyStrong", wrap=True))
        if text:
            column.addWidget(label(text, wrap=True))
        if details:
            column.addWidget(label(details, "small", "muted", wrap=True))
        self._row.addWidget(words, 1)
        words.show()  # a hidden widget would not count when the sheet is measured
        self._parts.append(words)
        self.setAccessibleName(" ".join(filter(None, (head, text, details))))

    def _link(self, text: str, act: Callable[[], None]) -> None:
        made = button(text, "link", height="controlSmall")
        made.setAutoDefault(False)
        made.clicked.connect(act)
        self._add(made)

    def _add(self, widget: QWidget) -> None:
        self._row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        widget.show()
        self._parts.append(widget)

    def _remove_parts(self) -> None:
        for part in self._parts:
            self._row.removeWidget(part)
            part.hide()
            part.deleteLater()
        self._parts = []
