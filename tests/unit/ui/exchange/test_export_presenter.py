"""Exporting from windows: what is asked, written, told and kept for the next time."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from kios_desktop.domain.mark_query import MarkQuery
from kios_desktop.exchange.writers import ExportFormat
from kios_desktop.ui.exchange.export_choice import (
    ExportAnswer,
    ExportHow,
    ExportScope,
    LastExport,
)
from kios_desktop.ui.exchange.export_presenter import ExportPresenter
from kios_desktop.ui.exchange.mark_files import found, these
from kios_desktop.ui.kit.tasks import Tasks
from tests.unit.application.test_mark_import import Library, library_in

pytestmark = pytest.mark.anyio


def unexpected(error: Exception) -> None:
    raise AssertionError from error


class View:
    """Answers what is asked: `scope` and `how`, and then a file in `folder`."""

    def __init__(self, folder: Path, scope: int = 0, how: ExportHow | None = None) -> None:
        self.folder, self.scope, self.how = folder, scope, how
        self.offered: list[str] = []
        self.last: ExportHow | None = None
        self.name = self.copied = self.toast = ""

    def ask_how(
        self,
        file_format: ExportFormat,
        scopes: Sequence[str],
        last: ExportHow,
        answered: Callable[[ExportAnswer], None],
    ) -> None:
        self.offered, self.last = list(scopes), last
        answered(ExportAnswer(self.scope, self.how or last))

    def ask_where(self, name: str, chosen: Callable[[Path], None]) -> None:
        self.name = name
        chosen(self.folder / name)

    def copy_text(self, text: str) -> None:
        self.copied = text

    def show_folder(self, path: Path) -> None:
        raise AssertionError

    def show_toast(
        self, text: str, action: str = "", on_action: Callable[[], None] | None = None
    ) -> None:
        self.toast = text

    @property
    def written(self) -> str:
        return (self.folder / self.name).read_text(encoding="utf-8")


class Exporting:
    """Two books with a highlight each, of which one has a note."""

    def __init__(self, it: Library) -> None:
        self.it, self.last = it, LastExport()

    async def scopes(self) -> list[ExportScope]:
        first = await self.it.mark(0, 5, 9, note="Mine")
        await self.it.mark(1, 5, 9)
        return [ExportScope("all", found(MarkQuery())), ExportScope("one", these([first.id]))]

    async def export(self, view: View, scopes: Sequence[ExportScope], what: ExportFormat) -> View:
        presenter = ExportPresenter(self.it.exporter, view, Tasks(unexpected), self.last)
        presenter.export(scopes, what)
        while not view.toast:
            await asyncio.sleep(0.001)
        return view


async def test_the_scope_that_was_chosen_is_written_under_its_name(tmp_path: Path) -> None:
    async with library_in(tmp_path, "Alpha", "Beta") as it:
        exporting = Exporting(it)
        scopes = await exporting.scopes()
        view = await exporting.export(View(tmp_path), scopes, ExportFormat.MARKDOWN)
        assert view.offered == ["all", "one"]
        assert (view.name, view.toast) == ("Highlights and notes.md", "2 highlights exported")
        view = await exporting.export(View(tmp_path, scope=1), scopes, ExportFormat.MARKDOWN)
        assert (view.name, view.toast) == ("Alpha – highlights.md", "1 highlight exported")
        assert "Mine" in view.written and "## " in view.written


async def test_how_it_was_done_is_offered_again_in_another_window(tmp_path: Path) -> None:
    async with library_in(tmp_path, "Alpha", "Beta") as it:
        exporting = Exporting(it)
        scopes = await exporting.scopes()
        how = ExportHow(include_notes=False, group_by_chapter=False)
        view = await exporting.export(View(tmp_path, 1, how), scopes, ExportFormat.MARKDOWN)
        assert view.last == ExportHow(include_notes=True, group_by_chapter=True)
        assert "Mine" not in view.written and "## " not in view.written
        other = await exporting.export(View(tmp_path, 1), scopes, ExportFormat.HTML)
        assert other.last == how
        assert "Mine" not in other.written


async def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    async with library_in(tmp_path, "Alpha", "Beta") as it:
        exporting = Exporting(it)
        scopes = await exporting.scopes()
        view = await exporting.export(View(tmp_path / "gone"), scopes, ExportFormat.CSV)
        assert view.toast == "The marks were not exported. There is no such folder."


async def test_copied_text_asks_nothing(tmp_path: Path) -> None:
    async with library_in(tmp_path, "Alpha", "Beta") as it:
        [_all, one] = await Exporting(it).scopes()
        view = View(tmp_path)
        ExportPresenter(it.exporter, view, Tasks(unexpected), LastExport()).copy(one.gather)
        while not view.toast:
            await asyncio.sleep(0.001)
        assert (view.offered, view.toast) == ([], "1 highlight copied")
        assert view.copied.endswith("Note: Mine")
