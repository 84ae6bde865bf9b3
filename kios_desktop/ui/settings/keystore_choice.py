"""Stores secrets where the reader has chosen."""

from kios_desktop.domain.errors import KeystoreDamaged, WrongPassphrase
from kios_desktop.ui.kit.error_texts import Message, explain
from kios_desktop.ui.settings.ports import KeystorePort


async def apply_keystore_choice(keystore: KeystorePort, passphrase: str | None) -> Message | None:
    """None: in memory until Kios quits; else in a file encrypted with the passphrase.

    Returns what was wrong with the passphrase or the file, None on success.
    """
    try:
        if passphrase is None:
            await keystore.keep_in_memory()
        else:
            await keystore.seal(passphrase)
    except (WrongPassphrase, KeystoreDamaged) as error:
        return explain(error)
    return None
