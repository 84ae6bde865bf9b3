"""Where secrets go, as the person decided."""

from kios_desktop.domain.errors import KeystoreDamaged, WrongPassphrase
from kios_desktop.ui.kit.error_texts import Message, explain
from kios_desktop.ui.settings.ports import KeystorePort


async def apply_keystore_choice(keystore: KeystorePort, passphrase: str | None) -> Message | None:
    """None is “until I quit”, else a file sealed with the passphrase. What was wrong with it."""
    try:
        if passphrase is None:
            await keystore.keep_in_memory()
        else:
            await keystore.seal(passphrase)
    except (WrongPassphrase, KeystoreDamaged) as error:
        return explain(error)
    return None
