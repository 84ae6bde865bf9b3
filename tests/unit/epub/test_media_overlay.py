"""Media overlays: clocks, documents, hostile ones too, and what is read aloud of a book."""

import contextlib
from collections.abc import Mapping
from pathlib import Path

import pytest

from kios_desktop.domain.utterance import AloudTrouble, AudioClip, SpokenChapter
from kios_desktop.epub import xml
from kios_desktop.epub.container import Container
from kios_desktop.epub.media_overlay import OverlayPair, read_overlay, seconds
from kios_desktop.epub.package import read_publication
from kios_desktop.epub.spoken import SpokenBook
from tests.books import BookDraft
from tests.corpus import corpus
from tests.narrated import narrated_book, overlay


@pytest.mark.parametrize(
    ("clock", "wanted"),
    [
        ("5:34:31.396", 20071.396),
        ("124:59:36", 449976.0),
        ("0:05:01.2", 301.2),
        ("09:58", 598.0),
        ("00:56.78", 56.78),
        ("76.2s", 76.2),
        ("7.75h", 27900.0),
        ("13min", 780.0),
        ("2345ms", 2.345),
        ("12.345", 12.345),
        (" 7 ", 7.0),
        ("npt=3.5s", 3.5),
        ("0", 0.0),
    ],
)
def test_clock_values(clock: str, wanted: float) -> None:
    found = seconds(clock)
    assert found is not None
    assert found == pytest.approx(wanted)


@pytest.mark.parametrize(
    "clock", ["", "x", "-3s", "1:2:3:4", "00:61", "1:99:00", "3 days", "1e9", "NaN", "inf", "٣s"]
)
def test_what_is_no_clock_value(clock: str) -> None:
    assert seconds(clock) is None


def test_pairs_come_in_order_whatever_the_nesting() -> None:
    smil = overlay(
        '<seq><par><text src="../a.xhtml#x"/><audio src="s.mp3" clipBegin="1s" clipEnd="2s"/></par>'
        '<seq><seq><par><audio src="s.mp3" clipBegin="2s"/><text src="../a.xhtml#y"/></par></seq>'
        '<par><text src="../b.xhtml"/></par></seq></seq>'
    )
    assert read_overlay(smil, "E/mo/a.smil") == (
        OverlayPair("E/a.xhtml", "x", AudioClip("E/mo/s.mp3", 1.0, 2.0)),
        OverlayPair("E/a.xhtml", "y", AudioClip("E/mo/s.mp3", 2.0, None)),
        OverlayPair("E/b.xhtml", "", None),
    )


def test_odd_clips_are_read_as_far_as_they_make_sense() -> None:
    def clip(attributes: str) -> AudioClip | None:
        par = f'<par><text src="a.xhtml#x"/><audio {attributes}/></par>'
        return read_overlay(overlay(par), "a.smil")[0].clip

    assert clip('src="s.mp3" clipBegin="5s" clipEnd="2s"') == AudioClip("s.mp3", 5.0, None)
    assert clip('src="s.mp3" clipBegin="what" clipEnd="ever"') == AudioClip("s.mp3", 0.0, None)
    assert clip('clipBegin="1s"') is None
    outside = clip('src="https://example.org/s.mp3"')
    assert outside == AudioClip("", 0.0, None), "nothing is fetched"


@pytest.mark.parametrize(
    "smil",
    [
        b"",
        b"not xml",
        b"<smil>" + b"<seq>" * 100_000,
        b'<!DOCTYPE s [<!ENTITY a "' + b"x" * 1000 + b'">]><smil>' + b"&a;" * 10 + b"</nothing>",
    ],
)
def test_hostile_documents_are_refused_or_empty(smil: bytes) -> None:
    with contextlib.suppress(xml.Broken):
        assert read_overlay(smil, "a.smil") == ()


def spoken(path: Path, spine_index: int) -> SpokenChapter:
    container = Container.open(path)
    try:
        return SpokenBook(container, read_publication(container)).chapter(spine_index)
    finally:
        container.close()


