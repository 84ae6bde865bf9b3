"""Asks an encyclopedia on the web about a word; only ever for a reader who agreed to that."""

from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.web_look_up import PageSummary, filled
from kios_desktop.protocols.wikipedia import page_summary


class Encyclopedia:
    """At whatever address it is given."""

    async def summary(self, address: str, word: str, language: str) -> PageSummary | None:
        """`address` has {word}. None where there is no such page. Raises RemoteError."""
        return await page_summary(ServerUrl(filled(address, word, language)))
