"""To be imported before anything else of Qt: keeps Python's own `import`.

PySide6 puts a function of its own in the place of `import`. It reads the source of every module
that is imported from then on, to see whether the module asks for names like `set_window_title`.
None of ours does, and it made up a fifth of the start.
"""

import builtins

_import = builtins.__import__

import PySide6.QtCore  # noqa: E402, F401 (after Python's own was kept)

builtins.__import__ = _import
