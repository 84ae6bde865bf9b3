"""The password and the tokens of an account, in the password store."""

from collections.abc import Callable

from kios_desktop.domain.secret import Secret
from kios_desktop.protocols.booklore import secrets_in
from kios_desktop.storage.secrets import Secrets


def tokens_name(account_id: str) -> str:
    """The name of the tokens in the password store; the password is with its source."""
    return f"{account_id}-tokens"


class StoredAccountSecrets:
    """Implements `protocols.booklore.AccountSecrets`. `hide` blanks a secret in every log line."""

    def __init__(
        self, account_id: str, password: Secret, secrets: Secrets, hide: Callable[[Secret], object]
    ) -> None:
        self._name, self._password = tokens_name(account_id), password
        self._secrets, self._hide = secrets, hide

    async def password(self) -> Secret | None:
        return self._password or None

    async def tokens(self) -> Secret | None:
        text = await self._secrets.get(self._name)
        return None if text is None else self._hidden(Secret(text))

    async def keep_tokens(self, tokens: Secret) -> None:
        await self._secrets.put(self._name, self._hidden(tokens).reveal())

    def _hidden(self, tokens: Secret) -> Secret:
        for one in secrets_in(tokens):
            self._hide(one)
        return tokens
