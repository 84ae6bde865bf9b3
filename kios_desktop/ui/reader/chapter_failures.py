"""Chapters at which the page of one book stopped working, and which of them are left out. No Qt."""

from collections import Counter

MOST_STOPS = 2  # of the page at one chapter, before that chapter is left out


class ChapterFailures:
    """Chapters are numbered by their spine index."""

    def __init__(self) -> None:
        self._loading: int | None = None  # the page was sent there and has not shown it yet
        self._preloading: int | None = None  # is loaded before anybody goes there
        self._stops: Counter[int] = Counter()
        self._left_out: set[int] = set()

    def is_left_out(self, spine: int) -> bool:
        return spine in self._left_out

    def sent(self, spine: int) -> None:
        """The page was told to go to this chapter."""
        self._loading = spine

    def loading(self, spine: int) -> None:
        """The page reports that it lays out this chapter now, and so nothing ahead of it."""
        self._loading, self._preloading = spine, None

    def preloading(self, spine: int | None) -> None:
        """The page reports which chapter it loads ahead; None when that is done or given up."""
        self._preloading = spine

    def shown(self) -> None:
        """The page reports a screen: it has arrived."""
        self._loading = None

    def stopped(self, stuck: bool) -> None:
        """The page stopped working at the chapter it was loading.

        A chapter loaded ahead is blamed first: the page had not begun with the one it was sent to.
        It is left out at once if the page was `stuck` in it, else when it stops there again.
        """
        spine = self._loading if self._preloading is None else self._preloading
        self._loading = self._preloading = None
        if spine is not None:
            self._stops[spine] += 1
            if stuck or self._stops[spine] >= MOST_STOPS:
                self._left_out.add(spine)

    def forget(self) -> None:
        """Try every chapter again."""
        self._left_out.clear()
        self._stops.clear()
