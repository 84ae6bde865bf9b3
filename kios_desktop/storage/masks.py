"""Masks the keys of sources' addresses in everything that is written to the disk."""

from collections.abc import Callable

from kios_desktop.domain.secret import KeyMask, ServerUrl

RootOf = Callable[[str], ServerUrl | None]
"""The address of a source; None for one that was removed, disabled, or whose secret is locked."""


class SourceMasks:
    """The masks of all sources, by id.

    Every key that was in use since Kios started stays masked: values in memory may still hold it
    after the source was disabled or its key was changed.
    """

    def __init__(self, root_of: RootOf) -> None:
        self._root_of = root_of
        self._known: dict[str, dict[ServerUrl, KeyMask]] = {}

    def current(self, source_id: str) -> KeyMask | None:
        """The mask that restores addresses; None while the source is unknown."""
        root = self._root_of(source_id)
        if root is None:
            return None
        return self._known.setdefault(source_id, {}).setdefault(root, KeyMask(root))

    def hide(self, source_id: str, text: str) -> str:
        self.current(source_id)
        for mask in self._known.get(source_id, {}).values():
            text = mask.hide(text)
        return text
