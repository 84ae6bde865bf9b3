"""Any text is read in the letters it was written in, whatever its label says."""

import codecs

import pytest

from kios_desktop.epub import encoding, xml

MIXED = "Déjà vu — “quoted” naïve café Привет 日本"
RUSSIAN = "Все счастливые семьи похожи друг на друга, каждая несчастливая семья несчастлива."
JAPANESE = "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。"
SIMPLIFIED = "我在这里的时候，他们说这是一个很大的国家，有很多人。"
TRADITIONAL = "我在這裡的時候，他們說這是一個很大的國家，有很多人。"
KOREAN = "나는 고양이다. 이름은 아직 없다. 어디서 태어났는지 모른다."
FRENCH = "Longtemps, je me suis couché de bonne heure — à peine ma bougie éteinte, mes yeux."


def labelled(text: str, label: str, codec: str, by: str = "xml") -> bytes:
    start = {
        "xml": f'<?xml version="1.0" encoding="{label}"?><html><head/>',
        "meta": f'<html><head><meta charset="{label}"/></head>',
        "http-equiv": '<html><head><meta http-equiv="Content-Type"'
        f' content="text/html; charset={label}"/></head>',
        "": "<html><head/>",
    }[by]
    return f"{start}<body><p>{text}</p></body></html>".encode(codec)


@pytest.mark.parametrize("by", ["xml", "meta", "http-equiv"])
@pytest.mark.parametrize(
    "label",
    ["macintosh", "windows-1251", "koi8-r", "gb2312", "gbk", "shift_jis", "euc-jp", "big5",
     "iso-8859-1", "iso-8859-2", "us-ascii", "windows-1252", "utf-16", "utf-7", "x-nonsense",
     "cp037", "iso-2022-jp", ""],
)  # fmt: skip
def test_what_is_valid_utf8_is_utf8_whatever_the_label_says(label: str, by: str) -> None:
    assert f"<p>{MIXED}</p>" in encoding.decode(labelled(MIXED, label, "utf-8", by))


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("iso-8859-1", "cp1252", "“It’s” — €"),
        ("latin1", "cp1252", "“It’s” — €"),
        ("us-ascii", "cp1252", "“It’s” — €"),
        ("ISO-8859-9", "cp1254", "İş “değil”"),
        ("tis-620", "cp874", "ภาษาไทย…"),
        ("shift_jis", "cp932", "①～髙"),
        ("x-sjis", "cp932", JAPANESE),
        ("gb2312", "gb18030", "镕€𠀀"),
        ("big5", "big5hkscs", TRADITIONAL),
        ("ks_c_5601-1987", "cp949", "똠방각하"),
        ("windows-31j", "cp932", JAPANESE),
        ("x-mac-cyrillic", "mac_cyrillic", RUSSIAN),
        ("koi8-r", "koi8-r", RUSSIAN),
        ("iso-8859-2", "iso8859-2", "Zażółć gęślą jaźń"),
        ("iso-2022-jp", "iso2022_jp", JAPANESE),
        ("macintosh", "mac_roman", FRENCH),
    ],
)
@pytest.mark.parametrize("by", ["xml", "meta"])
def test_a_label_means_what_it_means_on_the_web(label: str, codec: str, text: str, by: str) -> None:
    assert f"<p>{text}</p>" in encoding.decode(labelled(text, label, codec, by))


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("cp1252", FRENCH),
        ("cp1251", RUSSIAN),
        ("koi8-r", RUSSIAN),
        ("cp932", JAPANESE),
        ("euc_jp", JAPANESE),
        ("gb18030", SIMPLIFIED),
        ("big5", TRADITIONAL),
        ("cp949", KOREAN),
        ("utf-16-le", RUSSIAN),
        ("utf-16-be", FRENCH),
        ("utf-32-le", FRENCH),
        ("utf-16", JAPANESE),
    ],
)
@pytest.mark.parametrize("label", ["", "utf-8", "x-nonsense"])
def test_without_a_label_that_helps_the_bytes_are_guessed(
    codec: str, text: str, label: str
) -> None:
    data = labelled(text, label, codec, "xml" if label else "")
    assert f"<p>{text}</p>" in encoding.decode(data)


