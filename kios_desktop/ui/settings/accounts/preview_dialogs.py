"""What is asked before the first of a kind is sent, and before the first of it comes."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QDialogButtonBox, QRadioButton, QWidget

from kios_desktop.domain.accounts import FetchCounts, Topic, UnsentCounts
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.dialog import AskDialog, Dialog
from kios_desktop.ui.kit.formats import isolated
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.settings.accounts import texts
from kios_desktop.ui.widgets.label import label
from kios_desktop.ui.widgets.progress_bar import ProgressBar


class SendPreviewDialog(Dialog):
    """`answered` is emitted once: True for everything, False for what is made later, None for
    nothing.
    """

    answered = Signal(object)

    def __init__(
        self, topic: Topic, counts: UnsentCounts, server: str, parent: QWidget | None
    ) -> None:
        title = tr("Send {what}?", what=tr(texts.TITLES[topic]).lower())
        super().__init__(title, parent, theme.scaled(480))
        self.body.addWidget(label(title, "title", wrap=True))
        preview = texts.preview_text(topic, counts, isolated(server))
        self.body.addWidget(label(preview, "body", "muted", wrap=True))
        self._group = QButtonGroup(self)
        self.everything = self._option(tr("Send what there is, and what comes later"), 1)
        self.later = self._option(tr("Send only what comes later"), 0)
        self.everything.setChecked(True)
        if topic is Topic.SHELF:
            self.later.hide()
            self.everything.hide()
        self.add_button(tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        self.verb = self.add_button(
            tr("Switch it on"), QDialogButtonBox.ButtonRole.AcceptRole, "primary"
        )
        self.verb.setDefault(True)
        self.accepted.connect(lambda: self.answered.emit(self._group.checkedId() == 1))
        self.rejected.connect(lambda: self.answered.emit(None))

    def _option(self, text: str, number: int) -> QRadioButton:
        made = QRadioButton(text)
        made.setProperty("kind", "option")
        made.setFont(theme.font("body"))
        made.setMinimumHeight(theme.control_height(measure="minHit"))
        self._group.addButton(made, number)
        self.body.addWidget(made)
        return made


class FetchPreviewDialog(AskDialog):
    """`answered` is emitted once."""

    answered = Signal(bool)

    def __init__(self, counts: FetchCounts, server: str, parent: QWidget | None) -> None:
        super().__init__(
            tr("Fetch from {server}?", server=isolated(server)),
            texts.fetch_text(counts, isolated(server)),
            tr("Fetch"),
            parent,
        )
        self.accepted.connect(lambda: self.answered.emit(True))
        self.rejected.connect(lambda: self.answered.emit(False))


class CountingDialog(Dialog):
    """While the server is asked what it has, book by book. `rejected` stops that."""

    def __init__(self, parent: QWidget | None) -> None:
        title = tr("Looking what is there…")
        super().__init__(title, parent, theme.scaled(440))
        self.body.addWidget(label(title, "title", wrap=True))
        self._words = label("", "body", "muted", wrap=True)
        self.body.addWidget(self._words)
        self._bar = ProgressBar(title)
        self.body.addWidget(self._bar)
        self.add_button(tr("Stop"), QDialogButtonBox.ButtonRole.RejectRole)

    def show_progress(self, done: int, total: int) -> None:
        self._bar.set_fraction(done / total if total else 0)
        self._words.setText(tr("{n} of {total} books", n=done, total=total))
