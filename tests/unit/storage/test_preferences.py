"""Preferences survive other versions, wrong types and values out of range."""

import pytest

from kios_desktop.domain.preferences import (
    Answer,
    PageTheme,
    Preferences,
    ReadingPreferences,
    ReadingSettings,
    SyncPreferences,
)
from kios_desktop.storage.database import Database
from kios_desktop.storage.preferences import (
    PreferenceStore,
    preferences_from,
    reading_preferences_from,
)


async def test_preferences_come_back(database: Database) -> None:
    store = PreferenceStore(database)
    assert await store.load() == Preferences()
    asked = Preferences(
        reading=ReadingSettings(theme=PageTheme.SEPIA, size_px=22),
        sync=SyncPreferences(when_behind=Answer.ASK, device="Desk"),
    )
    await store.save(asked)
    await store.save(asked)
    assert await store.load() == asked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Preferences()),
        ("[]", Preferences()),
        ("not json", Preferences()),
        ('{"unknown": 1, "match_page": false}', Preferences(match_page=False)),
        ('{"match_page": "yes", "onboarded": true}', Preferences(onboarded=True)),
        ('{"window_theme": "plaid", "dim_pictures": false}', Preferences(dim_pictures=False)),
        (
            '{"reading": {"size_px": 900, "margin_px": 10}}',
            Preferences(reading=ReadingSettings(margin_px=10)),
        ),
        ('{"reading": 7, "sync": null}', Preferences()),
        (
            '{"sync": {"when_further": "stay"}}',
            Preferences(sync=SyncPreferences(True, Answer.STAY)),
        ),
    ],
)
def test_what_cannot_be_used_falls_back_alone(text: str, expected: Preferences) -> None:
    assert preferences_from(text) == expected


def test_reading_preferences_of_a_book_are_read_the_same_way() -> None:
    assert reading_preferences_from('{"size_px": 20, "font": 5, "x": 1}') == ReadingPreferences(
        size_px=20
    )
    assert reading_preferences_from(None).empty


def test_the_books_font_was_once_kept_as_a_family() -> None:
    assert preferences_from('{"reading": {"font": "book"}}').reading.font == ""
    assert reading_preferences_from('{"font": "book"}').font == ""
    assert preferences_from('{"reading": {"font": "Georgia"}}').reading.font == "Georgia"
