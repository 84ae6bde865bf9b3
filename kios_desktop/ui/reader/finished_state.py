"""Whether the open book is finished, and what changes that. No Qt."""

from kios_desktop.domain.locator import READ_ON


class FinishedState:
    """The mark “finished” of one open book. Progressions are fractions 0…1 of the publication."""

    def __init__(self, finished: bool) -> None:
        self.finished = finished
        self._at: float | None = None  # where the person was when the mark was taken or found
        self._foreign = False  # somebody else's mark

    def opened(self, progression: float) -> None:
        """The book shows its first page."""
        if self.finished:
            self._at = progression

    def reached_end(self, progression: float) -> bool:
        """The last words were read, on the page that begins here. True when that is news."""
        news, self.finished, self._at = not self.finished, True, progression
        self._foreign = False
        return news

    def marked(self, progression: float) -> bool:
        """Somebody else says so, while the person is here. True when that is news."""
        if self.finished:
            return False
        self.finished, self._at, self._foreign = True, progression, True
        return True

    def chose(self, progression: float) -> None:
        """Moved without turning pages: reading on past somebody else's mark begins there."""
        if self._foreign:
            self._at = progression

    def turned(self, progression: float) -> bool:
        """A page was turned. True when that makes it a book that is being read."""
        if not self.finished or self._at is None or abs(progression - self._at) < READ_ON:
            return False
        self.undone()
        return True

    def undone(self) -> None:
        """It is not finished after all."""
        self.finished, self._at, self._foreign = False, None, False
