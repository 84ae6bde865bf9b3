"""The real app up to its first screen: python -m tests.e2e.first_screen --profile DIR [BOOK].

Prints the title that is on the screen and which slow modules were imported by then, as one line of
JSON; a second line, which of them the rest of the start has imported.
"""

import argparse
import asyncio
import json
import sys
from pathlib import Path

from kios_desktop import log
from kios_desktop.paths import profile_paths
from kios_desktop.startup.app import App
from kios_desktop.startup.application import Application
from kios_desktop.startup.event_loop import new_event_loop
from kios_desktop.startup.launch import new_application
from kios_desktop.startup.lifetime import handling_quits
from kios_desktop.storage.secrets import InMemory

SLOW = ("sqlalchemy", "alembic")
LONGEST_S = 30


def tell(what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def imported() -> list[str]:
    return [name for name in SLOW if name in sys.modules]


async def title_of_the_library(app: App) -> str:
    """The title of the first book, once it is painted: painting asks for the rows in sight."""
    while True:
        book = app.parts.window.library._model.book(0)
        if book is not None:
            await asyncio.sleep(0.1)
            return book.title
        await asyncio.sleep(0.01)


async def title_of_the_page(app: App, book: Path) -> str:
    await app.parts.opening.open_files([book])
    [window] = app.parts.readers.windows()
    while window.place_shown is None:
        await asyncio.sleep(0.01)
    return window.title


async def life(qt: Application, app: App, book: Path | None) -> None:
    with handling_quits(qt, app):
        await app.start(show_library=book is None)
        app.background.timer.stop()  # the rest comes later, however slow this machine is
        async with asyncio.timeout(LONGEST_S):
            title = await (
                title_of_the_library(app) if book is None else title_of_the_page(app, book)
            )
            tell([title, imported()])
            app.background.begin()
            while "sqlalchemy" not in sys.modules:
                await asyncio.sleep(0.01)
            tell(imported())
        app.quit()
        await app.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profile", type=Path, required=True)
    parser.add_argument("book", nargs="?", type=Path)
    arguments = parser.parse_args()
    paths = profile_paths(arguments.profile)
    paths.create()
    qt = new_application()
    app_log = log.set_up(paths.logs)
    with asyncio.Runner(loop_factory=lambda: new_event_loop(qt)) as runner:
        runner.run(life(qt, App(qt, paths, app_log, InMemory()), arguments.book))


if __name__ == "__main__":
    main()
