"""The sentences about what can't be read aloud, and the names of speeds and timers. No Qt."""

import sys

from kios_desktop.domain.utterance import AloudTrouble
from kios_desktop.ui.kit.formats import decimal
from kios_desktop.ui.kit.translation import counted, tr


def needs_installing(trouble: AloudTrouble) -> bool:
    """Whether the system lacks something, which takes a longer sentence."""
    return trouble in (AloudTrouble.NO_LIBRARY, AloudTrouble.NO_ENGINE, AloudTrouble.NO_VOICE)


def what_to_install(trouble: AloudTrouble, platform: str = sys.platform) -> str:
    """What to do about it, on a system by its name in `sys.platform`."""
    if platform == "win32":
        return tr(
            "Windows has no voice that Kios can use. Add one in Settings, under Time & language, "
            "Speech, Add voices. Then try again."
        )
    if platform == "darwin":
        return tr(
            "The Mac has no voice that Kios can use. Add one in System Settings, under "
            "Accessibility, Spoken Content, System voice. Then try again."
        )
    if trouble is AloudTrouble.NO_LIBRARY:
        return tr(
            "Sound needs the library of PulseAudio, which this system lacks. Install it (on Debian "
            "and Ubuntu it is the package {package}), then start Kios again.",
            package="libpulse0",
        )
    return tr(
        "Kios speaks with Speech Dispatcher and one of its voices. Install them (on Debian and "
        "Ubuntu these are the packages {packages}), then start Kios again.",
        packages="speech-dispatcher, speech-dispatcher-espeak-ng",
    )


def trouble_title() -> str:
    return tr("This computer can’t read aloud yet")


def trouble_text(trouble: AloudTrouble) -> str:
    """What could not be read aloud, in a sentence."""
    match trouble:
        case AloudTrouble.NO_LIBRARY | AloudTrouble.NO_ENGINE | AloudTrouble.NO_VOICE:
            return tr("Without a voice, only what was recorded is read aloud.")
        case AloudTrouble.OTHER_LANGUAGE:
            return tr("There is no voice for the language of this book, so another one reads it.")
        case AloudTrouble.SPEECH_FAILED:
            return tr("The voice does not answer any more. Try again, or choose another voice.")
        case AloudTrouble.AUDIO_MISSING:
            return tr("Some of the recording is missing from the book, and is left out.")
        case AloudTrouble.AUDIO_UNPLAYABLE:
            return tr("Some of the recording can’t be played, and is left out.")
        case AloudTrouble.CLIP_BEYOND:
            return tr("The recording is shorter than the book says; what is missing is left out.")
        case AloudTrouble.TEXT_NOWHERE:
            return tr("Some of the recording belongs to no text of the book, and is left out.")
        case AloudTrouble.OVERLAY_UNREADABLE:
            return tr("The recording of this chapter can’t be followed, so a voice reads it.")
        case AloudTrouble.NO_SOUND:
            return tr(
                "No loudspeaker or headphones were found, so the recording is not heard. Connect "
                "some."
            )
        case AloudTrouble.CHAPTER_UNREADABLE:
            return tr("A chapter can’t be read from the file, and is left out.")


def rate_text(rate: float) -> str:
    """“1.25×”."""
    return tr("{rate}×", rate=decimal(rate))


def minutes_left(minutes: int) -> str:
    return counted("%Ln minutes", "", minutes, one="%Ln minute")
