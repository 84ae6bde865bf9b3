"""Faults planted anywhere in the program, each with the tests that must fail then.

A fault is planted in a copy of the tree, and pytest run there in a process of its own. What a
second wall would stop as well has a test in which the first one stands alone.
"""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
TESTS_S = 600  # for the tests of one fault
_COPIED = ("kios_desktop", "tests", "resources")
_ALL_PASSED = re.compile(r"^\d+ passed[^\n]* in ", re.MULTILINE)
_FAILED, _PASSED = 1, 0  # what pytest ends with; anything else is a fault of the test's own


class Unsound(Exception):
    """The tests fail without a fault, or can't be run with it: nothing is proved."""


@dataclass(frozen=True)
class Planted:
    """`old` must occur exactly once in `file`; `tests` are paths or ids for pytest."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def source(self, root: Path = ROOT) -> str:
        """The file with the fault in it. Raises LookupError when it can't be planted."""
        text = (root / self.file).read_text(encoding="utf-8")
        if text.count(self.old) != 1:
            raise LookupError(f"{self.name}: the text to change is not there exactly once")
        return text.replace(self.old, self.new)


_STOPPED = "tests/gui/reader/test_stopped_page.py"
_INDEX = "tests/unit/storage/test_text_index.py"
_POWER = "tests/unit/storage/test_power_failure.py"

