"""A wrong address typed by a newcomer leads to the right one with one click, in the real window."""

from pathlib import Path

from PySide6.QtWidgets import QApplication, QPushButton

from kios_desktop.domain.progress import Health
from kios_desktop.ui.settings.library_sync.source_dialog import SourceDialog
from kios_desktop.ui.settings.window import SettingsWindow
from tests.fakes.recorded_servers import NAME, PASSWORD, SERVERS, RecordedServer
from tests.gui.kios import Kios
from tests.gui.waiting import until


def form() -> SourceDialog | None:
    """The open form of a source."""
    for window in QApplication.topLevelWidgets():
        if isinstance(window, SettingsWindow):
            return window.library_sync.form
    return None


def link(words: str) -> QPushButton | None:
    """A button of the form by its words, once it is there."""
    found = form()
    buttons = found.findChildren(QPushButton) if found is not None else []
    return next((one for one in buttons if one.text() == words and one.isVisible()), None)


def fill(made: SourceDialog, server: RecordedServer, path: str) -> None:
    for field, text in (
        (made.url, server.origin + path),
        (made.name, "Books"),
        (made.username, NAME),
        (made.password, PASSWORD),
    ):
        field.edit.setText(text)
        field.edited.emit()


async def test_an_address_typed_into_the_wrong_form_is_mended_with_one_click(
    qapp: QApplication, tmp_path: Path
) -> None:
    komga = SERVERS[0]
    async with Kios(qapp, tmp_path, connect=False) as kios, komga.server() as server:
        kios.app.parts.settings.add_source()
        await until(lambda: form() is not None, 20)
        made = form()
        assert made is not None
        fill(made, server, "/koreader")
        made.test.click()
        await until(lambda: link("Use this address") is not None, 20)
        layout = made.layout()
        assert layout is not None
        needed = layout.totalHeightForWidth(made.width())
        assert made.height() >= needed, "the hints are under the fields"
        assert set(server.signed) <= {"/koreader"}  # the password went nowhere else
        button = link("Use this address")
        assert button is not None
        button.click()
        await until(lambda: "answers" in made.check_result.accessibleName(), 20)
        assert made.url.text() == server.origin + "/opds/v2/catalog"
        made.save.click()
        await until(lambda: form() is None, 20)
        [kept] = await kios.app.parts.sources.all()
        assert kept.url.reveal() == server.origin + "/opds/v2/catalog"
        # nothing in this catalog keeps a place, and so says the menu
        assert kios.app.parts.sync.overview().health is Health.NOT_SET_UP
        kios.app.parts.settings.close()
