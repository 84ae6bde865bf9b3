"""Preferences survive other versions, wrong types and values out of range."""

import pytest

from kios_desktop.domain.preferences import (
    AS_PUBLISHER,
    Answer,
    Justify,
    OwnTheme,
    PageTheme,
    Preferences,
    ReadingPreferences,
    ReadingSettings,
    SyncPreferences,
)
from kios_desktop.storage.database import Database
from kios_desktop.storage.encoding import to_json
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


@pytest.mark.parametrize(
    ("then", "now"),
    [
        ('{"justify": true}', ReadingPreferences(justify=Justify.ON)),
        ('{"justify": false}', ReadingPreferences(justify=Justify.OFF)),
        ('{"justify": null}', ReadingPreferences()),
        ('{"justify": "publisher"}', ReadingPreferences(justify=Justify.PUBLISHER)),
        ('{"line_height": 1.58}', ReadingPreferences(line_height=AS_PUBLISHER)),
        ('{"line_height": 1.8}', ReadingPreferences(line_height=1.8)),
        ('{"weight": -1, "indent_em": 0}', ReadingPreferences(weight=AS_PUBLISHER, indent_em=0)),
    ],
)
def test_what_earlier_versions_stored_means_what_it_meant(
    then: str, now: ReadingPreferences
) -> None:
    assert reading_preferences_from(then) == now


def test_defaults_of_an_earlier_version_are_the_defaults_of_this_one() -> None:
    then = '{"reading": {"theme": "auto", "font": "", "line_height": 1.58, "justify": false}}'
    assert preferences_from(then) == Preferences()


def test_what_is_left_to_the_book_and_the_own_theme_come_back() -> None:
    own = OwnTheme("#102030", "#FFEEDD", "#AACCFF")
    asked = Preferences(own_theme=own, own_css="p { color: red }")
    assert preferences_from(to_json(asked)) == asked
    assert preferences_from('{"own_theme": {"background": "red"}}').own_theme is None
    assert preferences_from('{"reading": {"weight": 5000, "size_px": 20}}').reading == (
        ReadingSettings(size_px=20)
    )
