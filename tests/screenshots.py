"""Every screen, light and dark, small and large: python -m tests.screenshots [--out DIR].

The library, settings and dialogs come from `tests/gui/screens.py`; the reader is the whole app with
a real book. `--only WORD` makes fewer pictures, `--scale-text 2` and `--rtl` harder ones. For
looking at: nothing here passes or fails.
"""

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from msgspec.structs import replace

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_QUICK_BACKEND", "software")
os.environ.setdefault("QTWEBENGINE_CHROMIUM_FLAGS", "--log-level=3")
if hasattr(os, "geteuid") and os.geteuid() == 0:
    os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication, QWidget

from kios_desktop.domain.locator import Place
from kios_desktop.domain.marks import MarkColour, MarkStyle, Passage
from kios_desktop.domain.preferences import Columns, Layout, PageTheme, WindowTheme
from kios_desktop.paths import resources
from kios_desktop.startup.desktop import Desktop
from kios_desktop.startup.event_loop import new_event_loop
from kios_desktop.startup.launch import new_application
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.dialog import Dialog
from kios_desktop.ui.reader.engine.wire import Clicked
from kios_desktop.ui.reader.marks.marks_presenter import MarksPresenter
from tests.books import BookDraft
from tests.corpus import CORPUS
from tests.fakes_aloud import FakeVoices
from tests.gui import screens
from tests.gui.kios import Kios, OpenedBook, settled
from tests.gui.reader.engine import evaluate
from tests.gui.waiting import until
from tests.stardict import StarDict

ROOT = Path(__file__).parents[1]
SIZES = (QSize(900, 640), QSize(1440, 900))
THEMES = (WindowTheme.LIGHT, WindowTheme.DARK)
START, ELSEWHERE = 5, 8  # contents entries: where the book is open, where the other device is

PAINTED_S = 0.7  # what a page may take until it is painted as told

Arrange = Callable[["ReaderPictures", OpenedBook], Awaitable[QWidget | None]]


class ReaderPictures:
    """Arranges one state of the reader after another; each starts from a book just opened."""

    def __init__(self, kios: Kios, book: Path, folder: Path) -> None:
        """`folder` is for books and dictionaries of the pictures."""
        self.kios, self._book, self.folder = kios, book, folder

    async def prepare(self) -> None:
        """Add the book and leave it open until its characters are counted, for the percents."""
        self._id = await self.kios.add(self._book)
        opened = await self.kios.open(self._id)
        while await self.kios.app.parts.books.weights(self._id) is None:
            await settled()
        opened.window.close()
        await settled()

    async def take(self, arrange: Arrange, size: QSize, asks: bool, out: Path) -> None:
        kios = self.kios
        before = kios.app.parts.live.value
        if asks:
            await kios.put_elsewhere(self._id, f"/body/DocFragment[{ELSEWHERE}]/body", 0.4)
        opened = await kios.open(self._id)
        opened.window.resize(size)
        await settled()
        if asks:
            await until(lambda: opened.window.question.sentence != "", 10)
        else:
            await opened.go_to_line(START)
            opened.window.pill.dismissed.emit()
        shown = await arrange(self, opened) or opened.window
        await settled(PAINTED_S)
        shown.grab().save(str(out))
        if shown is not opened.window:
            shown.close()
        opened.window.close()
        kios.app.parts.live.change(before)
        kios.server.fake.records.clear()
        await settled(0.05)

    def prefer(self, **changes: object) -> None:
        """Change preferences of the page."""
        live = self.kios.app.parts.live
        live.change(replace(live.value, reading=replace(live.value.reading, **changes)))


async def chrome(_: ReaderPictures, book: OpenedBook) -> None:
    book.window.bars.show()


async def chrome_hidden(_: ReaderPictures, book: OpenedBook) -> None:
    await book.turn()
    book.window.bars.hide()


async def sepia_two_columns(pictures: ReaderPictures, book: OpenedBook) -> None:
    pictures.prefer(theme=PageTheme.SEPIA, columns=Columns.TWO)
    await book.turn(2)
    book.window.bars.hide()


