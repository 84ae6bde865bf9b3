"""How pages are drawn where there is no graphics processor."""

from kios_desktop.startup.launch import draw_in_software


def test_pages_drawn_without_a_graphics_processor_are_put_together_from_few_tiles() -> None:
    environ = {"QTWEBENGINE_CHROMIUM_FLAGS": "--log-level=3"}
    draw_in_software(environ)
    drawn = {
        "QT_QUICK_BACKEND": "software",
        "QTWEBENGINE_CHROMIUM_FLAGS": (
            "--log-level=3 --default-tile-width=1024 --default-tile-height=1024"
        ),
    }
    assert environ == drawn
    draw_in_software(environ)  # as in a process that was started by one of ours
    assert environ == drawn


def test_how_pages_are_drawn_can_be_said_from_outside() -> None:
    said = {"QT_QUICK_BACKEND": "rhi", "QTWEBENGINE_CHROMIUM_FLAGS": "--default-tile-width=300"}
    environ = dict(said)
    draw_in_software(environ)
    assert environ == said
