"""Media types of EPUB resources."""

from functools import lru_cache

XHTML = "application/xhtml+xml"
SVG = "image/svg+xml"
CSS = "text/css"
NCX = "application/x-dtbncx+xml"

_BY_EXTENSION: dict[str, str] = {
    "xhtml": XHTML,
    "html": XHTML,
    "htm": XHTML,
    "svg": SVG,
    "css": CSS,
    "ncx": NCX,
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
    "bmp": "image/bmp",
    "ttf": "font/ttf",
    "otf": "font/otf",
    "woff": "font/woff",
    "woff2": "font/woff2",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "ogg": "audio/ogg",
    "opus": "audio/ogg",
    "wav": "audio/wav",
    "flac": "audio/flac",
    "mp4": "video/mp4",
    "m4v": "video/mp4",
    "webm": "video/webm",
    "js": "text/javascript",
    "json": "application/json",
    "xml": "application/xml",
    "smil": "application/smil+xml",
    "pls": "application/pls+xml",
    "vtt": "text/vtt",
}

_CHAPTERS = frozenset({XHTML, "text/html", "application/x-dtbook+xml", "text/x-oeb1-document"})
_SHOWN_PICTURES = frozenset(
    {SVG, "image/jpeg", "image/png", "image/gif", "image/webp", "image/avif", "image/bmp"}
)
# other names of the same
_MEANT: dict[str, str] = {
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "image/jpe": "image/jpeg",
    "image/x-png": "image/png",
    "image/x-ms-bmp": "image/bmp",
    "image/svg": SVG,
    "image/svg-xml": SVG,
    "text/x-oeb1-css": CSS,
    "text/css2": CSS,
}
_VAGUE = frozenset({"application/octet-stream", "text/plain", "binary/octet-stream"})
UNKNOWN = "application/octet-stream"


@lru_cache(maxsize=256)
def declared(text: str) -> str:
    """A declared media type, clean and by its usual name; "" when it says nothing useful."""
    found = text.partition(";")[0].strip().lower()
    return _MEANT.get(found, found) if "/" in found and found not in _VAGUE else ""


def of(path: str, label: str = "") -> str:
    """What to call a resource: the manifest's word unless it says nothing useful."""
    return declared(label) or by_extension(path) or UNKNOWN


def by_extension(path: str) -> str:
    """What a file is by its name; "" when that says nothing."""
    return _BY_EXTENSION.get(path.rpartition(".")[2].lower(), "")


def kind(media_type: str) -> str:
    """What is done with a resource, which tells a wrong label from one that is only unusual."""
    if media_type in _CHAPTERS:
        return XHTML
    if media_type == SVG or media_type not in _SHOWN_PICTURES:
        return media_type
    return "image/*"


def is_chapter(media_type: str) -> bool:
    """Whether it is a content document with text in `<body>`."""
    return media_type in _CHAPTERS


def is_picture(media_type: str) -> bool:
    """Whether the reader can show it as a picture."""
    return media_type in _SHOWN_PICTURES


def has_text(media_type: str) -> bool:
    """Whether a resource has a character stream."""
    return media_type in _CHAPTERS or media_type == SVG
