"""The result of checking a source, and a link to what may help."""

from collections.abc import Callable

from kios_desktop.domain.source import CatalogCheck, SourceKind
from kios_desktop.ui.kit.error_texts import Message
from kios_desktop.ui.kit.translation import counted, tr
from kios_desktop.ui.settings.library_sync.ports import Remedy
from kios_desktop.ui.settings.result_banner import ResultBanner
from kios_desktop.ui.widgets.buttons import button


def found_text(check: CatalogCheck) -> tuple[str, str]:
    """(heading, text): which source has answered, and what it can do."""
    head = tr("“{name}” answers.", name=check.source.name)
    parts = []
    if check.books is not None:
        parts.append(counted("%Ln books.", "", check.books, one="%Ln book."))
    if check.source.kind is SourceKind.KOBO:
        parts.append(_kobo_text(check))
    elif check.keeps_places is None:
        parts.append(
            tr(
                "It may keep your place as well, which only the first book shows. Progress sync is "
                "the sure way."
            )
        )
    elif check.keeps_places:
        parts.append(tr("This catalog also keeps your place; nothing more to set up."))
    else:
        parts.append(tr("Browsing only; set up Progress sync to keep your place."))
    return head, " ".join(parts)


def _kobo_text(check: CatalogCheck) -> str:
    if not check.keeps_places:
        return tr(
            "It delivers books but never keeps your place over Kobo sync. Use its OPDS catalog or "
            "KOReader sync for that."
        )
    if check.source.shared:
        return tr("Your place stays in step; the list of books is left to your e-reader.")
    return tr("Books and your place stay in step.")


def _remedy_text(remedy: Remedy) -> tuple[str, str]:
    """(hint, link): what may be right instead, and the link that tries it."""
    if remedy.url is not None:
        hint = tr("The right address may be {url}.", url=remedy.url.shown)
        return hint, tr("Use this address")
    return tr("It may want another way of signing in."), tr("Let the server choose")


class CheckResultBanner(ResultBanner):
    """A result, and the link to what may work instead."""

    def show_found(self, check: CatalogCheck, use_newer: Callable[[], None]) -> None:
        self.begin("success")
        self.say([found_text(check)])
        if check.newer is not None:
            self._link(tr("Use the newer catalog"), use_newer)

    def show_failed(self, message: Message, remedy: Remedy | None, use: Callable[[], None]) -> None:
        """Show an error; `use` is called to try the remedy."""
        self.begin("danger")
        hint, link = _remedy_text(remedy) if remedy is not None else ("", "")
        self.say([(f"{message.title}.", f"{message.rest}\n{hint}".strip())], message.said)
        if link:
            self._link(link, use)

    def _link(self, text: str, act: Callable[[], None]) -> None:
        made = button(text, "link", height="controlSmall")
        made.setAutoDefault(False)
        made.clicked.connect(act)
        self.add(made)
