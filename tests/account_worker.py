"""One device in a process of its own, to be killed: `python -m tests.account_worker FOLDER URL`.

It sends what it has to the server, prints how that ended, and exits.
"""

import asyncio
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.account_desk import account_desk
from tests.fakes.booklore_state import usual_state
from tests.protocols.booklore.accounts import Clock


async def main(folder: Path, url: str, hours: int) -> None:
    server: Any = SimpleNamespace(url=url, state=usual_state())
    clock = Clock()
    clock.pass_(3600 * hours)
    async with account_desk(folder, server, clock) as desk:
        await desk.sync.run()
        sys.stdout.write(f"{desk.sync.status.error!r}\n")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
