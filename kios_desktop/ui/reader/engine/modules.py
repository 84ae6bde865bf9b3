"""JavaScript modules as one script: `import` does not work in an isolated world of Qt."""

import re
from collections.abc import Iterable
from pathlib import Path

# a line break at the start is found at once, where `^` is tried at every letter
_IMPORT = re.compile(r"\nimport (\{[^}]*\}) from \"[./\w]*?(\w+)\.js\";")
_EXPORT = re.compile(r"\nexport (?=(?:async )?(?:function|class|const) (\w+))")


def joined_modules(files: Iterable[Path]) -> str:
    """One script of modules, each after those that it imports, and each with its own scope."""
    parts = [_as_function(path.stem, path.read_text(encoding="utf-8")) for path in files]
    return "(() => { 'use strict';\nconst modules = {};\n" + "\n".join(parts) + "\n})();"


def _as_function(name: str, module: str) -> str:
    lines = f"\n{module}"
    exports = ", ".join(_EXPORT.findall(lines))
    body = _EXPORT.sub("\n", _IMPORT.sub(r"\nconst \1 = modules.\2;", lines))
    return f"modules.{name} = (() => {{{body}\nreturn {{ {exports} }};\n}})();"
