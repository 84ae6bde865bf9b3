"""Reading modules without what delays it; before anything of Qt is imported.

Two thirds of a start are Python reading modules, so a book is on screen a good deal sooner.
"""

import builtins
import gc


def use_plain_imports() -> None:
    """From now on, whatever is imported is read and nothing else.

    PySide puts an `import` of its own in the place of Python's. It reads the source of every module
    imported afterwards, in search of a feature nobody here uses: a tenth of the whole start.
    """
    # Modules are no garbage, and the collector would look through them again and again.
    # `collect_in_gui_thread` takes over from here.
    gc.disable()
    pythons_own = builtins.__import__
    import PySide6.QtCore  # noqa: F401 (it is what replaces `__import__`)

    builtins.__import__ = pythons_own
