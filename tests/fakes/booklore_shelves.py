"""Shelves, and the books on them."""

from typing import Any

from tests.fakes.booklore_answers import failed, invalid, js, malformed, unexpected
from tests.fakes.booklore_books import whole
from tests.fakes.booklore_state import Person, Row, State, collated
from tests.fakes.booklore_variants import Variant
from tests.fakes.loopback import Says


class Shelves:
    """Requests for shelves."""

    def __init__(self, variant: Variant, state: State) -> None:
        self.variant, self.state = variant, state

    def all(self, person: Person) -> Says:
        """One's own, and the public ones of everybody."""
        shelves = self.state.shelves
        return js(
            200,
            [
                self.state.shown_shelf(s)
                for s in shelves
                if s["userId"] == person.id or s.get("publicShelf")
            ],
        )

    def books(self, person: Person, shelf_id: int) -> Says:
        shelf = self._shelf(shelf_id)
        if shelf is None or (shelf["userId"] != person.id and not shelf.get("publicShelf")):
            raise failed(403, self.variant.denied)
        on = sorted(book for number, book in self.state.on_shelves if number == shelf_id)
        books = self.state.books
        return js(200, [whole(self.state, person, books[one], progress=False) for one in on])

    def create(self, person: Person, body: Any) -> Says:
        kinds = {None, "LUCIDE" if self.variant.modern else "PRIME_NG"}
        if not isinstance(body, dict) or body.get("iconType") not in {*kinds, "CUSTOM_SVG"}:
            raise malformed()
        name = body.get("name") or ""
        if not name.strip():
            raise invalid("name: Shelf name must not be empty.")
        if body.get("publicShelf") and not person.admin:
            modern = self.variant.modern
            said = self.variant.denied if modern else "Only admins can create public shelves"
            raise failed(403, said)
        own = [one for one in self.state.shelves if one["userId"] == person.id]
        if any(collated(one["name"]) == collated(name) for one in own):
            raise failed(409, f"Shelf already exists: {name}")
        icon = {key: body[key] for key in ("icon", "iconType") if body.get(key) is not None}
        shelf = {"id": self.state.next_id("shelves"), "name": name, **icon, "userId": person.id}
        shelf |= {"publicShelf": True} if body.get("publicShelf") else {}
        self.state.shelves.append(shelf)
        return js(201, self.state.shown_shelf(shelf))

    def assign(self, person: Person, body: Any) -> Says:
        """Off first, then on. Unknown books are left out."""
        given = body if isinstance(body, dict) else {}
        ids, on, off = (
            given.get(name) for name in ("bookIds", "shelvesToAssign", "shelvesToUnassign")
        )
        if ids is None or on is None or off is None:
            raise unexpected()
        self._check_own(person, on, "assign")
        self._check_own(person, off, "unassign")
        known = sorted(one for one in ids if one in self.state.books)
        for book in known:
            self.state.on_shelves -= {(shelf, book) for shelf in off}
            self.state.on_shelves |= {(shelf, book) for shelf in on}
        return js(200, [whole(self.state, person, self.state.books[one]) for one in known])

    def _check_own(self, person: Person, shelves: list[int], verb: str) -> None:
        for one in shelves:
            shelf = self._shelf(one)
            if shelf is None or shelf["userId"] != person.id:
                said = f"Cannot {verb} shelves that do not belong to the user."
                raise failed(401, said)

    def _shelf(self, shelf_id: int) -> Row | None:
        return next((one for one in self.state.shelves if one["id"] == shelf_id), None)
