"""Which files a page gets as fonts, whatever it asks for."""

from pathlib import Path

import pytest

from kios_desktop.ui.reader.engine.scheme import FONTS, MATH_FONT, OWN_FONTS, font_file


@pytest.fixture
def fonts(tmp_path: Path) -> dict[str, Path]:
    folder = tmp_path / "fonts"
    (folder / "inner").mkdir(parents=True)
    (folder / "a.ttf").write_bytes(b"font")
    (folder / "inner" / "b.ttf").write_bytes(b"hidden")
    (tmp_path / "secret.png").write_bytes(b"secret")
    return {MATH_FONT: folder / "a.ttf", FONTS: folder, OWN_FONTS: tmp_path / "gone"}


@pytest.mark.parametrize("path", [MATH_FONT, f"{FONTS}a.ttf"])
def test_what_is_listed_is_served(fonts: dict[str, Path], path: str) -> None:
    assert font_file(fonts, path).read_bytes() == b"font"


@pytest.mark.parametrize(
    "path",
    [
        f"{FONTS}x/secret.png",
        f"{FONTS}../secret.png",
        f"{FONTS}..",
        f"{FONTS}.",
        f"{FONTS}\0.png",
        f"{FONTS}inner/b.ttf",
        f"{FONTS}inner",
        f"{FONTS}\\\\evil.example\\share\\f.ttf",
        f"{FONTS}c:a.ttf",
        f"{FONTS}/a.ttf",
        FONTS,
        f"{OWN_FONTS}a.ttf",
        f"{MATH_FONT}/secret.png",
    ],
)
def test_nothing_else_is(
    fonts: dict[str, Path], path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OSError):  # noqa: PT011
        font_file(fonts, path).read_bytes()
