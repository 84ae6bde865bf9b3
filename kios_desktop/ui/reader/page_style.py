"""The style of the page, from the settings in force. No Qt."""

from collections.abc import Mapping

from kios_desktop.domain.preferences import PageTheme, ReadingSettings
from kios_desktop.ui.reader.engine.wire import PageStyle

SERIF = 'Literata, Charter, Georgia, "Noto Serif", serif'
_DEFAULT = ReadingSettings()
_FORCEABLE = {"font": "font", "line_height": "lineHeight"}


def new_page_style(
    settings: ReadingSettings, colors: Mapping[str, str], theme: PageTheme, dim_pictures: bool
) -> PageStyle:
    """`theme` is the page theme in force, never AUTO; `colors` are its five colours as #RRGGBB.

    Settings that differ from the defaults override the book's own styles; others yield to them.
    """
    forced = [
        wire
        for name, wire in _FORCEABLE.items()
        if getattr(settings, name) != getattr(_DEFAULT, name)
    ]
    return PageStyle(
        font=f'"{settings.font}", {SERIF}' if settings.font else SERIF,
        size=settings.size_px,
        line_height=settings.line_height,
        measure=settings.measure_ch,
        margin=settings.margin_px,
        layout=settings.layout.value,
        columns=settings.columns.value,
        justify="on" if settings.justify else "publisher",
        hyphenate=False,
        weight=0,
        spacing=-1,
        indent=-1,
        publisher_styles=settings.publisher_styles,
        forced=forced,
        own_css="",
        colors=dict(colors),
        dim_pictures=dim_pictures and theme in (PageTheme.GREY, PageTheme.DARK, PageTheme.BLACK),
    )
