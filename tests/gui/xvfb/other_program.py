"""A program with one window: python -m tests.gui.xvfb.other_program prints the window's id."""

import sys

from PySide6.QtWidgets import QApplication, QLabel


def main() -> None:
    app = QApplication(sys.argv)
    window = QLabel("Another program")
    window.resize(300, 100)
    window.move(1200, 800)
    window.show()
    app.processEvents()
    sys.stdout.write(f"{int(window.winId())}\n")
    sys.stdout.flush()
    app.exec()


if __name__ == "__main__":
    main()