SENTENCES = [
    ("cp1252", "“It’s a book that doesn’t hold,” she said—‘wait…what?’ They’d seen one—two."),
    ("cp1252", "It’s a book that doesn’t hold"),
    ("cp1252", "one—two, wait…what, it’s"),
    ("cp1252", "<p>“Wait…”</p><p>“No…”</p><p>“Why?”</p>"),
    ("cp1252", "a room of 20 m³ at 30 °C, “warm”"),
    (
        "cp1252",
        "Longtemps, je me suis couché de bonne heure. Parfois, à peine ma bougie éteinte, mes",
    ),
    ("cp1252", "l’homme d’à côté, où l’été naît"),
    ("cp1252", "CHAPITRE PREMIER — L’ÉTÉ À PARIS"),
    (
        "cp1252",
        "¡Hola! ¿Qué tal? En un lugar de la Mancha, de cuyo nombre no quiero acordarme, vivía",
    ),
    ("cp1252", "¡Hola!"),
    ("cp1252", "El niño llegó al corazón de la montaña. ¿Quién? Él."),
    (
        "cp1252",
        "„Als Gregor Samsa eines Morgens aus unruhigen Träumen erwachte“, fand er sich in",
    ),
    ("cp1252", "Er sagte: „Spaß“."),
    ("cp1252", "Åsa und Äpfel, på en ö i älven"),
    ("cp1252", "Così è la città: perché no? Più su, l’università è già là — virtù."),
    ("cp1252", "NÃO “IRMÔ são corações, você não está à mão; então João põe pães."),
    (
        "cp1252",
        "Der var så dejligt ude på landet; det var sommer, kornet stod gult, høet var rejst op",
    ),
    (
        "cp1250",
        "Ile cię trzeba cenić, ten tylko się dowie, kto cię stracił. „Było” tam głową.",
    ),
    ("cp1250", "Zażółć gęślą jaźń"),
    ("iso8859-2", "Zażółć gęślą jaźń"),
    (
        "cp1250",
        "Było to w mieście, gdzie wszyscy żyli. Litwo, ojczyzno moja, ty jesteś jak zdrowie;",
    ),
    (
        "iso8859-2",
        "Było to w mieście, gdzie wszyscy żyli. Litwo, ojczyzno moja, ty jesteś jak zdrowie;",
    ),
    (
        "cp1250",
        "Příliš žluťoučký kůň úpěl ďábelské ódy. Bylo to v městě, kde všichni žili šťastně.",
    ),
    (
        "iso8859-2",
        "Příliš žluťoučký kůň úpěl ďábelské ódy. Bylo to v městě, kde všichni žili šťastně.",
    ),
    (
        "cp1251",
        "Все счастливые семьи похожи друг на друга, каждая несчастливая семья несчастлива",
    ),
    (
        "koi8-r",
        "Все счастливые семьи похожи друг на друга, каждая несчастливая семья несчастлива",
    ),
    ("cp1251", "ВОЙНА И МИР"),
    ("koi8-r", "ВОЙНА И МИР"),
    ("cp866", "ВОЙНА И МИР"),
    ("cp1251", "ГЛАВА ПЕРВАЯ"),
    ("koi8-r", "ГЛАВА ПЕРВАЯ"),
    ("cp1251", "АННА КАРЕНИНА. ЧАСТЬ ПЕРВАЯ"),
    ("koi8-r", "АННА КАРЕНИНА. ЧАСТЬ ПЕРВАЯ"),
    ("iso8859-5", "АННА КАРЕНИНА. ЧАСТЬ ПЕРВАЯ"),
    ("cp1251", "Война и мир"),
    ("koi8-r", "Война и мир"),
    ("cp1251", "Як умру, то поховайте мене на могилі серед степу широкого на Вкраїні милій."),
    (
        "cp1251",
        "Хубава си, моя горо, миришеш на младост, но вселяваш в сърцата ни само скръб и жалост.",
    ),
    (
        "cp1253",
        "Σα βγεις στον πηγαιμό για την Ιθάκη, να εύχεσαι νάναι μακρύς ο δρόμος, γεμάτος",
    ),
    (
        "iso8859-7",
        "Σα βγεις στον πηγαιμό για την Ιθάκη, να εύχεσαι νάναι μακρύς ο δρόμος, γεμάτος",
    ),
    ("cp1253", "ΚΕΦΑΛΑΙΟ ΠΡΩΤΟ"),
    ("cp1253", "Κεφάλαιο πρώτο"),
    ("euc_kr", "나는 고양이다. 이름은 아직 없다. 어디서 태어났는지 모른다."),
    ("euc_kr", "제1장 머리말"),
    ("cp949", "“그래요, 우리는 모두 똑같은 사람이에요.” 하고 할머니가 말씀하셨습니다. 뷁 똠방각하"),
    ("euc_kr", "운수 좋은 날"),
    ("cp932", "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。"),
    ("euc_jp", "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。"),
    ("cp932", "第一章\u3000はじめに"),
    ("euc_jp", "第一章\u3000はじめに"),
    ("gb2312", "我在这里的时候，他们说这是一个很大的国家，有很多人。"),
    ("gb2312", "第一章 黄河"),
    ("gb2312", "第十二回 王熙凤毒设相思局 贾天祥正照风月鉴"),
    ("gb2312", "满纸荒唐言，一把辛酸泪。都云作者痴，谁解其中味？"),
    ("big5", "我在這裡的時候，他們說這是一個很大的國家，有很多人。"),
    ("big5", "第一章 黃河"),
    ("big5", "滿紙荒唐言，一把辛酸淚。都云作者癡，誰解其中味？"),
]


