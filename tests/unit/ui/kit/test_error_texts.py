"""Every error has a text, and each kind of failure its own."""

import inspect
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale

from kios_desktop.domain import errors
from kios_desktop.domain.errors import (
    Certificate,
    ClockAhead,
    Damage,
    Damaged,
    Encrypted,
    Fault,
    Faulty,
    Full,
    Instead,
    KiosError,
    Lacks,
    Locked,
    Malformed,
    NotACatalog,
    NotMatched,
    NotUpgraded,
    ReadOnly,
    Redirected,
    Refusal,
    Refused,
    Rejected,
    StorageError,
    Throttled,
    TooLarge,
    TooManyFiles,
    TooNew,
    TrustProblem,
    Unreachable,
    Unreadable,
    Unsupported,
    Untrusted,
)
from kios_desktop.ui.kit import error_texts
from kios_desktop.ui.kit.error_texts import (
    Action,
    explain,
    explain_import,
    explain_opening,
    explain_test,
)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Numbers are grouped as in English."""
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.English))
    yield
    QLocale.setDefault(before)


def certificate(problem: TrustProblem) -> Certificate:
    return Certificate("h:1", "0" * 64, "h", "h", None, None, ("h",), "PEM", problem)


def every_kind() -> Iterator[type[KiosError]]:
    for _name, value in inspect.getmembers(errors, inspect.isclass):
        if issubclass(value, KiosError):
            yield value


@pytest.mark.parametrize("kind", [*every_kind()], ids=lambda k: k.__name__)
def test_every_error_of_the_tree_has_words_of_its_own(kind: type[KiosError]) -> None:
    assert kind in error_texts._MESSAGES


ROWS = [
    (
        Unreachable(Fault.DNS, "books.home:443"),
        "books.home can’t be found. Check the spelling, or your VPN.",
        Action.TRY_AGAIN,
    ),
    (
        Unreachable(Fault.REFUSED, "books.home:6062"),
        "The connection was refused at books.home:6062. Is the server running?",
        Action.TRY_AGAIN,
    ),
    (
        Unreachable(Fault.TIMEOUT, "books.home:6062", 10.0),
        "books.home didn’t answer within 10 s.",
        Action.TRY_AGAIN,
    ),
    (
        Unreachable(Fault.REFUSED, "[::1]:6062"),
        "The connection was refused at [::1]:6062. Is the server running?",
        Action.TRY_AGAIN,
    ),
    (
        Unreachable(Fault.TIMEOUT, "[fd00::1]", 10.0),
        "[fd00::1] didn’t answer within 10 s.",
        Action.TRY_AGAIN,
    ),
    (
        Unreachable(Fault.TIMEOUT, "[fd00::1]:80", 10.0),
        "[fd00::1] didn’t answer within 10 s.",
        Action.TRY_AGAIN,
    ),
    (Unreachable(Fault.OFFLINE, "books.home"), "You’re offline.", Action.NONE),
    (
        Untrusted("books.home:1", certificate(TrustProblem.SELF_SIGNED)),
        "books.home:1 signed its own certificate.",
        Action.LOOK_AT_CERTIFICATE,
    ),
    (
        Rejected(Refusal.CREDENTIALS),
        "The server didn’t accept the username or password.",
        Action.ENTER_AGAIN,
    ),
    (
        Rejected(Refusal.FORBIDDEN),
        "You’re signed in, but not allowed to do this. Ask whoever runs the server.",
        Action.NONE,
    ),
    (Unsupported(), "KOReader sync doesn’t answer at this address.", Action.CHANGE_ADDRESS),
    (
        Malformed("html", html=True),
        "The server sent a web page. The address is probably missing its sub-path.",
        Action.CHANGE_ADDRESS,
    ),
    (
        Malformed("html", html=True, login=True),
        "A login page is in the way.",
        Action.CHANGE_ADDRESS,
    ),
    (Malformed("json"), "Home sent an answer Kios can’t read.", Action.TRY_AGAIN),
    (NotMatched(), "The server doesn’t know this file.", Action.NONE),
    (Throttled(61.0), "The server is busy. Next try in 2 min.", Action.RETRY),
    (Faulty(502), "The server had a problem (502).", Action.RETRY),
    (Refused(422), "The server did not take what Kios sent (422).", Action.NONE),
    (
        Redirected("a.org", "https://b.org/x", same_host=False),
        "a.org sends Kios to https://b.org/x. Your password was not sent there.",
        Action.USE_LOCATION,
    ),
    (
        Redirected("a.org", "https://a.org/x", same_host=True),
        "The server redirected the upload, so nothing was stored. Use the final address.",
        Action.USE_LOCATION,
    ),
    (Encrypted("Adobe ADEPT"), "Protected by DRM (Adobe ADEPT). Kios can’t open it.", Action.NONE),
    (Encrypted(""), "Protected by DRM. Kios can’t open it.", Action.NONE),
    (
        Unreadable(Damage.TRUNCATED),
        "The file is damaged: it ends before the last chapter. Try downloading it again.",
        Action.NONE,
    ),
    (Unreadable(Damage.NOT_A_ZIP), "This is not an EPUB file.", Action.NONE),
    (Unreadable(Damage.OTHER_TYPE, "PDF"), "Kios reads EPUB. This is a PDF file.", Action.NONE),
    (
        Unreadable(Damage.OTHER_TYPE, "zip archive of EPUBs"),
        "Kios reads EPUB. This is a zip archive of EPUBs file.",
        Action.NONE,
    ),
    (Unreadable(Damage.NO_CHAPTERS), "The book has no readable chapters.", Action.NONE),
    (Unreadable(Damage.NO_PERMISSION), "Kios may not read this file.", Action.NONE),
    (
        TooLarge("book", 4 << 30),
        "The file unpacks to more than 4 GB. Kios doesn’t open files like this.",
        Action.NONE,
    ),
    (
        TooManyFiles(50_000),
        "The book is made of more than 50,000 files. Kios doesn’t open books like this.",
        Action.NONE,
    ),
    (Damaged("a.xhtml"), "Part of this chapter is damaged.", Action.NONE),
    (Full(), "No space left on this disk. Your place is kept in memory.", Action.TRY_AGAIN),
    (TooNew(), "This library was opened by a newer Kios. Update to open it.", Action.QUIT),
]


@pytest.mark.parametrize(("error", "text", "action"), ROWS, ids=lambda v: str(v)[:40])
def test_each_cause_says_exactly_its_text(error: KiosError, text: str, action: Action) -> None:
    message = explain(error, "Home")
    assert (message.text, message.action) == (text, action)
    assert message.title


@pytest.mark.parametrize("fault", Fault)
def test_every_way_of_not_reaching_a_server_has_a_sentence(fault: Fault) -> None:
    assert explain(Unreachable(fault, "h:1")).text


@pytest.mark.parametrize("instead", Instead)
def test_whatever_came_instead_of_a_catalog_has_a_sentence(instead: Instead) -> None:
    assert explain(NotACatalog(instead)).text
    assert "Gate" in explain(NotACatalog(Instead.WEB_PAGE, title="Gate")).text
    assert "No books" in explain(NotACatalog(Instead.TEXT, said="No books")).text


@pytest.mark.parametrize("lacks", Lacks)
def test_whatever_an_address_lacks_has_a_sentence(lacks: Lacks) -> None:
    assert explain(Unsupported("", lacks)).text


def test_a_proxy_that_can_not_take_long_headers_is_told_from_a_broken_server() -> None:
    assert "proxy_buffer_size" in explain(Faulty(502, long_headers=True)).text


def test_a_shop_out_of_reach_is_told_from_a_broken_server() -> None:
    text = explain(Faulty(500, asks_shop=True)).text
    assert "Kobo store" in text and "What arrived is kept" in text and "(500)" in text


def test_a_clock_that_is_ahead_is_said_with_what_helps() -> None:
    text = explain(ClockAhead()).text
    assert "as soon as that time has passed" in text and "mark the book as unread" in text


@pytest.mark.parametrize("refusal", Refusal)
def test_every_refusal_has_a_sentence(refusal: Refusal) -> None:
    assert explain(Rejected(refusal)).text


@pytest.mark.parametrize("problem", TrustProblem)
def test_every_doubt_about_a_certificate_has_a_sentence(problem: TrustProblem) -> None:
    assert explain(Untrusted("h:1", certificate(problem))).text


@pytest.mark.parametrize("damage", Damage)
def test_every_kind_of_damage_has_a_sentence(damage: Damage) -> None:
    assert explain(Unreadable(damage)).text


def test_a_subclass_nobody_foresaw_is_explained_as_its_parent() -> None:
    class Slow(Faulty):
        pass

    assert explain(Slow(504)).text == "The server had a problem (504)."


def test_the_text_of_an_unknown_exception_is_never_shown() -> None:
    message = explain(RuntimeError("password=hunter2"))
    assert "hunter2" not in message.title + message.text


STORAGE = [k for k in every_kind() if issubclass(k, (Full, ReadOnly, Locked)) or k is StorageError]


@pytest.mark.parametrize("kind", STORAGE, ids=lambda k: k.__name__)
def test_a_failure_while_adding_books_speaks_of_no_place(kind: type[KiosError]) -> None:
    assert "place" not in explain_import(kind()).text
    assert "place" in explain(kind()).text


def test_what_is_wrong_with_a_file_is_said_while_adding_as_anywhere() -> None:
    assert explain_import(Encrypted("")) == explain(Encrypted(""))


@pytest.mark.parametrize(
    ("error", "fault", "remedy"),
    [
        (Full(), "no room left on this disk", "Make room on this disk, then start Kios again."),
        (ReadOnly(), "may not write to its folder", "Allow writing there, then start Kios again."),
        (Locked(), "Another program is using the library", "then start Kios again."),
        (StorageError("SQLITE_IOERR"), "The disk does not let", "then start Kios again."),
        (
            NotUpgraded(Full()),
            "has to be upgraded, for which there is no room on this disk",
            "Make room on this disk, then start Kios again.",
        ),
        (
            NotUpgraded(ReadOnly()),
            "has to be upgraded, and Kios may not write to its folder",
            "Allow writing there, then start Kios again.",
        ),
        (TooNew(), "a newer Kios", "Update to open it."),
    ],
)
def test_a_start_that_fails_names_the_fault_and_the_remedy(
    error: StorageError, fault: str, remedy: str
) -> None:
    """No place is in memory then, and none is promised to be."""
    text = explain_opening(error)
    assert fault in text
    assert text.endswith(remedy)
    assert "memory" not in text


SAID = "The server says: “Query Error: no such column”"


def test_what_a_server_says_about_its_trouble_is_among_the_details() -> None:
    assert explain(Faulty(500, said="Query Error: no such column")).said == SAID
    assert explain(Rejected(Refusal.FORBIDDEN, "Query Error: no such column")).said == SAID
    assert explain(Faulty(500)).said == ""


@pytest.mark.parametrize(
    "error", [Throttled(60.0), Throttled(), Faulty(500), RuntimeError("?"), Unsupported()], ids=str
)
def test_nothing_is_said_twice_in_one_line(error: Exception) -> None:
    message = explain(error, "Home")
    assert message.line.startswith(message.title)
    assert message.line.count(message.title) == 1
    assert message.line.endswith(message.rest)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (Throttled(), "Wait a little, then test again."),
        (Throttled(61.0), "Test again in 2 min."),
        (Unsupported("", Lacks.CATALOG), "There is no catalog at this address."),
        (Rejected(Refusal.CREDENTIALS), "The server didn’t accept the username or password."),
    ],
    ids=lambda one: str(one)[:30],
)
def test_a_test_of_a_catalog_promises_no_second_try(error: Exception, text: str) -> None:
    assert explain_test(error, "Home", catalog=True).text == text
