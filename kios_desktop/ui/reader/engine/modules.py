"""JavaScript modules as one script: `import` does not work in an isolated world of Qt."""

import re
from collections.abc import Iterable
from pathlib import Path

_IMPORT = re.compile(r"^import (\{[^}]*\}) from \"[./\w]*?(\w+)\.js\";", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const) (\w+))", re.MULTILINE)


def joined_modules(files: Iterable[Path]) -> str:
    """One script of modules, each after those that it imports, and each with its own scope."""
    parts = [_as_function(path.stem, path.read_text(encoding="utf-8")) for path in files]
    return "(() => { 'use strict';\nconst modules = {};\n" + "\n".join(parts) + "\n})();"


def _as_function(name: str, module: str) -> str:
    exports = ", ".join(_EXPORT.findall(module))
    body = _EXPORT.sub("", _IMPORT.sub(r"const \1 = modules.\2;", module))
    return f"modules.{name} = (() => {{\n{body}\nreturn {{ {exports} }};\n}})();"
