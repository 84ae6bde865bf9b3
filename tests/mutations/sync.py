"""Faults planted in the sync machine, each of which the properties must catch.

`build` runs the machine's modules from changed source, in memory; nothing on disk is touched.
"""

import builtins
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from kios_desktop import sync
from kios_desktop.domain.progress import Sent

SOURCES = Path(sync.__file__).parent
EXAMPLES = 300
PARTS = ("compare", "state", "machine")  # in the order in which they import each other


@dataclass(frozen=True)
class Fault:
    """`old` must occur exactly once in the module `part`."""

    name: str
    part: str
    old: str
    new: str


FAULTS = (
    Fault(
        "a page turn is sent",
        "machine",
        '    return state, (Save(position=Position(event.locator, event.at, "")), *effects)',
        '    return _after((Save(position=Position(event.locator, event.at, "")), *effects), '
        "_send(state))",
    ),
    Fault(
        "a page turn is not saved",
        "machine",
        '    return state, (Save(position=Position(event.locator, event.at, "")), *effects)',
        "    return state, effects",
    ),
    Fault(
        "two requests at once",
        "machine",
        "    if state.task is not None:\n        return replace(state, push_wanted=True), ()\n",
        "",
    ),
    Fault(
        "a question after a page turn",
        "machine",
        "    if state.open and not state.moved:\n        return _before_a_turn",
        "    if state.open:\n        return _before_a_turn",
    ),
    Fault(
        "a question asked while it stands there",
        "machine",
        "    if state.asks(report):\n        return False, (state, ())\n",
        "",
    ),
    Fault(
        "a question about a closed book",
        "machine",
        "    if state.open and not state.moved:\n        return _before_a_turn",
        "    if not state.moved:\n        return _before_a_turn",
    ),
    Fault(
        "a late look is believed",
        "machine",
        "    if event.token != state.token or state.task not in "
        "(Task.PULLING, Task.PULLING_TO_PUSH):",
        "    if state.task not in (Task.PULLING, Task.PULLING_TO_PUSH):",
    ),
    Fault(
        "a late confirmation is believed",
        "machine",
        "    if event.token != state.token or state.task is not Task.PUSHING or "
        "state.record is None:",
        "    if state.record is None:",
    ),
    Fault(
        "a failed push is forgotten",
        "machine",
        "            return replace(state, pull_failed=False), ()",
        "            return state.clean(), ()",
    ),
    Fault(
        "the newest place is confirmed instead of the sent one",
        "machine",
        "(sent.locator.at_end and state.finished_here),\n    ).clean_if_on_server()",
        "(sent.locator.at_end and state.finished_here),\n    ).clean()",
    ),
    Fault(
        "a failed look writes all the same",
        "machine",
        "    looking = state.task is not Task.PUSHING\n",
        "    looking = state.task is not Task.PUSHING\n"
        "    if state.task is Task.PULLING_TO_PUSH and state.local is not None:\n"
        "        one = Sent(state.local, '', 0.0)\n"
        "        return state.started(Task.PUSHING), (Push(state.token + 1, one),)\n",
    ),
    Fault(
        "a write without a look",
        "machine",
        "    return state, (Pull(state.token, here),)",
        "    return state, (Push(state.token, Sent(state.local, '', 0.0)),)",
    ),
    Fault(
        "a place further on is overwritten",
        "machine",
        "    if offer.suspicious or answer is Answer.STAY or read_past:",
        "    if True:\n        return True, (state, ())\n    if read_past:",
    ),
    Fault(
        "what is behind is overwritten without a trace",
        "machine",
        "    return state, (Save(visits=(Visit(where, ELSEWHERE),)),)",
        "    return state, ()",
    ),
    Fault(
        "what can't be placed is overwritten",
        "machine",
        "        return False, (state.with_offer(offer), ())\n    if state.open",
        "        return True, (state.with_offer(offer), ())\n    if state.open",
    ),
    Fault(
        "an pull_failed question is overwritten",
        "machine",
        "    read_past = state.moved and offer.lead is Lead.BEHIND",
        "    read_past = state.moved",
    ),
    Fault(
        "a question that was not shown is answered",
        "machine",
        "        case NotShown():\n            return replace(state, asking=None), ()",
        "        case NotShown():\n"
        "            return replace(state.settled(state.asking.report), asking=None), ()",
    ),
    Fault(
        "closing a book answers its question",
        "machine",
        "    return _after(effects, _send(replace(state, open=False, asking=None, undo=None)))",
        "    if state.asking is not None:\n"
        "        state = state.settled(state.asking.report)\n"
        "    return _after(effects, _send(replace(state, open=False, asking=None, undo=None)))",
    ),
    Fault(
        "what was behind a glance counts as seen",
        "machine",
        "    if offer.lead is not Lead.BEHIND:\n        state = state.settled(report)\n",
        "    state = state.settled(report)\n",
    ),
    Fault(
        "a choice answers the question",
        "machine",
        "    if state.asking is not None and not event.by_choice:",
        "    if state.asking is not None:",
    ),
    Fault(
        "one page after “finished” counts as reading on",
        "machine",
        ">= READ_ON:",
        ">= READ_ON / 100:",
    ),
    Fault(
        "“finished” elsewhere is written over",
        "machine",
        "        return False, _finished_elsewhere(state, report)",
        "        return True, _finished_elsewhere(state, report)",
    ),
    Fault(
        "the end is sent again and again",
        "machine",
        "    if here.at_end and state.record is not None and state.record.ended:",
        "    if False:",
    ),
    Fault(
        "another offer is taken than the one that was shown",
        "machine",
        "    withdraw: tuple[Effect, ...]",
        "    offer = state.asking or state.offer or offer\n    withdraw: tuple[Effect, ...]",
    ),
    Fault(
        "the place before a report is sent because of the one after it",
        "machine",
        "    here = event.prepared.locator if event.prepared is not None else state.local",
        "    here = state.local",
    ),
    Fault(
        "opening marks the place for sending",
        "machine",
        "    return _pull(replace(state, finished=event.finished))",
        "    return _pull(replace(state.recorded(dirty=True), finished=event.finished))",
    ),
    Fault(
        "an unmoved place from elsewhere is sent back",
        "machine",
        "    state = state.clean() if held is not None and held.key == report.key "
        "else state.after_move(at)",
        "    state = state.recorded(dirty=True, since=at)",
    ),
    Fault(
        "undo is forgotten by the server",
        "machine",
        "    state = state.after_move(at) if undo.locator.total_progression > 0 else state.clean()",
        "    state = state.clean()",
    ),
    Fault(
        "an unchanged place is sent again",
        "state",
        "        if held.place != here.place:\n            return True\n",
        "        return True\n",
    ),
    Fault(
        "a screen is a thousand screens",
        "compare",
        "gap < max(1, screen)",
        "gap < 1000 * screen",
    ),
    Fault(
        "a percentage is believed like a place",
        "compare",
        "    if place is None or report.precision is Precision.FRACTION:",
        "    if place is None:",
    ),
    Fault(
        "a settled report stands in the way for ever",
        "machine",
        "    if report.key in record.settled:\n        return True, (state, ())",
        "    if report.key in record.settled:\n        return False, (state, ())",
    ),
)


