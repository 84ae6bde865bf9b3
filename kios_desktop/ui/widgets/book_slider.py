"""A slider for a number that may be left to the book."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from kios_desktop.domain.preferences import AS_PUBLISHER
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.widgets.slider_row import SliderRow


class BookSlider(SliderRow):
    """Its first position is “The book’s”, the others are the numbers of `limits` by `step`.

    `changed` carries the number, or `AS_PUBLISHER`; `words` gives the text of a number.
    """

    changed = Signal(float)

    def __init__(
        self,
        name: str,
        limits: tuple[float, float],
        step: float,
        words: Callable[[float], str],
        parent: QWidget | None = None,
    ) -> None:
        self._low, self._step = limits[0], step
        count = round((limits[1] - limits[0]) / step) + 1

        def text(position: int) -> str:
            return words(self._number(position)) if position else tr("The book’s")

        super().__init__(name, (0, count), 0, text, parent)
        self.moved.connect(lambda position: self.changed.emit(self._number(position)))

    def number(self) -> float:
        return self._number(self.value())

    def set_number(self, number: float) -> None:
        """Show a number without emitting `changed`."""
        left_to_book = number == AS_PUBLISHER
        self.set_value(0 if left_to_book else 1 + round((number - self._low) / self._step))

    def _number(self, position: int) -> float:
        if not position:
            return AS_PUBLISHER
        return round(self._low + (position - 1) * self._step, 2)
