"""Makes imports faster. Call it before anything of Qt is imported.

Two thirds of a start are imports, so this decides when a book is on screen.
"""

import builtins
import gc


def use_plain_imports() -> None:
    """Restore Python's own `import` after PySide's, and pause the garbage collector.

    PySide replaces `builtins.__import__` by one that reads the source of every module imported
    afterwards, in search of `from __feature__ import`, which we don't use: a tenth of the start.
    """
    # Modules are no garbage, and the collector would scan them again and again;
    # `collect_in_gui_thread` starts collecting again.
    gc.disable()
    pythons_own = builtins.__import__
    import PySide6.QtCore  # noqa: F401 (it is what replaces `__import__`)

    builtins.__import__ = pythons_own