def build(fault: Fault | None = None) -> SimpleNamespace:
    """`step` and `State` of the machine with the fault in it."""
    made: dict[str, ModuleType] = {}

    def imported(
        name: str,
        globals: Mapping[str, object] | None = None,  # noqa: A002 (the builtin's names)
        locals: Mapping[str, object] | None = None,  # noqa: A002
        fromlist: tuple[str, ...] = (),
        level: int = 0,
    ) -> Any:
        return made.get(name) or __import__(name, globals, locals, fromlist, level)

    for part in PARTS:
        name = f"kios_desktop.sync.{part}"
        source = (SOURCES / f"{part}.py").read_text(encoding="utf-8")
        if fault is not None and fault.part == part:
            if source.count(fault.old) != 1:
                raise LookupError(f"{fault.name}: the text to change is not there exactly once")
            source = source.replace(fault.old, fault.new)
        module = ModuleType(name)
        module.__dict__["__builtins__"] = vars(builtins) | {"__import__": imported}
        module.__dict__["Sent"] = Sent  # some faults make one
        exec(compile(source, name, "exec"), module.__dict__)
        made[name] = module
    machine, state = made["kios_desktop.sync.machine"], made["kios_desktop.sync.state"]
    return SimpleNamespace(step=machine.__dict__["step"], State=state.__dict__["State"])


def caught(fault: Fault, tries: int = 20) -> bool:
    """Whether the properties notice the fault, in one of so many hundreds of lives.

    Hypothesis mixes constants of the modules that happen to be loaded into what it draws, so the
    lives differ with what ran before: the first try finds nearly every fault, seldom one needs six.
    """
    from tests.properties.sync_rules import rules

    faulty = rules(build(fault))
    return any(_fails(seed(number)(faulty)) for number in range(tries))


def _fails(machine: type[RuleBasedStateMachine]) -> bool:
    try:
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=EXAMPLES,
                stateful_step_count=40,
                deadline=None,
                database=None,
                phases=[Phase.generate],
                verbosity=Verbosity.quiet,
                report_multiple_bugs=False,
                suppress_health_check=list(HealthCheck),
            ),
        )
    except Exception:  # noqa: BLE001 (any way of failing is being caught)
        return True
    return False
