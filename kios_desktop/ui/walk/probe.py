"""The probe: our script that looks at the pages of a book, beside the reader's own."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtWebEngineCore import QWebEngineScript

from kios_desktop.ui.reader.engine.modules import joined_modules
from kios_desktop.ui.reader.engine.page import BookPage

MODULES = (
    "boxes", "text", "pristine", "cover", "overprint", "scrollers", "reach", "losses", "pictures",
    "walk",
)  # fmt: skip
_WORLD = QWebEngineScript.ScriptWorldId.ApplicationWorld.value


def probe_script(resources: Path) -> str:
    """The source of the probe."""
    walk = (resources / "walk" / f"{name}.js" for name in MODULES)
    return joined_modules([resources / "reader" / "ordinals.js", *walk])


class Probe:
    """Asks the probe in one page. Raises TimeoutError when the page does not answer."""

    def __init__(self, page: BookPage, patience_s: float) -> None:
        self._page, self._patience_s = page, patience_s

    async def load(self, script: str) -> None:
        await self._evaluate(script, lambda _answer: None)

    async def ask(self, expression: str) -> Any:
        """The value of an expression, through JSON; None for an undefined one."""
        text = await self._evaluate(f"JSON.stringify({expression})", lambda answer: answer)
        return msgspec.json.decode(text) if text else None

    async def _evaluate(self, source: str, take: Callable[[Any], Any]) -> Any:
        done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

        def answered(answer: Any) -> None:
            if not done.done():
                done.set_result(take(answer))

        self._page.runJavaScript(source, _WORLD, answered)
        async with asyncio.timeout(self._patience_s):
            return await done
