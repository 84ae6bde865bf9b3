"""What few readers change of the text: weight, the distance of paragraphs, their first lines."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from kios_desktop.domain.preferences import INDENT_EM, SPACING_EM, WEIGHT, ReadingSettings
from kios_desktop.ui.kit.icons import icon
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.widgets.book_slider import BookSlider
from kios_desktop.ui.widgets.buttons import button


def weight_slider() -> BookSlider:
    return BookSlider(tr("Weight"), WEIGHT, 100, lambda value: f"{value:.0f}")


def spacing_slider() -> BookSlider:
    return BookSlider(tr("Paragraph spacing"), SPACING_EM, 0.1, _em)


def indent_slider() -> BookSlider:
    return BookSlider(tr("First-line indent"), INDENT_EM, 0.1, _em)


class FineTuning(QWidget):
    """Folded until it is asked for. `changed` carries the name of a setting and its value."""

    changed = Signal(str, object)

    def __init__(self) -> None:
        super().__init__()
        self._opener = button(tr("Weight and paragraphs"), "link", "caret-down")
        self._opener.setCheckable(True)
        self._folded = QWidget()
        self.sliders = {
            "weight": weight_slider(),
            "spacing_em": spacing_slider(),
            "indent_em": indent_slider(),
        }
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._opener)
        column.addWidget(self._folded)
        inner = QVBoxLayout(self._folded)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(8)
        for name, slider in self.sliders.items():
            inner.addWidget(slider)
            slider.changed.connect(lambda value, name=name: self._emit(name, value))
        self._folded.hide()
        self._opener.toggled.connect(self._fold)

    def _fold(self, opened: bool) -> None:
        self._folded.setVisible(opened)
        self._opener.setIcon(icon("caret-up" if opened else "caret-down", "accent"))

    def show_settings(self, settings: ReadingSettings) -> None:
        """Show the settings in force without emitting `changed`."""
        for name, slider in self.sliders.items():
            slider.set_number(getattr(settings, name))

    def _emit(self, name: str, value: float) -> None:
        self.changed.emit(name, round(value) if name == "weight" else value)


def _em(value: float) -> str:
    return tr("{n} em", n=f"{value:.1f}")
