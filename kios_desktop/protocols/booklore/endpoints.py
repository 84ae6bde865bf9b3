"""The requests of the API: method, path, the status of success, and how much may come back."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, urlencode

from msgspec import Struct

KILOBYTE: Final = 1024
SMALL_BYTES: Final = 64 * KILOBYTE
RECORD_BYTES: Final = 1024 * KILOBYTE  # books come whole, with their descriptions
LIST_BYTES: Final = 16 * 1024 * KILOBYTE  # a thousand highlights are 0.4 MB


class Endpoint(Struct, frozen=True):
    """One request, such as `GET /api/v1/books/{id}`; `path` is below `/api/` and is what is logged.

    `status` is that of success. `empty`: success has no body, else it has JSON.
    """

    method: str
    path: str
    status: int = 200
    empty: bool = False
    cap_bytes: int = RECORD_BYTES

    def filled(self, parts: Mapping[str, str | int], query: Mapping[str, str | int]) -> str:
        """The path with its parts and query, escaped."""
        quoted = {name: quote(str(value), safe="") for name, value in parts.items()}
        path = f"/api/{self.path.format(**quoted)}"
        return f"{path}?{urlencode(query, quote_via=quote)}" if query else path


PUBLIC_SETTINGS: Final = Endpoint("GET", "v1/public-settings", cap_bytes=SMALL_BYTES)
SIGN_IN: Final = Endpoint("POST", "v1/auth/login", cap_bytes=SMALL_BYTES)
REFRESH: Final = Endpoint("POST", "v1/auth/refresh", cap_bytes=SMALL_BYTES)

KOREADER_SIGN_IN: Final = Endpoint("GET", "koreader/users/auth", cap_bytes=SMALL_BYTES)
KOREADER_BY_HASH: Final = Endpoint("GET", "koreader/books/by-hash/{hash}")
KOREADER_USER: Final = Endpoint("GET", "v1/koreader-users/me", cap_bytes=SMALL_BYTES)
SAVE_KOREADER_USER: Final = Endpoint("PUT", "v1/koreader-users/me", cap_bytes=SMALL_BYTES)

BOOK: Final = Endpoint("GET", "v1/books/{book}")
BOOK_BY_HASH: Final = Endpoint("GET", "v1/books/by-hash/{hash}")
SEARCH: Final = Endpoint("GET", "v1/books/search")
APP_SEARCH: Final = Endpoint("GET", "v1/app/books/search", cap_bytes=LIST_BYTES)
MOBILE_SEARCH: Final = Endpoint("GET", "mobile/v1/books/search", cap_bytes=LIST_BYTES)
RATE: Final = Endpoint("PUT", "v1/books/personal-rating")
CLEAR_RATING: Final = Endpoint("POST", "v1/books/reset-personal-rating")

SAVE_SESSION: Final = Endpoint(
    "POST", "v1/reading-sessions", 202, empty=True, cap_bytes=SMALL_BYTES
)
SAVE_SESSIONS: Final = Endpoint("POST", "v1/reading-sessions/batch")
SESSIONS: Final = Endpoint("GET", "v1/reading-sessions/book/{book}")

ANNOTATIONS: Final = Endpoint("GET", "v1/annotations/book/{book}", cap_bytes=LIST_BYTES)
CREATE_ANNOTATION: Final = Endpoint("POST", "v1/annotations")
UPDATE_ANNOTATION: Final = Endpoint("PUT", "v1/annotations/{id}")
DELETE_ANNOTATION: Final = Endpoint("DELETE", "v1/annotations/{id}", 204, empty=True)

PLACE_NOTES: Final = Endpoint("GET", "v2/book-notes/book/{book}", cap_bytes=LIST_BYTES)
CREATE_PLACE_NOTE: Final = Endpoint("POST", "v2/book-notes")
UPDATE_PLACE_NOTE: Final = Endpoint("PUT", "v2/book-notes/{id}")
DELETE_PLACE_NOTE: Final = Endpoint("DELETE", "v2/book-notes/{id}", 204, empty=True)

BOOK_NOTES: Final = Endpoint("GET", "v1/book-notes/book/{book}", cap_bytes=LIST_BYTES)
SAVE_BOOK_NOTE: Final = Endpoint("POST", "v1/book-notes")
DELETE_BOOK_NOTE: Final = Endpoint("DELETE", "v1/book-notes/{id}", 204, empty=True)

BOOKMARKS: Final = Endpoint("GET", "v1/bookmarks/book/{book}", cap_bytes=LIST_BYTES)
CREATE_BOOKMARK: Final = Endpoint("POST", "v1/bookmarks")
UPDATE_BOOKMARK: Final = Endpoint("PUT", "v1/bookmarks/{id}")
DELETE_BOOKMARK: Final = Endpoint("DELETE", "v1/bookmarks/{id}", 204, empty=True)

SHELVES: Final = Endpoint("GET", "v1/shelves")
SHELF_BOOKS: Final = Endpoint("GET", "v1/shelves/{id}/books", cap_bytes=LIST_BYTES)
CREATE_SHELF: Final = Endpoint("POST", "v1/shelves", 201, cap_bytes=SMALL_BYTES)
PUT_ON_SHELVES: Final = Endpoint("POST", "v1/books/shelves", cap_bytes=LIST_BYTES)
