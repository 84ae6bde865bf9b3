"""The defects of a book's file in words, for the import report and the book's page."""

from kios_desktop.domain.defect import Defect, DefectKind
from kios_desktop.ui.kit.translation import counted, tr


def defect_text(defect: Defect) -> str:
    """One sentence."""
    match defect.kind:
        case DefectKind.UNSAFE_NAMES:
            return counted(
                "%Ln files with unsafe names are ignored.",
                "",
                defect.count,
                one="%Ln file with an unsafe name is ignored.",
            )
        case DefectKind.NO_CONTAINER:
            return tr("META-INF/container.xml is missing.")
        case DefectKind.UNREADABLE_CONTAINER:
            return tr("META-INF/container.xml can’t be read.")
        case DefectKind.ILL_FORMED_CONTAINER:
            return tr("META-INF/container.xml is not well-formed.")
        case DefectKind.CONTAINER_WITHOUT_PACKAGE:
            return tr("META-INF/container.xml names no package document.")
        case DefectKind.ILL_FORMED_PACKAGE:
            return tr("The package document is not well-formed.")
        case DefectKind.MISSING_FILES:
            return counted(
                "%Ln files named in the package are missing.",
                "",
                defect.count,
                one="%Ln file named in the package is missing.",
            )
        case DefectKind.DEAD_READING_ORDER:
            return counted(
                "%Ln entries of the reading order lead nowhere.",
                "",
                defect.count,
                one="%Ln entry of the reading order leads nowhere.",
            )
        case DefectKind.UNREADABLE_NAVIGATION:
            return tr("The navigation document can’t be read.")
        case DefectKind.UNREADABLE_NCX:
            return tr("The NCX table of contents can’t be read.")
        case DefectKind.NO_CONTENTS:
            return tr("The book has no table of contents.")
