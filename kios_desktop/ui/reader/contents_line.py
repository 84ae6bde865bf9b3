"""One line of the table of contents."""

import msgspec


class ContentsLine(msgspec.Struct, frozen=True):
    """One entry of the contents. `spine_index` is None for a heading without a link."""

    index: int
    depth: int
    title: str
    spine_index: int | None
    fragment: str
