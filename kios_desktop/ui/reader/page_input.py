"""What clicks, keys and mouse buttons do while the page has the focus."""

from collections.abc import Callable

from PySide6.QtCore import Qt

from kios_desktop.domain.publication import Direction
from kios_desktop.ui.kit.overlay import OverlayHost, OverlayKind
from kios_desktop.ui.reader.bars_visibility import BarsVisibility
from kios_desktop.ui.reader.engine.keys import PageKey
from kios_desktop.ui.reader.engine.wire import Clicked
from kios_desktop.ui.reader.presenter import ReaderPresenter

LEFT_ZONE, RIGHT_ZONE = 1 / 3, 2 / 3  # of the page's width: a click beside them turns the page


class PageInput:
    """Turns pages, or shows and hides header and footer.

    `view` opens what was clicked; `mark` shows the highlight that was, and says whether there was
    one; `escape` takes the next step back that Esc stands for. `presenter` gives None once the
    window is closing.
    """

    def __init__(
        self,
        presenter: Callable[[], ReaderPresenter | None],
        bars: BarsVisibility,
        overlays: OverlayHost,
        *,
        direction: Direction,
        click_turns: Callable[[], bool],
        view: Callable[[], None],
        mark: Callable[[Clicked], bool],
        escape: Callable[[], None],
    ) -> None:
        self._presenter, self._bars, self._overlays = presenter, bars, overlays
        self._rtl = direction is Direction.RTL
        self._click_turns, self._view, self._escape = click_turns, view, escape
        self._mark = mark

    def click(self, click: Clicked) -> None:
        """A click on the page. At the sides of a picture that is all of its page it turns that."""
        if self._overlays.close(OverlayKind.POPOVER):
            return
        presenter = self._presenter()
        if presenter is None or self._mark(click):
            return
        at = click.at
        toggles = LEFT_ZONE <= at <= RIGHT_ZONE or not self._click_turns()
        if click.subject and (toggles or not click.alone):
            self._view()
        elif toggles:
            self._bars.toggle()
        else:
            self._turn(presenter, 1 if (at > RIGHT_ZONE) != self._rtl else -1)

    def key(self, key: PageKey) -> None:
        presenter = self._presenter()
        if presenter is None:
            return
        forward = PageKey.LEFT if self._rtl else PageKey.RIGHT
        match key:
            case PageKey.LEFT | PageKey.RIGHT:
                self._turn(presenter, 1 if key is forward else -1)
            case PageKey.NEXT | PageKey.PREVIOUS:
                self._turn(presenter, 1 if key is PageKey.NEXT else -1)
            case PageKey.NEXT_CHAPTER:
                presenter.step_chapter(1)
            case PageKey.PREVIOUS_CHAPTER:
                presenter.step_chapter(-1)
            case PageKey.START:
                presenter.go_to_start()
            case PageKey.END:
                presenter.go_to_end()
            case PageKey.BARS:
                self._escape()

    def mouse_button(self, button: Qt.MouseButton) -> None:
        """One of the two buttons at the side of a mouse."""
        if (presenter := self._presenter()) is None:
            return
        if button is Qt.MouseButton.BackButton:
            presenter.go_back()
        else:
            presenter.go_forward()

    def _turn(self, presenter: ReaderPresenter, pages: int) -> None:
        presenter.turn(pages)
        self._bars.hide()
