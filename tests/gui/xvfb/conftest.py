"""Tests on a real X server. Elsewhere they are not even collected."""

import os

if os.environ.get("QT_QPA_PLATFORM") != "xcb":
    collect_ignore_glob = ["test_*.py"]
