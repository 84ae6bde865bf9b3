"""`kios-desktop positions` as it is installed, with every place the corpus knows the truth of."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.books import BookDraft
from tests.corpus import book, book_names, truth
from tests.effort import few

Answer = dict[str, Any]
SPACE = str.maketrans("", "", " \t\r\n")


def command(path: Path) -> list[str]:
    return [sys.executable, "-m", "kios_desktop", "positions", str(path)]


def ask(path: Path, questions: Sequence[dict[str, Any] | str | bytes]) -> list[Answer]:
    """One answer a question, from one run of the command."""
    lines = (q if isinstance(q, str | bytes) else json.dumps(q) for q in questions)
    data = b"".join((x if isinstance(x, bytes) else x.encode()) + b"\n" for x in lines)
    done = subprocess.run(command(path), input=data, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    assert b"Traceback" not in done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(questions)
    return answers


def wrong_xpointer(record: Answer, answer: Answer) -> str:
    drawing = record["xpointer"].endswith("/autoboxing/svg.0")
    expected = {
        "spine_index": record["spine_index"],
        "href": record["href"],
        "ordinal": record["nonspace_before"],
        "ordinal_total": record["nonspace_total"],
        "precision": "item" if drawing else "exact",
        "error": None,
    }
    after = (answer["after"] or "").translate(SPACE)
    heard = record["text_after"].translate(SPACE)[:12] if "text()" in record["xpointer"] else ""
    head = f"/body/DocFragment[{record['spine_index'] + 1}]"
    return _difference(
        expected, answer, after.startswith(heard) and answer["xpointer"].startswith(head)
    )


def wrong_cfi(record: Answer, answer: Answer) -> str:
    expected = {
        "href": record["href"],
        "ordinal": record["nonspace_before"],
        "ordinal_total": record["nonspace_total"],
        "precision": "exact",
        "cfi": record["cfi"],
        "error": None,
    }
    return _difference(expected, answer)


def wrong_span(record: Answer, answer: Answer) -> str:
    expected = {
        "href": record["href"],
        "ordinal": record["nonspace_before"],
        "ordinal_total": record["nonspace_total"],
        "precision": "exact",
        "error": None,
    }
    if record["text"].strip(" \t\r\n"):  # a picture is where the next character is
        expected["kobo_span"] = record["kobo_span"]
    return _difference(expected, answer)


def _difference(expected: Answer, answer: Answer, sound: bool = True) -> str:
    got = {key: answer[key] for key in expected}
    return "" if got == expected and sound else f"{expected} is {answer}"


KINDS: dict[str, tuple[Sequence[str], Callable[[Answer, Answer], str]]] = {
    "xpointer": (("xpointer",), wrong_xpointer),
    "cfi": (("cfi",), wrong_cfi),
    "kobospan": (("kobo_span", "href"), wrong_span),
}
NOTATIONS = ("cfi", "locator")


def known_books() -> Iterator[str]:
    yield from (name for name in book_names() if any(truth(kind, name) for kind in KINDS))


@pytest.mark.parametrize("name", few(list(known_books()), 3) or ["corpus"])
def test_every_known_place_is_found(name: str) -> None:
    path = book(name)
    asked = [
        (kind, record, {key: record[key] for key in keys})
        for kind, (keys, _) in KINDS.items()
        for record in truth(kind, name)
    ]
    answers = ask(path, [question for _, _, question in asked])
    wrong = [
        found
        for (kind, record, _), answer in zip(asked, answers, strict=True)
        if (found := KINDS[kind][1](record, answer))
    ]
    assert wrong == []


@pytest.mark.parametrize("name", ["torture", "se-alice", "w3c-pkg-spine-order"])
def test_answers_are_questions_with_the_same_answer(name: str) -> None:
    path = book(name)
    records = truth("cfi", name)[:60]
    answers = ask(path, [{"cfi": record["cfi"]} for record in records])
    again = ask(path, [{key: answer[key]} for answer in answers for key in NOTATIONS])
    assert again == [answer for answer in answers for _ in NOTATIONS]


@contextmanager
def running(path: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        command(path), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(20) == 0


def test_answer_comes_before_the_next_question(tmp_path: Path) -> None:
    with running(BookDraft().write(tmp_path / "book.epub")) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for ordinal in range(3):
            process.stdin.write(json.dumps({"spine_index": 1, "ordinal": ordinal}) + "\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["ordinal"] == ordinal


DEEP = "/p" * 500_000
BAD: dict[str, str | bytes] = {
    "no JSON": "nonsense",
    "half JSON": '{"xpointer": "/body',
    "nothing": "",
    "a list": "[1]",
    "null": "null",
    "no notation": '{"href": "x"}',
    "not UTF-8": b'{"xpointer": "\xff\xfe"}',
    "deep JSON": "[" * 200_000,
    "deep locator": '{"locator": ' + '{"locations": ' * 50_000 + "1" + "}" * 50_001,
    "xpointer of 1 MB": json.dumps({"xpointer": "#" + DEEP}),
    "CFI of 1 MB": json.dumps({"cfi": "epubcfi(" + "/2" * 500_000 + ")"}),
    "CFI of brackets": json.dumps({"cfi": "epubcfi(/6/4" + "[" * 500_000}),
    "koboSpan of 1 MB": json.dumps({"kobo_span": "kobo." + "9" * 1_000_000, "href": "no.xhtml"}),
    "lone surrogate, xpointer": '{"xpointer": "\\ud800"}',
    "lone surrogate, href": '{"kobo_span": "kobo.1.1", "href": "\\udfff"}',
    "lone surrogate, locator": '{"locator": {"href": "\\ud800"}}',
    "NaN": '{"fraction": NaN}',
    "infinite": '{"fraction": Infinity}',
    "huge number": '{"fraction": 1' + "0" * 400 + "}",
    "negative spine index": '{"spine_index": -1, "ordinal": 0}',
    "huge spine index": '{"spine_index": 99999999999999999999, "ordinal": 0}',
    "negative ordinal": '{"spine_index": 0, "ordinal": -5}',
    "negative DocFragment": '{"xpointer": "/body/DocFragment[-1]/body/p"}',
    "DocFragment zero": '{"xpointer": "/body/DocFragment[0]/body/p"}',
    "huge DocFragment": '{"xpointer": "/body/DocFragment[99999999999]/body/p"}',
    "page number": '{"xpointer": "42"}',
    "CFI of another spine": '{"cfi": "epubcfi(/6/9998!/4/2)"}',
}


def test_bad_lines_get_an_error_and_never_end_the_run(tmp_path: Path) -> None:
    path = BookDraft().write(tmp_path / "book.epub")
    lines = [line for bad in BAD.values() for line in (bad, '{"fraction": 0.5}')]
    answers = ask(path, lines)
    silent = [n for n, a in zip(BAD, answers[::2], strict=True) if not isinstance(a["error"], str)]
    assert silent == []
    assert all(a["xpointer"] is None and a["spine_index"] is None for a in answers[::2])
    assert all(a["error"] is None and a["ordinal"] is not None for a in answers[1::2])


def test_doubtful_places_never_lead_to_the_first_page_of_the_book(tmp_path: Path) -> None:
    path = BookDraft().write(tmp_path / "book.epub")
    doubtful = {
        "/body/DocFragment[2]" + DEEP: "item",
        "/body/DocFragment[2]/body/p/text()[9].1": "element",
        "/body/DocFragment[2]/body/p/text().99999999": "element",
        "/body/DocFragment[2]/body/nothing": "item",
    }
    answers = ask(path, [{"xpointer": text} for text in doubtful])
    assert [a["precision"] for a in answers] == list(doubtful.values())
    assert all(a["spine_index"] == 1 for a in answers)
