"""Stores passwords, tokens and keys: in the system's password store, or where the user chose.

Only the backends in `TRUSTED` count as a password store; others may write plain text. Without one,
`Secrets` raises `NoKeystore`, and the user chooses: in memory until Kios quits, or a file encrypted
with a passphrase. Stores block and are called in a thread.
"""

import asyncio
import secrets as randomness
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import msgspec

from kios_desktop.domain.disk import from_os, make_folder, private, settle
from kios_desktop.domain.errors import (
    KeystoreDamaged,
    KeystoreFailed,
    KeystoreLocked,
    NoKeystore,
    StorageError,
    WrongPassphrase,
)

SERVICE = "Kios Desktop"
TRUSTED = frozenset(
    {
        "keyring.backends.SecretService.Keyring",
        "keyring.backends.libsecret.Keyring",
        "keyring.backends.kwallet.DBusKeyring",
        "keyring.backends.macOS.Keyring",
        "keyring.backends.Windows.WinVaultKeyring",
    }
)


class Keystore(StrEnum):
    """The kind of store in use."""

    SYSTEM = "system"
    MEMORY = "memory"
    SEALED = "sealed file"
    NONE = "none"


class SecretStore(Protocol):
    """Text by name. Blocking; raises `StorageError` when the store fails."""

    keystore: Keystore

    def get(self, name: str) -> str | None: ...
    def put(self, name: str, value: str) -> None: ...
    def remove(self, name: str) -> None: ...


class Backend(Protocol):
    """The part of `keyring.backend.KeyringBackend` we use."""

    def get_password(self, service: str, username: str) -> str | None: ...
    def set_password(self, service: str, username: str, password: str) -> None: ...
    def delete_password(self, service: str, username: str) -> None: ...


class SystemKeyring:
    """The password store of the desktop."""

    keystore = Keystore.SYSTEM

    def __init__(self, backend: Backend, profile: str) -> None:
        self._backend, self._service = backend, f"{SERVICE} ({profile})" if profile else SERVICE

    def get(self, name: str) -> str | None:
        from keyring.errors import KeyringError

        try:
            return self._backend.get_password(self._service, name)
        except KeyringError as error:
            raise _unavailable(error) from None

    def put(self, name: str, value: str) -> None:
        from keyring.errors import KeyringError

        try:
            self._backend.set_password(self._service, name, value)
        except KeyringError as error:
            raise _unavailable(error) from None

    def remove(self, name: str) -> None:
        from keyring.errors import KeyringError, PasswordDeleteError

        try:
            self._backend.delete_password(self._service, name)
        except PasswordDeleteError:
            return  # it did not exist
        except KeyringError as error:
            raise _unavailable(error) from None


class InMemory:
    """Until Kios quits."""

    keystore = Keystore.MEMORY

    def __init__(self) -> None:
        self._values: dict[str, str] = {}

    def get(self, name: str) -> str | None:
        return self._values.get(name)

    def put(self, name: str, value: str) -> None:
        self._values[name] = value

    def remove(self, name: str) -> None:
        self._values.pop(name, None)


class SealedFile:
    """A file encrypted with a passphrase: AES-256-GCM under a key from scrypt.

    Layout: 4 bytes "KIO1", 16 bytes salt, 12 bytes nonce, ciphertext of a JSON object. The nonce
    is new at every write; the header is authenticated with the text.
    Raises `WrongPassphrase` when an existing file does not open with `passphrase`, and
    `KeystoreDamaged` when it could not open with any.
    """

    keystore = Keystore.SEALED

    _MAGIC = b"KIO1"
    _LEAST = 4 + 16 + 12 + 16  # the last are the tag, which GCM appends

    def __init__(self, path: Path, passphrase: str) -> None:
        self._path = path
        self._values: dict[str, str] = {}
        if path.exists():
            self._salt, self._values, self._key = self._unseal(passphrase)
        else:
            self._salt = randomness.token_bytes(16)
            self._key = _derived(passphrase, self._salt)
            self._write(self._values)

    def get(self, name: str) -> str | None:
        return self._values.get(name)

    def put(self, name: str, value: str) -> None:
        self._replace(self._values | {name: value})

    def remove(self, name: str) -> None:
        self._replace({key: value for key, value in self._values.items() if key != name})

    def _replace(self, values: dict[str, str]) -> None:
        self._write(values)
        self._values = values

    def _unseal(self, passphrase: str) -> tuple[bytes, dict[str, str], bytes]:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            content = self._path.read_bytes()
        except OSError as error:
            raise from_os(error) from error
        magic, salt, nonce, sealed = content[:4], content[4:20], content[20:32], content[32:]
        if magic != self._MAGIC or len(content) < self._LEAST:
            raise KeystoreDamaged("not a whole sealed file of ours")
        key = _derived(passphrase, salt)
        try:
            text = AESGCM(key).decrypt(nonce, sealed, content[:20])
        except InvalidTag:
            raise WrongPassphrase("the passphrase does not open the file") from None
        return salt, msgspec.json.decode(text, type=dict[str, str]), key

    def _write(self, values: dict[str, str]) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce, header = randomness.token_bytes(12), self._MAGIC + self._salt
        sealed = AESGCM(self._key).encrypt(nonce, msgspec.json.encode(values), header)
        part = self._path.with_name(self._path.name + ".part")
        try:
            make_folder(self._path.parent)
            with open(part, "wb", opener=private) as stream:
                stream.write(header + nonce + sealed)
                stream.flush()
                settle(stream.fileno())
            part.replace(self._path)
        except OSError as error:
            raise from_os(error) from error


class Secrets:
    """The secrets of this profile, in the store in use.

    `put` raises `NoKeystore` while there is none: ask the user, then call `use`.
    """

    def __init__(self, store: SecretStore | None) -> None:
        self._store = store

    @property
    def keystore(self) -> Keystore:
        return Keystore.NONE if self._store is None else self._store.keystore

    def use(self, store: SecretStore) -> None:
        self._store = store

    async def get(self, name: str) -> str | None:
        """None when it was never stored, or without a store."""
        return None if self._store is None else await asyncio.to_thread(self._store.get, name)

    async def put(self, name: str, value: str) -> None:
        if self._store is None:
            raise NoKeystore("no password store")
        await asyncio.to_thread(self._store.put, name, value)

    async def remove(self, name: str) -> None:
        if self._store is not None:
            await asyncio.to_thread(self._store.remove, name)


def system_keyring(profile: str = "") -> SystemKeyring | None:
    """The desktop's password store, or None. Blocks: backends may ask D-Bus.

    `profile` keeps the entries of several profiles apart.
    """
    from keyring.backend import get_all_keyring

    found = [
        backend
        for backend in get_all_keyring()
        if f"{type(backend).__module__}.{type(backend).__qualname__}" in TRUSTED
        and backend.priority > 0
    ]
    best = max(found, key=lambda backend: backend.priority, default=None)
    return None if best is None else SystemKeyring(best, profile)


def _unavailable(error: Exception) -> StorageError:
    """Our error, without the original text, which might contain the secret."""
    from keyring.errors import InitError, KeyringLocked

    kind = KeystoreLocked if isinstance(error, KeyringLocked | InitError) else KeystoreFailed
    return kind(f"password store: {type(error).__name__}")


def _derived(passphrase: str, salt: bytes) -> bytes:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    return Scrypt(salt=salt, length=32, n=2**16, r=8, p=1).derive(passphrase.encode())
