"""What a source tree is made of: elements and texts, each with its place in the source."""

from dataclasses import dataclass, field
from enum import Flag, auto

# elements HTML never closes; in a document that is not XML they are taken as empty
VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
     "track", "wbr")
)  # fmt: skip
OF_HEAD = frozenset(
    ("title", "meta", "link", "style", "script", "base", "noscript", "template", "object")
)


class Flaw(Flag):
    """What was wrong with a document, from harmless to serious."""

    NONE = 0
    REFERENCES = auto()  # unknown references, which stay as they are written
    TEXT = auto()  # stray "<" or "&": the tree is sure
    TAGS = auto()  # ill-formed tags or attributes
    NESTING = auto()  # elements closed in the wrong order or not at all: the tree is a guess


@dataclass(slots=True, eq=False, repr=False)
class Text:
    """A run of text without markup, `source[start:end]`.

    `ordinal` counts the non-space code points of the body before it. `bordered` says that a
    comment or instruction stands between it and the text before. `alien` counts characters of the
    source at its start that only KOReader's engine takes for text.
    """

    parent: "Element"
    position: int
    start: int
    end: int
    cdata: bool
    bordered: bool
    ordinal: int
    alien: int = 0


@dataclass(slots=True, eq=False, repr=False)
class Element:
    """An element or, with a name that begins with "?", a processing instruction.

    `tag` is the name as written; `name` is without prefix and in lower case, except inside SVG.
    `start` and `tag_end` are the borders of its start tag in the source. `ordinal` counts the
    non-space code points of the body before it.
    """

    tag: str
    name: str
    parent: "Element | None"
    position: int
    start: int
    tag_end: int
    ordinal: int
    in_svg: bool = False
    children: list["Element | Text"] = field(default_factory=list)

    @property
    def is_instruction(self) -> bool:
        return self.name.startswith("?")


def local_name(tag: str, in_svg: bool) -> str:
    """The name as KOReader's engine has it: no prefix, lower case outside SVG."""
    name = tag.rpartition(":")[2]
    return name if in_svg else name.lower()


def not_of_head(head: Element) -> list[Element | Text]:
    """What stands in a head and can't be meant to: of a document without a body, its contents."""
    return [c for c in head.children if isinstance(c, Text) or c.name not in OF_HEAD]
