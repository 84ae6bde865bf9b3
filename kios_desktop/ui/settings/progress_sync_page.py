"""Settings → Progress sync: the server, and what to do when devices differ."""

from typing import Any, Final

from msgspec.structs import replace
from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QWidget

from kios_desktop.domain.preferences import Answer, Preferences
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.settings.connection_test_card import ConnectionTestCard
from kios_desktop.ui.settings.settings_page import SettingsPage
from kios_desktop.ui.settings.sync_form import SyncFormView
from kios_desktop.ui.widgets.combo import Combo
from kios_desktop.ui.widgets.field import line_edit
from kios_desktop.ui.widgets.inline_banner import InlineBanner
from kios_desktop.ui.widgets.label import line
from kios_desktop.ui.widgets.settings_row import SettingsRow
from kios_desktop.ui.widgets.switch import Switch

_CARD_WIDTH: Final = 356
_BESIDE_FROM: Final = 1100  # px of window width from which the test result is beside the form
_LIST_FROM: Final = 1000
_FORM_WIDTH: Final = 580
_MARGIN_BELOW: Final = 24  # px below what is scrolled to


class ProgressSyncPage(SettingsPage):
    """`default_device` is the name of this device unless the reader gives another one."""

    def __init__(self, default_device: str) -> None:
        super().__init__(
            "sync",
            tr("Progress sync"),
            tr(
                "KOReader sync keeps your place for every book that isn’t tied to a Kobo or OPDS "
                "source. Page turns never touch the network."
            ),
            "arrows-clockwise",
        )
        self.form = SyncFormView()
        self.card = ConnectionTestCard()
        self._saved = InlineBanner("", "success")
        self._saved.hide()
        self.enabled = Switch(tr("Sync progress"))
        head = SettingsRow(tr("Sync progress"), self.enabled)
        head.setMaximumWidth(theme.scaled(180))
        self.add_to_head(head)
        self._body = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._body.setSpacing(24)
        form_row = QHBoxLayout()
        form_row.addWidget(self.form, 1)
        form_row.addStretch(0)
        self._body.addLayout(form_row, 1)
        self._body.addWidget(self.card)
        self.column.addLayout(self._body)
        self.column.addSpacing(8)
        self.column.addWidget(self._saved)
        self.column.addSpacing(8)
        self._line = line()
        self.column.addWidget(self._line)
        self.column.addSpacing(8)
        options = {
            Answer.ASK: tr("Ask every time"),
            Answer.CONTINUE: tr("Continue"),
            Answer.STAY: tr("Stay here"),
        }
        self._further = Combo(tuple(options.items()), tr("When another device has read further"))
        behind = (Answer.STAY, Answer.ASK, Answer.CONTINUE)
        self._behind = Combo(
            [(key, options[key]) for key in behind], tr("When another device is behind")
        )
        self._device = line_edit(tr("Name of this device"), default_device)
        self._device.setFixedWidth(220)
        self.add_row(
            tr("When another device has read further"),
            self._further,
            tr("Small differences in the same chapter are applied silently."),
        )
        self.add_row(
            tr("When another device is behind"),
            self._behind,
            tr("Kios never overwrites a newer place without asking."),
        )
        self.add_row(tr("Name of this device"), self._device, tr("Shown on your other devices."))
        self.end()
        self._connect()
        self.set_shape(1040)

    def show_preferences(self, preferences: Preferences) -> None:
        self.enabled.setChecked(preferences.sync.enabled)
        self._further.set_value(preferences.sync.when_further)
        self._behind.set_value(preferences.sync.when_behind)
        if not self._device.hasFocus():
            self._device.setText(preferences.sync.device)

    def show_saved(self) -> None:
        self._saved.set_text(tr("Saved. Kios keeps your place with this server."))
        self._saved.show()

    def hide_saved(self) -> None:
        self._saved.hide()

    def set_shape(self, window_width: int) -> None:
        """Place the test result and choose the form of the server choice, by the width of the
        window."""
        beside = window_width >= theme.scaled(_BESIDE_FROM)
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._body.setDirection(across if beside else down)
        self.card.setMinimumWidth(_CARD_WIDTH if beside else 0)
        self.card.setMaximumWidth(_CARD_WIDTH if beside else 16_777_215)
        self.form.setMaximumWidth(theme.scaled(_FORM_WIDTH))
        self.form.set_narrow(window_width < _LIST_FROM)
        self.show_intro(window_width >= _LIST_FROM)
        self.set_max_width(1140 if beside else 960)
        limit = theme.scaled(_FORM_WIDTH) if beside else 960
        for row in (self._line, self._saved, *(flashing for flashing in self.rows)):
            row.setMaximumWidth(limit)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.set_shape(self.window().width())

    def _reveal_remedy(self, remedy: QWidget) -> None:
        """Scroll to the remedy, which may be below the visible part in a narrow window."""
        inner = self.widget()
        if inner is not None and (layout := inner.layout()) is not None:
            layout.activate()
        self.ensureWidgetVisible(remedy, 0, _MARGIN_BELOW)

    def _connect(self) -> None:
        def sync(**values: Any) -> None:
            self.change(lambda p: replace(p, sync=replace(p.sync, **values)))

        self.enabled.clicked.connect(lambda on: sync(enabled=on))
        self._further.chosen.connect(lambda key: sync(when_further=Answer(key)))
        self._behind.chosen.connect(lambda key: sync(when_behind=Answer(key)))
        self._device.editingFinished.connect(lambda: sync(device=self._device.text().strip()))
        self.card.failed.connect(
            lambda remedy: QTimer.singleShot(0, remedy, lambda: self._reveal_remedy(remedy))
        )
        self.form.edited.connect(self.hide_saved)
