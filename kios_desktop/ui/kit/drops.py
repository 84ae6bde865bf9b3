"""Files that are dropped on a window."""

import os
import sys
from pathlib import Path
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QUrl


def local_path(url: QUrl) -> Path:
    """The path of a URL, byte for byte, where Qt would replace bytes that are not text."""
    named = url.toLocalFile()
    if sys.platform != "win32" and "\ufffd" in named:
        encoded = url.path(QUrl.ComponentFormattingOption.FullyEncoded)
        return Path(os.fsdecode(unquote_to_bytes(encoded)))
    return Path(named)