async def sepia_chrome(pictures: ReaderPictures, book: OpenedBook) -> None:
    pictures.prefer(theme=PageTheme.SEPIA)
    book.window.bars.show()


async def scrolled(pictures: ReaderPictures, book: OpenedBook) -> None:
    pictures.prefer(layout=Layout.SCROLL)
    book.window.bars.show()


async def dark_contents(pictures: ReaderPictures, book: OpenedBook) -> None:
    pictures.prefer(theme=PageTheme.DARK)
    book.window.actions_by_name["contents"].trigger()


async def contents_pinned(_: ReaderPictures, book: OpenedBook) -> None:
    book.window.actions_by_name["contents"].trigger()
    book.window.panel.frame.pin.click()


async def searched(book: OpenedBook, words: str) -> None:
    book.window.actions_by_name["search"].trigger()
    book.window.search.search_for(words)
    await settled(1.0)


async def search(_: ReaderPictures, book: OpenedBook) -> None:
    await searched(book, "window")
    book.window.actions_by_name["next_result"].trigger()
    await settled()
    book.window.panel.frame.pin.click()


async def search_nothing(pictures: ReaderPictures, book: OpenedBook) -> None:
    pictures.prefer(theme=PageTheme.SEPIA)
    await searched(book, "leviathan")


async def search_wrong(_: ReaderPictures, book: OpenedBook) -> None:
    book.window.search.widget().pattern.setChecked(True)
    book.window.search.widget().field.setText("(window")
    book.window.search.widget().field.entered.emit()
    await settled(1.0)


async def search_step(_: ReaderPictures, book: OpenedBook) -> None:
    await searched(book, "door")
    book.window.actions_by_name["search"].trigger()
    book.window._close_panel()
    book.window.actions_by_name["next_result"].trigger()
    await settled()


def passage_of(place: Place, start: int, length: int) -> Passage:
    """A passage so many ordinals after a place."""
    first = place.ordinal + start
    return Passage(Place(place.spine_index, first), Place(place.spine_index, first + length))


async def marked(book: OpenedBook) -> MarksPresenter:
    """Highlights in several colours, on the page that is shown and elsewhere, and bookmarks."""
    await until(lambda: book.window.marking._presenter is not None, 10)
    presenter = book.window.marking._presenter
    assert presenter is not None
    marks, here = presenter.marks, book.place
    if not marks.all:
        for n, colour in enumerate(MarkColour):
            made = await marks.highlight(passage_of(here, 23 + 110 * n, 60 + 20 * n), colour)
            if n % 2:
                await marks.change(made.id, note="Compare with what he says at the end.")
        line = passage_of(here, 2200, 60)
        await marks.highlight(line, MarkColour.BLUE, MarkStyle.UNDERLINE)
        for ordinal in (here.ordinal, 4000, 9000):
            await marks.bookmark(Place(here.spine_index, ordinal))
    await settled()
    return presenter


async def selection_bar(_: ReaderPictures, book: OpenedBook) -> None:
    presenter = await marked(book)
    presenter._view.select(passage_of(book.place, 100, 120))
    await settled(0.6)


async def highlight_bar(_: ReaderPictures, book: OpenedBook) -> None:
    presenter = await marked(book)
    spine, ordinal = book.place.spine_index, book.place.ordinal + 40
    presenter.clicked(Clicked(0.5, spine=spine, ordinal=ordinal, box=(420, 180, 160, 24)))
    await settled()


async def highlights_tab(_: ReaderPictures, book: OpenedBook) -> None:
    await marked(book)
    book.window.actions_by_name["highlights"].trigger()


async def bookmarks_tab(_: ReaderPictures, book: OpenedBook) -> None:
    await marked(book)
    book.window.actions_by_name["bookmarks"].trigger()


async def note_editor(_: ReaderPictures, book: OpenedBook) -> None:
    presenter = await marked(book)
    [mark, *_others] = [one for one in presenter.marks.highlights if one.note]
    book.window.marking.edit_note((420, 220, 200, 24), mark)


