"""META-INF/encryption.xml: DRM is refused by name, font obfuscation is listed.

Nothing is decrypted here; `fonts.py` undoes the obfuscation, which is no protection.
Source: EPUB OCF 3.3 sections 3.5.2.3 and 4; W3C XML Encryption names.
"""

from kios_desktop.domain.errors import Encrypted, PublicationError
from kios_desktop.epub import href, xml
from kios_desktop.epub.container import Container

IDPF = "http://www.idpf.org/2008/embedding"
ADOBE = "http://ns.adobe.com/pdf/enc#RC"

_ENCRYPTION = "META-INF/encryption.xml"
_RIGHTS: tuple[tuple[str, str], ...] = (
    ("META-INF/license.lcpl", "Readium LCP"),
    ("META-INF/sinf.xml", "Apple FairPlay"),
    ("META-INF/rights.xml", "Adobe ADEPT"),
)


def obfuscated_fonts(container: Container) -> dict[str, str]:
    """href → algorithm (IDPF or ADOBE) of every obfuscated resource.

    Raises Encrypted when something is protected in earnest.
    """
    fonts: dict[str, str] = {}
    protected = False
    for name, algorithm in _encrypted(container):
        if algorithm in (IDPF, ADOBE):
            fonts[container.find(name) or name] = algorithm
        else:
            protected = True
    scheme = _scheme(container)
    if protected or scheme:
        raise Encrypted(scheme)
    return fonts


def _encrypted(container: Container) -> list[tuple[str, str]]:
    if container.find(_ENCRYPTION) is None:
        return []
    try:
        root, _ = xml.parse(container.read(_ENCRYPTION))
    except (xml.Broken, PublicationError):
        return []  # the chapters will show whether they can be read
    found: list[tuple[str, str]] = []
    for entry in xml.descendants(root, "EncryptedData"):
        method = xml.child(entry, "EncryptionMethod")
        reference = next(xml.descendants(entry, "CipherReference"), None)
        if reference is not None:
            path, _ = href.split(xml.attribute(reference, "URI"))
            algorithm = "" if method is None else xml.attribute(method, "Algorithm")
            found.append((href.normalised(path), algorithm))
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
