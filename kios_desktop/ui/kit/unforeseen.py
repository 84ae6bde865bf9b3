"""Logs unforeseen errors in views, which show them and go on."""

import logging
from typing import TypeVar

from kios_desktop.domain.errors import KiosError

log = logging.getLogger(__name__)

E = TypeVar("E", bound=Exception)


def noted(error: E) -> E:
    """Log an error with its traceback, unless it is one of ours, and return it for display."""
    if not isinstance(error, KiosError):
        log.error("unforeseen error in a view", exc_info=error)
    return error
