"""Walks through books in processes of their own, and prints what they found as a table.

`walk.py PYTHON BOOK… [--layouts …] [--json FILE] [--chapters] [--jobs N]`; `tasks.py walk` calls
it. A book that crashes or hangs its process is told of, and the others go on. Standard library
only.
"""

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

LIMIT_S = 3600  # for one book in all layouts
COLUMNS = (
    "reached", "lost", "pict.", "whole", "blank", "small", "shrunk", "over", "broken", "pages",
    "ms",
)  # fmt: skip
Report = dict[str, Any]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("python")
    parser.add_argument("books", nargs="+", type=Path)
    parser.add_argument("--layouts", default="")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--chapters", action="store_true")
    parser.add_argument("--jobs", type=int, default=min(os.cpu_count() or 1, 4))
    options = parser.parse_args()
    books = sorted(set(all_books(options.books)))
    if not books:
        parser.error("there is no book in what is named")
    if options.json:
        try:
            options.json.open("a").close()
        except OSError as e:  # not after hours
            parser.error(f"the figures can't be written: {e}")
    times = Counter(book.name for book in books)
    found: Report = {}
    printing = threading.Lock()

    def one(book: Path) -> None:
        figures = walked(options.python, book, options.layouts)
        report = {str(book) if times[book.name] > 1 else book.name: figures}
        with printing:
            found.update(report)
            if options.json:  # after each book: a run that is broken off keeps what it has
                write(options.json, found)
            for name, figures in report.items():
                print("\n".join(lines(name, figures, options.chapters)), flush=True)

    with ThreadPoolExecutor(options.jobs) as pool:
        for done in [pool.submit(one, book) for book in books]:
            done.result()
    print("\n".join(total(found)))
    return int(not all(figures["is_whole"] for figures in found.values()))


def write(file: Path, found: Report) -> None:
    text = json.dumps(dict(sorted(found.items())), indent=1, ensure_ascii=False)
    file.write_text(text, encoding="utf-8")


def all_books(paths: list[Path]) -> Iterator[Path]:
    """The books themselves, and those in folders."""
    for path in paths:
        yield from path.rglob("*.epub") if path.is_dir() else [path]


def walked(python: str, book: Path, layouts: str) -> Report:
    """The figures of one book, from a process of its own."""
    with tempfile.TemporaryDirectory(prefix="kios-walk-") as folder:
        file = Path(folder) / "walk.json"
        command = [python, "-m", "kios_desktop", "check", str(book), "--json", str(file)]
        command += ["--layouts", layouts] if layouts else []
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
        )
        try:
            _, said = process.communicate(timeout=LIMIT_S)
        except subprocess.TimeoutExpired:
            return failed(f"no end after {LIMIT_S} s")
        finally:
            with contextlib.suppress(OSError, AttributeError):  # no such call on Windows
                os.killpg(process.pid, signal.SIGKILL)
            process.kill()
            process.wait()
        if file.exists():
            [figures] = json.loads(file.read_text(encoding="utf-8")).values()
            report: Report = figures
            return report
        last = said.decode(errors="replace").strip().splitlines()[-1:]
        return failed(" ".join([f"the process ended with {process.returncode}.", *last]))


def failed(reason: str) -> Report:
    return {"opens": False, "is_whole": False, "is_refused": False, "reason": reason}


def lines(name: str, figures: Report, every_chapter: bool) -> Iterator[str]:
    """A book: a line for each layout, and for chapters where something is lost."""
    yield name if figures.get("opens") else f"{name}: {figures.get('reason')}"
    for defect in figures.get("defects", ()):
        yield f"  defect: {defect}"
    for layout in figures.get("stopped", ()):
        yield f"  {layout}: THE WEB ENGINE STOPPED"
    for layout, one in figures.get("layouts", {}).items():
        yield f"  {layout:7}{row(one)}"
        for href, rule in one["refused"].items():
            yield f"      {href}: not shown by rule: {rule}"
        for href, chapter in one["chapters"].items():
            yield from chapter_lines(href, chapter, every_chapter)


def row(one: Report) -> str:
    percent = 100 * one["reached"] / one["characters"] if one["characters"] else 100.0
    # never rounded up to all
    is_lossless = not any(chapter["lost"] for chapter in one["chapters"].values())
    is_all = is_lossless and one["reached"] == one["characters"]
    shown = "100.00" if is_all else f"{min(percent, 99.99):.2f}"
    shrunk = sum(len(chapter["shrunk"]) for chapter in one["chapters"].values())
    values = (
        shown, one["characters"] - one["reached"], one["pictures"], one["whole"],
        one["blank_pages"], one["small_text"], shrunk, one["overlaps"], one["broken_words"],
        one["pages"], one["page_ms"],
    )  # fmt: skip
    cells = zip(COLUMNS, values, strict=True)
    return " ".join(
        f"{title} {value:<{7 if n < 2 else 4}}" for n, (title, value) in enumerate(cells)
    )


def chapter_lines(href: str, chapter: Report, every_chapter: bool) -> Iterator[str]:
    told = [
        f"{loss['characters']:7} {loss['reason']}  “{loss['sample']}”" for loss in chapter["lost"]
    ]
    told += [
        f"picture {p['state']} {p['seen']}: {p['name']}"
        for p in chapter["pictures"]
        if p["state"] != "whole"
    ]
    told += ["its file is damaged, words may be missing"] if chapter["is_damaged"] else []
    told += [f"blank page {blank['page'] + 1}: {blank['around']}" for blank in chapter["blank"]]
    if every_chapter:
        told += [
            f"small: {s['px']} of {s['wanted']} px, {s['characters']}: {s['path']}"
            for s in chapter["small"]
        ]
        told += [f"shrunk to {s['scale']}, {s['px']} px: {s['path']}" for s in chapter["shrunk"]]
        told += (
            [f"broken: {' '.join(chapter['broken_samples'])}"] if chapter["broken_words"] else []
        )
        told += [
            f"contrast {c['lowest']} in {c['theme']}: {c['path']}" for c in chapter["contrast"]
        ]
    if told or every_chapter:
        yield f"      {href}: {chapter['reached']} of {chapter['characters']}"
        yield from (f"        {line}" for line in told)


def total(found: Report) -> Iterator[str]:
    """All books together, in each layout."""
    by_layout: dict[str, list[Report]] = {}
    for figures in found.values():
        for layout, one in figures.get("layouts", {}).items():
            by_layout.setdefault(layout, []).append(one)
    yield f"{len(found)} books, {sum(f['is_whole'] for f in found.values())} of them whole"
    for layout, ones in by_layout.items():
        sums = {
            key: sum(one[key] for one in ones) for key in ones[0] if isinstance(ones[0][key], int)
        }
        chapters = {
            f"{n} {href}": c for n, one in enumerate(ones) for href, c in one["chapters"].items()
        }
        turns = sorted(one["page_ms"] for one in ones)
        median = turns[len(turns) // 2]
        yield f"  {layout:7}{row({**sums, 'chapters': chapters, 'page_ms': median})}"


if __name__ == "__main__":
    sys.exit(main())