async def footnote(pictures: ReaderPictures, book: OpenedBook) -> QWidget:
    """Of a small book that has one."""
    words = "The fog came in while they were still talking of the harbour. " * 9
    link = '<a id="r1" epub:type="noteref" href="#n1"><sup>1</sup></a>'
    note = "<p>The lamps of the harbour, which burn all night, as the old charts have them.</p>"
    aside = f'<aside epub:type="footnote" id="n1">{note}</aside>'
    chapter = f"<h1>One</h1><p>{words}{link} {words}</p>{aside}"
    draft = BookDraft(title="The Harbour", chapters=[chapter])
    path = draft.write(pictures.folder / "note.epub")
    opened = await pictures.kios.open(await pictures.kios.add(path))
    opened.window.resize(book.window.size())
    await settled(PAINTED_S)
    await evaluate(opened.window._page, "kios.current.doc.querySelector('#r1').click()")
    await settled()
    return opened.window


async def look_up(pictures: ReaderPictures, book: OpenedBook) -> None:
    """A word in a dictionary."""
    dictionaries = pictures.kios.app.parts.dictionaries
    if not await dictionaries.all():
        entry = (
            "<b>harbour</b> <i>noun</i> A place on the coast where ships find shelter; "
            'see <a href="bword://port">port</a>.<br/>1. With quays, to load and to unload.'
            "<br/>2. Any refuge."
        )
        draft = StarDict([("harbour", entry), ("port", "A harbour.")], name="English", types="h")
        await dictionaries.add(draft.write(pictures.folder / "english"))
    await until(lambda: book.window.marking._presenter is not None, 10)
    book.window.look_ups.show("harbours", QRect(360, 220, 90, 24))
    await settled(0.6)


async def aloud(_: ReaderPictures, book: OpenedBook) -> None:
    """The sentence that is read, and the bar in place of the footer."""
    book.window.actions_by_name["aloud"].trigger()
    await settled(0.8)
    book.window.bars.hide()


async def aloud_away(pictures: ReaderPictures, book: OpenedBook) -> None:
    """Reading aloud goes on where the page was left."""
    pictures.prefer(theme=PageTheme.DARK)
    book.window.actions_by_name["aloud"].trigger()
    await settled(0.8)
    await book.turn(2)


async def question(_: ReaderPictures, book: OpenedBook) -> None:
    book.window.bars.show()


async def question_open(_: ReaderPictures, book: OpenedBook) -> None:
    book.window.bars.show()
    banner = book.window.question.banner
    assert banner is not None
    banner.caret.click()


async def question_quiet(_: ReaderPictures, book: OpenedBook) -> None:
    book.window.bars.hide()


async def appearance(_: ReaderPictures, book: OpenedBook) -> None:
    book.window.actions_by_name["appearance"].trigger()


async def sync_menu(_: ReaderPictures, book: OpenedBook) -> None:
    book.window.actions_by_name["sync"].trigger()


async def sync_menu_stayed(_: ReaderPictures, book: OpenedBook) -> None:
    book.window.question.answer(False)
    await settled()
    book.window.actions_by_name["sync"].trigger()


async def back(_: ReaderPictures, book: OpenedBook) -> None:
    await book.go_to_line(START + 3)
    book.window.bars.show()


async def back_quiet(_: ReaderPictures, book: OpenedBook) -> None:
    await book.go_to_line(START + 3)
    book.window.bars.hide()


async def toast(_: ReaderPictures, book: OpenedBook) -> None:
    book.window.question.answer(True)
    await settled()


async def link(_: ReaderPictures, book: OpenedBook) -> QWidget:
    book.window.display.ask_about_link(
        "https://standardebooks.org/ebooks/arthur-conan-doyle/the-adventures"
    )
    return book.window.findChildren(Dialog)[-1]


async def guide(pictures: ReaderPictures, book: OpenedBook) -> QWidget:
    shown = await pictures.kios.app.parts.readers.open_file(resources() / "guide.epub")
    if shown is None:
        raise RuntimeError("the guide did not open")
    shown.resize(book.window.size())
    await until(lambda: shown.place_shown is not None, 10)
    return shown


