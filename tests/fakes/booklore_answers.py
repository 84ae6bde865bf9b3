"""How the servers put an answer: their own errors, those of their framework, and their web page."""

import json
from typing import Any

from tests.fakes.loopback import Says

STAMP = "2026-11-29T07:00:22.302012631"
PAGE = (
    b'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>BookLore</title></head>'
    b"<body><app-root></app-root></body></html>\n"
)
CONFLICT = "A data conflict occurred. The operation could not be completed."


class Failed(Exception):
    """Ends a request; nothing of it is kept."""

    def __init__(self, says: Says) -> None:
        super().__init__(says.status)
        self.says = says


def js(status: int, body: Any) -> Says:
    return Says(status, json.dumps(body).encode(), {"Content-Type": "application/json"})


def nothing(status: int) -> Says:
    return Says(status, b"")


def page() -> Says:
    """The web app, which answers wherever nothing else does."""
    return Says(200, PAGE, {"Content-Type": "text/html"})


def error(status: int, message: str, details: list[str] | None = None) -> Says:
    """An error of the application."""
    said = {"message": message, "status": status, "timestamp": STAMP}
    return js(status, {"details": details, **said} if details else said)


def framework(status: int, path: str) -> Says:
    """An error of the framework, of which the application knows nothing."""
    name = {401: "Unauthorized", 403: "Forbidden"}[status]
    at = "2026-11-29T12:00:27.072Z"
    return js(status, {"timestamp": at, "status": status, "error": name, "path": path})


def failed(status: int, message: str, details: list[str] | None = None) -> Failed:
    return Failed(error(status, message, details))


def invalid(*details: str) -> Failed:
    return failed(400, "Validation error", list(details))


def malformed() -> Failed:
    return failed(400, "Request body is missing or malformed.")


def conflict() -> Failed:
    return failed(400, CONFLICT)


def unexpected() -> Failed:
    return failed(500, "An unexpected error occurred.")


def no_book(book: Any) -> Failed:
    return failed(404, f"Book not found with ID: {book}")
