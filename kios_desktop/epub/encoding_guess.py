"""Guesses the encoding of a text that declares none, or a wrong one, and is not UTF-8.

Only what is common in books is told apart: by how many of the characters that the bytes become are
ones that texts are written with. What is none of these is Windows-1252, as the web assumes.
"""

import codecs
import re
from collections.abc import Iterable, Mapping

FALLBACK = "cp1252"
_SAMPLE_BYTES = 16 * 1024
_HIGH = re.compile(rb"[\x80-\xff]+")
_TAG = re.compile(rb"<[^<>]*>")
# letters by how often they are written, of a thousand; capitals count as their small letters
_RUSSIAN: Mapping[str, int] = dict(
    zip(
        "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэф",
        (110, 85, 80, 74, 67, 63, 55, 47, 45, 43, 35, 32, 30, 28, 26, 20, 19, 17, 17, 16, 16, 15,
         12, 10, 9, 7, 6, 5, 4, 3, 3),
        strict=True,
    )
)  # fmt: skip
_GREEK: Mapping[str, int] = dict(
    zip(
        "αοιετνσςηκπρυμλίόάωγδέήχθύφώβξζψ",
        (90, 80, 75, 75, 77, 60, 45, 42, 42, 40, 40, 40, 36, 34, 27, 24, 22, 22, 19, 17, 17, 20, 16,
         12, 12, 11, 8, 9, 7, 5, 4, 2),
        strict=True,
    )
)  # fmt: skip
_ALPHABETS: Mapping[str, Mapping[str, int]] = {
    "cp1251": _RUSSIAN,
    "koi8-r": _RUSSIAN,
    "iso8859-5": _RUSSIAN,
    "cp866": _RUSSIAN,
    "mac_cyrillic": _RUSSIAN,
    "cp1253": _GREEK,
    "iso8859-7": _GREEK,
}
_LEAST_USUAL = 40  # of a thousand: letters by chance have 25, a text has 50 to 60
_MOSTLY = 0.5  # of the letters of a text that is not in Latin script are beyond ASCII
# the usual characters of a language, by its encoding of two bytes. Each has both beyond ASCII:
# one of them and a letter are what accents and quotation marks look like in other encodings
_SIMPLIFIED = (
    "的一是不了在人有我他这中大来上个国到说们为子和你地出道也时年得就那要下以生会自着去之过"
    "家学对可她里后第章回节卷二三四五六七八九十都者其此无何如知已日心手头事见与所，。？！：；"
)
_TRADITIONAL = (
    "的一是不了在人有我他這中大來上個國到說們為子和你地出道也時年得就那要下以生會自著去之過"
    "家學對可她裡後第章回節卷二三四五六七八九十都者其此無何如知已日心手頭事見與所言"
)
_KOREAN = (
    "이다는을의가에고하를지사도한로은리자기어나아인정시대서과부수그해일라들게면보거오여주것있었없니"
    "스장전소제성상동만우구모무말간조원안했던마비신위미세생용유선중공진관문국경내적민때개결각계"
    "방발반분실심식십양연영예외요운음입잘재저점좋집차처천체초출치타통트표필학할함합행현형호화확"
    "회후러르네데래려른름못바번본살새속손순알야얼없와왔왜인임작졌죽즐찾책처침크큰터파편품피한히"
)
_WIDE: Mapping[str, tuple[str, float]] = {  # and how many of the characters they are at least
    "euc_jp": ("\u3040-\u30ff", 0.25),
    "cp932": ("\u3040-\u30ff", 0.25),
    "cp949": (_KOREAN, 0.5),
    "gb18030": (_SIMPLIFIED, 0.1),
    "big5hkscs": ("".join(c for c in _TRADITIONAL if c.encode("big5")[1] >= 0x80), 0.06),
}
_MARKS = "\xa0«»‹›“”„‘’‚–—…•\xa7©®°·"
_WESTERN = frozenset(
    _MARKS + "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿŒœŸ¡¿ªº£€½¼¾²™"
)
_EASTERN: tuple[frozenset[str], ...] = (
    frozenset("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ"),
    frozenset("áčďéěíňóřšťúůýžÁČĎÉĚÍŇÓŘŠŤÚŮÝŽ"),
)
_LEAST_LETTERS = 3  # different ones, before a text is not Western


def guess(data: bytes) -> str:
    """The Python name of the likeliest encoding."""
    text = _TAG.sub(b" ", data)[: 4 * _SAMPLE_BYTES]
    words = _HIGH.findall(text)
    high = b" ".join(words)[:_SAMPLE_BYTES]
    if not high:
        return FALLBACK
    beyond = sum(map(len, words))
    if beyond >= _MOSTLY * (beyond + len(re.findall(rb"[A-Za-z]", text))):
        best = max(_ALPHABETS, key=lambda name: _usual(high, name))
        if _usual(high, best) >= _LEAST_USUAL:
            return best
    for name, (usual, least) in _WIDE.items():
        if _share(data, name, usual) >= least:
            return name
    return _latin(high)


def _usual(high: bytes, name: str) -> float:
    """How usual the letters are on average; those in words like "wOrD" are not at all."""
    alphabet = _ALPHABETS[name]
    text = high.decode(name, "replace")
    words = (word for word in text.split() if word in (word.lower(), word.upper(), word.title()))
    return sum(alphabet.get(c, 0) for word in words for c in word.lower()) / _length(text)


def _share(data: bytes, name: str, usual: str) -> float:
    """Of the characters beyond ASCII, how many are usual ones; 0 where it can't be decoded.

    A character that is cut at the end is left out.
    """
    try:
        text = codecs.getincrementaldecoder(name)().decode(data)
    except UnicodeDecodeError:
        return 0.0
    wide = [c for c in text if c > "\x7f"][:_SAMPLE_BYTES]
    return len(re.findall(f"[{usual}]", "".join(wide))) / _length(wide)


def _latin(high: bytes) -> str:
    """Which letters with accents it has: Western ones, unless others explain more of the bytes."""
    best, most = FALLBACK, _count(high.decode(FALLBACK, "replace"), _WESTERN)
    for name in ("cp1250", "iso8859-2"):
        text = high.decode(name, "replace")
        for letters in _EASTERN:
            explained = _count(text, letters.union(_MARKS))
            if explained > most and len(letters.intersection(text)) >= _LEAST_LETTERS:
                best, most = name, explained
    return best


def _count(text: str, characters: frozenset[str]) -> int:
    return sum(1 for c in text if c in characters)


def _length(text: Iterable[str]) -> int:
    return sum(1 for c in text if c != " ") or 1
