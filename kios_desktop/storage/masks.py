"""The keys of sources' addresses, kept out of what is written."""

from collections.abc import Callable

from kios_desktop.domain.secret import KeyMask, ServerUrl

RootOf = Callable[[str], ServerUrl | None]
"""The address of a source; None while it is unknown: removed, switched off, or locked away."""


class Masks:
    """Of every source, by id.

    A key that was in use since Kios started is hidden for good: what is in memory may still have
    it when the source is switched off or was given another.
    """

    def __init__(self, root_of: RootOf) -> None:
        self._root_of = root_of
        self._known: dict[str, dict[ServerUrl, KeyMask]] = {}

    def current(self, source_id: str) -> KeyMask | None:
        """To restore with; None while the source is unknown."""
        root = self._root_of(source_id)
        if root is None:
            return None
        return self._known.setdefault(source_id, {}).setdefault(root, KeyMask(root))

    def hide(self, source_id: str, text: str) -> str:
        self.current(source_id)
        for mask in self._known.get(source_id, {}).values():
            text = mask.hide(text)
        return text
