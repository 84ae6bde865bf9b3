"""Checks books one after another, and tells what was found."""

from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

import msgspec
from PySide6.QtWidgets import QApplication

from kios_desktop.domain.errors import KiosError
from kios_desktop.epub.container import Container
from kios_desktop.epub.package import read_publication
from kios_desktop.epub.resources import ContentModels
from kios_desktop.epub.serving import Serving
from kios_desktop.paths import resources
from kios_desktop.ui.kit import theme
from kios_desktop.ui.reader.engine.page import BookProfile
from kios_desktop.ui.walk.layouts import LAYOUTS
from kios_desktop.ui.walk.probe import probe_script
from kios_desktop.ui.walk.report import LayoutReport
from kios_desktop.ui.walk.walked_page import EngineStopped
from kios_desktop.ui.walk.walker import WalkedBook, walk


class Checking:
    """`layouts` are names of `LAYOUTS`."""

    def __init__(
        self, qt: QApplication, layouts: Sequence[str], every_chapter: bool, output: TextIO
    ) -> None:
        self._qt, self._layouts, self._output = qt, layouts, output
        self._every_chapter = every_chapter
        self._found: dict[str, list[LayoutReport]] = {}

    async def run(self, books: Sequence[Path]) -> int:
        theme.apply_theme(self._qt, "light")
        profile = BookProfile(resources() / "reader", self._qt)
        script = probe_script(resources())
        lossy = False
        try:
            for path in books:
                lossy |= await self._check(profile, script, path)
        finally:
            profile.close()
        return int(lossy)

    async def _check(self, profile: BookProfile, script: str, path: Path) -> bool:
        self._say(path.name)
        self._found[path.name] = []
        lossy = False
        try:
            container = Container.open(path)
        except KiosError as e:
            self._say(f"  does not open: {e}")
            return True
        with container:
            try:
                publication = read_publication(container)
            except KiosError as e:
                self._say(f"  does not open: {e}")
                return True
            book = WalkedBook(
                publication, Serving(container, publication), ContentModels(container, publication)
            )
            for name in self._layouts:
                try:
                    report = await walk(profile, book, LAYOUTS[name], script)
                except EngineStopped:
                    self._say(f"  {name}: the web engine stopped")
                    lossy = True
                    continue
                self._found[path.name].append(report)
                self._tell(report)
                lossy |= report.loses
        return lossy

    def _tell(self, report: LayoutReport) -> None:
        share = 100 * report.reached / report.characters if report.characters else 100.0
        self._say(
            f"  {report.layout:7} {report.reached:>9} of {report.characters:>9} {share:6.2f} %"
            f"  pictures {report.whole_pictures}/{len(report.pictures)}"
            f"  blank {report.blank_pages}  pages {report.pages}  {report.page_ms} ms"
        )
        for spine, chapter in report.chapters.items():
            if not (chapter.lost or self._every_chapter):
                continue
            self._say(f"    {report.hrefs[spine]}: {chapter.reached} of {chapter.characters}")
            for loss in chapter.lost:
                self._say(f"      {loss.characters:6} {loss.reason} “{loss.sample}”")

    def _say(self, text: str) -> None:
        self._output.write(text + "\n")
        self._output.flush()

    def as_json(self) -> bytes:
        """All books by file name, each with the worst of the layouts."""
        return msgspec.json.format(
            msgspec.json.encode({name: _worst(found) for name, found in self._found.items()})
        )


def _worst(found: Sequence[LayoutReport]) -> dict[str, object]:
    if not found:
        return {"opens": False}
    worst = min(found, key=lambda r: r.reached / r.characters if r.characters else 1.0)
    return {
        "opens": True,
        "layout": worst.layout,
        "characters": worst.characters,
        "reached": worst.reached,
        "pictures": len(worst.pictures),
        "whole": min(r.whole_pictures for r in found),
        "blank_pages": max(r.blank_pages for r in found),
        "pages": worst.pages,
        "lost": [
            {"href": worst.hrefs[spine], **msgspec.to_builtins(loss)}
            for spine, chapter in worst.chapters.items()
            for loss in chapter.lost
        ],
    }
