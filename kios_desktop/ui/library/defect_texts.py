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
        case DefectKind.NO_DIRECTORY:
            return tr("The list of files in the book is missing or damaged. Its end may be lost.")
        case DefectKind.CONTRADICTORY_FILES:
            return counted(
                "%Ln files are named or packed otherwise than the list of files says.",
                "",
                defect.count,
                one="%Ln file is named or packed otherwise than the list of files says.",
            )
        case DefectKind.DAMAGED_FILES:
            return counted(
                "%Ln files are damaged. What can be read of them is shown.",
                "",
                defect.count,
                one="%Ln file is damaged. What can be read of it is shown.",
            )
        case DefectKind.ENCRYPTED_FILES:
            return counted(
                "%Ln files are encrypted and can’t be shown.",
                "",
                defect.count,
                one="%Ln file is encrypted and can’t be shown.",
            )
        case DefectKind.MISLABELLED_FILES:
            return counted(
                "%Ln files are of another type than the package says.",
                "",
                defect.count,
                one="%Ln file is of another type than the package says.",
            )
