"""Settings → Data and privacy: what is recorded, and everything in one file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from msgspec.structs import replace
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog

from kios_desktop.domain.preferences import (
    STATISTICS_RANGES,
    TRANSLATION,
    WIKIPEDIA,
    Preferences,
    StatisticsPreferences,
)
from kios_desktop.ui.kit.dialog import AskDialog, tell
from kios_desktop.ui.kit.message import Message
from kios_desktop.ui.kit.translation import counted, tr
from kios_desktop.ui.settings.look_ups.dictionary_list import DictionaryList
from kios_desktop.ui.settings.look_ups.web_address import WebAddressField
from kios_desktop.ui.settings.settings_page import SettingsPage
from kios_desktop.ui.widgets.buttons import button
from kios_desktop.ui.widgets.slider_row import SliderRow
from kios_desktop.ui.widgets.switch import Switch

_SLIDER: Final = 320  # px
_SUFFIX: Final = ".kios"
_USUAL: Final = StatisticsPreferences()


class DataPage(SettingsPage):
    """Implements `data_presenter.DataScreen`. Changes of what is recorded apply at once."""

    export_requested = Signal(object, bool)  # Path, with the books
    restore_requested = Signal(object)  # Path
    said = Signal(str)  # for a toast

    def __init__(self) -> None:
        super().__init__("data", tr("Data and privacy"), icon_name="shield-check")
        self._sliders: dict[str, SliderRow] = {}
        self._record = Switch(tr("Record what you read"))
        self._record.clicked.connect(lambda on: self._change(enabled=on))
        self._books = Switch(tr("Export the books, too"))
        self._books.setChecked(True)
        self.export = button(tr("Export everything…"), icon_name="export")
        self.export.clicked.connect(self._choose_target)
        self.restore = button(tr("Restore from a file…"))
        self.restore.clicked.connect(self._choose_source)
        self.dictionaries = DictionaryList()
        self.dictionaries.said.connect(self.said)
        self.web: dict[str, tuple[Switch, WebAddressField]] = {}
        self._add_statistics()
        self._add_look_ups()
        self._add_export()
        self.end()

    def _add_statistics(self) -> None:
        self.add_section(tr("Reading statistics"))
        self.add_row(
            tr("Record what you read"),
            self._record,
            tr(
                "When and how long, in which book. It stays on this computer, unless you send it "
                "to an account."
            ),
        )
        self._add_slider(
            "min_s",
            tr("A session counts from"),
            lambda n: counted("%Ln seconds", "", n, one="1 second"),
        )
        self._add_slider(
            "min_turns",
            tr("and from"),
            lambda n: counted("%Ln turned pages", "", n, one="1 turned page"),
        )
        self._add_slider(
            "day_starts_h",
            tr("A day starts at"),
            lambda n: tr("{n} o’clock", n=n),
            tr("Who reads past midnight has read that evening."),
        )
        self._add_slider(
            "daily_goal_min",
            tr("Daily goal"),
            lambda n: counted("%Ln minutes", "", n, one="1 minute") if n else tr("none"),
            most=240,
        )

    def _add_slider(
        self,
        name: str,
        title: str,
        words: Callable[[int], str],
        hint: str = "",
        most: int | None = None,
    ) -> None:
        low, high = STATISTICS_RANGES[name]
        slider = SliderRow(
            title, (low, high if most is None else most), getattr(_USUAL, name), words
        )
        slider.caption.hide()
        slider.setFixedWidth(_SLIDER)
        slider.moved.connect(lambda n: self._change(**{name: n}))
        self._sliders[name] = slider
        self.add_row(title, slider, hint)

    def _add_look_ups(self) -> None:
        self.add_section(tr("Dictionaries"))
        self.add_row(
            tr("Dictionaries"),
            self.dictionaries.add,
            tr("StarDict dictionaries, copied by Kios. Words are looked up without the internet."),
        )
        self.column.addWidget(self.dictionaries)
        self.add_section(tr("Look-ups on the web"))
        self._add_web_look_up(
            "wikipedia",
            tr("Wikipedia"),
            tr("Address of Wikipedia"),
            WIKIPEDIA,
            tr("Sends the word that you look up; Kios asks before the first one."),
        )
        self._add_web_look_up(
            "translation",
            tr("Translate"),
            tr("Address of the translation"),
            TRANSLATION,
            tr("Opens your browser with the words; Kios asks before the first time."),
        )

    def _add_web_look_up(self, kind: str, name: str, address: str, usual: str, hint: str) -> None:
        switch, field = Switch(name), WebAddressField(address, usual)
        switch.clicked.connect(lambda on: self._change_web(kind, enabled=on))
        field.changed.connect(lambda url: self._change_web(kind, address=url))
        self.web[kind] = switch, field
        self.add_row(name, switch, hint)
        self.add_row(address, field, tr("{word} and {language} stand for what is sent."))

    def _add_export(self) -> None:
        self.add_section(tr("Everything in one file"))
        self.add_row(
            tr("Export everything"),
            self.export,
            tr("Places, marks, statistics, dictionaries and settings. Passwords are never in it."),
        )
        self.add_row(tr("Export the books, too"), self._books)
        self.add_row(
            tr("Restore from a file"),
            self.restore,
            tr("Into an empty library, as on a new computer."),
        )

    def show_preferences(self, preferences: Preferences) -> None:
        wanted = preferences.statistics
        self._record.setChecked(wanted.enabled)
        for name, slider in self._sliders.items():
            slider.set_value(getattr(wanted, name))
            if name != "day_starts_h":
                slider.setEnabled(wanted.enabled)

        for kind, (switch, address) in self.web.items():
            look_up = getattr(preferences.look_ups, kind)
            switch.setChecked(look_up.enabled)
            address.show_address(look_up.address)

    def _change_web(self, kind: str, **values: Any) -> None:
        def changed(preferences: Preferences) -> Preferences:
            look_ups = preferences.look_ups
            one = replace(getattr(look_ups, kind), **values)
            return replace(preferences, look_ups=replace(look_ups, **{kind: one}))

        self.change(changed)

    def _change(self, **values: Any) -> None:
        self.change(lambda p: replace(p, statistics=replace(p.statistics, **values)))

    # -- DataScreen

    def show_busy(self, busy: bool) -> None:
        for one in (self.export, self.restore):
            one.setEnabled(not busy)
        self.export.setText(tr("One moment…") if busy else tr("Export everything…"))

    def say(self, text: str) -> None:
        self.said.emit(text)

    def tell(self, message: Message) -> None:
        tell(message.title, message.text, self.window())

    def ask_to_quit(self, text: str, quit_now: Callable[[], None]) -> None:
        dialog = AskDialog(tr("Quit Kios now?"), text, tr("Quit Kios"), self.window())
        dialog.accepted.connect(quit_now)
        dialog.open()

    # -- files

    def _choose_target(self) -> None:
        dialog = self._dialog(tr("Export everything"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(_SUFFIX)
        dialog.selectFile(tr("Kios backup") + _SUFFIX)
        books = self._books.isChecked()
        dialog.fileSelected.connect(lambda name: self.export_requested.emit(Path(name), books))
        dialog.open()

    def _choose_source(self) -> None:
        dialog = self._dialog(tr("Restore from a file"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.restore_requested.emit(Path(name)))
        dialog.open()

    def _dialog(self, title: str) -> QFileDialog:
        dialog = QFileDialog(self, title)
        dialog.setNameFilters([tr("Backups of Kios (*.kios)"), tr("All files (*)")])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return dialog
