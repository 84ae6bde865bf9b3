"""Build the bundled guide, “Getting to know Kios”, from docs/guide/*.md with EbookLib."""

import sys
from pathlib import Path

from ebooklib import epub
from markdown_it import MarkdownIt

GUIDE = Path(__file__).resolve().parent.parent / "docs" / "guide"
TITLE = "Getting to know Kios"
IDENTIFIER = "urn:uuid:6f0b6f3e-6a5e-4f6b-9b39-3c1c7a5d2e10"

STYLE = """
body { font-family: serif; }
h1 { font-size: 1.6em; font-weight: 600; line-height: 1.25; margin: 1.2em 0 1em; }
h2 { font-size: 1.15em; font-weight: 600; margin: 1.6em 0 0.4em; }
p { margin: 0 0 0.7em; }
ul, ol { margin: 0 0 0.8em; padding-inline-start: 1.4em; }
li { margin: 0 0 0.3em; }
kbd { font-family: sans-serif; font-size: 0.8em; border: 1px solid; border-radius: 0.3em;
      padding: 0.05em 0.35em; }
table { border-collapse: collapse; margin: 0.6em 0 1em; }
th, td { text-align: start; vertical-align: top; padding: 0.25em 1em 0.25em 0; }
blockquote { margin: 1em 1.5em; font-style: italic; }
"""


def build(target: Path) -> None:
    """One chapter a file, in the order of the file names; the first heading is its title."""
    book = epub.EpubBook()
    book.set_identifier(IDENTIFIER)
    book.set_title(TITLE)
    book.set_language("en")
    book.add_author("The Kios project")
    style = epub.EpubItem("style", "style.css", "text/css", STYLE.encode())
    book.add_item(style)
    markdown = MarkdownIt("commonmark", {"html": True}).enable("table")
    chapters = []
    for source in sorted(GUIDE.glob("*.md")):
        text = source.read_text(encoding="utf-8")
        title = text.splitlines()[0].removeprefix("# ").strip()
        chapter = epub.EpubHtml(title=title, file_name=f"{source.stem}.xhtml", lang="en")
        chapter.content = f"<html><body>{markdown.render(text)}</body></html>"
        chapter.add_item(style)
        book.add_item(chapter)
        chapters.append(chapter)
    book.toc = chapters
    book.spine = chapters
    book.add_item(epub.EpubNcx())
    book.add_item(epub.EpubNav())
    target.parent.mkdir(parents=True, exist_ok=True)
    epub.write_epub(str(target), book)


if __name__ == "__main__":
    build(Path(sys.argv[1]))
