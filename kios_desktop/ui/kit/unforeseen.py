"""Errors nobody foresaw, where a view shows what it can and goes on."""

import logging
from typing import TypeVar

from kios_desktop.domain.errors import KiosError

log = logging.getLogger(__name__)

E = TypeVar("E", bound=Exception)


def noted(error: E) -> E:
    """The error, in the log with its traceback unless it was raised on purpose. Say it, then."""
    if not isinstance(error, KiosError):
        log.error("a mistake of ours, met in a view", exc_info=error)
    return error
