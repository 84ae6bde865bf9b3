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


@lru_cache(maxsize=256)
def _declared(text: str) -> str:
    """A declared media type, clean; "" when it says nothing useful."""
    found = text.partition(";")[0].strip().lower()
    vague = ("application/octet-stream", "text/plain")
    return found if "/" in found and found not in vague else ""


def of(path: str, declared: str = "") -> str:
    """What to call a resource: the manifest's word unless it says nothing useful."""
    if clean := _declared(declared):
        return clean
    extension = path.rpartition(".")[2].lower()
    return _BY_EXTENSION.get(extension, "application/octet-stream")


def is_chapter(media_type: str) -> bool:
    """Whether it is a content document with text in `<body>`."""
    return media_type in _CHAPTERS


def is_picture(media_type: str) -> bool:
    """Whether the reader can show it as a picture."""
    return media_type in _SHOWN_PICTURES


def has_text(media_type: str) -> bool:
    """Whether a resource has a character stream."""
    return media_type in _CHAPTERS or media_type == SVG
