"""The result of testing an account: what the server can do, or each fault with its remedy."""

from PySide6.QtCore import Qt

from kios_desktop.domain.accounts import AccountExamination, Capabilities
from kios_desktop.ui.kit.formats import isolated
from kios_desktop.ui.kit.server_faults import faults_of
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.settings.result_banner import ResultBanner


def good_text(found: AccountExamination, name: str) -> tuple[str, str]:
    """(heading, text) of an account that can be used."""
    head = tr("“{name}” answers. It is {product}.", name=isolated(name), product=found.product)
    missing = _missing(found.capabilities or Capabilities())
    if not missing:
        return head, tr("It can keep everything that Kios offers to send.")
    return head, tr("It does not have: {names}.", names=", ".join(missing))


def _missing(found: Capabilities) -> list[str]:
    there = (
        (found.sessions, tr("reading sessions")),
        (found.rating, tr("ratings")),
        (found.annotations, tr("highlights")),
        (found.notes_v1, tr("notes on the book’s page")),
        (found.bookmarks, tr("bookmarks")),
        (found.shelves, tr("shelves")),
    )
    return [name for is_there, name in there if not is_there]


class ExaminedBanner(ResultBanner):
    """Several faults may be told, so the mark stands beside the first."""

    def __init__(self) -> None:
        super().__init__(Qt.AlignmentFlag.AlignTop)

    def show_good(self, found: AccountExamination, name: str) -> None:
        self.begin("success")
        notes = [(one.sentence, one.remedy) for one in faults_of(found)]
        self.say([good_text(found, name), *notes])

    def show_faults(self, found: AccountExamination) -> None:
        self.begin("danger")
        self.say([(one.sentence, one.remedy) for one in faults_of(found)])
