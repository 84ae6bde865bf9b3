"""The script of `tasks.py texts`, for tests of what it collects."""

import importlib.util
from pathlib import Path
from types import ModuleType

SCRIPT = Path(__file__).parent.parent / "packaging" / "texts.py"


def collector() -> ModuleType:
    """`packaging/texts.py`, which is no module of a package."""
    spec = importlib.util.spec_from_file_location("texts", SCRIPT)
    if spec is None or spec.loader is None:
        raise RuntimeError("packaging/texts.py can't be loaded")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
