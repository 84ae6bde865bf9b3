"""Reports our own bugs where the other downloads have to go on."""

import asyncio


def report_bug(where: str, error: BaseException) -> None:
    """Passes the error to the event loop's exception handler, which logs it with its traceback."""
    loop = asyncio.get_running_loop()
    loop.call_exception_handler({"message": where, "exception": error})
