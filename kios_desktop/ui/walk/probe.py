"""The probe: our script that looks at the pages of a book, beside the reader's own."""

import asyncio
from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtWebEngineCore import QWebEngineScript

from kios_desktop.ui.reader.engine.modules import joined_modules
from kios_desktop.ui.reader.engine.page import BookPage

MODULES = (
    "boxes", "text", "pristine", "cover", "quality", "overprint", "scrollers", "reach", "losses",
    "pictures", "marks", "blank", "contrast", "walk",
)  # fmt: skip
_WORLD = QWebEngineScript.ScriptWorldId.ApplicationWorld.value


def probe_script(resources: Path) -> str:
    """The source of the probe, with what it uses of the reader's modules."""
    ordinals = resources / "reader" / "ordinals.js"
    walk = (resources / "walk" / f"{name}.js" for name in MODULES)
    return joined_modules([ordinals, *walk])


class ProbeFailed(Exception):
    """The probe met what it does not expect: a bug of ours. The text has its stack."""


class Probe:
    """Asks the probe in one page. Raises TimeoutError when the page does not answer."""

    def __init__(self, page: BookPage, patience_s: float) -> None:
        self._page, self._patience_s = page, patience_s

    async def load(self, script: str) -> None:
        """Run a script beside the reader's."""
        await self._evaluate(script)

    async def ask(self, expression: str) -> Any:
        """The value of an expression, through JSON. Raises ProbeFailed."""
        text = await self._evaluate(
            f"(() => {{ try {{ return JSON.stringify([{expression}]); }}"
            " catch (error) { return String(error.stack); } })()"
        )
        if not text.startswith("["):
            raise ProbeFailed(text)
        return msgspec.json.decode(text)[0]

    async def _evaluate(self, source: str) -> Any:
        done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

        def answered(answer: Any) -> None:
            if not done.done():
                done.set_result(answer)

        self._page.runJavaScript(source, _WORLD, answered)
        async with asyncio.timeout(self._patience_s):
            return await done
