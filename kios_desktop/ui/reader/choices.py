"""The reading settings of an open book: the preferences for all books, and its own. No Qt."""

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any

from msgspec.structs import replace

from kios_desktop.application.live_preferences import LivePreferences
from kios_desktop.domain.preferences import (
    SIZE_PX,
    Columns,
    OwnTheme,
    PageTheme,
    ReadingPreferences,
    ReadingSettings,
    resolve,
)

SIZE_STEP = 1
THEME_ORDER = (
    PageTheme.AUTO,
    PageTheme.PAPER,
    PageTheme.SEPIA,
    PageTheme.GREY,
    PageTheme.DARK,
    PageTheme.BLACK,
)


class Scope(Enum):
    """The books that a change applies to."""

    ALL_BOOKS = "all"
    THIS_BOOK = "book"


class ReadingChoices:
    """Resolves and changes the reading settings of one open book.

    `language` is that of the book, a BCP 47 tag.
    """

    def __init__(
        self,
        live: LivePreferences,
        book: ReadingPreferences,
        save_book: Callable[[ReadingPreferences], None],
        language: str = "",
    ) -> None:
        self._live, self._book, self._save_book = live, book, save_book
        self.language = language
        self._on_change: list[Callable[[], None]] = []
        self.scope = Scope.ALL_BOOKS if book.empty else Scope.THIS_BOOK
        self._stop = live.listen(self._changed)

    def on_change(self, tell: Callable[[], None]) -> Callable[[], None]:
        """Call `tell` after each change, also of one made elsewhere. Returns what ends this."""
        self._on_change.append(tell)
        return lambda: self._on_change.remove(tell)

    def close(self) -> None:
        self._stop()

    @property
    def in_force(self) -> ReadingSettings:
        settings = resolve(self._live.value.reading, self._book)
        if settings.theme is PageTheme.CUSTOM and self.own_theme is None:  # it was removed
            return replace(settings, theme=PageTheme.AUTO)
        return settings

    @property
    def own_theme(self) -> OwnTheme | None:
        return self._live.value.own_theme

    @property
    def own_css(self) -> str:
        return self._live.value.own_css

    @property
    def themes(self) -> Sequence[PageTheme]:
        """The page themes to choose from, in their order."""
        return THEME_ORDER if self.own_theme is None else (*THEME_ORDER, PageTheme.CUSTOM)

    @property
    def dim_pictures(self) -> bool:
        return self._live.value.dim_pictures

    @property
    def match_page(self) -> bool:
        """Whether the window takes the theme of the page."""
        return self._live.value.match_page

    @property
    def book_differs(self) -> bool:
        return not self._book.empty

    def set(self, name: str, value: Any) -> None:
        """Change one setting in the chosen scope.

        A change for all books removes this book's own value, so that it applies here as well.
        """
        if self.scope is Scope.THIS_BOOK:
            self._keep(replace(self._book, **{name: value}))
            self._changed()
            return
        if getattr(self._book, name) is not None:
            self._keep(replace(self._book, **{name: None}))
        preferences = self._live.value
        changed = replace(preferences.reading, **{name: value})
        if changed == preferences.reading:
            self._changed()
        else:
            self._live.change(replace(preferences, reading=changed))

    def reset(self) -> None:
        """Reset the settings of the chosen scope."""
        if self.scope is Scope.THIS_BOOK:
            self.use_defaults()
        else:
            self._live.change(replace(self._live.value, reading=ReadingSettings()))

    def use_defaults(self) -> None:
        """Remove all settings of this book's own."""
        self._keep(ReadingPreferences())
        self._changed()

    def step_size(self, steps: int) -> None:
        """Change the text size by `steps`; 0 resets it to the default."""
        size = self.in_force.size_px + steps * SIZE_STEP if steps else ReadingSettings().size_px
        self.set("size_px", max(SIZE_PX[0], min(SIZE_PX[1], size)))

    def next_theme(self) -> None:
        at = self.themes.index(self.in_force.theme)
        self.set("theme", self.themes[(at + 1) % len(self.themes)])

    def set_columns(self, columns: Columns) -> None:
        self.set("columns", columns)

    def _keep(self, book: ReadingPreferences) -> None:
        if book != self._book:
            self._book = book
            self._save_book(book)

    def _changed(self) -> None:
        for tell in tuple(self._on_change):
            tell()
