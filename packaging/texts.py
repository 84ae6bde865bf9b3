"""Collects the texts of the interface for Qt Linguist, and makes what Kios loads of a translation.

`python packaging/texts.py LANGUAGE` writes `resources/i18n/kios_LANGUAGE.ts`, keeping what is
translated in it already, and beside it the `.qm` that Kios loads where that is the language.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
I18N = ROOT / "resources" / "i18n"
PACKAGES = ("ui", "startup")
# our names for what Qt Linguist calls `tr` and QT_TR_NOOP
ALIASES = "tr+=counted,QT_TR_NOOP+=marked"


def collect(catalog: Path, language: str = "en") -> None:
    """Write, or bring up to date, a `.ts` file. Raises CalledProcessError."""
    files = [
        path
        for package in PACKAGES
        for path in sorted((ROOT / "kios_desktop" / package).rglob("*.py"))
    ]
    words = ["-no-obsolete", "-locations", "none", "-target-language", language]
    _run("lupdate", *words, "-tr-function-alias", ALIASES, *files, "-ts", catalog)


def release(catalog: Path) -> Path:
    """Write the `.qm` of a `.ts` file beside it. Raises CalledProcessError."""
    made = catalog.with_suffix(".qm")
    _run("lrelease", catalog, "-qm", made)
    return made


def _run(tool: str, *words: object) -> None:
    program = Path(sys.executable).with_name(f"pyside6-{tool}")
    command = [str(program), *(str(word) for word in words)]
    subprocess.run(command, check=True, capture_output=True, text=True)


def main(words: list[str]) -> int:
    if len(words) != 1:
        sys.stderr.write("Say which language: tasks.py texts de\n")
        return 2
    I18N.mkdir(parents=True, exist_ok=True)
    catalog = I18N / f"kios_{words[0]}.ts"
    collect(catalog, words[0])
    made = release(catalog)
    print(
        f"{catalog.relative_to(ROOT)} has the texts; {made.relative_to(ROOT)} is what Kios loads."
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
