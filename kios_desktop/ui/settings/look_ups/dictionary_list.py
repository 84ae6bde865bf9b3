"""The dictionaries that were added, each with its switch, its place in the order and “Remove”."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from kios_desktop.domain.dictionaries import DictionaryFacts, DictionaryId, ListedDictionary
from kios_desktop.ui.kit.dialog import AskDialog, tell
from kios_desktop.ui.kit.error_texts import Message, explain
from kios_desktop.ui.kit.formats import file_size
from kios_desktop.ui.kit.translation import counted, tr
from kios_desktop.ui.widgets.buttons import IconButton, button
from kios_desktop.ui.widgets.label import ElidedLabel, label
from kios_desktop.ui.widgets.switch import Switch

_KINDS: Final = "*.ifo *.zip *.tar *.tar.gz *.tgz *.tar.bz2 *.tar.xz"


class DictionaryList(QWidget):
    """Implements `dictionaries_presenter.DictionariesScreen`."""

    add_requested = Signal(object)  # list of Path
    remove_requested = Signal(str)  # DictionaryId, like the following
    move_requested = Signal(str, int)
    use_requested = Signal(str, bool)
    said = Signal(str)  # for a toast

    def __init__(self) -> None:
        super().__init__()
        self.add = button(tr("Add a dictionary…"))
        self.add.clicked.connect(self._choose)
        self.rows: list[DictionaryRow] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    # -- DictionariesScreen

    def show_dictionaries(self, dictionaries: Sequence[ListedDictionary]) -> None:
        """Rows are kept, so that the focus stays where it is."""
        while len(self.rows) > len(dictionaries):
            row = self.rows.pop()
            row.hide()
            row.deleteLater()
        while len(self.rows) < len(dictionaries):
            self.rows.append(self._row())
        focused = self._focused()
        last = len(dictionaries) - 1
        for number, (row, listed) in enumerate(zip(self.rows, dictionaries, strict=True)):
            row.show_dictionary(listed, is_first=number == 0, is_last=number == last)
        self._focus(focused)

    def show_adding(self, adding: bool) -> None:
        self.add.setEnabled(not adding)
        self.add.setText(tr("One moment…") if adding else tr("Add a dictionary…"))

    def say(self, text: str) -> None:
        self.said.emit(text)

    def tell(self, message: Message) -> None:
        tell(message.title, message.text, self.window())

    # -- parts

    def _row(self) -> "DictionaryRow":
        row = DictionaryRow()
        row.use_requested.connect(self.use_requested)
        row.move_requested.connect(self.move_requested)
        row.remove_requested.connect(self._ask_to_remove)
        self._column.addWidget(row)
        return row

    def _focused(self) -> tuple[DictionaryId | None, str]:
        """Which control has the focus, by its dictionary and name: it moves along with it."""
        for row in self.rows:
            for name, control in row.controls().items():
                if control.hasFocus():
                    return row.id, name
        return None, ""

    def _focus(self, focused: tuple[DictionaryId | None, str]) -> None:
        dictionary, name = focused
        for row in self.rows:
            if dictionary is not None and row.id == dictionary:
                wanted = row.controls()[name]
                usable = wanted if wanted.isEnabled() else row.switch
                usable.setFocus(Qt.FocusReason.OtherFocusReason)

    def _ask_to_remove(self, facts: DictionaryFacts) -> None:
        text = tr(
            "Kios deletes its copy of “{name}” ({size}). The files that you added it from stay.",
            name=facts.name,
            size=file_size(facts.size_bytes),
        )
        dialog = AskDialog(
            tr("Remove this dictionary?"), text, tr("Remove"), self.window(), dangerous=True
        )
        dialog.accepted.connect(lambda: self.remove_requested.emit(facts.id))
        dialog.open()

    def _choose(self) -> None:
        dialog = QFileDialog(self, tr("Add a dictionary"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters(
            [tr("StarDict dictionaries ({kinds})", kinds=_KINDS), tr("All files (*)")]
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(
            lambda names: self.add_requested.emit([Path(name) for name in names])
        )
        dialog.open()


class DictionaryRow(QWidget):
    """One dictionary. What was last shown is what is asked for."""

    use_requested = Signal(str, bool)
    move_requested = Signal(str, int)
    remove_requested = Signal(object)  # DictionaryFacts

    def __init__(self) -> None:
        super().__init__()
        self._facts: DictionaryFacts | None = None
        self.name = ElidedLabel("", "control")
        self._about = label("", "small", "muted", wrap=True)
        self._problem = label("", "small", "danger", wrap=True)
        self.earlier = IconButton("caret-up", tr("Earlier"), px=16, side=28)
        self.later = IconButton("caret-down", tr("Later"), px=16, side=28)
        self.remove = IconButton("trash", tr("Remove"), px=16, side=28)
        self.switch = Switch("")
        self.earlier.clicked.connect(lambda: self._ask_to_move(-1))
        self.later.clicked.connect(lambda: self._ask_to_move(1))
        self.remove.clicked.connect(lambda: self.remove_requested.emit(self._facts))
        self.switch.clicked.connect(lambda on: self.use_requested.emit(self.id, on))
        words = QVBoxLayout()
        words.setSpacing(1)
        for text in (self.name, self._about, self._problem):
            words.addWidget(text)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 6, 0, 6)
        row.setSpacing(4)
        row.addLayout(words, 1)
        for control in (self.earlier, self.later, self.remove, self.switch):
            row.addWidget(control, 0, Qt.AlignmentFlag.AlignVCenter)

    @property
    def id(self) -> DictionaryId | None:
        return None if self._facts is None else self._facts.id

    def controls(self) -> dict[str, QWidget]:
        return {
            "earlier": self.earlier,
            "later": self.later,
            "remove": self.remove,
            "switch": self.switch,
        }

    def show_dictionary(self, listed: ListedDictionary, *, is_first: bool, is_last: bool) -> None:
        facts = self._facts = listed.facts
        name = facts.name or tr("A dictionary without a name")
        self.name.set_text(name)
        words = counted("%Ln words", "", facts.words, one="1 word")
        size = file_size(facts.size_bytes)
        self._about.setText(tr("{words} · {size}", words=words, size=size))
        problem = facts.problem
        self._about.setVisible(problem is None)
        self._problem.setVisible(problem is not None)
        if problem is not None:
            self._problem.setText(explain(problem).line)
        self.switch.setChecked(listed.on)
        self.switch.setEnabled(problem is None)
        self.earlier.setEnabled(not is_first)
        self.later.setEnabled(not is_last)
        self.switch.setAccessibleName(tr("Look words up in {name}", name=name))
        self.earlier.setAccessibleName(tr("Earlier: {name}", name=name))
        self.later.setAccessibleName(tr("Later: {name}", name=name))
        self.remove.setAccessibleName(tr("Remove {name}", name=name))

    def _ask_to_move(self, by: int) -> None:
        self.move_requested.emit(self.id, by)
