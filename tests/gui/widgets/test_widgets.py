"""The small widgets, by keyboard and by what they say."""

import json

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontDatabase, QFontInfo, QIcon, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.dialog import Dialog
from kios_desktop.ui.kit.icons import UnknownIcon, icon, program_icon
from kios_desktop.ui.kit.tokens import RESOURCES
from kios_desktop.ui.widgets.buttons import button
from kios_desktop.ui.widgets.field import STORED, Field, PasswordField
from kios_desktop.ui.widgets.focus_ring import install_focus_ring
from kios_desktop.ui.widgets.label import label
from kios_desktop.ui.widgets.segmented import Segmented
from kios_desktop.ui.widgets.slider_row import SliderRow
from kios_desktop.ui.widgets.switch import Switch
from tests.gui.kios import settled

pytestmark = pytest.mark.gui

GENERAL = QFontDatabase.SystemFont.GeneralFont


def ink(shown: QIcon, token: str) -> int:
    """How many pixels of an icon are drawn in a token's colour, more or less."""
    image = QImage(QSize(32, 32), QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    shown.paint(painter, image.rect())
    painter.end()
    wanted = theme.current().color(token)
    found = 0
    for x in range(32):
        for y in range(32):
            pixel = image.pixelColor(x, y)
            near = abs(pixel.red() - wanted.red()) + abs(pixel.blue() - wanted.blue()) < 24
            found += pixel.alpha() > 200 and near
    return found


def test_every_icon_of_the_design_can_be_painted(qapp: QApplication) -> None:
    listed = json.loads((RESOURCES / "icons" / "icons.json").read_text(encoding="utf-8"))
    names = {name for group in listed.values() if isinstance(group, dict) for name in group}
    assert {"books", "text-aa", "cloud-slash"} <= names
    for name in names:
        assert ink(icon(name, "text"), "text") > 4, name


def test_an_icon_follows_the_theme_by_itself(qapp: QApplication) -> None:
    shown = icon("books", "accent")
    assert ink(shown, "accent") > 10
    theme.apply_theme(qapp, "dark")
    assert ink(shown, "accent") > 10
    assert theme.current().name == "dark"


def test_an_unknown_icon_is_an_error_at_once(qapp: QApplication) -> None:
    with pytest.raises(UnknownIcon):
        icon("stethoscope")


def test_arrow_keys_choose_in_a_segmented_control(qtbot: QtBot) -> None:
    made = Segmented((("a", "A"), ("b", "B"), ("c", "C")), "Letters")
    qtbot.addWidget(made)
    chosen: list[str] = []
    made.chosen.connect(chosen.append)
    QTest.keyClick(made.segment("a"), Qt.Key.Key_Right)
    QTest.keyClick(made.segment("b"), Qt.Key.Key_Right)
    QTest.keyClick(made.segment("c"), Qt.Key.Key_Right)
    assert chosen == ["b", "c"]
    assert made.value() == "c"


def test_a_segmented_control_is_one_tab_stop(qtbot: QtBot) -> None:
    made = Segmented((("a", "A"), ("b", "B")), "Letters")
    qtbot.addWidget(made)
    stops = [k for k in "ab" if made.segment(k).focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert stops == ["a"]


def test_a_switch_works_by_space_and_by_mouse(qtbot: QtBot) -> None:
    made = Switch("Justify text")
    qtbot.addWidget(made)
    QTest.keyClick(made, Qt.Key.Key_Space)
    assert made.isChecked()
    QTest.mouseClick(made, Qt.MouseButton.LeftButton)
    assert not made.isChecked()


def test_a_slider_says_its_exact_value_and_delete_resets_it(qtbot: QtBot) -> None:
    made = SliderRow("Line length", (45, 90), 66, lambda n: f"{n} characters")
    qtbot.addWidget(made)
    moved: list[int] = []
    made.moved.connect(moved.append)
    made.set_value(70)
    assert moved == []
    QTest.keyClick(made.slider, Qt.Key.Key_PageUp)
    assert made.value() == 75
    assert made.slider.accessibleDescription() == "75 characters"
    QTest.keyClick(made.slider, Qt.Key.Key_Delete)
    assert moved[-1] == 66


def test_an_error_is_said_by_the_field_itself(qtbot: QtBot) -> None:
    made = Field("Server URL")
    qtbot.addWidget(made)
    made.set_hint("ends in <b>/kosync</b>")
    made.set_error("Enter the address of your server.")
    assert made.edit.accessibleDescription() == "Enter the address of your server."
    made.set_error("")
    assert made.error() == ""


def test_a_stored_password_is_dots_and_never_in_the_field(qtbot: QtBot) -> None:
    made = PasswordField("Password")
    qtbot.addWidget(made)
    made.set_stored(True)
    assert (made.edit.placeholderText(), made.secret_text()) == (STORED, "")
    assert made.edit.echoMode() is QLineEdit.EchoMode.Password


def test_the_ring_is_for_the_keyboard(qtbot: QtBot, qapp: QApplication) -> None:
    install_focus_ring(qapp)
    window = QWidget()
    row = QHBoxLayout(window)
    first, second = button("First"), button("Second")
    row.addWidget(first)
    row.addWidget(second)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    handle = window.windowHandle()
    assert handle is not None
    at = first.mapTo(window, first.rect().center())
    none = Qt.KeyboardModifier.NoModifier
    QTest.mouseClick(handle, Qt.MouseButton.LeftButton, none, at)
    assert first.hasFocus()
    assert not first.property("kb")
    QTest.keyClick(handle, Qt.Key.Key_Tab)
    assert second.hasFocus()
    assert second.property("kb")


def test_wrapped_text_is_as_high_as_it_needs_to_be(qtbot: QtBot) -> None:
    made = label("words " * 60, wrap=True)
    qtbot.addWidget(made)
    assert made.heightForWidth(200) > 3 * made.heightForWidth(1200)
    assert made.minimumSizeHint().height() < made.heightForWidth(200)


def test_the_height_of_wrapped_text_follows_its_text_and_its_font(qtbot: QtBot) -> None:
    made = label("words " * 60, wrap=True)
    qtbot.addWidget(made)
    before = made.heightForWidth(200)
    made.setText("words " * 120)
    assert made.heightForWidth(200) > 1.8 * before
    made.setText("words " * 60)
    assert made.heightForWidth(200) == before
    made.setFont(theme.font("display"))
    assert made.heightForWidth(200) > 1.8 * before


def test_text_styles_multiply_the_platform_font(qapp: QApplication) -> None:
    base = qapp.font().pointSizeF()
    assert theme.font("display").pointSizeF() == pytest.approx(2 * base)
    assert theme.font("body").pointSizeF() == pytest.approx(base)


def test_the_interface_is_set_in_its_own_face_at_the_platforms_size(qapp: QApplication) -> None:
    for style in ("body", "control", "title"):
        assert QFontInfo(theme.font(style)).family() == "Inter"
    assert QFontInfo(theme.font("bodyStrong")).weight() == 600
    assert qapp.font().pointSizeF() == QFontDatabase.systemFont(GENERAL).pointSizeF()


@pytest.mark.parametrize(("style", "ratio"), [("small", 18 / 12), ("body", 20 / 13)])
def test_lines_of_a_text_have_air_between_them(qtbot: QtBot, style: str, ratio: float) -> None:
    words = label("one two three four five six seven eight nine ten " * 3, style, wrap=True)
    qtbot.addWidget(words)
    px = QFontInfo(words.font()).pixelSize()
    one = label("one", style, wrap=True)
    qtbot.addWidget(one)
    assert one.heightForWidth(200) == round(px * ratio)
    lines = words.heightForWidth(200) / (px * ratio)
    assert lines > 3
    assert abs(lines - round(lines)) < 0.1


def test_a_long_word_is_broken_and_not_cut(qtbot: QtBot) -> None:
    words = label("https://books.example.org/" + "x" * 200, wrap=True)
    qtbot.addWidget(words)
    assert words.heightForWidth(200) > 5 * words.fontMetrics().height()


def test_an_icon_keeps_its_distance_from_the_words(qtbot: QtBot) -> None:
    with_words, alone = button("Add", icon_name="plus"), button("", icon_name="plus")
    for made in (with_words, alone):
        qtbot.addWidget(made)
    assert with_words.iconSize() == QSize(20, 16)
    assert alone.iconSize() == QSize(16, 16)


def test_the_program_has_an_icon_in_every_size(qapp: QApplication) -> None:
    sizes = {size.width() for size in program_icon().availableSizes()}
    assert sizes == {16, 24, 32, 48, 64, 128, 256}


async def test_a_dialog_makes_room_for_words_that_come_later(qapp: QApplication) -> None:
    dialog = Dialog("Add source", None)
    words = label("", "small", wrap=True)
    field = Field("Address")
    for widget in (words, field):
        dialog.body.addWidget(widget)
    dialog.show()
    await settled()
    before = dialog.height()
    words.setText("The server wants a name and a password. " * 12)
    field.set_hint("The address of its web page, " * 8)
    await settled()
    layout = dialog.layout()
    assert layout is not None
    assert dialog.height() >= layout.totalHeightForWidth(dialog.width()) > before
    assert words.height() >= words.heightForWidth(words.width())
    dialog.close()
