"""Nothing of a book is lost: of the small ones that went wrong here, in pages.

Every layout and the corpus are walked through by `tests/e2e/test_walk_corpus.py`.
"""

from pathlib import Path

import pytest

from kios_desktop.paths import resources
from kios_desktop.ui.reader.engine.page import BookProfile
from kios_desktop.ui.walk.check import check
from kios_desktop.ui.walk.layouts import LAYOUTS
from kios_desktop.ui.walk.probe import probe_script
from kios_desktop.ui.walk.report import BookReport, PictureState, SeenPicture
from tests.corpus import input_book, input_names

LEAST_SCALE = 0.7  # to which a wide table or formula may shrink

# Book → what is still lost of it. Only to get shorter: a book that loses nothing must not be here.
UNDONE: dict[str, str] = {}


def losses(report: BookReport) -> list[str]:
    """All that is wrong; empty where the whole book can be seen."""
    found = [report.reason] if report.reason and not report.is_refused else []
    found += [f"the web engine stopped in {name}" for name in report.stopped]
    for layout in report.layouts:
        for spine, chapter in layout.chapters.items():
            told = [f"{loss.characters} {loss.reason}" for loss in chapter.lost]
            told += [f"{one.state}: {one.name}" for one in chapter.pictures if not is_seen(one)]
            told += [f"blank page {one.page + 1}: {one.around}" for one in chapter.blank]
            told += [
                f"{one.scale}: {one.path}" for one in chapter.shrunk if one.scale < LEAST_SCALE
            ]
            found += [f"{layout.layout}, {layout.hrefs[spine]}: {text}" for text in told]
    return found


def is_seen(picture: SeenPicture) -> bool:
    return picture.state is PictureState.WHOLE or not picture.counts


@pytest.mark.parametrize("name", input_names() or ["inputs"])
async def test_nothing_of_a_small_book_is_lost(profile: BookProfile, name: str) -> None:
    path: Path = input_book(name)
    report = await check(profile, path, [LAYOUTS["pages"]], probe_script(resources()))
    found = losses(report)
    if name in UNDONE:
        assert found, f"{name} loses nothing any more"
        pytest.xfail(UNDONE[name])
    assert found == []
