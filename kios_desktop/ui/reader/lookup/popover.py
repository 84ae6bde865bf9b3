"""The popover of a look-up: tabs, what was found, and what can be done with it."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import unquote

from PySide6.QtCore import QEvent, Qt, QUrl, Signal
from PySide6.QtGui import QFont, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QTabBar, QVBoxLayout, QWidget

from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.overlay import announce
from kios_desktop.ui.kit.own_keys import claims_key
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.reader.lookup.page_markup import LINK, markup_of
from kios_desktop.ui.reader.lookup.screen import (
    Consent,
    LookUpPage,
    LookUpTab,
    TranslationOffer,
)
from kios_desktop.ui.widgets.buttons import IconButton, button
from kios_desktop.ui.widgets.fitted_text import FittedText

WIDTH: Final = 400  # px
_SIDE: Final = 18  # px
_INDENT: Final = 20  # px, of lists
_LEAST: Final = 48  # px, of the text's height


class LookUpPopover(QWidget):
    """Shows; `look_up_presenter` decides."""

    tab_chosen = Signal(object)  # LookUpTab
    followed = Signal(str)  # the word that a link leads to
    back_wanted = Signal()
    allowed = Signal()
    refused = Signal()
    translation_wanted = Signal()
    spoken = Signal(str)
    add_wanted = Signal()
    close_wanted = Signal()

    def __init__(self, tabs: Sequence[LookUpTab], most: int, *, speaks: bool) -> None:
        """`most` is the height that the text may take, px; `speaks`: there may be a voice."""
        super().__init__()
        self._tabs, self._words = tabs, ""
        face = QFont(theme.font("body"))
        # the first child, which gets the focus
        self.text = _FoundText(face, _style(), most, least=_LEAST, parent=self)
        self.text.document().setIndentWidth(_INDENT)
        self.text.anchorClicked.connect(self._clicked)
        self.text.back.connect(self.back_wanted)
        self.tabs = QTabBar()
        self.back = IconButton("arrow-left", tr("Back"), px=14, side=24)
        self.back.clicked.connect(self.back_wanted)
        self._close = IconButton("x", tr("Close"), px=14, side=24)
        self._close.clicked.connect(self.close_wanted)
        self.copy = IconButton("copy", tr("Copy"), px=16, side=28)
        self.copy.clicked.connect(self._copy)
        self.speak = IconButton("speaker-high", tr("Pronounce"), px=16, side=28)
        self.speak.clicked.connect(lambda: self.spoken.emit(self._words))
        self._speaks = speaks
        self.allow = button(tr("Allow"), "primary", height="controlSmall")
        self.allow.clicked.connect(self.allowed)
        self.refuse = button(tr("Not now"), height="controlSmall")
        self.refuse.clicked.connect(self.refused)
        self.open = button(tr("Open in the browser"), "primary", height="controlSmall")
        self.open.clicked.connect(self.translation_wanted)
        self.add = button(tr("Add a dictionary…"), "link", height="controlSmall")
        self.add.clicked.connect(self.add_wanted)
        self._dress_tabs()
        self._lay_out()

    def show_page(self, words: str, tab: LookUpTab, page: LookUpPage, *, can_go_back: bool) -> None:
        self._words = words
        name = tr("Look up “{words}”", words=words)
        self.setAccessibleName(name)
        self.text.setAccessibleName(name)
        had_focus = self._focused_button() is not None
        was = self.tabs.blockSignals(True)
        self.tabs.setCurrentIndex(self._tabs.index(tab))
        self.tabs.blockSignals(was)
        self.text.show_markup(markup_of(words, page), WIDTH - _SIDE - 12)
        asks, offers = isinstance(page, Consent), isinstance(page, TranslationOffer)
        for shown, widget in (
            (can_go_back, self.back),
            (asks, self.allow),
            (asks, self.refuse),
            (offers, self.open),
            (not asks and not offers, self.copy),
            (self._speaks and not asks, self.speak),
            (tab is LookUpTab.DICTIONARY, self.add),
        ):
            widget.setVisible(shown)
        if had_focus:  # the button may be hidden now
            self.text.setFocus(Qt.FocusReason.OtherFocusReason)
        if page is not None:
            announce(self, self.text.toPlainText()[:1000])

    def _focused_button(self) -> QWidget | None:
        focus = self.focusWidget()
        buttons = (self.back, self.allow, self.refuse, self.open)
        return focus if focus in buttons and focus.hasFocus() else None

    def _clicked(self, url: QUrl) -> None:
        address = url.toString(QUrl.ComponentFormattingOption.FullyEncoded)
        if address.startswith(LINK):
            self.followed.emit(unquote(address.removeprefix(LINK)))

    def _copy(self) -> None:
        """What is selected in the popover, or all of it."""
        selected = self.text.textCursor().selection().toPlainText()
        QGuiApplication.clipboard().setText(selected or self.text.toPlainText().strip())

    def _dress_tabs(self) -> None:
        titles = {
            LookUpTab.DICTIONARY: tr("Dictionary"),
            LookUpTab.WIKIPEDIA: tr("Wikipedia"),
            LookUpTab.TRANSLATION: tr("Translate"),
        }
        self.tabs.setProperty("kind", "tabs")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setFont(theme.font("control"))
        self.tabs.setAccessibleName(tr("Where words are looked up"))
        for tab in self._tabs:
            self.tabs.addTab(titles[tab])
        self.tabs.currentChanged.connect(lambda at: self.tab_chosen.emit(self._tabs[at]))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self.back)
        head.addWidget(self.tabs)
        head.addStretch(1)
        head.addWidget(self._close)
        foot = QHBoxLayout()
        foot.setSpacing(6)
        for one in (self.copy, self.speak, self.allow, self.refuse, self.open):
            foot.addWidget(one)
        foot.addStretch(1)
        foot.addWidget(self.add)
        column = QVBoxLayout(self)
        column.setContentsMargins(_SIDE, 8, 10, 10)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.text)
        column.addLayout(foot)


class _FoundText(FittedText):
    """Alt+Left and Backspace go back here, before they are the window's."""

    back = Signal()

    def event(self, event: QEvent) -> bool:
        return claims_key(event, _is_back) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if _is_back(event):
            self.back.emit()
        else:
            super().keyPressEvent(event)


def _is_back(event: QKeyEvent) -> bool:
    alt = event.modifiers() == Qt.KeyboardModifier.AltModifier
    return event.key() == Qt.Key.Key_Backspace or (alt and event.key() == Qt.Key.Key_Left)


def _style() -> str:
    now = theme.current()
    serif = QFont(theme.reading_serif()).family()
    return (
        f"a {{ color: {now.hex('accent')}; text-decoration: none; }}"
        f"p.word {{ font-family: '{serif}'; font-size: 20px; font-weight: bold; }}"
        "p.word { margin: 6px 0 2px 0; }"
        f"p.from {{ color: {now.hex('textMuted')}; font-size: 12px; margin: 4px 0 6px 0; }}"
        f"p.muted {{ color: {now.hex('textMuted')}; }}"
        "p { margin: 0 0 6px 0; line-height: 125%; }"
        "div { line-height: 125%; }"
    )
