"""No secret reaches the log, in none of its forms."""

import base64
import hashlib
import logging
from pathlib import Path

import pytest

from kios_desktop.log import RedactingFormatter, set_up


def logged(formatter: RedactingFormatter, message: str, *args: object) -> str:
    record = logging.LogRecord("kios.test", logging.INFO, __file__, 1, message, args, None)
    return formatter.format(record)


PASSWORD = "pa ss/wörd"


@pytest.mark.parametrize(
    "form",
    [
        PASSWORD,
        "pa%20ss%2Fw%C3%B6rd",
        "pa+ss%2Fw%C3%B6rd",
        hashlib.md5(PASSWORD.encode()).hexdigest(),
        base64.b64encode(f"alice:{PASSWORD}".encode()).decode(),
    ],
)
def test_every_form_of_a_registered_secret_is_blanked(form: str) -> None:
    formatter = RedactingFormatter()
    formatter.hide(PASSWORD, username="alice")
    assert logged(formatter, "sent %s here", form).endswith("sent *** here")


def test_secrets_in_tracebacks_are_blanked() -> None:
    formatter = RedactingFormatter()
    formatter.hide("hunter2")
    try:
        raise ValueError("password hunter2")
    except ValueError as error:
        record = logging.LogRecord(
            "x", logging.ERROR, __file__, 1, "failed", (), (ValueError, error, error.__traceback__)
        )
    assert "hunter2" not in formatter.format(record)


@pytest.mark.parametrize(
    ("text", "leak"),
    [
        ("GET https://alice:hunter2@host/x", "hunter2"),
        ("GET https://host/api?apikey=hunter2&x=1 200", "hunter2"),
        ("GET https://host/api/koreader/0f1e2d3c-4b5a-6978-8796/users/auth", "0f1e2d3c"),
        ("GET https://host/kobo/0f1e2d3c4b5a69788796/v1", "0f1e2d3c4b5a"),
        ("headers {'x-auth-key': '5ebe2294ecd0'}", "5ebe2294ecd0"),
        ("Authorization: Basic YWxpY2U6c2VjcmV0", "YWxpY2U6c2VjcmV0"),
        ("[(b'x-auth-user', b'key-of-komga')]", "key-of-komga"),
    ],
)
def test_what_looks_like_a_secret_is_blanked_unseen(text: str, leak: str) -> None:
    assert leak not in logged(RedactingFormatter(), text)


def test_ordinary_words_and_short_values_stay() -> None:
    formatter = RedactingFormatter()
    formatter.hide("a")
    text = "opened https://books.example:8083/kosync in 12 ms (a page)"
    assert logged(formatter, text).endswith(text)


def test_a_kobo_sync_token_is_blanked_however_it_looks() -> None:
    text = logged(RedactingFormatter(), "GET https://books.example.org/api/kobo/word/v1/library")
    assert "word" not in text
    assert text.endswith("/v1/library")


def test_the_log_goes_to_a_file_and_http_libraries_are_quiet(tmp_path: Path) -> None:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    try:
        formatter = set_up(tmp_path / "log", logging.INFO)
        formatter.hide("hunter2")
        logging.getLogger("kios_desktop.test").info("the word is %s", "hunter2")
        logging.getLogger("kios_desktop.test").info("%s is gone", Path("caf\udce9.epub"))
        text = (tmp_path / "log" / "kios.log").read_text(encoding="utf-8")
        assert "the word is ***" in text
        assert "caf\\udce9.epub is gone" in text
        assert logging.getLogger("httpx").getEffectiveLevel() == logging.WARNING
        assert logging.getLogger("httpcore").getEffectiveLevel() == logging.WARNING
    finally:
        for handler in root.handlers[:]:
            if handler not in before:
                root.removeHandler(handler)
                handler.close()
        root.setLevel(level)


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://h.org/api/koreader/Abcd1234efgh/users/auth", "Abcd1234efgh"),
        ("https://h.org/api/koreader/hunterhunterhunter", "hunterhunterhunter"),
        ("https://h.org/koreader/stump_abc123/syncs/progress", "stump_abc123"),
        ("https://h.org/opds/stump_abc123/v1.2", "stump_abc123"),
    ],
)
def test_a_key_of_kavita_or_stump_is_blanked_however_it_looks(url: str, key: str) -> None:
    text = logged(RedactingFormatter(), "GET %s", url)
    assert text.endswith("GET " + url.replace(key, "***"))


def test_the_routes_of_koreader_sync_stay() -> None:
    text = "GET https://h.org/api/koreader/syncs/progress"
    assert logged(RedactingFormatter(), text).endswith(text)
