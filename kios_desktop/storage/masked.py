"""Records with server addresses as JSON text in which the keys of the addresses are masked."""

from typing import TypeVar

import msgspec

from kios_desktop.domain.secret import KeyMask, ServerUrl

T = TypeVar("T")


def to_json_with_keys(value: object) -> str:
    """JSON with the keys in it; the caller masks them."""
    return msgspec.json.encode(value, enc_hook=_encoded).decode()


def to_masked_json(value: object, mask: KeyMask) -> str:
    return mask.hide(to_json_with_keys(value))


def from_masked_json(text: str, kind: type[T], mask: KeyMask | None) -> T:
    """Without a mask the addresses are unusable. Raises `msgspec.ValidationError`."""
    restored = text if mask is None else mask.restore(text)
    return msgspec.json.decode(restored, type=kind, dec_hook=_decoded)


def _encoded(value: object) -> str:
    if isinstance(value, ServerUrl):
        return value.reveal()
    raise NotImplementedError(type(value).__name__)


def _decoded(kind: type, value: object) -> object:
    if kind is ServerUrl and isinstance(value, str):
        return ServerUrl(value)
    raise NotImplementedError(kind.__name__)
