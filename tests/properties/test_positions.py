"""Round trips and order of every notation, over generated XHTML that is well-formed."""

from hypothesis import given
from hypothesis import strategies as st

from kios_desktop.domain.locator import Place, Precision
from kios_desktop.epub import cfi, xpointer
from kios_desktop.epub.cfi import CfiStep, Path
from kios_desktop.epub.cfi_places import content_path, resolve
from kios_desktop.epub.content_model import ContentModel
from kios_desktop.epub.grid import Grid, float32
from kios_desktop.epub.progression import Weights
from kios_desktop.epub.xpointer_places import written
from tests.books import page

HEAD = "/body/DocFragment[3]"
WORDS = st.text(st.sampled_from("ab .!é😀\u00a0\u3000\n\t"), max_size=12) | st.sampled_from(
    ["&amp;", "&#32;&#32;", "&nbsp;", "<!-- c -->", "<![CDATA[<x> &]]>", "<?pi?>", "<br/>",
     "<img src='x'/>", "<hr/>", "word " * 1700, "&#x1F600;"]
)  # fmt: skip
INLINE = ("b", "i", "span", "a", "em", "unknown", "ruby")
BLOCK = (
    "p",
    "div",
    "section",
    "ul",
    "li",
    "blockquote",
    "pre",
    "h1",
    "td",
    "tr",
    "table",
    "figure",
)
STYLES = ("", " style='display:block'", " style='display:inline'", " style='float:left'",
          " style='display:none'", " style='white-space:pre-wrap'", " id='x1'")  # fmt: skip


def element(content: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(
        lambda name, style, inside: f"<{name}{style}>{''.join(inside)}</{name}>",
        st.sampled_from(INLINE + BLOCK),
        st.sampled_from(STYLES),
        st.lists(content, max_size=5),
    )


BODIES = st.lists(st.recursive(WORDS, element, max_leaves=14), max_size=5).map("".join)


def model(body: str) -> ContentModel:
    return ContentModel(page(body).encode(), lambda _: "")


def ordinals(one: ContentModel) -> list[int]:
    step = max(1, one.total // 23)
    return [*range(0, one.total, step), one.total]


@given(BODIES)
def test_every_written_xpointer_resolves_and_never_lies_ahead(body: str) -> None:
    """Exactly at the place, or, where the engine has no such text, at something before it."""
    one = model(body)
    for ordinal in ordinals(one):
        text = written(one, ordinal, HEAD)
        assert len(text) <= xpointer.MAX_CHARACTERS
        assert text.startswith(HEAD)
        pointer = xpointer.parse(text)
        assert pointer is not None and pointer.complete
        if pointer.steps:
            found = xpointer.resolve(one.engine, one.engine_source.body, pointer)
            assert found.exact
            assert found.ordinal <= ordinal
            if "text()" in text and ordinal < one.total:
                assert found.ordinal == ordinal


@given(BODIES)
def test_character_the_engine_stores_comes_back_by_xpointer(body: str) -> None:
    one = model(body)
    for source in one.engine_source.elements:
        for stored in one.engine.texts(source):
            for offset, character in list(enumerate(stored.content))[:3]:
                if character in " \t\r\n":
                    continue
                ordinal = stored.ordinal_at(offset)
                text = written(one, ordinal, HEAD)
                if "text()" in text:
                    assert text.endswith(f".{offset}")


@given(BODIES)
def test_every_character_comes_back_by_cfi(body: str) -> None:
    one = model(body)
    previous: Path | None = None
    for ordinal in ordinals(one):
        path = content_path(one, ordinal)
        again = cfi.parse(cfi.format_path(path))
        assert again is not None
        found = resolve(one, again.start.steps, again.start.offset)
        assert (found.ordinal, found.exact) == (ordinal, True)
        if previous is not None:
            assert cfi.compare(previous, path) <= 0
        previous = path


@given(BODIES)
def test_segments_are_in_order_and_hold_their_places(body: str) -> None:
    segments = model(body).segments
    starts = [segment.ordinal for segment in segments.all]
    assert starts == sorted(starts)
    for segment in segments.all:
        assert segments.find(segment.name) == (segment.ordinal, True)
        if segment.end > segment.ordinal:
            assert segments.at(segment.ordinal) == segment.name
            assert segments.at(segment.end - 1) == segment.name


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_is_parsed_or_refused(first: str, second: str) -> None:
    for text in (first, f"/body/DocFragment[1]/body{first}", f"epubcfi(/6/4!{first},{second})"):
        xpointer.parse(text)
        cfi.parse(text)


@given(st.text(min_size=1, max_size=30), st.integers(0, 10**6))
def test_assertions_survive_writing(identity: str, offset: int) -> None:
    if ";" in identity or identity != identity.strip():
        return
    path = Path((CfiStep(6), CfiStep(4), CfiStep(4, identity), CfiStep(1)), (2,), offset)
    parsed = cfi.parse(cfi.format_point(path))
    assert parsed is not None
    assert parsed.start == path


@given(st.lists(st.integers(0, 5000), min_size=1, max_size=30), st.data())
def test_total_progression_is_its_own_inverse_and_grows(
    totals: list[int], data: st.DataObject
) -> None:
    weights = Weights(totals)
    index = data.draw(st.integers(0, len(totals) - 1))
    total = totals[index]
    ordinal = data.draw(st.integers(0, max(0, total - 1)))
    within = ordinal / total if total else 0.0
    fraction = weights.total_progression(index, within)
    back, part = weights.find(fraction)
    if not fraction:  # the start, whatever plates are there before the first character
        assert (back, part) == (0, 0.0)
        assert ordinal == 0
        return
    assert Place(back, int(part * max(1, totals[back]) + 1e-6)) == Place(index, ordinal)
    if ordinal + 1 < total:
        assert weights.total_progression(index, within) < weights.total_progression(
            index, (ordinal + 1) / total
        )


@given(st.lists(st.integers(0, 3_000_000), min_size=1, max_size=8), st.data())
def test_komga_accepts_every_snapped_progression(sizes: list[int], data: st.DataObject) -> None:
    grid = Grid(sizes)
    index = data.draw(st.integers(0, len(sizes) - 1))
    progression = data.draw(st.floats(0, 1))
    point = grid.snap(index, progression)
    count = max(1, -(-sizes[index] // 1024))
    assert point.progression in {float32(k / count) for k in range(count)}
    assert point.progression <= float32(progression) + 1e-6
    assert 1 <= point.position <= grid.total
    assert grid.find(point.position)[0] == index


def test_precisions_are_the_five_of_the_specification() -> None:
    assert [str(p) for p in Precision] == ["exact", "element", "item", "fraction", "none"]
