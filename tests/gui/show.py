"""Render one screen with dummy data: python -m tests.gui.show NAME --theme dark --out FILE.png

For looking at a screen without starting Kios; `--list` names them. Offscreen unless a platform is
set in the environment.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QApplication, QWidget
from qasync import QEventLoop

from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.dialog import Dialog
from tests.gui import screens


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", nargs="?", choices=sorted(screens.SCREENS))
    parser.add_argument("--theme", default="light")
    parser.add_argument("--size", default="1440x900")
    parser.add_argument("--scale-text", type=float, default=1.0)
    parser.add_argument("--rtl", action="store_true")
    parser.add_argument("--out", default="screen.png")
    parser.add_argument("--list", action="store_true")
    return parser.parse_args()


async def render(make: Callable[[QSize], QWidget], size: QSize, out: Path) -> None:
    shown = make(size)
    if not isinstance(shown, Dialog):  # a dialog has the size of its words
        shown.resize(size)
    shown.show()
    for _ in range(6):  # rows, then covers, then their paint
        await asyncio.sleep(0.1)
    shown.grab().save(str(out))
    shown.hide()
    await screens.close_all()


def main() -> int:
    asked = arguments()
    if asked.list or asked.name is None:
        sys.stdout.write("\n".join(sorted(screens.SCREENS)) + "\n")
        return 0
    app = QApplication(sys.argv[:1])
    app.setStyle("Fusion")
    font = app.font()
    font.setPointSizeF(font.pointSizeF() * asked.scale_text)
    app.setFont(font)
    if asked.rtl:
        app.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    theme.reduce_motion(True)
    theme.apply_theme(app, asked.theme)
    width, height = (int(part) for part in asked.size.split("x"))
    with asyncio.Runner(loop_factory=lambda: QEventLoop(app)) as runner:
        runner.run(render(screens.SCREENS[asked.name], QSize(width, height), Path(asked.out)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
