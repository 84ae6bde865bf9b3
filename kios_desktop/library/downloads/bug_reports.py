"""Mistakes of ours, met where one download must not cost the others."""

import asyncio


def report_bug(where: str, error: BaseException) -> None:
    """Tell the event loop, which logs it with its traceback; who meets it goes on."""
    loop = asyncio.get_running_loop()
    loop.call_exception_handler({"message": where, "exception": error})
