"""What every test gets."""

import pytest


@pytest.fixture
def anyio_backend() -> str:
    """Async tests run on asyncio only: that is what the program uses."""
    return "asyncio"
