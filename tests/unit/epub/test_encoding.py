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
