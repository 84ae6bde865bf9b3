"""The three servers whose behaviour was recorded, and in what they differ."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Variant:
    """`fork`: it has look-ups by hash and ISBN, and batches of sessions; libraries are checked.

    `unsigned`: the status for somebody who is not signed in; Grimmory 3 also has it for an expired
    token, where the others answer 401 with nothing.
    """

    name: str
    version: str
    fork: bool = False
    unsigned: int = 403
    lifetime_s: int = 36_000
    modern: bool = False
    """As Grimmory 3: `expires`, `pageNumber`, `syncWithWebReader`, an app search, LUCIDE icons."""

    @property
    def denied(self) -> str:
        return "Access denied." if self.modern else "Access Denied"

    @property
    def most_sessions(self) -> int:
        return 10_000 if self.fork else 100


PF = Variant("PF", "development", fork=True)
GR3 = Variant("GR3", "development", unsigned=401, lifetime_s=7200, modern=True)
BL2 = Variant("BL2", "v2.3.0")
VARIANTS = {variant.name: variant for variant in (PF, GR3, BL2)}
