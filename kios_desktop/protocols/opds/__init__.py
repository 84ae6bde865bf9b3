"""OPDS 1.2 and 2.0 catalogs, as a library of its own."""

from kios_desktop.protocols.opds.client import FEED_ACCEPT, FEED_BYTES, OpdsClient
from kios_desktop.protocols.opds.reading import parse, parse_entry

__all__ = ["FEED_ACCEPT", "FEED_BYTES", "OpdsClient", "parse", "parse_entry"]