@pytest.mark.parametrize("label", ["", "utf-8", "its own"])
@pytest.mark.parametrize(("codec", "text"), SENTENCES)
def test_sentences_and_headings_are_read_in_their_own_script(
    codec: str, text: str, label: str
) -> None:
    label = codec if label == "its own" else label
    for words in (text, "\n".join([text] * 30)):
        data = labelled(words, label, codec, "xml" if label else "")
        assert f"<p>{words}</p>" in encoding.decode(data)


@pytest.mark.parametrize(
    "text",
    ["“It’s”, she said — the café is naïve, X", "“One”, X", "É é à — X", "Глава X", "第一章 X"],
)
@pytest.mark.parametrize("label", ["", "utf-8", "iso-8859-1"])
def test_one_broken_byte_does_not_spoil_a_few_others(text: str, label: str) -> None:
    data = labelled(text, label, "utf-8").replace(b"X", b"\xc3")
    assert text.replace("X", "\ufffd") in encoding.decode(data)


@pytest.mark.parametrize("text", ["It’s “one”", "one “", "日本", "Привет"])
def test_a_character_cut_at_the_end_spoils_nothing(text: str) -> None:
    assert encoding.decode(text.encode()[:-1]) == text[:-1] + "\ufffd"
    korean = KOREAN.replace(".", "").encode("cp949")
    assert encoding.decode(korean[:-1]) == KOREAN.replace(".", "")[:-1] + "\ufffd"


def test_where_the_xml_label_is_wrong_the_meta_element_is_asked() -> None:
    data = labelled("Zażółć gęślą jaźń", "windows-1250", "cp1250", "meta")
    data = b'<?xml version="1.0" encoding="utf-8"?>' + data
    assert "Zażółć gęślą jaźń" in encoding.decode(data)


def test_a_label_that_breaks_the_text_is_not_believed() -> None:
    assert RUSSIAN in encoding.decode(labelled(RUSSIAN, "shift_jis", "cp1251"))


@pytest.mark.parametrize("label", ["utf-8", "windows-1251", ""])
def test_a_few_broken_bytes_do_not_spoil_the_rest(label: str) -> None:
    data = labelled(RUSSIAN, label, "utf-8").replace(b", ", b"\xff")
    assert RUSSIAN.replace(", ", "\ufffd") in encoding.decode(data)


@pytest.mark.parametrize(
    "marks",
    [
        codecs.BOM_UTF8,
        codecs.BOM_UTF8 * 3,
        codecs.BOM_UTF16_LE,
        codecs.BOM_UTF16_BE * 2,
        codecs.BOM_UTF32_LE,
    ],
)
def test_byte_order_marks_are_no_text(marks: bytes) -> None:
    codec = {b"\xef": "utf-8", b"\xfe": "utf-16-be"}.get(marks[:1], "utf-16-le")
    codec = "utf-32-le" if marks == codecs.BOM_UTF32_LE else codec
    assert encoding.decode(marks + MIXED.encode(codec)) == MIXED


def test_a_byte_order_mark_on_another_encoding_is_not_believed() -> None:
    assert encoding.decode(codecs.BOM_UTF8 + FRENCH.encode("cp1252")) == FRENCH


def test_a_style_sheet_names_its_encoding_in_its_own_way() -> None:
    sheet = '@charset "iso-8859-2";\np::before{content:"Zażółć gęślą"}'
    assert encoding.decode(sheet.encode("iso8859-2")) == sheet


@pytest.mark.parametrize(
    "data", [b"", b"\xff", b"\xfe\xff", b"\xef\xbb\xbf", bytes(range(256)) * 9]
)
def test_any_bytes_are_some_text(data: bytes) -> None:
    assert isinstance(encoding.decode(data), str)


@pytest.mark.parametrize("label", ["windows-1251", "iso-8859-1", "gb2312"])
def test_the_files_of_a_package_are_read_the_same_way(label: str) -> None:
    start = f'<?xml version="1.0" encoding="{label}"?>'
    root, strict = xml.parse(f"{start}<package><title>{MIXED}</title></package>".encode())
    assert strict and xml.text(root) == MIXED
