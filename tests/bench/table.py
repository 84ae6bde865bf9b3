"""Figures and how they are printed and written."""

import json
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """One measurement. `ratio` is value / reference where there is a reference.

    `limit` bounds the ratio when there is one, else the value; `at_least` turns it round, and
    with `of_value` it bounds the value in any case.
    """

    value: float
    unit: str
    reference: float | None = None
    limit: float | None = None
    at_least: bool = False
    note: str = ""
    of_value: bool = False

    @property
    def ratio(self) -> float | None:
        return self.value / self.reference if self.reference else None

    @property
    def ok(self) -> bool | None:
        """None where there is no limit."""
        if self.limit is None:
            return None
        judged = self.value if self.of_value or self.ratio is None else self.ratio
        return judged >= self.limit if self.at_least else judged <= self.limit


@dataclass
class Table:
    """Collects figures; prints each as it comes."""

    figures: dict[str, Figure] = field(default_factory=dict)

    def add(self, name: str, figure: Figure) -> None:
        self.figures[name] = figure
        sys.stdout.write(_line(name, figure) + "\n")
        sys.stdout.flush()

    def write(self, path: Path) -> None:
        """name → {value, unit, reference, ratio, limit, ok}."""
        keys = ("value", "unit", "reference", "limit")
        out = {
            name: {**{k: asdict(f)[k] for k in keys}, "ratio": f.ratio, "ok": f.ok}
            for name, f in self.figures.items()
        }
        path.write_text(json.dumps(out, indent=1), encoding="utf-8")


def _line(name: str, f: Figure) -> str:
    parts = [f"{name:58} {f.value:9.2f} {f.unit:10}"]
    if f.ratio is not None:
        parts.append(f"= {f.ratio:5.2f} × {f.reference:.2f}")
    if f.limit is not None:
        sign = "≥" if f.at_least else "≤"
        parts.append(f"limit {sign} {f.limit:g} {'ok' if f.ok else 'MISSED'}")
    if f.note:
        parts.append(f"({f.note})")
    return "  ".join(parts)
