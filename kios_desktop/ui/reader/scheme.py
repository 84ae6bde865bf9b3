"""The `book:` scheme: a book's resources, straight from its zip to the page.

One random host per open book, so every book is an origin of its own and `/abs` or `../../x` in it
stay inside its container. No path leaves a request unanswered.
"""

import logging
import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Protocol
from urllib.parse import quote, unquote

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, Signal, Slot
from PySide6.QtWebEngineCore import (
    QWebEngineUrlRequestJob,
    QWebEngineUrlScheme,
    QWebEngineUrlSchemeHandler,
)

from kios_desktop.domain.errors import Missing, PublicationError
from kios_desktop.epub.href import is_plain

log = logging.getLogger(__name__)

SCHEME = b"book"
SHELL = ".kios/shell.html"

BOOK_CSP = (
    "default-src 'none'; script-src 'none'; style-src 'self' 'unsafe-inline' data:; "
    "img-src 'self' data:; font-src 'self' data:; media-src 'self'; frame-src 'none'; "
    "object-src 'none'; connect-src 'none'; form-action 'none'; base-uri 'none'"
)
SHELL_CSP = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'"


class Resource(Protocol):
    """What a chapter, picture or font is served as."""

    @property
    def body(self) -> bytes: ...

    @property
    def media_type(self) -> str: ...


Read = Callable[[str], Resource]
"""Reads a resource by its path in the zip. Raises PublicationError. Called off the GUI thread."""


def register_scheme() -> None:
    """Make `book:` known to Chromium. Must run before the QApplication exists."""
    scheme = QWebEngineUrlScheme(SCHEME)
    scheme.setSyntax(QWebEngineUrlScheme.Syntax.Host)
    flags = QWebEngineUrlScheme.Flag
    # Secure: no mixed-content rules. Cors: fonts of the book load from its own origin.
    scheme.setFlags(flags.SecureScheme | flags.CorsEnabled)
    QWebEngineUrlScheme.registerScheme(scheme)


def book_url(host: str, href: str) -> str:
    """The address of a resource, percent-encoded."""
    return f"book://{host}/{href if is_plain(href) else quote(href)}"


def book_urls(host: str, hrefs: Sequence[str]) -> list[str]:
    """The addresses of many resources; looked at together, for there may be thousands."""
    if is_plain("/".join(hrefs)):
        start = f"book://{host}/"
        return [start + href for href in hrefs]
    return [book_url(host, href) for href in hrefs]


class BookScheme(QWebEngineUrlSchemeHandler):
    """Answers requests for the books that are open."""

    _read_done = Signal(int, object)  # request number, Future

    def __init__(self, shell: bytes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shell = shell
        self._books: dict[str, Read] = {}
        self._jobs: dict[int, QWebEngineUrlRequestJob] = {}
        self._count = 0
        # Inflating a large picture must not stop the window; two at a time keep order good enough.
        self._pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="book")
        self._read_done.connect(self._answer_read)

    def new_host(self) -> str:
        """A host with the shell only; a page can be warmed up before a book is chosen."""
        host = secrets.token_hex(8)
        self._books[host] = _no_book
        return host

    def serve_book(self, host: str, read: Read) -> None:
        """From now on the host has this book's resources."""
        self._books[host] = read

    def remove_book(self, host: str) -> None:
        self._books.pop(host, None)

    def serves(self, host: str) -> bool:
        return host in self._books

    def close(self) -> None:
        self._books.clear()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def requestStarted(self, job: QWebEngineUrlRequestJob) -> None:
        url = job.requestUrl()
        read = self._books.get(url.host())
        if job.requestMethod().data() != b"GET":
            job.fail(QWebEngineUrlRequestJob.Error.RequestDenied)
            return
        if read is None:
            job.fail(QWebEngineUrlRequestJob.Error.UrlInvalid)
            return
        path = unquote(url.path(url.ComponentFormattingOption.FullyEncoded)).lstrip("/")
        if path == SHELL:
            _reply(job, "text/html", self._shell, SHELL_CSP)
            return
        self._count += 1
        number = self._count
        self._jobs[number] = job
        job.destroyed.connect(lambda: self._jobs.pop(number, None))
        future = self._pool.submit(read, path)
        future.add_done_callback(lambda done: self._read_done.emit(number, done))

    @Slot(int, object)
    def _answer_read(self, number: int, done: Future[Resource]) -> None:
        job = self._jobs.pop(number, None)
        if job is None or done.cancelled():
            return  # the page went away before the file was read
        try:
            resource = done.result()
        except PublicationError as e:
            log.info("not served: %s", e)
            job.fail(QWebEngineUrlRequestJob.Error.UrlNotFound)
            return
        _reply(job, resource.media_type, resource.body, BOOK_CSP)


def _no_book(href: str) -> Resource:
    raise Missing(href)


def _reply(job: QWebEngineUrlRequestJob, media_type: str, body: bytes, csp: str) -> None:
    # The values must be lists, whatever the type stubs say: a plain value is dropped in silence,
    # and the policy with it.
    headers: Any = {
        QByteArray(b"Content-Security-Policy"): [QByteArray(csp.encode())],
        QByteArray(b"X-Content-Type-Options"): [QByteArray(b"nosniff")],
        QByteArray(b"Referrer-Policy"): [QByteArray(b"no-referrer")],
    }
    job.setAdditionalResponseHeaders(headers)
    buffer = QBuffer(job)  # parented: it must outlive the reply
    buffer.setData(QByteArray(body))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    job.reply(QByteArray(media_type.encode()), buffer)
