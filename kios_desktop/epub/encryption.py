"""META-INF/encryption.xml: what is encrypted, and whether the book can be read all the same.

A book is refused when most of its chapters are encrypted in earnest; of others a sentence stands in
for each that is. What the files are decides, not what lies beside them: some books keep the licence
of a protection that was taken off. Nothing is decrypted here; `fonts.py` undoes the obfuscation of
fonts, which is no protection.
Source: EPUB OCF 3.3 sections 3.5.2.3 and 4; W3C XML Encryption names.
"""

from collections.abc import Iterable

from kios_desktop.domain.errors import Encrypted, PublicationError
from kios_desktop.domain.publication import Link
from kios_desktop.epub import content_type, href, media_types, xml
from kios_desktop.epub.container import Container

IDPF = "http://www.idpf.org/2008/embedding"
ADOBE = "http://ns.adobe.com/pdf/enc#RC"
PROTECTED = "application/x-encrypted"  # the media type of a chapter that can't be read, so no text

_ENCRYPTION = "META-INF/encryption.xml"
_RIGHTS: tuple[tuple[str, str], ...] = (
    ("META-INF/license.lcpl", "Readium LCP"),
    ("META-INF/sinf.xml", "Apple FairPlay"),
    ("META-INF/rights.xml", "Adobe ADEPT"),
)


def obfuscated_fonts(container: Container) -> dict[str, str]:
    """href → algorithm (IDPF or ADOBE) of every obfuscated resource."""
    return {
        name: algorithm
        for name, algorithm in _listed(container).items()
        if algorithm in (IDPF, ADOBE)
    }


def encrypted_files(container: Container, reading_order: Iterable[Link]) -> set[str]:
    """The encrypted files. Raises Encrypted if more than half of the chapters are."""
    listed = {
        name
        for name, algorithm in _listed(container).items()
        if algorithm not in (IDPF, ADOBE) and name in container
    }
    scheme = _scheme(container)
    if not listed and not scheme:
        return set()
    chapters = {link.href for link in reading_order if link.exists}
    # some schemes list nothing, and encrypt all
    suspects = chapters & listed if listed else chapters
    found = {name for name in suspects if not _is_clear(container, name, text=True)}
    if 2 * len(found) > len(chapters):
        raise Encrypted(scheme)
    if not listed:  # what nothing can be read of is damaged, as far as anybody knows
        found = {name for name in found if _head(container, name)}
    others = listed - chapters
    return found | {
        name for name in others if not _is_clear(container, name, text=_is_text_file(name))
    }


def _is_clear(container: Container, name: str, text: bool) -> bool:
    """Whether a file is what it should be: a picture or, with `text`, any text."""
    head = _head(container, name)
    if not head:
        return name in container and not container.size(name)
    return bool(content_type.of(head)) or (text and content_type.is_text(head))


def _head(container: Container, name: str) -> bytes:
    try:
        return container.beginning(name, content_type.HEAD_BYTES)
    except PublicationError:
        return b""


def _is_text_file(name: str) -> bool:
    named = media_types.by_extension(name)
    return named.startswith("text/") or named.endswith(("xml", "json"))


def _listed(container: Container) -> dict[str, str]:
    """path → algorithm of what is said to be encrypted."""
    if container.find(_ENCRYPTION) is None:
        return {}
    try:
        root, _ = xml.parse(container.read(_ENCRYPTION))
    except (xml.Broken, PublicationError):
        return {}  # the chapters will show whether they can be read
    found: dict[str, str] = {}
    for entry in xml.descendants(root, "EncryptedData"):
        method = xml.child(entry, "EncryptionMethod")
        reference = next(xml.descendants(entry, "CipherReference"), None)
        if reference is not None:
            path, _ = href.split(xml.attribute(reference, "URI"))
            name = href.normalised(path)
            algorithm = "" if method is None else xml.attribute(method, "Algorithm")
            found[container.find(name) or name] = algorithm
    return found


def _scheme(container: Container) -> str:
    for name, scheme in _RIGHTS:
        if container.find(name) is None:
            continue
        if scheme != "Adobe ADEPT":
            return scheme
        try:
            rights = container.read(name).lower()
        except PublicationError:
            return scheme
        if b"barnesandnoble" in rights or b"bn.com" in rights:
            return "Barnes & Noble"
        if b"kobo" in rights and b"adept" not in rights:
            return "Kobo"
        return scheme
    return ""
