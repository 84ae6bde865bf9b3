"""OPDS 1.2 and 2.0 catalogs.

`OpdsClient` browses one catalog over HTTP; `parse` and `parse_entry` read documents.
`Progressions` reads and writes positions, `file_name` names downloads, and `authentication` reads
authentication documents.
"""

from kios_desktop.protocols.opds.client import FEED_ACCEPT, FEED_BYTES, OpdsClient
from kios_desktop.protocols.opds.file_name import file_name
from kios_desktop.protocols.opds.links import Aliases, Links
from kios_desktop.protocols.opds.page_streams import is_page, is_page_picture
from kios_desktop.protocols.opds.progression import (
    OffTheGrid,
    OwnProgression,
    Progressions,
    StoredProgression,
)
from kios_desktop.protocols.opds.reading import parse, parse_entry
from kios_desktop.protocols.opds.search import address, read_description

__all__ = [
    "FEED_ACCEPT",
    "FEED_BYTES",
    "Aliases",
    "Links",
    "OffTheGrid",
    "OpdsClient",
    "OwnProgression",
    "Progressions",
    "StoredProgression",
    "address",
    "file_name",
    "is_page",
    "is_page_picture",
    "parse",
    "parse_entry",
    "read_description",
]
