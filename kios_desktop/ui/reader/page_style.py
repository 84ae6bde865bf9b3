"""The style of the page, from the settings in force. No Qt."""

from collections.abc import Mapping, Sequence

from kios_desktop.domain.own_css import without_remote
from kios_desktop.domain.preferences import AS_PUBLISHER, PageTheme, ReadingSettings
from kios_desktop.ui.kit.page_colors import is_dark
from kios_desktop.ui.kit.tokens import tokens
from kios_desktop.ui.reader.engine.reading_faces import faces_of
from kios_desktop.ui.reader.engine.wire import Face, MarkColors, PageStyle

SERIF = 'Literata, Charter, Georgia, "Noto Serif", serif'
LINE_HEIGHT = 1.58  # where neither the user nor the book says
_DARK = (PageTheme.GREY, PageTheme.DARK, PageTheme.BLACK)


def mark_colors(dark: bool) -> dict[str, MarkColors]:
    """The colours of highlights on dark or light pages, by name. A line has that of the others."""
    fill, line = ("dark", "light") if dark else ("light", "dark")
    return {
        name: MarkColors(fill=shades[fill], line=shades[line])
        for name, shades in tokens()["highlight"].items()
    }


def new_page_style(
    settings: ReadingSettings,
    colors: Mapping[str, str],
    theme: PageTheme | None,
    dim_pictures: bool,
    own_css: str = "",
    own_faces: Sequence[Face] = (),
) -> PageStyle:
    """`theme` is the page theme in force, never AUTO, None for high contrast.

    `colors` are its five colours as #RRGGBB; `own_css` is the user's style sheet,
    and `own_faces` are all font files that the user added.

    Settings that the user made override the book's own styles; others yield to them.
    """
    custom = theme is PageTheme.CUSTOM
    own_height = settings.line_height != AS_PUBLISHER
    forced = ["font"] * bool(settings.font) + ["lineHeight"] * own_height
    return PageStyle(
        font=f'"{settings.font}", {SERIF}' if settings.font else SERIF,
        size=settings.size_px,
        line_height=settings.line_height if own_height else LINE_HEIGHT,
        measure=settings.measure_ch,
        margin=settings.margin_px,
        layout=settings.layout.value,
        columns=settings.columns.value,
        justify=settings.justify.value,
        hyphenate=settings.hyphenates,
        weight=max(0, settings.weight),
        spacing=settings.spacing_em,
        indent=settings.indent_em,
        publisher_styles=settings.publisher_styles,
        forced=forced,
        own_css=without_remote(own_css) if own_css else "",
        colors=dict(colors),
        marks=mark_colors(is_dark(colors["bg"])),
        dim_pictures=dim_pictures and (theme in _DARK or (custom and is_dark(colors["bg"]))),
        faces=faces_of(settings.font, own_faces),
    )
