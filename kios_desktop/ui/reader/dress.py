"""The colours of a reader window: of its page, and of the window around it."""

from PySide6.QtWidgets import QWidget

from kios_desktop.domain.preferences import PageTheme
from kios_desktop.ui.kit import theme
from kios_desktop.ui.reader.choices import ReadingChoices
from kios_desktop.ui.reader.engine.page import BookPage
from kios_desktop.ui.reader.engine.wire import Look
from kios_desktop.ui.reader.look import look_of
from kios_desktop.ui.reader.stage import Stage


class Dress:
    """Puts the choices in force on one window."""

    def __init__(
        self, window: QWidget, stage: Stage, page: BookPage, choices: ReadingChoices
    ) -> None:
        self._window, self._stage, self._page, self._choices = window, stage, page, choices

    def put_on(self) -> None:
        """The window goes with the page, where that is wanted (design.md 2.3)."""
        windows = theme.current().name
        page = self._choices.in_force.theme
        name = theme.for_page(page, windows) if self._choices.match_page else windows
        theme.dress(self._window, name)
        color = theme.current().page(page).bg
        self._stage.page_color = color
        self._page.setBackgroundColor(color)
        self._stage.update()

    def look(self) -> Look:
        """The settings in force, for the page."""
        settings = self._choices.in_force
        colors = theme.current().page(settings.theme)
        return look_of(
            settings,
            {
                "bg": colors.bg,
                "text": colors.text,
                "muted": colors.muted,
                "link": colors.link,
                "selection": colors.selection,
            },
            self._page_theme(),
            self._choices.dim_pictures,
        )

    def _page_theme(self) -> PageTheme:
        choice = self._choices.in_force.theme
        if choice is PageTheme.AUTO:
            return PageTheme.DARK if theme.current().dark else PageTheme.PAPER
        return choice