FAULTS = (
    Planted(
        "a quit of the system closes windows and ends the loop",
        "kios_desktop/startup/application.py",
        "event.type() is QEvent.Type.Quit and self._handles_quits",
        "event.type() is QEvent.Type.Quit and False",
        ("tests/gui/startup/test_application.py",),
    ),
    Planted(
        "the session ends before anything is saved",
        "kios_desktop/startup/application.py",
        "            finish_here(self._save(), self._save_s, self)\n",
        "            self._save().close()\n",
        ("tests/gui/startup/test_application.py",),
    ),
    Planted(
        "a file from the Finder is not opened",
        "kios_desktop/startup/lifetime.py",
        "    qt.files_requested.connect(open_files)\n",
        "",
        ("tests/gui/startup/test_life.py",),
    ),
    Planted(
        "a failure at the end skips the rest",
        "kios_desktop/application/closing.py",
        '    except Exception:\n        log.exception("%s did not end well", name)\n',
        "    except ArithmeticError:\n        raise\n",
        ("tests/unit/application/test_closing.py",),
    ),
    Planted(
        "what hangs at the end is waited for",
        "kios_desktop/application/closing.py",
        "        async with asyncio.timeout(within_s):\n",
        "        async with asyncio.timeout(None):\n",
        ("tests/unit/application/test_closing.py",),
    ),
    Planted(
        "a book opens while Kios quits",
        "kios_desktop/ui/reader/open_books.py",
        'nothing is opened from now on."""\n        self._closing = True\n',
        'nothing is opened from now on."""\n',
        ("tests/e2e/test_system_quits.py::test_quitting_while_a_book_opens_opens_nothing",),
    ),
    Planted(
        "a second start does not wait for an answer",
        "kios_desktop/startup/single_instance.py",
        "ANSWER_S = 20.0 ",
        "ANSWER_S = 3.0 ",
        ("tests/gui/startup/test_single_instance.py",),
    ),
    Planted(
        "a command that reads may write",
        "kios_desktop/storage/connecting.py",
        '"mode=ro", BUSY_MS',
        '"mode=rw", BUSY_MS',
        ("tests/e2e/test_commands.py::test_a_command_that_reads_can_write_nothing",),
    ),
    Planted(
        "what is not kept is forgotten without a word",
        "kios_desktop/startup/final_save.py",
        "        while titles := sync.unkept():\n",
        "        while titles := []:\n",
        ("tests/gui/startup/test_last_question.py",),
    ),
    Planted(
        "the name in a certificate is not looked at",
        "kios_desktop/protocols/http/trust.py",
        "        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)\n",
        "        trust = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)\n"
        "        trust.check_hostname = False\n"
        "        return trust\n",
        ("tests/unit/protocols/http/test_certificate.py",),
    ),
    Planted(
        "a pinned certificate is one of many",
        "kios_desktop/protocols/http/trust.py",
        "            if hashlib.sha256(shown).hexdigest() != sha256:\n",
        "            if False:\n",
        ("tests/unit/protocols/http/test_certificate.py",),
    ),
    Planted(
        "Chromium's sandbox is switched off",
        "kios_desktop/startup/launch.py",
        "    register_scheme()\n",
        '    register_scheme()\n    os.environ["QTWEBENGINE_DISABLE_SANDBOX"] = "1"\n',
        ("tests/e2e/test_sandbox.py",),
    ),
    Planted(
        "a page may open a window",
        "kios_desktop/ui/reader/engine/page.py",
        "  # type: ignore[override]\n        return None\n",
        "  # type: ignore[override]\n        return self\n",
        ("tests/gui/reader/test_hostile_book.py::test_no_window_is_ever_opened_by_a_page",),
    ),
    Planted(
        "where there is no web engine Kios itself is ended",
        "kios_desktop/ui/reader/engine/page.py",
        "        if pid <= 0 or pid == os.getpid():",
        "        if pid == os.getpid():",
        (f"{_STOPPED}::test_where_there_is_no_web_engine_to_end_nothing_else_is_ended",),
    ),
    Planted(
        "a web engine that says it ended well is not started again",
        "kios_desktop/ui/reader/engine/page.py",
        "        if not self._ended and not self.has_stopped:\n",
        "        well = QWebEnginePage.RenderProcessTerminationStatus.NormalTerminationStatus\n"
        "        if status is not well and not self._ended:\n",
        (f"{_STOPPED}::test_a_page_that_died_once_is_back_where_it_was",),
    ),
    Planted(
        "a part of a book may take all memory",
        "kios_desktop/ui/reader/engine/recovery.py",
        "        self.memory.over.connect(self._end_large)\n",
        "",
        (f"{_STOPPED}::test_a_part_that_takes_all_memory_is_left_out_the_first_time",),
    ),
    Planted(
        "a part that nobody went to yet is never to blame",
        "kios_desktop/ui/reader/chapter_failures.py",
        "        self._preloading = spine\n",
        "        self._preloading = None\n",
        (
            f"{_STOPPED}::test_a_part_that_takes_for_ever_before_anybody_goes_there_is_left_out",
            f"{_STOPPED}::test_a_part_that_takes_all_memory_is_left_out_the_first_time",
        ),
    ),
    Planted(
        "copies of copies are counted once",
        "kios_desktop/epub/limits.py",
        " or expansion.is_over(text, MAX_ELEMENTS)\n",
        "\n",
        ("tests/unit/epub/test_limits.py",),
    ),
    Planted(
        "recovery of a package goes as deep as it likes",
        "kios_desktop/epub/xml.py",
        "_MAX_RECOVERED_DEPTH = 1000\n",
        "_MAX_RECOVERED_DEPTH = 10**9\n",
        ("tests/unit/epub/test_xml.py",),
    ),
    Planted(
        "recovery of a feed goes as deep as it likes",
        "kios_desktop/protocols/opds/xml.py",
        "_DEEPEST: Final = 1000\n",
        "_DEEPEST: Final = 10**9\n",
        ("tests/unit/protocols/opds/test_damaged.py",),
    ),
    Planted(
        "a feed may be of any size",
        "kios_desktop/protocols/opds/client.py",
        "FEED_BYTES: Final = 32 * 1024 * 1024\n",
        "FEED_BYTES: Final = 10**12\n",
        ("tests/protocols/test_caps.py",),
    ),
    Planted(
        "a shelf may be of any size",
        "kios_desktop/protocols/kobo/client.py",
        "SYNC_BYTES: Final = 32 * 1024 * 1024\n",
        "SYNC_BYTES: Final = 10**12\n",
        ("tests/protocols/test_caps.py",),
    ),
    Planted(
        "a record may be of any size",
        "kios_desktop/protocols/kosync.py",
        "CAP_BYTES: Final = 64 * 1024\n",
        "CAP_BYTES: Final = 10**12\n",
        ("tests/protocols/test_caps.py",),
    ),
    Planted(
        "entities of a package are expanded",
        "kios_desktop/epub/xml.py",
        "        resolve_entities=False,\n",
        "        resolve_entities=True,\n",
        ("tests/unit/epub/test_xml.py",),
    ),
    Planted(
        "entities of a feed are expanded",
        "kios_desktop/protocols/opds/xml.py",
        "        resolve_entities=False,\n",
        "        resolve_entities=True,\n",
        ("tests/unit/protocols/opds/test_damaged.py",),
    ),
    Planted(
        "a download of any length is whole",
        "kios_desktop/protocols/http/transfer.py",
        "            if total is not None and part.size_bytes != total:\n",
        "            if False:\n",
        ("tests/protocols/http/test_transfer.py",),
    ),
    Planted(
        "one record that can't be written ends the writer of downloads",
        "kios_desktop/library/downloads/journal.py",
        "    except Exception as error:  # noqa: BLE001 (reported)\n",
        "    except ArithmeticError as error:\n",
        ("tests/unit/library/downloads/test_unclean.py",),
    ),
    Planted(
        "one record that can't be written fails all of an import",
        "kios_desktop/library/importer.py",
        "            if len(taken) > 1:\n",
        "            if len(taken) > 10**9:\n",
        ("tests/unit/library/test_unclean_names.py",),
    ),
    Planted(
        "a name that is no text goes to the database as it is",
        "kios_desktop/library/importer.py",
        "        file_name=path_to_text(Path(file.path.name)),\n",
        "        file_name=file.path.name,\n",
        ("tests/unit/library/test_unclean_names.py",),
    ),
    Planted(
        "half a character passes for text",
        "kios_desktop/domain/text.py",
        "    if not _HALF.search(text):\n",
        "    if True:\n",
        ("tests/unit/domain/test_text.py",),
    ),
    Planted(
        "a title turns the sentence around it",
        "kios_desktop/domain/text.py",
        "{_CONTROLS}\\u202a-\\u202e\\u2066-\\u206f]",
        "{_CONTROLS}]",
        ("tests/unit/domain/test_text.py",),
    ),
    Planted(
        "a record that can't be written costs its place",
        "kios_desktop/sync/saver.py",
        "                    self._save_place_of(save)\n",
        "",
        ("tests/unit/sync/test_saver.py",),
    ),
    Planted(
        "a place is sent before the disk has it",
        "kios_desktop/sync/saver.py",
        "                    if save.durable:\n                        self._settle()\n",
        "",
        (f"{_POWER}::test_a_place_is_on_the_disk_before_a_server_has_it",),
    ),
    Planted(
        "nobody waits for the disk before a place is sent",
        "kios_desktop/sync/driver.py",
        "                    await self._saver.tried()\n",
        "",
        (f"{_POWER}::test_a_place_is_on_the_disk_before_a_server_has_it",),
    ),
    Planted(
        "SQLite waits for no disk",
        "kios_desktop/storage/connecting.py",
        "PRAGMA synchronous=NORMAL",
        "PRAGMA synchronous=OFF",
        (f"{_POWER}::test_sqlite_waits_for_the_disk_where_it_must",),
    ),
    Planted(
        "an upgrade is outside a transaction",
        "kios_desktop/storage/database_file.py",
        "                self.write(upgrade_schema)\n",
        "                self.read(upgrade_schema)\n",
        (f"{_POWER}::test_an_upgrade_that_is_killed_leaves_what_was_there",),
    ),
    Planted(
        "a change without SQLAlchemy is outside a transaction",
        "kios_desktop/storage/database_file.py",
        '        connection.execute("BEGIN IMMEDIATE")\n',
        "",
        ("tests/unit/storage/test_plain.py",),
    ),
    Planted(
        "SQLAlchemy is imported before the library is painted",
        "kios_desktop/storage/database_file.py",
        "if TYPE_CHECKING:\n",
        "if True:\n",
        ("tests/e2e/test_first_screen.py",),
    ),
    Planted(
        "a removed book stays in the index over all books",
        "kios_desktop/application/index_machine.py",
        "self._stale = known.keys() - wanted.keys()",
        "self._stale = set()",
        ("tests/unit/application/test_index_machine.py",),
    ),
    Planted(
        "books are read though that is paused",
        "kios_desktop/application/index_machine.py",
        "return None if self._paused else self._change()",
        "return self._change()",
        ("tests/unit/application/test_index_machine.py",),
    ),
    Planted(
        "the index stays when it is switched off",
        "kios_desktop/application/index_machine.py",
        "return Remove() if self._exists else None",
        "return None",
        ("tests/unit/application/test_index_machine.py",),
    ),
    Planted(
        "the words of a dropped book stay in the index",
        "kios_desktop/storage/text_index.py",
        "INSERT INTO words(words, rowid, text) VALUES ('delete', ?, ?)",
        "SELECT ?, ?",
        (f"{_INDEX}::test_a_dropped_book_leaves_no_word",),
    ),
    Planted(
        "half a book stays in the index",
        "kios_desktop/storage/text_index.py",
        '    connection.execute("BEGIN IMMEDIATE")\n',
        '    connection.execute("PRAGMA user_version")\n',
        (f"{_INDEX}::test_a_book_that_fails_halfway_changes_nothing",),
    ),
    Planted(
        "words follow each other over the end of a paragraph",
        "kios_desktop/epub/search_words.py",
        'f" {BORDER_WORD} ".join(',
        '" ".join(',
        ("tests/unit/epub/test_search_words.py",),
    ),
)


