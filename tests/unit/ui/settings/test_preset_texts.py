"""Texts of presets: what was shown while `sources` still had them, character by character."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from kios_desktop.domain.errors import NotMatched
from kios_desktop.domain.source import ConnectionStep, Preset, StepNote, StepResult, StepState
from kios_desktop.sources.catalog_presets import CATALOG_PRESETS
from kios_desktop.sources.kobo_presets import KOBO_PRESETS
from kios_desktop.sources.presets import LIMITS, PRESETS, matching_help
from kios_desktop.ui.kit.error_texts import explain
from kios_desktop.ui.settings.connection_test_card import step_hint
from kios_desktop.ui.settings.preset_texts import preset_texts, preset_title

BEFORE: Final[dict[str, Any]] = json.loads(
    Path(__file__).with_suffix("").with_name("preset_texts.json").read_text(encoding="utf-8")
)


def shown(preset: Preset) -> dict[str, object]:
    texts = preset_texts(preset)
    return {
        "kind": str(preset.kind),
        "key": preset.key,
        "title": preset_title(preset),
        "url": list(texts.url_hints),
        "username": texts.username_hint,
        "password": texts.password_hint,
        "where": list(texts.where),
    }


def test_every_text_of_every_preset_is_as_it_was() -> None:
    presets = (*PRESETS, *CATALOG_PRESETS, *KOBO_PRESETS)
    assert [shown(one) for one in presets] == BEFORE["presets"]


@pytest.mark.parametrize("key", [one.key for one in PRESETS])
def test_what_helps_with_an_unknown_file_is_as_it_was(key: str) -> None:
    text = explain(NotMatched(help=matching_help(key)), "").text
    assert text == f"The server doesn’t know this file. {BEFORE['matching'][key]}"
    unknown = StepResult(
        ConnectionStep.MATCHING,
        StepState.NOTE,
        StepNote.NO_BOOK_KNOWN,
        matching_help=matching_help(key),
    )
    begin = "The server knows none of the books tried here. "
    assert step_hint(unknown) == begin + BEFORE["matching"][key]


def test_notes_of_a_connection_test_are_as_they_were() -> None:
    def note(note: StepNote, **more: Any) -> str:
        return step_hint(StepResult(ConnectionStep.CLOCK, StepState.NOTE, note, **more))

    assert {key: note(limit) for key, limit in LIMITS.items()} == BEFORE["limits"]
    assert note(StepNote.CLOCKS_APART, apart_s=421) == "The clocks are 7 min apart."
    assert note(StepNote.NOT_ENCRYPTED) == (
        "This address is not encrypted. Your password and places travel in the open."
    )
