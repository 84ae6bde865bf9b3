"""Applies the theme of a reader window, and gives the style of its page."""

from PySide6.QtWidgets import QWidget

from kios_desktop.domain.preferences import PageTheme
from kios_desktop.ui.kit import theme
from kios_desktop.ui.reader.choices import ReadingChoices
from kios_desktop.ui.reader.engine.page import BookPage
from kios_desktop.ui.reader.engine.reading_faces import own_faces
from kios_desktop.ui.reader.engine.wire import PageStyle
from kios_desktop.ui.reader.layout import ReaderLayout
from kios_desktop.ui.reader.page_style import new_page_style


class WindowTheming:
    """Applies the reading settings to one window."""

    def __init__(
        self, window: QWidget, area: ReaderLayout, page: BookPage, choices: ReadingChoices
    ) -> None:
        self._window, self._area, self._page, self._choices = window, area, page, choices

    def apply(self) -> None:
        """Set colours; with “match page” the window takes the theme of its page."""
        windows = theme.current().name
        page, own = self._choices.in_force.theme, self._choices.own_theme
        name = theme.for_page(page, windows, own) if self._choices.match_page else windows
        theme.set_window_theme(self._window, name)
        color = theme.current().page(page, own).bg
        self._area.page_color = color
        self._page.setBackgroundColor(color)
        self._area.update()

    def page_style(self) -> PageStyle:
        """The settings in force, as the page uses them."""
        settings = self._choices.in_force
        colors = theme.current().page(settings.theme, self._choices.own_theme)
        return new_page_style(
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
            self._choices.own_css,
            own_faces(self._page.own_fonts),
        )

    def _page_theme(self) -> PageTheme | None:
        choice = self._choices.in_force.theme
        if choice is PageTheme.AUTO:
            if theme.current().high_contrast:
                return None
            return PageTheme.DARK if theme.current().dark else PageTheme.PAPER
        return choice
