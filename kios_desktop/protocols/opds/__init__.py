"""OPDS 1.2 and 2.0 catalogs, as a library of its own.

`OpdsClient` browses one catalog over HTTP; `parse` and `parse_entry` need nothing but bytes.
`Progressions` keeps places where a catalog does, `file_name` names what was downloaded, and
`authentication` reads how a server wants people to sign in.
"""

from kios_desktop.protocols.opds.client import FEED_ACCEPT, FEED_BYTES, OpdsClient
from kios_desktop.protocols.opds.file_name import file_name
from kios_desktop.protocols.opds.links import Aliases, Links
from kios_desktop.protocols.opds.progression import Held, Here, OffTheGrid, Progressions
from kios_desktop.protocols.opds.reading import parse, parse_entry
from kios_desktop.protocols.opds.search import address, read_description
from kios_desktop.protocols.opds.shown import is_page, is_page_picture

__all__ = [
    "FEED_ACCEPT",
    "FEED_BYTES",
    "Aliases",
    "Held",
    "Here",
    "Links",
    "OffTheGrid",
    "OpdsClient",
    "Progressions",
    "address",
    "file_name",
    "is_page",
    "is_page_picture",
    "parse",
    "parse_entry",
    "read_description",
]