class Tree:
    """A copy of what tests need, in which faults are planted and taken out again."""

    def __init__(self, folder: str) -> None:
        self._root = Path(folder)
        self._output = self._root / "output.txt"
        for name in _COPIED:
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, self._root / name, ignore=ignored)
        shutil.copy2(ROOT / "pyproject.toml", self._root)

    def check(self, faults: Sequence[Planted]) -> None:
        """Raises `Unsound` when the tests fail already, LookupError for what can't be planted."""
        for fault in faults:
            fault.source(self._root)
        for test in dict.fromkeys(test for fault in faults for test in fault.tests):
            if self._run((test,)) != _PASSED:
                raise Unsound(f"{test} fails without any fault:\n{self._said()}")

    def notices(self, fault: Planted) -> bool:
        """Whether a test fails. Raises `Unsound`."""
        file = self._root / fault.file
        whole = file.read_bytes()
        file.write_text(fault.source(self._root), encoding="utf-8")
        try:
            status = self._run(fault.tests)
        finally:
            file.write_bytes(whole)
        if status not in (_FAILED, _PASSED):
            raise Unsound(f"{fault.name}: pytest ended with {status}:\n{self._said()}")
        return status == _FAILED

    def _run(self, tests: Sequence[str]) -> int:
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
        env = {**os.environ, "PYTHONPATH": str(self._root), "PYTHONDONTWRITEBYTECODE": "1"}
        with self._output.open("wb") as out:
            pytest = subprocess.Popen(
                command, cwd=self._root, env=env, stdout=out, stderr=out, start_new_session=True
            )
            try:
                status = pytest.wait(TESTS_S)
            except subprocess.TimeoutExpired:
                return _FAILED  # what hangs is noticed
            finally:
                _end(pytest)
        if status < 0 and _ALL_PASSED.search(self._said()):
            return _PASSED  # Chromium may fall over at the very end, when all is said
        return _FAILED if status < 0 else status

    def _said(self) -> str:
        """The end of what the last tests had to say."""
        return self._output.read_text(encoding="utf-8", errors="replace")[-2000:]


def _end(process: "subprocess.Popen[bytes]") -> None:
    """With whatever its tests began and left, where the system has groups of processes."""
    if sys.platform == "win32":
        process.kill()
    else:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