READER: dict[str, tuple[Arrange, bool]] = {
    "chrome": (chrome, False),
    "hidden": (chrome_hidden, False),
    "sepia-columns": (sepia_two_columns, False),
    "sepia-chrome": (sepia_chrome, False),
    "scrolled": (scrolled, False),
    "dark-contents": (dark_contents, False),
    "contents-pinned": (contents_pinned, False),
    "search": (search, False),
    "search-nothing": (search_nothing, False),
    "search-wrong": (search_wrong, False),
    "search-step": (search_step, False),
    "selection-bar": (selection_bar, False),
    "highlight-bar": (highlight_bar, False),
    "highlights-tab": (highlights_tab, False),
    "bookmarks-tab": (bookmarks_tab, False),
    "note-editor": (note_editor, False),
    "footnote": (footnote, False),
    "look-up": (look_up, False),
    "aloud": (aloud, False),
    "aloud-away": (aloud_away, False),
    "question": (question, True),
    "question-open": (question_open, True),
    "question-quiet": (question_quiet, True),
    "appearance": (appearance, False),
    "sync-menu": (sync_menu, False),
    "sync-menu-stayed": (sync_menu_stayed, True),
    "back": (back, False),
    "back-quiet": (back_quiet, False),
    "toast": (toast, True),
    "link": (link, False),
    "guide": (guide, False),
}


async def library_screens(app: QApplication, out: Path, only: str) -> None:
    for chosen in THEMES:
        theme.apply_theme(app, str(chosen))
        for size in SIZES:
            for name, make in screens.SCREENS.items():
                if only not in name:
                    continue
                shown = make(size)
                if not isinstance(shown, Dialog):  # a dialog has the size of its words
                    shown.resize(size)
                shown.show()
                await settled(0.4)
                shown.grab().save(str(out / file_name(name, chosen, size)))
                shown.hide()
                await screens.close_all()


async def reader_screens(app: QApplication, out: Path, only: str) -> None:
    with tempfile.TemporaryDirectory(prefix="kios-pictures-") as folder:
        async with Kios(app, Path(folder), Desktop(make_speech=FakeVoices())) as kios:
            kios.app.parts.live.change(replace(kios.app.parts.live.value, reduce_motion=True))
            pictures = ReaderPictures(kios, book_to_show(Path(folder)), Path(folder))
            await pictures.prepare()
            for chosen in THEMES:
                kios.app.parts.live.change(replace(kios.app.parts.live.value, window_theme=chosen))
                for size in SIZES:
                    for name, (arrange, asks) in READER.items():
                        if only in f"reader-{name}":
                            file = out / file_name(f"reader-{name}", chosen, size)
                            await pictures.take(arrange, size, asks, file)


def file_name(name: str, chosen: WindowTheme, size: QSize) -> str:
    return f"{name}-{size.width()}x{size.height()}-{chosen}.png"


def book_to_show(folder: Path) -> Path:
    """A real book; where the corpus is absent, one of our own."""
    real = CORPUS / "books" / "se-sherlock.epub"
    if real.exists():
        return real
    words = "<p>" + "The fog came in while they were still talking of the harbour. " * 12 + "</p>"
    chapters = [f"<h1>Chapter {n}</h1>{words * 8}" for n in range(1, 13)]
    return BookDraft(title="The Harbour", chapters=chapters).write(folder / "harbour.epub")


async def take_all(app: QApplication, arguments: argparse.Namespace) -> None:
    await library_screens(app, arguments.out, arguments.only)
    await reader_screens(app, arguments.out, arguments.only)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "screenshots")
    parser.add_argument("--only", default="", help="names with this in them")
    parser.add_argument("--scale-text", type=float, default=1.0)
    parser.add_argument("--rtl", action="store_true")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    app = new_application()
    font = app.font()
    font.setPointSizeF(font.pointSizeF() * arguments.scale_text)
    app.setFont(font)
    if arguments.rtl:
        app.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    theme.reduce_motion(True)
    QCursor.setPos(app.primaryScreen().geometry().bottomRight())  # nothing is hovered
    with asyncio.Runner(loop_factory=lambda: new_event_loop(app)) as runner:
        runner.run(take_all(app, arguments))
    sys.stdout.write(f"The pictures are in {arguments.out}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
