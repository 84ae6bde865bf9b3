"""Random lives of one book on two Kios and a third device: python -m tests.storm --rounds 1000

Every round is another server, other clocks and other lives. What must never happen: a place
overwritten that the table asks about and no person answered, a question asked twice, a place that
never gets to the server. The seed is printed; the same seed gives the same storm.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
import traceback
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.storm.person import Faults, Person
from tests.storm.servers import KomgaWorld, KosyncWorld, later, storm_book

KOSYNC = ("official", "cwa", "booklore", "grimmory", "clone")
ACTS = 24


async def act(
    rng: random.Random, world: Any, people: list[Person], counted: dict[str, int]
) -> None:
    """One thing that somebody does."""
    person = rng.choice(people)
    what = rng.choices(
        (
            "open", "glance", "turn", "read", "choose", "leave", "return", "close", "answer",
            "ignore", "undo", "quit", "kill", "third", "percentage", "mark", "unmark", "trouble",
            "wait",
        ),
        (8, 3, 6, 4, 2, 6, 3, 4, 6, 3, 2, 2, 3, 4, 5, 2, 1, 2, 3),
    )[0]  # fmt: skip
    counted[what] = counted.get(what, 0) + 1
    later(world, rng.uniform(1, 120))
    for one in people:
        one.pass_(rng.uniform(1, 120))
    match what:
        case "open" if not person.is_open:
            await person.open()
        case "glance" if not person.is_open:  # far ahead while the first look is under way
            await person.open(wait=False)
            assert person.here is not None
            began = person.here.total_progression
            person.turn(rng.random(), by_choice=True)
            await person.quiet()
            person.turn(began + 0.002, by_choice=rng.random() < 0.5)
        case "turn" if person.is_open:
            person.step(rng.choice((0.002, 0.003, 0.008, -0.003)))
        case "read" if person.is_open:
            person.step(rng.uniform(0.01, 0.2))
        case "choose" if person.is_open:
            person.turn(rng.random(), by_choice=True)
        case "leave":
            person.engine.backgrounded()
            await person.quiet()
        case "return":
            person.engine.foregrounded()
            await person.quiet()
        case "close":
            await person.close()
        case "answer" if person.is_open:
            person.answer(rng.random() < 0.5)
            await person.quiet()
        case "undo":
            person.undo()
        case "quit":
            await person.restart(killed=False)
        case "kill":
            await person.restart(killed=True)
        case "third" | "percentage":
            await settle(world, people)
            world.third(rng.uniform(0.01, 0.97), exact=what == "third")
        case "mark" if world.marks:
            await settle(world, people)
            world.mark()
        case "unmark" if person.is_open:
            person.take_mark_back()
        case "trouble":
            world.trouble(rng.choice(("ok", "ok", "lost", "broken", "wrong")))
        case "wait":
            await person.quiet()
        case _:
            return


async def settle(world: Any, people: list[Person]) -> None:
    """Nobody writes while another device does: servers have no compare-and-swap."""
    for person in people:
        await person.quiet()
    world.look()


async def come_to_rest(world: Any, people: list[Person], faults: Faults) -> None:
    """The server is well, everybody answers and reads on: every place gets there."""
    world.trouble("ok")
    for person in people:
        person.pass_(900)
        await person.quiet()
    for person in people:
        await person.quiet()
        await person.restart(killed=False)
        await person.open()
        person.answer(False)
        for _ in range(4):
            person.step(0.012 if person.here and person.here.total_progression < 0.9 else -0.012)
        await person.close()
        await person.restart(killed=False)
        record = next(iter(person.store.records.values()), None)
        if record is not None and record.dirty:
            faults.stuck.append(f"{person.name} still waits: {record.offer}")
        elif world.held is None or (world.held.by != person.name and not there(world, person)):
            faults.stuck.append(f"{person.name} never got there: {world.held}")


def there(world: Any, person: Person) -> bool:
    """The server holds this very place already, from somebody else."""
    here = person.here
    return here is not None and abs(world.held.fraction - here.total_progression) < 0.0002


async def life(rng: random.Random, world: Any, faults: Faults, counted: dict[str, int]) -> None:
    await world.start()
    checked = 0
    skews = [timedelta(minutes=rng.choice((0, 0, 10, -10))) for _ in range(2)]
    people = [Person(n, world, s, faults) for n, s in zip(("desk", "sofa"), skews, strict=True)]
    named = {person.name: person for person in people}
    try:
        for person in people:
            await person.engine.start()
        for number in range(ACTS + 1):
            if number < ACTS:
                await act(rng, world, people, counted)
            else:
                await come_to_rest(world, people, faults)
            world.look()
            for written in world.written[checked:]:
                named[written.now.by].check(written)
            checked = len(world.written)
            if faults.any:
                return
        counted["written"] = counted.get("written", 0) + len(world.written)
    finally:
        for person in people:
            await person.engine.flush(0.0)
            for remote in person._remotes:
                if hasattr(remote, "aclose"):
                    await remote.aclose()
        await world.stop()


async def storm(rounds: int, seed: int, folder: Path, only: int | None = None) -> Faults:
    """`only`: this one round of the storm."""
    file, opened = storm_book(folder)
    total, begun = Faults(), time.monotonic()
    counted: dict[str, int] = {}
    try:
        for number in range(rounds) if only is None else (only,):
            rng = random.Random(f"{seed}/{number}")
            kinds = (*KOSYNC, "komga", "komga", "komga")
            kind = rng.choice(kinds)
            world = KomgaWorld(file, opened) if kind == "komga" else KosyncWorld(kind)
            faults = Faults()
            try:
                await life(rng, world, faults, counted)
            except Exception:  # noqa: BLE001 (any way of failing is a fault of the round)
                faults.stuck.append(traceback.format_exc())
            for name in ("overwritten", "asked_twice", "stuck"):
                for one in getattr(faults, name):
                    sys.stdout.write(f"round {number} ({kind}), {name}: {one}\n")
                getattr(total, name).extend(getattr(faults, name))
    finally:
        opened.close()
    sys.stdout.write(
        f"seed {seed}: {rounds} rounds, {counted.get('written', 0)} places written, "
        f"{len(total.overwritten)} overwritten, {len(total.asked_twice)} asked twice, "
        f"{len(total.stuck)} stuck, {time.monotonic() - begun:.0f} s\n"
    )
    return total


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--only", type=int, default=None, help="this one round of the storm")
    words = parser.parse_args()
    seed = random.SystemRandom().randrange(10**6) if words.seed is None else words.seed
    sys.stdout.write(f"seed {seed}\n")
    with tempfile.TemporaryDirectory() as folder:
        faults = asyncio.run(storm(words.rounds, seed, Path(folder), words.only))
    return int(faults.any)


if __name__ == "__main__":
    raise SystemExit(main())
