"""The header of the page: which period is shown, the export, and the menu."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from kios_desktop.domain.statistics import Span
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.statistics.summary import Summary
from kios_desktop.ui.statistics.texts import period_name, span_title
from kios_desktop.ui.widgets.buttons import IconButton
from kios_desktop.ui.widgets.label import label
from kios_desktop.ui.widgets.segmented import Segmented


class StatisticsHeader(QWidget):
    """What acts on sessions is hidden as long as there are none."""

    span_chosen = Signal(object)  # Span
    step_wanted = Signal(int)  # 1 or -1
    export_wanted = Signal()
    forget_all_wanted = Signal()
    pause_wanted = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(max(theme.size("header"), theme.control_height("heading") + 12))
        options = [(span.value, span_title(span)) for span in Span]
        self.spans = Segmented(options, tr("Period"))
        self.spans.set_value(Span.YEAR.value)
        self.spans.chosen.connect(self._choose)
        self.back = IconButton("caret-left", tr("Previous"), px=16)
        self.on = IconButton("caret-right", tr("Next"), px=16)
        self.back.clicked.connect(lambda: self.step_wanted.emit(-1))
        self.on.clicked.connect(lambda: self.step_wanted.emit(1))
        self.period = label("", "section", tabular=True)
        self.period.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.export = IconButton("export", tr("Export…"), px=18)
        self.export.clicked.connect(self.export_wanted)
        self.more = IconButton("dots-three-vertical", tr("More"))
        menu = QMenu(self)
        self.pause = menu.addAction(tr("Pause statistics"))
        self.pause.setCheckable(True)
        self.pause.triggered.connect(self.pause_wanted)
        self.forget = menu.addAction(tr("Delete statistics…"))
        self.forget.triggered.connect(self.forget_all_wanted)
        self.more.setMenu(menu)
        self.more.setPopupMode(IconButton.ToolButtonPopupMode.InstantPopup)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(label(tr("Statistics"), "heading"))
        row.addStretch(1)
        row.addWidget(self.spans)
        row.addSpacing(8)
        for widget in (self.back, self.period, self.on):
            row.addWidget(widget)
        row.addSpacing(4)
        row.addWidget(self.export)
        row.addWidget(self.more)
        self.show_period(None, recorded=True)

    def show_period(self, shown: Summary | None, *, recorded: bool) -> None:
        """`recorded`: sessions are recorded at the moment."""
        self.pause.setChecked(not recorded)
        self.forget.setVisible(shown is not None)
        for widget in (self.spans, self.back, self.period, self.on, self.export):
            widget.setVisible(shown is not None)
        if shown is None:
            return
        span = shown.period.span
        self.spans.set_value(span.value)
        for widget in (self.back, self.period, self.on):
            widget.setVisible(span is not Span.ALL)
        self.period.setText(period_name(shown.period, shown.today))
        # a shorter name leaves the buttons where they are, under the pointer
        self.period.setMinimumWidth(max(self.period.minimumWidth(), self.period.sizeHint().width()))
        self._enable(self.back, shown.has_before)
        self._enable(self.on, shown.has_after)

    def _choose(self, key: str) -> None:
        self.period.setMinimumWidth(0)
        self.span_chosen.emit(Span(key))

    def _enable(self, step: IconButton, possible: bool) -> None:
        """The focus does not leave the pair of buttons when one of them comes to its end."""
        had_focus = step.hasFocus()
        step.setEnabled(possible)
        if had_focus and not possible:
            other = self.on if step is self.back else self.back
            other.setEnabled(True)
            other.setFocus(Qt.FocusReason.OtherFocusReason)
