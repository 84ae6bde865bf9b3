"""Whether an open book is finished, and the rules that change it. No Qt."""

from kios_desktop.domain.locator import READ_ON


class FinishedState:
    """The mark “finished” of one book. Progressions are fractions, 0…1 of the publication."""

    def __init__(self, finished: bool) -> None:
        self.finished = finished
        self._at: float | None = None  # where the reader was when the mark was set or found
        self._foreign = False  # the mark was set by another device

    def opened(self, progression: float) -> None:
        """The first page is on the screen."""
        if self.finished:
            self._at = progression

    def reached_end(self, progression: float) -> bool:
        """The page with the last words was read. Returns whether the mark is new."""
        news, self.finished, self._at = not self.finished, True, progression
        self._foreign = False
        return news

    def marked(self, progression: float) -> bool:
        """Another device set the mark. Returns whether it is new."""
        if self.finished:
            return False
        self.finished, self._at, self._foreign = True, progression, True
        return True

    def chose(self, progression: float) -> None:
        """The reader chose another place; reading on past a foreign mark is measured from it."""
        if self._foreign:
            self._at = progression

    def turned(self, progression: float) -> bool:
        """A page was turned. Returns whether that removes the mark: the reader reads on."""
        if not self.finished or self._at is None or abs(progression - self._at) < READ_ON:
            return False
        self.undone()
        return True

    def undone(self) -> None:
        """Remove the mark."""
        self.finished, self._at, self._foreign = False, None, False
