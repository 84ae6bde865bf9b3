"""Regular expressions, in a process that may be lost."""

import contextlib
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kios_desktop.domain.errors import BadPattern, PatternTooSlow
from kios_desktop.epub import search_pattern
from kios_desktop.epub.search_pattern import WORD, PatternProcess

EXPLODES = r"(\w|\s|.)+;"
LONG = "the quick brown fox " * 20


def spans(pattern: str, text: str) -> list[tuple[int, int]]:
    with PatternProcess(pattern, ignore_case=True) as process:
        return list(process.spans(text))


def ended(process: PatternProcess) -> bool:
    return process._process is None or process._process.poll() is not None


def test_matches_are_found_line_by_line() -> None:
    assert spans(r"[^z]+d\b", "And\nsand grand\nz d") == [(0, 3), (4, 14), (16, 18)]
    assert spans(r"^a|b$", "ab\nab") == [(0, 1), (1, 2), (3, 4), (4, 5)]


def test_what_matches_nothing_is_left_out() -> None:
    assert spans("x*", "axxb") == [(1, 3)]


def test_a_text_of_any_length_and_script_passes() -> None:
    text = "Война и мир 😀\n" * 50_000
    with PatternProcess("мир 😀", ignore_case=False) as process:
        assert sum(1 for _ in process.spans(text)) == 50_000
        assert list(process.spans("")) == []


@pytest.mark.parametrize(
    ("pattern", "position"), [("(a", 0), ("a**", 2), ("[z-a]", 1), ("\\", 0), ("(?P<1>a)", 4)]
)
def test_what_is_no_pattern_is_said_with_its_place(pattern: str, position: int) -> None:
    with pytest.raises(BadPattern) as raised:
        spans(pattern, "text")
    assert raised.value.position == position
    assert raised.value.reason


@pytest.mark.parametrize("pattern", ["(" * 20_000 + "a" + ")" * 20_000, "a{99999999999999999999}"])
def test_a_pattern_beyond_all_limits_is_refused(pattern: str) -> None:
    with pytest.raises((BadPattern, PatternTooSlow)):
        spans(pattern, "text")


def test_a_pattern_that_explodes_ends_in_time_and_costs_this_process_nothing() -> None:
    since, processor = time.monotonic(), time.process_time()
    with pytest.raises(PatternTooSlow), PatternProcess(EXPLODES, True, seconds=0.5) as process:
        list(process.spans(LONG))
    assert 0.4 < time.monotonic() - since < 5
    assert time.process_time() - processor < 0.3
    assert ended(process)


def test_the_time_is_for_the_whole_book() -> None:
    slow = "(a|b|ab)*c"  # takes a while for each text, never long
    answered = 0
    stopped = contextlib.suppress(PatternTooSlow)
    with stopped, PatternProcess(slow, True, seconds=0.5) as process:
        while answered < 10_000:
            list(process.spans("ab" * 8 + "d"))
            answered += 1
    assert 1 < answered < 10_000


@pytest.mark.skipif(sys.platform != "linux", reason="where memory can be limited")
def test_a_pattern_that_takes_all_memory_is_ended() -> None:
    since = time.monotonic()
    with pytest.raises(PatternTooSlow), PatternProcess("(?:(a)|(b))*c", True, 60) as process:
        list(process.spans("ab" * 20_000_000))
    assert time.monotonic() - since < 30, "the time was what ended it"


def test_a_process_that_is_lost_is_said(tmp_path: Path) -> None:
    with PatternProcess("a", True) as process:
        process.stop()
        with pytest.raises(PatternTooSlow):
            list(process.spans("a"))


def test_nothing_is_left_when_a_search_is_called_off() -> None:
    with PatternProcess("a", True) as process:
        assert not ended(process)
    assert ended(process)


def test_the_process_ends_by_itself_when_nobody_waits_for_it() -> None:
    """Also while it matches: whoever started it may be killed."""
    with PatternProcess("x", True):
        command = search_pattern._command()
    question = b'{"pattern": "(a+)+$", "ignore_case": true, "seconds": 0.5, "bytes": 1073741824}'
    text = b"a" * 60 + b"b"
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdin is not None and child.stdout is not None
    for message in (question, text):
        child.stdin.write(len(message).to_bytes(4, "big") + message)
    child.stdin.flush()
    child.stdin.close()
    assert child.wait(10) == 1
    child.stdout.close()


def test_the_packaged_program_starts_it_by_a_word() -> None:
    question = b'{"pattern": "a", "ignore_case": true, "seconds": 5, "bytes": 1073741824}'
    done = subprocess.run(
        [sys.executable, "-m", "kios_desktop", WORD],
        input=b"".join(len(one).to_bytes(4, "big") + one for one in (question, b"banana")),
        capture_output=True,
        check=True,
    )
    assert len(done.stdout) == (4 + 2) + (4 + 3 * 8)
