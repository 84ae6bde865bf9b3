"""The style sheet of the interface: a template filled with colour tokens.

Every rule is scoped by a dynamic property or an object name, because a bare class rule would also
match the small buttons inside line edits, tab bars and docks. Heights are set in code, so that
borders of one and two pixels give the same geometry. There are no literal colours here. Qt 6.11
adds a tooltip's horizontal padding on all four sides, and once more inside.
"""

from collections.abc import Mapping
from string import Template

_TEMPLATE = Template("""
QToolTip { background: $tooltipBg; color: $tooltipText; border: 1px solid $tooltipBg;
  padding: 0 4px; border-radius: 4px; }

QLabel[tone="text"] { color: $text; }
QLabel[tone="muted"] { color: $textMuted; }
QLabel[tone="faint"] { color: $textFaint; }
QLabel[tone="accent"] { color: $accent; }
QLabel[tone="danger"] { color: $danger; }
QLabel[tone="warning"] { color: $warning; }
QLabel[tone="success"] { color: $success; }
QLabel[tone="selected"] { color: $selectedText; }
QLabel[tone="tooltip"] { color: $tooltipText; }
QLabel[keycap="true"] { border: 1px solid $border; border-radius: 4px; padding: 1px 5px; }
QLabel[tone="disabled"] { color: $textDisabled; }

QPushButton[kind]:focus, QToolButton[kind]:focus { outline: none; }
QPushButton[kind="default"] { background: $base; color: $text; border: 1px solid $borderControl;
  border-radius: 6px; padding: 0 13px; }
QPushButton[kind="default"]:hover { background: $hover; }
QPushButton[kind="default"]:pressed { background: $pressed; }
QPushButton[kind="default"]:disabled { color: $textDisabled; border-color: $border; }
QPushButton[kind="default"]:checked { background: $selected; color: $selectedText;
  border: 2px solid $accent; padding: 0 12px; }
QPushButton[kind="primary"] { background: $accent; color: $onAccent; border: 1px solid $accent;
  border-radius: 6px; padding: 0 14px; }
QPushButton[kind="primary"]:hover { background: $accentHover; border-color: $accentHover; }
QPushButton[kind="primary"]:pressed { background: $accentPressed; border-color: $accentPressed; }
QPushButton[kind="primary"]:disabled { background: $track; color: $textDisabled;
  border-color: $track; }
QPushButton[kind="quiet"] { background: transparent; color: $text; border: 1px solid transparent;
  border-radius: 6px; padding: 0 10px; }
QPushButton[kind="quiet"]:hover { background: $hover; }
QPushButton[kind="quiet"]:pressed { background: $pressed; }
QPushButton[kind="quiet"]:checked { background: $selected; color: $selectedText; }
QPushButton[kind="quiet"]:disabled { color: $textDisabled; }
QPushButton[kind="danger"] { background: $base; color: $danger; border: 1px solid $borderControl;
  border-radius: 6px; padding: 0 14px; }
QPushButton[kind="danger"]:hover { background: $dangerSoft; }
QPushButton[kind="dangerFilled"] { background: $danger; color: $onDanger;
  border: 1px solid $danger; border-radius: 6px; padding: 0 14px; }
QPushButton[kind="link"] { background: transparent; color: $accent; border: 1px solid transparent;
  border-radius: 4px; padding: 0 4px; text-align: center; }
QPushButton[kind="link"][flush="true"] { padding: 0; }
QPushButton[kind="link"]:hover { color: $accentHover; text-decoration: underline; }
QPushButton[kind="link"]:disabled { color: $textDisabled; }
QPushButton[kind="toastAction"] { background: transparent; color: $tooltipText;
  border: 1px solid transparent; border-radius: 4px; padding: 0 8px; text-decoration: underline; }
QPushButton[kind="pill"] { background: transparent; color: $accent; border: 1px solid transparent;
  border-radius: 6px; padding: 4px 0; }
QPushButton[kind="pill"]:hover { color: $accentHover; text-decoration: underline; }
QPushButton[kind="pill"][kb="true"]:focus, QPushButton[kind="plain"][kb="true"]:focus {
  border: 2px solid $focus; border-radius: 6px; }
QPushButton[kind="pill"][quiet="true"] { color: $text; }
QPushButton[kind="plain"] { background: transparent; color: $text; border: none; }
QPushButton[kind="default"][opens="true"], QPushButton[kind="quiet"][opens="true"] {
  padding-right: 30px; }
QPushButton[kind="default"][kb="true"]:focus, QPushButton[kind="quiet"][kb="true"]:focus,
QPushButton[kind="danger"][kb="true"]:focus, QPushButton[kind="link"][kb="true"]:focus {
  border: 2px solid $focus; }
QPushButton[kind="toastAction"][kb="true"]:focus { border: 2px solid $tooltipText; }
QPushButton[kind="default"]::menu-indicator, QPushButton[kind="quiet"]::menu-indicator {
  width: 0; image: none; }

QToolButton[kind="bar"] { background: transparent; border: 1px solid transparent;
  border-radius: 6px; padding: 0; color: $text; }
QToolButton[kind="bar"]:hover { background: $hover; }
QToolButton[kind="bar"]:pressed { background: $pressed; }
QToolButton[kind="bar"]:checked { background: $selected; }
QToolButton[kind="bar"][kb="true"]:focus { border: 2px solid $focus; }
QToolButton[kind="bar"]::menu-indicator { width: 0; image: none; }
QToolButton[kind="split"] { background: $base; border: 1px solid $borderControl;
  border-left: none; border-top-right-radius: 6px; border-bottom-right-radius: 6px; }
QToolButton[kind="split"]:hover { background: $hover; }
QToolButton[kind="split"][kb="true"]:focus { border: 2px solid $focus; }
QToolButton[kind="split"]::menu-indicator { width: 0; image: none; }
QPushButton[kind="default"][joined="true"] { border-top-right-radius: 0;
  border-bottom-right-radius: 0; }

QFrame#seg { background: $base; border: 1px solid $borderControl; border-radius: 6px; }
QToolButton[kind="seg"] { background: transparent; border: 1px solid transparent;
  border-radius: 5px; padding: 0 9px; color: $textMuted; }
QToolButton[kind="seg"]:hover { color: $text; background: $hover; }
QToolButton[kind="seg"]:checked { background: $selected; color: $selectedText; }
QToolButton[kind="seg"]:disabled { color: $textDisabled; }
QToolButton[kind="seg"][kb="true"]:focus { border: 2px solid $focus; }

QLineEdit[kind="field"] { background: $base; color: $text; placeholder-text-color: $textFaint;
  selection-background-color: $selected; selection-color: $selectedText;
  border: 1px solid $borderControl; border-radius: 6px; padding: 0 9px;
  lineedit-password-character: 8226; }
QLineEdit[kind="field"]:focus { border: 2px solid $focus; padding: 0 8px; }
QLineEdit[kind="field"][wrong="true"] { border: 1px solid $danger; }
QLineEdit[kind="field"][wrong="true"]:focus { border: 2px solid $danger; padding: 0 8px; }
QLineEdit[kind="field"]:disabled { color: $textDisabled; border-color: $border; }
QPlainTextEdit[kind="field"] { background: $base; color: $text;
  placeholder-text-color: $textFaint; selection-background-color: $selected;
  selection-color: $selectedText; border: 1px solid $borderControl; border-radius: 6px;
  padding: 5px; }
QPlainTextEdit[kind="field"]:focus { border: 2px solid $focus; padding: 4px; }
QComboBox[kind="field"] { background: $base; color: $text; border: 1px solid $borderControl;
  border-radius: 6px; padding: 0 10px; }
QComboBox[kind="field"]:hover { background: $hover; }
QComboBox[kind="field"]:disabled { color: $textDisabled; border-color: $border; }
QComboBox[kind="field"][kb="true"]:focus { border: 2px solid $focus; padding: 0 9px; }
QComboBox[kind="field"]::drop-down { border: none; width: 28px; }
QComboBox[kind="field"]::down-arrow { image: none; }
QComboBox[kind="field"] QAbstractItemView { background: $raised; color: $text;
  border: 1px solid $border; selection-background-color: $selected;
  selection-color: $selectedText; outline: none; padding: 4px; }
QComboBox[kind="field"] QAbstractItemView::item { padding: 0 8px; border-radius: 4px; }
QComboBox[kind="field"] QAbstractItemView::item:hover { background: $hover; }
QComboBox[kind="field"] QAbstractItemView::item:selected { background: $selected;
  color: $selectedText; }

QFrame[kind="card"] { background: $raised; border: 1px solid $border; border-radius: 8px; }
QFrame[kind="choice"] { background: $raised; border: 1px solid $borderStrong; border-radius: 8px; }
QFrame[kind="choice"][chosen="true"] { background: $accentSoft; border: 2px solid $accent; }
QFrame[kind="sunken"] { background: $window; border: 1px solid $border; border-radius: 8px; }
QFrame[kind="line"] { background: $border; border: none; }
QFrame[kind="tile"] { background: $accentSoft; border: 1px solid $softEdge; border-radius: 10px; }
QFrame[kind="tile"][tone="warning"] { background: $warningSoft; }
QFrame[kind="tile"][tone="plain"] { background: $sunken; }

QFrame[kind="badge"] { border: 1px solid $softEdge; border-radius: 10px; }
QFrame[kind="badge"][tone="success"] { background: $successSoft; }
QFrame[kind="badge"][tone="warning"] { background: $warningSoft; }
QFrame[kind="badge"][tone="danger"] { background: $dangerSoft; }
QFrame[kind="badge"][tone="info"] { background: $infoSoft; }
QFrame[kind="badge"][tone="neutral"] { background: $sunken; }
QFrame[kind="badge"] QLabel[tone="info"] { color: $info; }
QFrame[kind="badge"] QLabel[tone="neutral"] { color: $textMuted; }

QFrame[kind="banner"] { border: 1px solid $softEdge; border-radius: 8px; }
QFrame[kind="banner"][tone="info"] { background: $infoSoft; }
QFrame[kind="banner"][tone="warning"] { background: $warningSoft; }
QFrame[kind="banner"][tone="danger"] { background: $dangerSoft; }
QFrame[kind="banner"][tone="success"] { background: $successSoft; }

QWidget#page, QStackedWidget#pages, QDialog#window { background: $window; }
QWidget#sidebar { background: $sidebar; }
QWidget#downloads { background: $base; }
QFrame#selectBar { background: $raised; border: none; border-top: 1px solid $border; }
QFrame#sidebarEdge { background: $border; border: none; }
QPushButton[kind="syncLine"] { background: transparent; border: none; border-radius: 0;
  border-top: 1px solid $border; color: $textMuted; text-align: left; padding: 0 12px; }
QPushButton[kind="syncLine"]:hover { background: $hover; }
QPushButton[kind="syncLine"]:checked { background: $hover; }
QPushButton[kind="syncLine"][kb="true"]:focus { border: 2px solid $focus; }

QTabBar[kind="tabs"] { background: transparent; border: none; qproperty-drawBase: 0; }
QTabBar[kind="tabs"]::tab { background: transparent; color: $textMuted; border: none;
  border-bottom: 2px solid transparent; padding: 0 2px; margin-right: 22px; height: 36px; }
QTabBar[kind="tabs"]::tab:hover { color: $text; }
QTabBar[kind="tabs"]::tab:selected { color: $accent; border-bottom: 2px solid $accent; }
QTabBar[kind="tabs"][kb="true"]:focus::tab:selected { border: 2px solid $focus; }
QListWidget[kind="pages"] { background: transparent; border: none; outline: none; }
QListWidget[kind="pages"]::item { color: $text; border-radius: 6px; padding-left: 6px; }
QListWidget[kind="pages"]::item:hover { background: $hover; }
QListWidget[kind="pages"]::item:selected { background: $selected; color: $selectedText; }
QListWidget[kind="pages"][kb="true"]::item:selected:focus { border: 2px solid $focus; }
QListView[kind="choices"] { background: $base; color: $text; border: 1px solid $borderControl;
  border-radius: 6px; padding: 4px; outline: none; }
QListView[kind="choices"]::item { border-radius: 4px; padding: 4px 8px; }
QListView[kind="choices"]::item:hover { background: $hover; }
QListView[kind="choices"]::item:selected { background: $selected; color: $selectedText; }
QListView[kind="choices"][kb="true"]:focus { border: 2px solid $focus; padding: 3px; }
QListView[kind="nav"], QListView[kind="grid"] { background: transparent; border: none;
  outline: none; }
QTableView[kind="chart"] { background: transparent; color: $text; border: none; outline: none;
  selection-background-color: $selected; selection-color: $selectedText; }
QTableView[kind="chart"]::item { padding: 0 12px 0 3px; }
QTableView[kind="chart"]::item:selected { background: $selected; color: $selectedText; }
QTableView[kind="chart"] QTableCornerButton::section { background: transparent; border: none; }
QTableView[kind="chart"] QHeaderView { background: transparent; border: none; }
QTableView[kind="chart"] QHeaderView::section { background: transparent; color: $textMuted;
  border: none; border-bottom: 1px solid $border; padding: 4px 12px 4px 6px; }
QScrollArea[kind="page"], QScrollArea[kind="page"] > QWidget > QWidget#scrolled {
  background: transparent; border: none; }
QMenu { background: $raised; color: $text; border: 1px solid $border; padding: 4px; }
QMenu::item { padding: 6px 24px 6px 12px; border-radius: 4px; }
QMenu::item:selected { background: $hover; }
QMenu::item:disabled { color: $textDisabled; }
QMenu::separator { height: 1px; background: $border; margin: 4px 8px; }
QMenu::icon { padding-left: 8px; }

QScrollBar:vertical { background: transparent; width: 10px; margin: 0; border: none; }
QScrollBar::handle:vertical { background: $track; border-radius: 3px; min-height: 32px;
  margin: 2px; }
QScrollBar::handle:vertical:hover { background: $borderControl; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; border: none; }
QScrollBar::handle:horizontal { background: $track; border-radius: 3px; min-width: 32px;
  margin: 2px; }
QScrollBar::handle:horizontal:hover { background: $borderControl; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; border: none; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QSlider[kind="value"]::groove:horizontal { height: 4px; background: $track; border-radius: 2px; }
QSlider[kind="value"]::sub-page:horizontal { height: 4px; background: $accent;
  border-radius: 2px; }
QSlider[kind="value"]::handle:horizontal { width: 12px; height: 12px; margin: -6px 0;
  border-radius: 8px; background: $base; border: 2px solid $accent; }
QSlider[kind="value"][kb="true"]:focus { border: 2px solid $focus; border-radius: 4px; }

QRadioButton[kind="option"], QCheckBox[kind="option"] { color: $text; spacing: 8px; }
QRadioButton[kind="option"]::indicator { width: 14px; height: 14px; border-radius: 8px;
  border: 1px solid $borderControl; background: $base; }
QRadioButton[kind="option"]::indicator:checked { width: 6px; height: 6px;
  border: 5px solid $accent; background: $onAccent; }
QRadioButton[kind="option"][kb="true"]:focus, QCheckBox[kind="option"][kb="true"]:focus {
  border: 2px solid $focus; border-radius: 4px; }
QTextEdit[kind="plain"], QTextBrowser[kind="plain"], QPlainTextEdit[kind="plain"] {
  background: transparent; color: $text; border: none; }
""")


def style_sheet(colors: Mapping[str, str], outlined: bool) -> str:
    """The sheet for one theme; `colors` maps every colour token to `#RRGGBB`.

    `outlined` gives soft fills an edge, for high contrast, where they look like their surroundings.
    """
    return _TEMPLATE.substitute(colors, softEdge=colors["border"] if outlined else "transparent")
