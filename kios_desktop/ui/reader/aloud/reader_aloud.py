"""Reading aloud in a reader window: its bar, its timer, and what the page shows and says of it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from kios_desktop.domain.locator import Place
from kios_desktop.domain.utterance import AloudTrouble
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.reader.engine.bridge import Bridge
from kios_desktop.ui.reader.engine.wire import Loaded, Paint, Relocated
from kios_desktop.ui.reader.layout import ReaderLayout

if TYPE_CHECKING:  # what reads aloud is imported when it is asked for
    from kios_desktop.ui.reader.aloud.bar import AloudBar
    from kios_desktop.ui.reader.aloud.ports import AloudShown
    from kios_desktop.ui.reader.aloud.presenter import AloudPresenter

_MINUTE_MS = 60_000


class ReaderAloud(QObject):
    """Implements `ports.AloudScreen`."""

    started = Signal()
    shown_changed = Signal()  # the bar came or went

    def __init__(
        self,
        bridge: Bridge,
        area: ReaderLayout,
        window: QWidget,
        toast: Callable[[str], None],
    ) -> None:
        super().__init__(window)
        self._bridge, self._area, self._window, self._toast = bridge, area, window, toast
        self._make_presenter: Callable[[], AloudPresenter] | None = None
        self._presenter: AloudPresenter | None = None
        self.bar: AloudBar | None = None
        self._room = 0  # px, see `make_room`
        self._screen: tuple[int, int, int] | None = None  # spine item, ordinals [first, end)
        self._minutes = QTimer(self, interval=_MINUTE_MS)
        self._minutes.timeout.connect(lambda: self._act(lambda it: it.minute_passed()))
        bridge.message.connect(self._received)

    def start(self, make_presenter: "Callable[[], AloudPresenter]") -> None:
        """From now on there is a book to read aloud."""
        self._make_presenter = make_presenter

    def end(self) -> None:
        """The window closes: nothing is heard any more."""
        self._make_presenter = None
        if self._presenter is not None:
            self._presenter.closed()
            self._presenter = None
        self._bridge.message.disconnect(self._received)

    # -- asked for

    @property
    def is_on(self) -> bool:
        return self._presenter is not None and self._presenter.is_on

    def toggle(self, selected: Place | None = None) -> None:
        """Begin at what is selected, or with the page; when it has begun, pause or go on."""
        if self.is_on:
            self._act(lambda it: it.toggle())
        elif selected is not None:
            self.read_from(selected)
        elif self._screen is not None:
            self._begin(Place(*self._screen[:2]), exact=False)

    def read_from(self, place: Place) -> None:
        """Read from the sentence at a place on."""
        self._begin(place, exact=True)

    def skip(self, by: int) -> None:
        self._act(lambda it: it.skip(by))

    def pause(self) -> None:
        self._act(lambda it: it.pause())

    def make_room(self, width: int) -> None:
        """Keep `width` px of the bar's leading edge free for the back pill; 0 if it is hidden."""
        self._room = width
        if self.bar is not None:
            self.bar.make_room(width)

    def stop(self) -> None:
        self._act(lambda it: it.stop())

    def _begin(self, place: Place, *, exact: bool) -> None:
        if self._presenter is None and self._make_presenter is not None:
            self._presenter = self._make_presenter()
            self._tell_screen(laid_out=True)
        if self._presenter is not None:
            self.started.emit()
            self._presenter.read_from(place, exact=exact)

    def _act(self, do: "Callable[[AloudPresenter], object]") -> None:
        if self._presenter is not None:
            do(self._presenter)

    # -- what the page says

    def _received(self, message: object) -> None:
        match message:
            case Relocated():
                self._screen = message.spine, message.first, message.first + message.screen
                self._tell_screen(laid_out=message.cause in ("layout", "open"))
            case Loaded():
                self._act(lambda it: it.loaded(message.spine))

    def _tell_screen(self, *, laid_out: bool) -> None:
        if self._presenter is None or self._screen is None:
            return
        from kios_desktop.ui.reader.aloud.machine import ScreenSpan

        self._presenter.screen_shown(ScreenSpan(*self._screen), laid_out=laid_out)

    # -- AloudScreen

    def show_aloud(self, shown: "AloudShown") -> None:
        bar = self.bar if self.bar is not None else self._made()
        bar.show_state(shown)
        if not shown.sleep_min:
            self._minutes.stop()
        elif not self._minutes.isActive():
            self._minutes.start()
        if bar.isHidden():
            bar.show()
            self._area.place()
            self.shown_changed.emit()

    def hide_aloud(self) -> None:
        self._minutes.stop()
        if self.bar is not None:
            self.bar.hide()
            self.shown_changed.emit()

    def paint(self, what: Paint) -> None:
        self._bridge.paint(what)  # the page passes over what it has not loaded

    def tell(self, trouble: AloudTrouble, over: bool) -> None:
        from kios_desktop.ui.kit.dialog import tell
        from kios_desktop.ui.reader.aloud import texts

        if over and texts.needs_installing(trouble):
            tell(texts.trouble_title(), texts.what_to_install(trouble), self._window)
        else:
            self._toast(texts.trouble_text(trouble))

    def tell_asleep(self) -> None:
        self._toast(tr("Paused by the sleep timer"))

    def _made(self) -> "AloudBar":
        from kios_desktop.ui.reader.aloud.bar import AloudBar

        bar = self.bar = AloudBar(self._area)
        bar.hide()
        bar.toggled.connect(lambda: self._act(lambda it: it.toggle()))
        bar.skipped.connect(self.skip)
        bar.rate_chosen.connect(lambda rate: self._act(lambda it: it.set_rate(rate)))
        bar.voice_chosen.connect(lambda name: self._act(lambda it: it.set_voice(name)))
        bar.sleep_chosen.connect(self._minutes.stop)  # the first minute begins now
        bar.sleep_chosen.connect(lambda after: self._act(lambda it: it.sleep(after)))
        bar.back.connect(lambda: self._act(lambda it: it.go_back()))
        bar.closed.connect(self.stop)
        bar.make_room(self._room)
        self._area.hold_aloud(bar)
        return bar
