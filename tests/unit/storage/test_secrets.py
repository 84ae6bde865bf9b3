"""Secrets go to a store that is one, or nowhere."""

from pathlib import Path

import pytest
from keyring.errors import InitError, KeyringError, KeyringLocked, PasswordDeleteError

from kios_desktop.domain.errors import (
    KeystoreDamaged,
    KeystoreFailed,
    KeystoreLocked,
    NoKeystore,
    StorageError,
    WrongPassphrase,
)
from kios_desktop.storage.secrets import (
    TRUSTED,
    InMemory,
    Keystore,
    SealedFile,
    Secrets,
    SystemKeyring,
)


class FakeBackend:
    """A password store that can be locked."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False
        self.says: KeyringError = KeyringLocked("hunter2")

    def get_password(self, service: str, username: str) -> str | None:
        self._check()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._check()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._check()
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError("not there")

    def _check(self) -> None:
        if self.locked:
            raise self.says


def test_no_plain_text_backend_is_trusted() -> None:
    assert not [name for name in TRUSTED if "alt" in name or "fail" in name or "null" in name]


async def test_without_a_store_reading_finds_nothing_and_writing_asks() -> None:
    secrets = Secrets(None)
    assert secrets.keystore is Keystore.NONE
    assert await secrets.get("a") is None
    with pytest.raises(NoKeystore):
        await secrets.put("a", "b")
    secrets.use(InMemory())
    await secrets.put("a", "b")
    assert (await secrets.get("a"), secrets.keystore) == ("b", Keystore.MEMORY)
    await secrets.remove("a")
    assert await secrets.get("a") is None


async def test_the_password_store_keeps_profiles_apart() -> None:
    backend = FakeBackend()
    one, two = Secrets(SystemKeyring(backend, "")), Secrets(SystemKeyring(backend, "two"))
    await one.put("a", "1")
    await two.put("a", "2")
    assert (await one.get("a"), await two.get("a")) == ("1", "2")
    await one.remove("a")
    await one.remove("a")
    assert (await one.get("a"), await two.get("a")) == (None, "2")


async def test_a_locked_password_store_is_a_typed_error_without_its_text() -> None:
    backend = FakeBackend()
    backend.locked = True
    secrets = Secrets(SystemKeyring(backend, ""))
    for attempt in (secrets.get("a"), secrets.put("a", "hunter2"), secrets.remove("a")):
        with pytest.raises(StorageError) as caught:
            await attempt
        assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("says", "kind"),
    [
        (KeyringLocked("x"), KeystoreLocked),
        (InitError("x"), KeystoreLocked),
        (KeyringError("x"), KeystoreFailed),
    ],
)
async def test_a_locked_password_store_is_told_from_one_that_fails(
    says: KeyringError, kind: type[StorageError]
) -> None:
    backend = FakeBackend()
    backend.locked, backend.says = True, says
    with pytest.raises(kind):
        await Secrets(SystemKeyring(backend, "")).put("a", "b")


@pytest.mark.parametrize("length", [0, 3, 4, 10, 25, 33, 47])
def test_a_sealed_file_that_was_cut_is_damaged(tmp_path: Path, length: int) -> None:
    path = tmp_path / "secrets.kios"
    SealedFile(path, "p")
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(KeystoreDamaged):
        SealedFile(path, "p")


def test_a_sealed_file_opens_with_its_passphrase_only(tmp_path: Path) -> None:
    path = tmp_path / "secrets.kios"
    sealed = SealedFile(path, "pass phrase")
    sealed.put("source", "hunter2")
    sealed.put("other", "x")
    sealed.remove("other")
    assert b"hunter2" not in path.read_bytes()
    again = SealedFile(path, "pass phrase")
    assert (again.get("source"), again.get("other")) == ("hunter2", None)
    with pytest.raises(WrongPassphrase):
        SealedFile(path, "another")


def test_a_sealed_file_that_was_changed_does_not_open(tmp_path: Path) -> None:
    path = tmp_path / "secrets.kios"
    SealedFile(path, "p").put("a", "b")
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(WrongPassphrase):
        SealedFile(path, "p")
    path.write_bytes(b"something else")
    with pytest.raises(StorageError):
        SealedFile(path, "p")


def test_every_write_of_a_sealed_file_uses_a_new_nonce(tmp_path: Path) -> None:
    path = tmp_path / "secrets.kios"
    sealed = SealedFile(path, "p")
    nonces = set()
    for _ in range(3):
        sealed.put("a", "b")
        nonces.add(path.read_bytes()[20:32])
    assert len(nonces) == 3