def test_a_book_without_a_recording_has_sentences(tmp_path: Path) -> None:
    body = (
        "<h1>One</h1><p>Fog <i>came</i> in. It was\n late.</p><p hidden=''>No. Never.</p>"
        "<ruby>字<rt>ji</rt></ruby>"
    )
    path = BookDraft(chapters=(body,)).write(tmp_path / "b.epub")
    chapter = spoken(path, 0)
    assert not chapter.recorded
    assert [one.text for one in chapter.utterances] == ["One", "Fog came in.", "It was late.", "字"]
    assert [(one.start, one.end) for one in chapter.utterances] == [
        (0, 3),
        (3, 13),
        (13, 23),
        (32, 33),
    ]


def test_ordinals_of_sentences_are_those_of_the_text(tmp_path: Path) -> None:
    body = "<p>A&#xad;b\u00a0cd. &amp;D e! <b>F</b>g?</p><p>Hi&#8203;j.</p>"
    chapter = spoken(BookDraft(chapters=(body,)).write(tmp_path / "b.epub"), 0)
    stream = "A\u00adb\u00a0cd.&De!Fg?Hi\u200bj."
    assert [stream[one.start : one.end] for one in chapter.utterances] == [
        "A\u00adb\u00a0cd.",
        "&De!",
        "Fg?",
        "Hi\u200bj.",
    ]


def test_the_clips_of_a_chapter_have_the_ordinals_of_its_elements(tmp_path: Path) -> None:
    chapter = spoken(narrated_book(tmp_path / "n.epub"), 0)
    assert chapter.recorded
    assert not chapter.troubles
    assert [(one.start, one.end) for one in chapter.utterances][:3] == [(0, 3), (3, 13), (13, 23)]
    assert chapter.utterances[1].clip == AudioClip("EPUB/audio/tone.wav", 0.4, 0.8)


def test_a_chapter_without_an_overlay_is_for_a_voice(tmp_path: Path) -> None:
    path = narrated_book(tmp_path / "n.epub", chapters=2, overlays=1)
    chapter = spoken(path, 1)
    assert chapter.recorded
    assert all(one.clip is None and one.text for one in chapter.utterances)


PAIR = '<par><text src="{text}"/><audio src="{audio}" clipBegin="0s" clipEnd="1s"/></par>'


@pytest.mark.parametrize(
    ("pair", "trouble"),
    [
        ({"text": "chapter0001.xhtml#nowhere", "audio": "audio/tone.wav"}, "TEXT_NOWHERE"),
        ({"text": "missing.xhtml#s1", "audio": "audio/tone.wav"}, "TEXT_NOWHERE"),
        ({"text": "../../../etc/passwd", "audio": "audio/tone.wav"}, "TEXT_NOWHERE"),
        ({"text": "chapter0001.xhtml#s1", "audio": "audio/missing.wav"}, "AUDIO_MISSING"),
        ({"text": "chapter0001.xhtml#s1", "audio": "../../../../dev/zero"}, "AUDIO_MISSING"),
        ({"text": "chapter0001.xhtml#s1", "audio": "http://x.example/a.wav"}, "AUDIO_MISSING"),
    ],
)
def test_a_clip_that_leads_nowhere_is_left_out_and_told(
    pair: Mapping[str, str], trouble: str, tmp_path: Path
) -> None:
    good = PAIR.format(text="chapter0001.xhtml#s2", audio="audio/tone.wav")
    smil = overlay(PAIR.format(**pair) + good)
    chapter = spoken(narrated_book(tmp_path / "n.epub", smil=smil), 0)
    assert chapter.troubles == {AloudTrouble[trouble]}
    assert [one.start for one in chapter.utterances] == [3]


def test_an_overlay_that_cannot_be_read_leaves_the_text_to_a_voice(tmp_path: Path) -> None:
    chapter = spoken(narrated_book(tmp_path / "n.epub", smil=b"nothing"), 0)
    assert chapter.troubles == {AloudTrouble.OVERLAY_UNREADABLE}
    assert [one.text for one in chapter.utterances][:2] == ["One", "Fog came in."]


@pytest.mark.corpus
def test_the_tests_of_the_w3c() -> None:
    """Their recording is missing; a text without audio is for a voice, as EPUB 3.3 has it."""
    books = corpus() / "w3c"
    missing = spoken(books / "mol-support_xhtml.epub", 1)
    assert missing.troubles == {AloudTrouble.AUDIO_MISSING}
    by_voice = spoken(books / "mol-tts_single.epub", 1)
    assert by_voice.recorded
    assert by_voice.utterances[0].text == "Call me Ishmael."
    assert not by_voice.troubles
