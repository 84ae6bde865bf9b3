"""A labelled slider with its exact value."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QSlider, QWidget

from kios_desktop.ui.kit import theme
from kios_desktop.ui.widgets.label import label


class SliderRow(QWidget):
    """Label, slider, value. Values are integers; `words` gives the text of one.

    Double-click or Delete resets to `default`. Arrows move by 1, page keys by 5.
    """

    moved = Signal(int)

    def __init__(
        self,
        name: str,
        limits: tuple[int, int],
        default: int,
        words: Callable[[int], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._default, self._words = default, words
        self.caption = label(name)
        self.caption.setMinimumWidth(96)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setProperty("kind", "value")
        self.slider.setRange(*limits)
        self.slider.setSingleStep(1)
        self.slider.setPageStep(5)
        self.slider.setAccessibleName(name)
        self.slider.setFixedHeight(28)
        self.slider.setMinimumWidth(100)
        self.slider.installEventFilter(self)
        self._value = label("", tabular=True)
        self._value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        widest = max(self._value.fontMetrics().horizontalAdvance(words(one)) for one in limits)
        self._value.setMinimumWidth(max(92, widest))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.size("minHit") // 2)
        row.addWidget(self.caption)
        row.addWidget(self.slider, 1)
        row.addWidget(self._value)
        self.slider.valueChanged.connect(self._show)
        self.slider.valueChanged.connect(self.moved)
        self._show(self.slider.value())
        self.set_value(default)

    def value(self) -> int:
        return self.slider.value()

    def set_value(self, value: int) -> None:
        """Show a value without emitting `moved`."""
        self.slider.blockSignals(True)
        self.slider.setValue(value)
        self.slider.blockSignals(False)
        self._show(self.slider.value())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        reset = event.type() is QEvent.Type.MouseButtonDblClick or (
            event.type() is QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Delete
        )
        if reset:
            self.slider.setValue(self._default)
        return reset

    def _show(self, value: int) -> None:
        self._value.setText(self._words(value))
        self.slider.setAccessibleDescription(self._words(value))
