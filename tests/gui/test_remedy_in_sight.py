"""The remedy of a failed connection test is in sight, also in a small window."""

from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QPushButton

from tests.fakes.recorded_servers import NAME, PASSWORD, SERVERS
from tests.gui.kios import Kios, settled
from tests.gui.waiting import until


async def test_the_address_that_works_can_be_seen(qapp: QApplication, tmp_path: Path) -> None:
    """Mockup 23 shows it at this size."""
    async with Kios(qapp, tmp_path, connect=False) as kios, SERVERS[0].server() as server:
        window = kios.app.parts.settings.show("sync")
        window.resize(900, 640)
        form = window.sync.form
        await until(lambda: form.form().preset != "", 20)
        for field, text in (
            (form.url, server.origin),
            (form.username, NAME),
            (form.password, PASSWORD),
        ):
            field.edit.setText(text)
            field.edited.emit()

        def found(words: str) -> QPushButton | None:
            made = window.findChildren(QPushButton)
            return next((b for b in made if b.isVisible() and words in b.text()), None)

        test = found("Test connection")
        assert test is not None
        test.click()
        await until(lambda: found("Use the address") is not None, 20)
        await settled(1)
        button = found("Use the address")
        assert button is not None
        bottom = button.mapTo(window, QPoint(0, button.height())).y()
        window.close()
        assert bottom <= 640, bottom
