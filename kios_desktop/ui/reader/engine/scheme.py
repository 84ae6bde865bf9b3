"""The `book:` scheme, which serves a book's resources from its zip to its page.

Each open book has a random host, and so an origin of its own; `/abs` and `../../x` stay inside its
container. Every request is answered, and no book waits for another.
"""

import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol
from urllib.parse import quote, unquote

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, Signal, Slot
from PySide6.QtWebEngineCore import (
    QWebEngineUrlRequestJob,
    QWebEngineUrlScheme,
    QWebEngineUrlSchemeHandler,
)

from kios_desktop.domain.errors import Missing, PublicationError
from kios_desktop.epub.href import is_plain
from kios_desktop.ui.reader.engine.wire import LEFT_OUT

if TYPE_CHECKING:  # not imported at start
    from kios_desktop.epub.serving import StandIn

log = logging.getLogger(__name__)

SCHEME = b"book"
SHELL = ".kios/shell.html"
LOST = ".kios/lost.xhtml"
MATH_FONT = ".kios/math.woff2"
FONTS = ".kios/fonts/"  # those that come with Kios
OWN_FONTS = ".kios/own-fonts/"  # those that the user added
_FONT_PATHS = (MATH_FONT, FONTS, OWN_FONTS)
HYPHENS = ".kios/hyphens/"  # and a language tag
_LEFT_OUT = f".kios/{LEFT_OUT}"
EMPTY_PAGE = ".kios-viewer.xhtml"
"""An empty page beside every file of a book, in which the viewer shows a part of that file."""
_EMPTY_PAGE_BODY = (
    b'<html xmlns="http://www.w3.org/1999/xhtml"><head><title>Kios</title></head><body/></html>'
)

BOOK_CSP = (
    "default-src 'none'; script-src 'none'; style-src 'self' 'unsafe-inline' data:; "
    "img-src 'self' data:; font-src 'self' data:; media-src 'self'; frame-src 'none'; "
    "object-src 'none'; connect-src 'none'; form-action 'none'; base-uri 'none'"
)
# `connect-src` is for our script, which fetches hyphenation patterns; a book runs in frames only.
SHELL_CSP = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; connect-src 'self'; "
    "font-src 'self'; base-uri 'none'; form-action 'none'"
)


class Resource(Protocol):
    """The response for a chapter, picture or font."""

    @property
    def body(self) -> bytes: ...

    @property
    def media_type(self) -> str: ...
    @property
    def stand_in(self) -> "StandIn | None":
        """Why there is no body; a page with a sentence is sent instead."""

    @property
    def is_damaged(self) -> bool:
        """Whether a sentence at its end has to say that it is not all there."""


Read = Callable[[str], Resource]
"""Reads a resource by its path in the zip. Raises PublicationError. Called off the GUI thread."""


def register_scheme() -> None:
    """Make `book:` known to Chromium. Must run before the QApplication exists."""
    scheme = QWebEngineUrlScheme(SCHEME)
    scheme.setSyntax(QWebEngineUrlScheme.Syntax.Host)
    flags = QWebEngineUrlScheme.Flag
    # Secure: no mixed-content rules. Cors: fonts of the book load from its own origin. Fetch: of
    # our script in the shell; the policy of a book's files allows none.
    scheme.setFlags(flags.SecureScheme | flags.CorsEnabled | flags.FetchApiAllowed)
    QWebEngineUrlScheme.registerScheme(scheme)


def book_url(host: str, href: str) -> str:
    """The address of a resource, percent-encoded."""
    return f"book://{host}/{href if is_plain(href) else quote(href)}"


def book_urls(host: str, hrefs: Sequence[str]) -> list[str]:
    """The addresses of many resources; tested together, as there may be thousands."""
    if is_plain("/".join(hrefs)):
        start = f"book://{host}/"
        return [start + href for href in hrefs]
    return [book_url(host, href) for href in hrefs]


