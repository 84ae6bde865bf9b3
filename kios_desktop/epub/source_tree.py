"""The tree of one content document, built from its characters by our own tokenizer.

It keeps what a browser's DOM loses: where each piece of text stands in the source, which
references it was written with, and where comments, instructions and CDATA sections separate texts.
Every document yields a tree, well-formed or not; `flaws` says what had to be guessed. Nothing is
recursive; an element nested deeper than `MAX_DEPTH` becomes a sibling of its parent. Time is
linear in the length of the source.
"""

import re
from collections import Counter

from kios_desktop.epub import entities, own_entities
from kios_desktop.epub.nonspace import nonspace
from kios_desktop.epub.source_nodes import (
    OF_HEAD,
    VOID,
    Element,
    Flaw,
    Text,
    local_name,
    not_of_head,
)

__all__ = ["MAX_DEPTH", "Element", "Flaw", "SourceTree", "Text"]

MAX_DEPTH = 256  # elements nested deeper become siblings; XML parsers stop there, browsers at 512

# a letter, "_", ":" or anything beyond ASCII, said by what it is not: compiled 40 times sooner
_NAME = r"[^\x00-\x39\x3b-\x40\x5b-\x5e\x60\x7b-\x7f][^\s/>=<\"']*+"
_OPEN = re.compile(rf"<({_NAME})((?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+)>")
_CLOSE = re.compile(rf"</({_NAME})\s*>")
_ATTRIBUTE = re.compile(
    rf"({_NAME})\s*(?:=\s*(?:\"([^\"<]*)\"|'([^'<]*)'|([^\s\"'<>=]+)))?", re.DOTALL
)
# Such a tag is nothing to the engine. (A set of all but ASCII takes ten milliseconds to compile.)
_NO_ENGINE_NAME = re.compile(r"[\x00-\x7f](?<![\w.:-])")
_TAG_NAME = re.compile("<(" + _NAME + ")")
_TARGET = re.compile(r"[^\s?]*")
_BRACKET = re.compile("[<>]")
_DOCTYPE = re.compile(r"<![A-Za-z](?:[^<>\[\]\"']++|\"[^\"]*+\"|'[^']*+'|\[[^\]]*+\])*+>")
# each of these searches may run through the whole document
_DOCTYPE_TRIES = 8
_MOST_MARKS = 32
_SPACE = " \t\r\n"
_RAW = frozenset({"script", "style"})


class SourceTree:
    """One parsed document. `texts` are those of the body, in order; `total` is its ordinal total.

    `source` is the document with the entities it declares itself replaced. `body` is the first
    `<body>` outside SVG, with all that comes behind its end (but a second `<head>`), else the root
    of a stand-alone SVG, else (`has_body` is False) everything but what belongs in `<head>`, under
    a root that is not in the source.

    With `as_written` the tree is that of KOReader's engine where it differs: elements that HTML
    never closes stay open unless the source closes them, a tag ends at its first ">", even in a
    quoted attribute, one like "<a@b>" is left out, and the body ends where it is closed.
    `read_differently` says that the document has any of that.
    """

    def __init__(self, source: str, as_written: bool = False) -> None:
        self.source = own_entities.replaced(entities.legal(source))
        self.as_written = as_written
        self.root = Element("", "", None, 0, 0, 0, 0)
        self.body = self.root
        self.has_body = False
        self.texts: list[Text] = []
        self.elements: list[Element] = []
        self.flaws = Flaw.NONE
        self.read_differently = False
        self.total = 0
        self.doctype = ""
        _Builder(self).build()

    def characters(self, text: Text) -> str:
        """What a text says: references decoded, line ends as XML gives them."""
        raw = self.source[text.start : text.end]
        if "\r" in raw:
            raw = raw.replace("\r\n", "\n").replace("\r", "\n")
        return raw if text.cdata else entities.decode(raw)

    def attributes(self, element: Element) -> dict[str, str]:
        """All attributes by name as written, references decoded; the first of equal names wins."""
        found: dict[str, str] = {}
        inner = self.source[element.start + 1 + len(element.tag) : element.tag_end - 1]
        for name, double, single, bare in _ATTRIBUTE.findall(inner):
            found.setdefault(name, entities.decode(double or single or bare))
        return found

    def attribute(self, element: Element, name: str) -> str:
        """One attribute; "" when absent."""
        if self.source.find(name, element.start, element.tag_end) < 0:
            return ""
        return self.attributes(element).get(name, "")


