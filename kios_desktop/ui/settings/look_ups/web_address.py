"""The address of a look-up on the web, which a reader can change."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from kios_desktop.domain.web_look_up import is_usable
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.widgets.buttons import button
from kios_desktop.ui.widgets.field import Field

_WIDTH = 380  # px


class WebAddressField(QWidget):
    """`changed` is emitted for addresses that can be used; others are marked as wrong."""

    changed = Signal(str)

    def __init__(self, name: str, usual: str) -> None:
        super().__init__()
        self._usual = self._shown = usual
        self.field = Field(name)
        self.field.setFixedWidth(_WIDTH)
        self.field.edit.editingFinished.connect(self._finished)
        self.reset = button(tr("Reset"), "quiet", height="controlSmall")
        self.reset.setAccessibleName(tr("Reset {name}", name=name))
        self.reset.clicked.connect(self._reset)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.reset)
        row.addWidget(self.field)
        self.show_address(usual)

    def show_address(self, address: str) -> None:
        """An address that is wrong and being typed stays."""
        if address != self._shown or not self.field.error():
            self.field.set_text(address)
            self.field.edit.setCursorPosition(0)  # its beginning says where it leads
            self.field.set_error("")
        self._shown = address
        self.reset.setVisible(address != self._usual or bool(self.field.error()))

    def _finished(self) -> None:
        address = self.field.text()
        if is_usable(address):
            self.field.set_error("")
            if address != self._shown:
                self.changed.emit(address)
        else:
            self.field.set_error(tr("It has to begin with https:// and to have {word} in it."))
        self.reset.setVisible(address != self._usual)

    def _reset(self) -> None:
        self.field.set_text(self._usual)
        self._finished()