class _Host:
    """The host of one book. Files are read in threads; concurrent reads of one file are joined."""

    def __init__(self) -> None:
        self.read: Read = _no_book
        self._reading: dict[str, Future[Resource]] = {}
        # Inflating a large picture must not block the window. Two at a time mostly keep the order.
        # Threads named “work…” that hang at the end are abandoned, see `startup/launch.py`.
        self._pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="work-book")

    def begin(self, path: str) -> Future[Resource]:
        """Read a file. Raises RuntimeError after `close`."""
        reading = self._reading.get(path)
        if reading is None:
            read = _hyphens if path.startswith(HYPHENS) else self.read
            reading = self._reading[path] = self._pool.submit(_whole, read, path)
            reading.add_done_callback(lambda _done: self._reading.pop(path, None))
        return reading

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)


def font_file(fonts: Mapping[str, Path], path: str) -> Path:
    """The file for a path of a request; `fonts` as for `BookScheme`. Raises OSError.

    A book may ask for any path. So no path is made of what it asks for: its folder is one of ours,
    and its name is looked for among those that are there.
    """
    if (file := fonts.get(path)) is not None:
        return file
    start, slash, name = path.rpartition("/")
    if (folder := fonts.get(start + slash)) is not None:
        for listed in folder.iterdir():
            if listed.name == name:
                return listed
    raise FileNotFoundError("no font of that name")


class BookScheme(QWebEngineUrlSchemeHandler):
    """Answers requests for resources of open books."""

    _read_done = Signal(int, object)  # request number, Future

    def __init__(
        self, shell: bytes, fonts: Mapping[str, Path], parent: QObject | None = None
    ) -> None:
        """`fonts` are a file for `MATH_FONT`, and a folder for each path that ends in a slash."""
        super().__init__(parent)
        self._shell, self._fonts = shell, fonts
        self._hosts: dict[str, _Host] = {}
        self._jobs: dict[int, QWebEngineUrlRequestJob] = {}
        self._count = 0
        self._read_done.connect(self._answer_read)

    def new_host(self) -> str:
        """A host that serves the shell, for a page that is prepared before its book is known."""
        host = secrets.token_hex(8)
        self._hosts[host] = _Host()
        return host

    def serve_book(self, host: str, read: Read) -> None:
        """Serve this book's resources on the host from now on."""
        if (served := self._hosts.get(host)) is not None:  # else the page has ended
            served.read = read

    def remove_book(self, host: str) -> None:
        removed = self._hosts.pop(host, None)
        if removed is not None:
            removed.close()

    def serves(self, host: str) -> bool:
        return host in self._hosts

    def close(self) -> None:
        for host in tuple(self._hosts):
            self.remove_book(host)

    def requestStarted(self, job: QWebEngineUrlRequestJob) -> None:
        try:
            self._begin(job)
        except Exception:
            log.exception("a request of a page could not be answered")
            _fail(job)

    def _begin(self, job: QWebEngineUrlRequestJob) -> None:
        url = job.requestUrl()
        host = self._hosts.get(url.host())
        if job.requestMethod().data() != b"GET":
            job.fail(QWebEngineUrlRequestJob.Error.RequestDenied)
            return
        if host is None:
            job.fail(QWebEngineUrlRequestJob.Error.UrlInvalid)
            return
        path = unquote(url.path(url.ComponentFormattingOption.FullyEncoded)).lstrip("/")
        if path == SHELL:
            _reply(job, "text/html", self._shell, SHELL_CSP)
            return
        if path.startswith(_FONT_PATHS):
            self._reply_font(job, path)
            return
        if path in (LOST, _LEFT_OUT):
            _reply_lost(job, left_out=path == _LEFT_OUT)
            return
        if path.rpartition("/")[2] == EMPTY_PAGE:
            _reply(job, "application/xhtml+xml", _EMPTY_PAGE_BODY, BOOK_CSP)
            return
        future = host.begin(path)
        self._count += 1
        number = self._count
        self._jobs[number] = job
        job.destroyed.connect(lambda: self._jobs.pop(number, None))
        future.add_done_callback(lambda done: self._read_done.emit(number, done))

    def _reply_font(self, job: QWebEngineUrlRequestJob, path: str) -> None:
        try:
            file = font_file(self._fonts, path)
            body = file.read_bytes()
        except OSError as e:
            log.info("a font was not served: %s", e)
            job.fail(QWebEngineUrlRequestJob.Error.UrlNotFound)
            return
        _reply(job, f"font/{file.suffix[1:].lower()}", body, BOOK_CSP)

    @Slot(int, object)
    def _answer_read(self, number: int, done: Future[Resource]) -> None:
        job = self._jobs.pop(number, None)
        if job is None:
            return  # the page was closed before the file was read
        try:
            resource = done.result()
            if resource.stand_in is not None or resource.is_damaged:
                resource = _with_sentence(resource)
            _reply(job, resource.media_type, resource.body, BOOK_CSP)
        except CancelledError:
            job.fail(QWebEngineUrlRequestJob.Error.RequestAborted)  # the book was closed
        except PublicationError as e:
            log.info("not served: %s", e)
            job.fail(QWebEngineUrlRequestJob.Error.UrlNotFound)
        except Exception:
            log.exception("a file of a book could not be served")
            _fail(job)


