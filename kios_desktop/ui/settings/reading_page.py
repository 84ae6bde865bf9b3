"""Settings → Reading: how the reader behaves."""

from typing import Any

from msgspec.structs import replace

from kios_desktop.domain.preferences import MEASURE_CH, Columns, Layout, Preferences
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.settings.settings_page import SettingsPage
from kios_desktop.ui.widgets.segmented import Segmented
from kios_desktop.ui.widgets.slider_row import SliderRow
from kios_desktop.ui.widgets.switch import Switch


def with_reading(preferences: Preferences, **values: Any) -> Preferences:
    """Preferences with some reading preferences changed."""
    return replace(preferences, reading=replace(preferences.reading, **values))


class ReadingPage(SettingsPage):
    """Changes apply at once."""

    def __init__(self) -> None:
        super().__init__("reading", tr("Reading"), icon_name="book-open")
        self._layout = Segmented(
            ((Layout.PAGES, tr("Pages")), (Layout.SCROLL, tr("Scroll"))), tr("Layout")
        )
        self._columns = Segmented(
            ((Columns.AUTO, tr("Auto")), (Columns.ONE, "1"), (Columns.TWO, "2")), tr("Columns")
        )
        self._measure = SliderRow(
            tr("Line length"), MEASURE_CH, 66, lambda n: tr("{n} characters", n=n)
        )
        self._measure.caption.hide()
        self._measure.setFixedWidth(320)
        self._click = Switch(tr("Turn pages by clicking"))
        self._finish = Switch(tr("Mark as finished at the end"))
        self._links = Switch(tr("Ask before opening web links"))
        self.add_row(tr("Layout"), self._layout)
        self.add_row(
            tr("Columns"), self._columns, tr("Auto shows two where two lines of text fit.")
        )
        self.add_row(tr("Line length"), self._measure)
        self.add_row(
            tr("Turn pages by clicking"),
            self._click,
            tr("A click at the right goes on, at the left back, in the middle shows the controls."),
        )
        self.add_row(tr("Mark as finished at the end"), self._finish)
        self.add_row(tr("Ask before opening web links"), self._links)
        self.end()
        self._layout.chosen.connect(
            lambda key: self.change(lambda p: with_reading(p, layout=Layout(key)))
        )
        self._columns.chosen.connect(
            lambda key: self.change(lambda p: with_reading(p, columns=Columns(key)))
        )
        self._measure.moved.connect(lambda n: self.change(lambda p: with_reading(p, measure_ch=n)))
        self._click.clicked.connect(
            lambda on: self.change(lambda p: replace(p, click_turns_page=on))
        )
        self._finish.clicked.connect(lambda on: self.change(lambda p: replace(p, finish_at_end=on)))
        self._links.clicked.connect(
            lambda on: self.change(lambda p: replace(p, ask_before_web_links=on))
        )

    def show_preferences(self, preferences: Preferences) -> None:
        self._layout.set_value(preferences.reading.layout)
        self._columns.set_value(preferences.reading.columns)
        self._measure.set_value(preferences.reading.measure_ch)
        self._click.setChecked(preferences.click_turns_page)
        self._finish.setChecked(preferences.finish_at_end)
        self._links.setChecked(preferences.ask_before_web_links)