class _Builder:
    """One pass over the source; lives for one construction of a SourceTree."""

    def __init__(self, tree: SourceTree) -> None:
        self._tree = tree
        self._source = tree.source
        self._at = tree.root  # the element that is open
        self._open: Counter[str] = Counter()  # how many of each name are, in lower case
        self._ordinal = 0
        self._counting = False  # inside body
        self._bordered = False
        self._tries = _DOCTYPE_TRIES
        self._depth = 0  # of the element that is open
        self._beyond: list[str] = []  # elements that are open deeper than a tree is built
        self._marks: dict[str, int] = {}  # where a closing mark comes next; -1 when it does not
        self._body_depth = 0
        self._late_head: Element | None = None  # one that is open, behind the body

    def build(self) -> None:
        source, position = self._source, 0
        length = len(source)
        while position < length:
            bracket = source.find("<", position)
            if bracket < 0:
                bracket = length
            if bracket > position:
                self._text(position, bracket)
            if bracket == length:
                break
            following = source[bracket + 1 : bracket + 2]
            if following == "/":
                position = self._close_tag(bracket)
            elif following == "!":
                position = self._exclamation(bracket)
            elif following == "?":
                position = self._instruction(bracket)
            else:
                position = self._open_tag(bracket)
        if self._at is not self._tree.root:
            self._flaw(Flaw.NESTING)
        self._tree.total = self._ordinal
        if not self._tree.has_body:
            _take_whole(self._tree)

    def _text(self, start: int, end: int, cdata: bool = False, alien: int = 0) -> None:
        raw = self._source[start + alien : end]
        if not self._counting and self._tree.has_body and raw.strip(_SPACE):
            self._go_on_with_body()
        if not cdata and "&" in raw:
            self._check_references(raw)
            raw = entities.decode(raw)
        at = self._at
        position = len(at.children)
        text = Text(at, position, start, end, cdata, self._bordered, self._ordinal, alien)
        at.children.append(text)
        self._bordered = False
        if self._counting:
            self._tree.texts.append(text)
            self._ordinal += nonspace(raw)

    def _check_references(self, raw: str) -> None:
        count = 0
        for match in entities.REFERENCE.finditer(raw):
            count += 1
            if match[3] is not None and entities.character(match) == match[0]:
                self._flaw(Flaw.REFERENCES)
        if count != raw.count("&"):
            self._flaw(Flaw.TEXT)

    def _open_tag(self, bracket: int) -> int:
        source = self._source
        if (match := _OPEN.match(source, bracket)) is not None:
            tag, end = match[1], match.end()
            empty = match[2].endswith("/")
            if _NO_ENGINE_NAME.search(tag):
                self._tree.read_differently = True
                if self._tree.as_written:
                    return source.index(">", bracket) + 1
            if ">" in match[2]:
                self._tree.read_differently = True
                if self._tree.as_written:
                    return self._end_early(tag, bracket, end)
        elif (match := _TAG_NAME.match(source, bracket)) is not None:
            self._flaw(Flaw.TAGS)
            tag = match[1]
            stop = _BRACKET.search(source, match.end())
            end = len(source) if stop is None else stop.start() + (stop[0] == ">")
            empty = source.startswith("/", end - 2)
        else:
            return self._stray(bracket)
        return self._add(tag, bracket, end, empty)

    def _end_early(self, tag: str, bracket: int, end: int) -> int:
        """The engine's reading of a tag with a ">" in an attribute: the rest of it is text."""
        source = self._source
        early = source.index(">", bracket) + 1
        self._add(tag, bracket, early, empty=source[early - 2] == "/")
        following = source.find("<", end)
        following = len(source) if following < 0 else following
        self._text(early, following, alien=end - early)
        return following

    def _add(self, tag: str, start: int, end: int, empty: bool) -> int:
        """Add an element; the position where reading goes on."""
        tree = self._tree
        if tree.has_body and not self._counting and self._is_no_content(tag):
            return end
        parent = self._at
        in_svg = parent.in_svg or tag.rpartition(":")[2].lower() == "svg"
        name = local_name(tag, in_svg)
        element = Element(
            tag, name, parent, len(parent.children), start, end, self._ordinal, in_svg
        )
        parent.children.append(element)
        self._bordered = False
        if self._counting:
            tree.elements.append(element)
        elif tree.has_body and name == "head" and not in_svg and not tree.as_written:
            self._late_head = None if empty else element
        elif name == "body" and not tree.has_body and not in_svg:
            tree.body, tree.has_body = element, True
            self._counting, self._body_depth = not empty, self._depth + 1
        if empty:
            return end
        if name in VOID and not in_svg and not self._closes_at_once(tag, end):
            self._flaw(Flaw.NESTING)
            tree.read_differently = True
            if not tree.as_written:
                return end
        if self._depth < MAX_DEPTH:
            self._at = element
            self._depth += 1
            self._open[tag.lower()] += 1
        else:
            self._flaw(Flaw.NESTING)
            self._beyond.append(tag.lower())
        return self._raw_text(tag, end) if name in _RAW else end

    def _is_no_content(self, tag: str) -> bool:
        """Behind the body: whether a tag is to be passed over. All but a head belongs to the body.

        So does HTML; nothing is to be lost where books were put together carelessly.
        """
        tree, name = self._tree, local_name(tag, in_svg=False)
        if tree.as_written:
            return False
        if name in ("html", "body"):
            self._flaw(Flaw.NESTING)
            self._leave_late_head()
            return True
        if self._late_head is not None and (self._at is not self._late_head or name in OF_HEAD):
            return False
        if name == "head":
            self._flaw(Flaw.NESTING)
            self._leave_late_head()
            self._at = tree.body.parent or tree.root
            self._depth = self._body_depth - 1
        else:
            self._go_on_with_body()
        return False

    def _leave_late_head(self) -> None:
        if self._late_head is not None:
            self._close(self._late_head.tag)

    def _go_on_with_body(self) -> None:
        """Open the body once more, for what stands behind its end."""
        tree = self._tree
        if tree.as_written or (self._late_head is not None and self._at is not self._late_head):
            return
        self._leave_late_head()
        tree.read_differently = True
        self._flaw(Flaw.NESTING)
        self._at, self._counting, self._depth = tree.body, True, self._body_depth
        self._open[tree.body.tag.lower()] += 1

    def _closes_at_once(self, tag: str, end: int) -> bool:
        bracket = self._source.find("<", end)
        return bracket >= 0 and self._source.startswith("</" + tag, bracket)

    def _raw_text(self, tag: str, start: int) -> int:
        """Take a script or style with bare "<" in it, as only HTML allows, as one text."""
        source = self._source
        if len(self._marks) > _MOST_MARKS:
            return start
        close = self._find("</" + tag, start)
        bare = source.find("<", start, max(close, 0))
        if bare < 0 or source.startswith(("<!--", "<![CDATA["), bare):
            return start
        self._flaw(Flaw.TEXT)
        self._text(start, close)
        return close

    def _close_tag(self, bracket: int) -> int:
        match = _CLOSE.match(self._source, bracket)
        if match is None:
            self._flaw(Flaw.TAGS)
            stop = _BRACKET.search(self._source, bracket + 2)
            return len(self._source) if stop is None else stop.start() + (stop[0] == ">")
        self._bordered = False
        self._close(match[1])
        return match.end()

    def _close(self, tag: str) -> None:
        wanted = tag.lower()
        if self._beyond and (self._beyond[-1] == wanted or not self._open[wanted]):
            self._beyond.pop()
            return
        self._beyond.clear()
        if self._at.tag != tag:
            self._flaw(Flaw.NESTING)
            if not self._open[wanted]:
                return
        while True:
            closing = self._at
            found = closing.tag.lower()
            self._open[found] -= 1
            self._depth -= 1
            if self._counting and closing is self._tree.body:
                self._counting = False
            if closing is self._late_head:
                self._late_head = None
            self._at = closing.parent or self._tree.root
            if found == wanted:
                return

    def _exclamation(self, bracket: int) -> int:
        source = self._source
        if source.startswith("<!--", bracket):
            end = self._find("-->", bracket + 4)
            if end >= 0:
                self._bordered = True
                return end + 3
        elif source.startswith("<![CDATA[", bracket):
            end = self._find("]]>", bracket + 9)
            if end > bracket + 9:
                self._text(bracket + 9, end, cdata=True)
            if end >= 0:
                return end + 3
        elif self._at is self._tree.root and not self._tree.doctype and self._tries:
            self._tries -= 1
            match = _DOCTYPE.match(source, bracket)
            if match is not None:
                self._tree.doctype = match[0]
                return match.end()
        return self._stray(bracket)

    def _instruction(self, bracket: int) -> int:
        end = self._find("?>", bracket)
        if end < 0:
            return self._stray(bracket)
        if self._counting or self._at is self._tree.root:
            target = _TARGET.match(self._source, bracket + 2, end)
            name = "?" + (target[0].lower() if target else "")
            parent = self._at
            element = Element(
                name, name, parent, len(parent.children), bracket, end + 2, self._ordinal
            )
            parent.children.append(element)
            if self._counting:
                self._tree.elements.append(element)
        self._bordered = True
        return end + 2

    def _stray(self, bracket: int) -> int:
        """A "<" that begins nothing is text, up to the next one."""
        self._flaw(Flaw.TEXT)
        end = self._source.find("<", bracket + 1)
        end = len(self._source) if end < 0 else end
        self._text(bracket, end)
        return end

    def _find(self, mark: str, start: int) -> int:
        """Like str.find, for starts that only grow: no stretch is searched twice for one mark."""
        known = self._marks.get(mark)
        if known is None or 0 <= known < start:
            known = self._marks[mark] = self._source.find(mark, start)
        return known

    def _flaw(self, flaw: Flaw) -> None:
        self._tree.flaws |= flaw


def _take_whole(tree: SourceTree) -> None:
    """Make do without a body: with the root of a stand-alone SVG, or with all but the head's."""
    roots = [c for c in tree.root.children if isinstance(c, Element) and not c.is_instruction]
    if roots and roots[0].name == "svg":
        tree.body, tree.has_body = roots[0], True
    stack: list[Element | Text] = list(reversed(tree.body.children))
    while stack:
        node = stack.pop()
        node.ordinal = tree.total
        if isinstance(node, Text):
            tree.texts.append(node)
            tree.total += nonspace(tree.characters(node))
        elif node.name == "head" and not node.in_svg:
            stack.extend(reversed(not_of_head(node)))
        else:
            tree.elements.append(node)
            stack.extend(reversed(node.children))
