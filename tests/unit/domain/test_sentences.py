"""Where sentences end, in the languages that books are written in."""

import pytest

from kios_desktop.domain.sentences import LONGEST, sentences


def divided(text: str, language: str = "en") -> list[str]:
    return [text[start:end] for start, end in sentences(text, language)]


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        ("en", ["Mr. Smith met Dr. J. R. Jones at 5 p.m. on Sunday.", "They dined."]),
        ("en", ["“Go!” he said.", "“Why?”", "It was I.", "He said no."]),
        ("en-GB", ["See No. 5, pp. 3 f., e.g. here.", "Then… nothing.", "In 1984.", "Then"]),
        ("en", ["(He left.)", "[Enter a ghost.]", "“So?!”", "— And then?", "3 men came."]),
        ("de", ["Am 3. Mai kam Dr. Müller.", "»Wohin?«, fragte er.", "»Nach Haus.«", "Gut."]),
        ("de", ["Das war z. B. im 19. Jahrhundert bzw. früher.", "„Ach!“", "Es war 1984.", "Ja."]),
        ("fr", ["« Où vas-tu ? » dit-il.", "« À Paris. »", "M. Dupont et Mme. Bovary rirent."]),
        ("es", ["¿Quién es?", "¡Nadie!", "El Sr. Gómez vino."]),
        ("ru", ["Это было в 1812 г. в Москве.", "— Где? — спросил он.", "Там."]),
    ],
)
def test_sentences_of_spaced_languages(language: str, parts: list[str]) -> None:
    assert divided(" ".join(parts), language) == parts


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        ("ja", ["吾輩は猫である。", "名前はまだ無い。", "「どこで生れたか？」", "と言った。"]),
        ("zh", ["他说：“你好！”", "然后走了。", "真的吗？！", "是。"]),
    ],
)
def test_sentences_of_languages_without_spaces(language: str, parts: list[str]) -> None:
    assert divided("".join(parts), language) == parts


def test_sentences_with_marks_of_their_own() -> None:
    assert divided("यह एक है। वह दो है।", "hi") == ["यह एक है।", "वह दो है।"]
    assert divided("من أنت؟ لا أحد.", "ar") == ["من أنت؟", "لا أحد."]


@pytest.mark.parametrize("text", ["", " ", "* * *", "—", "…", "。。。"])
def test_what_has_no_words_is_not_spoken(text: str) -> None:
    assert divided(text) == []


def test_a_heading_without_a_mark_is_a_sentence() -> None:
    assert divided("Chapter the First") == ["Chapter the First"]


def test_an_unknown_language_is_read_like_english() -> None:
    assert divided("Mr. A came. He left.", "x-klingon") == ["Mr. A came.", "He left."]


def test_a_long_sentence_is_spoken_in_parts_at_its_commas() -> None:
    text = "this goes on and on, " * 100
    parts = divided(text)
    assert all(len(part) <= LONGEST and part.endswith(",") for part in parts)
    assert " ".join(parts) == text.strip()


def test_a_long_word_is_divided_somewhere_and_nothing_is_lost() -> None:
    assert "".join(divided("字" * 5000, "zh")) == "字" * 5000


def test_time_grows_with_the_length_only() -> None:
    """Marks alone, quotes alone and dots after letters: none of them may take squares of time."""
    for text in ("." * 200_000, "A. " * 70_000, "?" + "”" * 200_000, "e.g. " * 50_000):
        assert len(divided(text)) < 100_000