def _whole(read: Read, path: str) -> Resource:
    """In a thread of the pool: turn a `BaseException`, which would be lost there, into an error."""
    try:
        return read(path)
    except Exception:
        raise
    except BaseException as e:
        raise RuntimeError(f"reading ended with {type(e).__name__}") from e


class _Patterns(NamedTuple):
    body: bytes
    media_type: str = "text/plain;charset=utf-8"
    stand_in: None = None
    is_damaged: bool = False


def _hyphens(path: str) -> Resource:
    from kios_desktop.ui.reader.engine.hyphenation import patterns_of  # not imported at start

    return _Patterns(patterns_of(path.removeprefix(HYPHENS)).encode())


def _fail(job: QWebEngineUrlRequestJob) -> None:
    """Answer a failed request: for a chapter with a page that says so, else with an error."""
    if job.requestHeaders().get(QByteArray(b"Accept"), QByteArray()).startsWith(b"text/html"):
        _reply_lost(job)
    else:
        job.fail(QWebEngineUrlRequestJob.Error.RequestFailed)


def _with_sentence(resource: Resource) -> Resource:
    """The page for a chapter that can't be shown, or is not all there."""
    # not imported at start
    from kios_desktop.ui.reader.engine.stand_in_pages import damaged_page, stand_in_page

    if resource.stand_in is not None:
        return stand_in_page(resource.stand_in)
    return damaged_page(resource.body)


def _reply_lost(job: QWebEngineUrlRequestJob, left_out: bool = False) -> None:
    # not imported at start
    from kios_desktop.ui.reader.engine.stand_in_pages import left_out_page, lost_page

    page = left_out_page() if left_out else lost_page()
    _reply(job, page.media_type, page.body, BOOK_CSP)


def _no_book(href: str) -> Resource:
    raise Missing(href)


def _reply(job: QWebEngineUrlRequestJob, media_type: str, body: bytes, csp: str) -> None:
    # The values must be lists, unlike the type stubs say: other values are dropped silently,
    # and the policy with them.
    headers: Any = {
        QByteArray(b"Content-Security-Policy"): [QByteArray(csp.encode())],
        QByteArray(b"X-Content-Type-Options"): [QByteArray(b"nosniff")],
        QByteArray(b"Referrer-Policy"): [QByteArray(b"no-referrer")],
    }
    job.setAdditionalResponseHeaders(headers)
    buffer = QBuffer(job)  # parented, as it must outlive the reply
    buffer.setData(QByteArray(body))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    job.reply(QByteArray(media_type.encode()), buffer)
