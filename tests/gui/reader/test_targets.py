"""What links and contents name within a chapter: the page finds the same as the program."""

from pathlib import Path

from kios_desktop.epub.content_model import ContentModel
from kios_desktop.ui.reader.engine.page import BookProfile
from tests.books import page, write_book
from tests.gui.reader.engine import open_engine

NAMES = ["id", "named", "both", "not a link", "quoted\"']", "gone"]
BODY = (
    "<p id='id'>aa</p><p><a name='named'>bbb</a></p><p><a name='both'/>cc</p><p id='both'>dd</p>"
    "<p name='not a link'>ee</p><p><a name='quoted&quot;&apos;]'/>ff</p>"
)


async def test_a_target_is_an_element_by_id_or_a_named_link(
    profile: BookProfile, tmp_path: Path
) -> None:
    model = ContentModel(page(BODY).encode(), lambda _href: "")
    expected = {name: model.targets[name].ordinal for name in NAMES if name in model.targets}
    assert expected == {"id": 0, "named": 2, "both": 7, "quoted\"']": 11}
    engine = await open_engine(profile, write_book(tmp_path / "b.epub", BODY))
    assert await engine.ask(f"kios.current.anchors({NAMES})") == expected
    await engine.close()
