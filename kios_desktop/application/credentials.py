"""The password store in use, and how passwords stay out of the log."""

import asyncio
from pathlib import Path

from kios_desktop.domain.secret import Secret, keys_of
from kios_desktop.domain.source import Source
from kios_desktop.log import RedactingFormatter
from kios_desktop.storage.secrets import (
    InMemory,
    SealedFile,
    Secrets,
    SecretStore,
    system_keyring,
)

KEY_LENGTH = 20  # characters from which a user name may be an API key, as Komga’s is


class CredentialStore:
    """The password store in use: the system's, an encrypted file, or memory.

    `machine` is the profile's folder for this computer; the encrypted file is beside it. `store`
    replaces the system's password store, for the tour and for tests.
    """

    def __init__(
        self, machine: Path, formatter: RedactingFormatter, store: SecretStore | None
    ) -> None:
        self._profile, self._formatter, self._store = machine.parent, formatter, store
        self._sealed = self._profile / "passwords.sealed"
        self.secrets = Secrets(store)

    async def find_keystore(self) -> bool:
        """Use the system's password store; False when the person has to be asked."""
        if self._store is None:
            self._store = await asyncio.to_thread(system_keyring, self._profile.name)
            if self._store is not None:
                self.secrets.use(self._store)
        return self._store is not None or not self._sealed.exists()

    async def keep_in_memory(self) -> None:
        """Secrets are remembered until Kios quits."""
        self._use(InMemory())

    async def seal(self, passphrase: str) -> None:
        """Secrets go to an encrypted file. Raises `WrongPassphrase` for one that is there."""
        self._use(await asyncio.to_thread(SealedFile, self._sealed, passphrase))

    def _use(self, store: SecretStore) -> None:
        self._store = store
        self.secrets.use(store)

    def hide_secret(self, secret: Secret) -> None:
        """Blank it in every log line from now on."""
        self._formatter.hide(secret.reveal())

    def hide(self, source: Source) -> None:
        """Blank the secrets of this source in every log line from now on."""
        for secret in (source.password, *(header.value for header in source.headers)):
            self._formatter.hide(secret.reveal(), source.username)
        if len(source.username) >= KEY_LENGTH:
            self._formatter.hide(source.username)
        if source.url.reveal() != source.url.shown:
            self._formatter.hide(source.url.reveal().rstrip("/").rpartition("/")[2])
        for key in keys_of(source.url):
            self._formatter.hide(key)
