"""Boxes that hide text in pages made of columns, each as the body of a chapter of its own."""

SENTENCE = "The fog came in while they were still talking of the harbour. "
PARAGRAPH = f"<p>{SENTENCE * 9}</p>"
LONG = PARAGRAPH * 4 + "<p>LAST WORDS</p>"
ROW = "".join(f"<td>Antidisestablishmentarianism{n}</td>" for n in range(6))
CODE = f"{'argument, ' * 20}\n" * 12


def box(style: str, content: str = LONG, *, name: str = "div") -> str:
    return f'<{name} style="{style}">{content}</{name}>'


UNBREAKABLE = {
    "overflow hidden": box("overflow:hidden"),
    "overflow of one axis": box("overflow-x:auto"),
    "a height with scrolling": box("height:300px;overflow:auto"),
    "a greatest height": box("max-height:200px;overflow-y:scroll"),
    "a height, cut": box("height:100%;overflow:hidden"),
    "no height": box("max-height:0;overflow:hidden", PARAGRAPH),
    "inline-block": box("display:inline-block"),
    "inline-flex": box("display:inline-flex;flex-direction:column"),
    "inline-table": box("display:inline-table"),
    "nested boxes": box("overflow:hidden", box("overflow:auto", box("display:inline-block"))),
    "a cell that clips": box("display:table", box("display:table-cell;overflow:hidden")),
    "absolute": box("position:absolute;top:0;left:0;width:100%") + PARAGRAPH,
    "absolute in a relative box": box("position:relative;height:90px", box("position:absolute"))
    + PARAGRAPH,
    "fixed": box("position:fixed;top:0;left:0", "A LINE") + LONG,
    "contain": box("contain:strict;height:100px"),
    "content-visibility": box("content-visibility:hidden", PARAGRAPH),
    "clamped lines": box(
        "display:-webkit-box;-webkit-line-clamp:3;-webkit-box-orient:vertical;overflow:hidden"
    ),
    "clip-path": box("clip-path:inset(0 0 90% 0)", PARAGRAPH),
    "ellipsis": box("white-space:nowrap;overflow:hidden;text-overflow:ellipsis", PARAGRAPH),
    "columns of the book": box("columns:2;height:200px") + PARAGRAPH,
    "a fieldset": box("", f"<legend>L</legend>{LONG}", name="fieldset"),
    "a button": box("", LONG, name="button"),
    "opened details": f"<details open=''><summary>S</summary>{box('overflow:hidden')}</details>",
    "a page in a drawing": '<svg xmlns="http://www.w3.org/2000/svg" width="600" height="2000">'
    '<foreignObject width="600" height="2000"><div xmlns="http://www.w3.org/1999/xhtml">'
    f"{LONG}</div></foreignObject></svg>",
}

TOO_WIDE = {
    "a wide box": box("width:3000px"),
    "a wide float": box("float:left;width:900px", PARAGRAPH) + PARAGRAPH,
    "a wide inline-block": box("display:inline-block;width:1200px", SENTENCE, name="span"),
    "nowrap": box("white-space:nowrap", SENTENCE * 4),
    "code in pre": f"<pre><code style='white-space:pre'>{CODE}</code></pre>",
    "code in a box": box("white-space:pre;font-family:monospace", CODE),
    "a grid": box("display:grid;grid-template-columns:400px 400px 400px", "<p>a b</p>" * 3) + LONG,
    "a flex row": box("display:flex", "<p style='flex:0 0 300px'>one column</p>" * 5) + LONG,
    "an indent to the left": box("text-indent:-200px", "", name="p") + box("text-indent:-200px"),
    "a margin to the left": box("margin-left:-150px"),
    "far to the left": box("position:absolute;left:-9999px", "TEXT FOR OTHERS") + LONG,
    "a margin as wide as the page": box("margin-left:700px"),
    "thirty quotations": "<blockquote>" * 30 + PARAGRAPH + "</blockquote>" * 30,
    "letters apart": box("letter-spacing:40px", PARAGRAPH),
    "moved": box("transform:translateX(400px)"),
    "zoomed": box("zoom:3", PARAGRAPH),
    "a table wider than the page": f"<table><tr>{ROW}</tr></table>{PARAGRAPH}",
    "a table wider and longer": f"<table>{f'<tr>{ROW}</tr>' * 40}</table>{PARAGRAPH}",
}

OVERPRINTED = {
    "a height too small": box("height:100px", PARAGRAPH) + PARAGRAPH,
    "a margin upwards": PARAGRAPH + box("margin-top:-200px", PARAGRAPH),
    "no line height": box("line-height:0.3", PARAGRAPH),
    "moved up": PARAGRAPH + box("position:relative;top:-200px", PARAGRAPH),
}

DRAWN = {
    "text beside its drawing": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 40" '
    'width="300"><text x="40" y="20" font-size="16">a long line of text</text></svg>' + PARAGRAPH,
    "text above its drawing": '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="90">'
    '<text font-size="30">At the corner</text></svg>' + PARAGRAPH,
}

CARD = "transform:rotateY(180deg);backface-visibility:hidden"
INKLESS = {
    "the back of a card": box(CARD, PARAGRAPH),
    "a mask": box("mask-image:linear-gradient(transparent,transparent)", PARAGRAPH),
    "a filter": box("filter:opacity(0)", PARAGRAPH),
    "no opacity": box("opacity:0", PARAGRAPH),
    "letters without a colour": box("-webkit-text-fill-color:transparent", PARAGRAPH),
    "no size": box("font-size:0", SENTENCE, name="p") + PARAGRAPH,
}

KINDS = [
    *UNBREAKABLE.items(),
    *TOO_WIDE.items(),
    *OVERPRINTED.items(),
    *DRAWN.items(),
    *INKLESS.items(),
]
GROUPS = [dict(KINDS[n : n + 8]) for n in range(0, len(KINDS), 8)]
