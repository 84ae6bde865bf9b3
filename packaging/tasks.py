#!/usr/bin/env python3
"""The one entry point for work on Kios Desktop: `python3 packaging/tasks.py VERB`.

Standard library only, so that it works before anything is installed. Every verb sets up what it
needs (a virtual environment in `.venv`, pinned dependencies, on Debian and Ubuntu the system's
libraries) and says plainly what it can't.
"""

import argparse
import contextlib
import ctypes.util
import hashlib
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PEERS = ROOT / ".peers"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
APP = BIN / ("kios-desktop.exe" if os.name == "nt" else "kios-desktop")
OLDEST, NEWEST = (3, 11), (3, 13)

# library that Qt loads → the Debian packages that may hold it, newest name first
QT_LIBRARIES = {
    "EGL": ("libegl1",),
    "GL": ("libgl1",),
    "OpenGL": ("libopengl0",),
    "xkbcommon": ("libxkbcommon0",),
    "xkbcommon-x11": ("libxkbcommon-x11-0",),
    "dbus-1": ("libdbus-1-3",),
    "fontconfig": ("libfontconfig1",),
    "nss3": ("libnss3",),
    "asound": ("libasound2t64", "libasound2"),
    "Xcomposite": ("libxcomposite1",),
    "Xdamage": ("libxdamage1",),
    "Xrandr": ("libxrandr2",),
    "Xtst": ("libxtst6",),
    "xkbfile": ("libxkbfile1",),
    "xcb-cursor": ("libxcb-cursor0",),
    "xcb-icccm": ("libxcb-icccm4",),
    "xcb-image": ("libxcb-image0",),
    "xcb-keysyms": ("libxcb-keysyms1",),
    "xcb-render-util": ("libxcb-render-util0",),
    "xcb-xinerama": ("libxcb-xinerama0",),
    "xcb-xkb": ("libxcb-xkb1",),
}
# Only reading aloud needs these: without them everything else works
SOUND_LIBRARIES = {"pulse": ("libpulse0",)}
# program that tests and measurements use → its Debian packages
TEST_PROGRAMS = {"Xvfb": ("xvfb",), "xdotool": ("xdotool",)}
PEER_PROGRAMS = {"calibre-server": ("calibre",)}
BENCH_PROGRAMS = {**TEST_PROGRAMS, "ebook-viewer": ("calibre",)}
FONTS = ("fonts-dejavu-core", "fonts-noto-core")
# a real dictionary of 0.6 MB; tests that want the one of 31 MB look whether it is there
DICTIONARIES = ("stardict-czech",)
DICTIONARY = Path("/usr/share/stardict/dic/czech-cizi.ifo")
ARCHITECTURE = "tests/test_architecture.py"
ALONE = ["tests/gui/xvfb", "tests/peers"]  # one test at a time
# One worker more than cores, for some tests wait. Tests of one file stay together until a worker
# has none left: so what they share is made once.
PARALLEL = ["-n", str(min((os.cpu_count() or 1) + 1, 4)), "--dist", "worksteal"]


def say(text: str) -> None:
    print(text, flush=True)


def stop(text: str) -> NoReturn:
    print(text, file=sys.stderr, flush=True)
    raise SystemExit(2)


# -- a Python that fits


def use_fitting_python() -> None:
    """Go on under a Python between 3.11 and 3.13, whichever one started us."""
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return
    names = [f"python3.{minor}" for minor in range(NEWEST[1], OLDEST[1] - 1, -1)]
    for found in filter(None, map(shutil.which, names)):
        mine = f"{sys.version_info[0]}.{sys.version_info[1]}"
        say(f"Python {mine} is too old or too new; using {found}.")
        raise SystemExit(subprocess.call([found, *sys.argv]))
    stop(
        "Kios Desktop needs Python 3.11, 3.12 or 3.13, and none was found. Install one of them "
        "(Debian and Ubuntu: apt-get install python3 python3-venv; else python.org), then run "
        "this again."
    )


# -- the system's packages


def debian() -> bool:
    return shutil.which("apt-get") is not None and shutil.which("dpkg-query") is not None


def install(packages: Sequence[str], why: str) -> bool:
    """Install Debian packages when we may; say the exact command when we may not."""
    root = os.geteuid() == 0 if hasattr(os, "geteuid") else False
    prefix = [] if root else ["sudo", "-n"]
    by_hand = "apt-get install --yes " + " ".join(packages)
    if not root:
        sudo = shutil.which("sudo")
        allowed = sudo and subprocess.run([sudo, "-n", "true"], capture_output=True).returncode == 0
        if not allowed:
            say(f"{why} To install it: sudo {by_hand}")
            return False
    say(f"{why} Installing {' '.join(packages)}.")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run([*prefix, "apt-get", "update", "-qq"], env=quiet, stdout=subprocess.DEVNULL)
    command = [*prefix, "apt-get", "install", "--yes", "-qq", "--no-install-recommends", *packages]
    done = subprocess.run(command, env=quiet, stdout=subprocess.DEVNULL)
    if done.returncode:
        say(f"That did not work. By hand: {by_hand}")
    return done.returncode == 0


def available(names: Sequence[str]) -> str:
    """The first of several names of one package that this release has."""
    for name in names[:-1]:
        shown = subprocess.run(["apt-cache", "policy", name], capture_output=True, text=True)
        if "Candidate: " in shown.stdout and "Candidate: (none)" not in shown.stdout:
            return name
    return names[-1]


def ensure_libraries() -> None:
    """The shared libraries that Qt and its browser need on Linux."""
    if not sys.platform.startswith("linux"):
        return
    missing = lacking_libraries(QT_LIBRARIES)
    if not missing:
        ensure_sound()
        return
    if not debian():
        lacking = ", ".join(names[-1] for names in missing)
        stop(
            "Qt needs shared libraries this system lacks. Install the packages that hold what "
            f"Debian calls: {lacking}. Then run this again."
        )
    if not install([available(names) for names in missing], "Qt needs some shared libraries."):
        raise SystemExit(2)
    ensure_sound()


def ensure_sound() -> None:
    """What QtTextToSpeech and QtMultimedia are built on, where it can be had."""
    missing = lacking_libraries(SOUND_LIBRARIES)
    if missing and debian():
        install([available(names) for names in missing], "Reading aloud needs a library.")


def lacking_libraries(wanted: Mapping[str, tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The packages, as in `wanted`, of those that the system does not have."""
    return [names for name, names in wanted.items() if not ctypes.util.find_library(name)]


def ensure_programs(programs: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Programs for tests and measurements; returns those that could not be had."""
    if not sys.platform.startswith("linux"):
        return [name for name in programs if not shutil.which(name)]
    missing = [name for name in programs if not shutil.which(name)]
    files = [] if has_font() else list(FONTS)
    files += [] if DICTIONARY.exists() else list(DICTIONARIES)
    if (missing or files) and debian():
        wanted = [available(programs[name]) for name in missing] + files
        install(wanted, "Tests use some more programs.")
    return [name for name in programs if not shutil.which(name)]


def has_font() -> bool:
    fonts = Path("/usr/share/fonts")
    return any(fonts.rglob("*.ttf")) if fonts.is_dir() else False


# -- the environment


def ensure_environment(dev: bool = False) -> None:
    """`.venv` with exactly the pinned dependencies, and the project itself."""
    wanted = "requirements-dev.txt" if dev else "requirements.txt"
    pins = ROOT / "packaging" / wanted
    stamp = VENV / ("pinned-dev" if dev else "pinned")
    mark = digest(pins)
    if not PYTHON.exists() or not fits(PYTHON):
        say("Making the virtual environment .venv.")
        make_venv()
    fuller = VENV / "pinned-dev"
    if APP.exists() and any(s.exists() and s.read_text() == mark for s in (stamp,)):
        return
    if not dev and APP.exists() and fuller.exists():
        dev_mark = digest(ROOT / "packaging" / "requirements-dev.txt")
        if fuller.read_text() == dev_mark:
            return
    say(f"Installing the dependencies pinned in packaging/{wanted}; the first time takes minutes.")
    pip("install", "--require-hashes", "--requirement", str(pins))
    pip("install", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    stamp.write_text(mark)


def ensure_peers() -> bool:
    """The real servers that tests talk to; False, and said, when one could not be had."""
    if ensure_programs(PEER_PROGRAMS):
        say("calibre is missing, so the tests against real servers are left out.")
        return False
    pins = ROOT / "packaging" / "requirements-peers.txt"
    stamp = PEERS / "pinned"
    if stamp.exists() and stamp.read_text() == digest(pins):
        return True
    say("Installing Calibre-Web into .peers, to test against.")
    shutil.rmtree(PEERS, ignore_errors=True)
    python = PEERS / BIN.name / PYTHON.name
    quiet = ["--disable-pip-version-check", "--quiet"]
    install_pinned = [python, "-m", "pip", *quiet, "install", "--require-hashes", "-r", pins]
    if call(PYTHON, "-m", "venv", PEERS) or call(*install_pinned):
        say("Calibre-Web could not be installed, so the tests against real servers are left out.")
        return False
    stamp.write_text(digest(pins))
    return True


def digest(path: Path) -> str:
    parts = path.read_bytes() + (ROOT / "pyproject.toml").read_bytes()
    return hashlib.sha256(parts).hexdigest()


def fits(python: Path) -> bool:
    """Whether an environment's Python still runs and is one we support."""
    probe = "import sys; print(*sys.version_info[:2])"
    done = subprocess.run([str(python), "-c", probe], capture_output=True, text=True)
    if done.returncode:
        return False
    major, minor = map(int, done.stdout.split())
    return OLDEST <= (major, minor) <= NEWEST


def make_venv() -> None:
    shutil.rmtree(VENV, ignore_errors=True)
    command = [sys.executable, "-m", "venv", str(VENV)]
    if subprocess.run(command, capture_output=True).returncode == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    minor = sys.version_info[1]
    packages = [available((f"python3.{minor}-venv", "python3-venv"))] if debian() else []
    if packages and install(packages, "Python's venv module is missing."):
        if subprocess.run(command).returncode == 0:
            return
        shutil.rmtree(VENV, ignore_errors=True)
    stop(
        "Python could not make a virtual environment. On Debian and Ubuntu install python3-venv; "
        "elsewhere install Python from python.org. Then run this again."
    )


def pip(*words: str) -> None:
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--quiet", *words]
    if subprocess.run(command).returncode:
        stop("The dependencies could not be installed. Is there a connection to the internet?")


# -- running


def environment(offscreen: bool = False) -> dict[str, str]:
    """The variables to run Qt with here."""
    env = dict(os.environ)
    env.pop("PYTHONDONTWRITEBYTECODE", None)  # tests start Kios dozens of times
    if offscreen:
        env["QT_QPA_PLATFORM"] = "offscreen"
        env.setdefault("QT_QUICK_BACKEND", "software")  # no OpenGL there; quicker than finding out
    if sys.platform.startswith("linux") and os.geteuid() == 0:
        # Chromium refuses to sandbox as root. Here only, and said; the app never does it silently.
        say("Running as root: Chromium’s sandbox can’t start and is left out for this run.")
        env["QTWEBENGINE_DISABLE_SANDBOX"] = "1"
    return env


def has_display() -> bool:
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def call(*command: object, env: dict[str, str] | None = None) -> int:
    return subprocess.call([str(word) for word in command], cwd=ROOT, env=env)


def guide() -> None:
    """Build the bundled guide where it is missing or older than its text."""
    built = ROOT / "resources" / "guide.epub"
    sources = list((ROOT / "docs" / "guide").glob("*.md"))
    newest = max((path.stat().st_mtime for path in sources), default=0)
    fresh = built.exists() and built.stat().st_mtime >= newest
    if not fresh and call(PYTHON, ROOT / "packaging" / "build_guide.py", built):
        stop("The guide could not be built.")


def xvfb(*command: object) -> list[object]:
    """The command on a virtual X screen of its own."""
    screen = "-screen 0 1600x1000x24"
    return ["xvfb-run", "--auto-servernum", f"--server-args={screen}", *command]


# -- verbs


def verb_run(words: list[str]) -> int:
    """Set everything up and start Kios; without a display, the narrated tour."""
    ensure_environment()
    ensure_libraries()
    guide()
    if has_display():
        return call(APP, *words, env=environment())
    if not any(word in words for word in ("--tour", "--self-test", "--version")):
        say("No display here, so Kios does its main job off screen and tells each step.")
        words = ["--tour", *words]
    return call(APP, *words, env=environment(offscreen=True))


def verb_test(words: list[str]) -> int:
    """Set everything up, check, and run every quick test; with `--all`, every test."""
    quick = "" if "--all" in words else " and not long"
    words = [word for word in words if word != "--all"]
    ready_for_tests()
    missing = ensure_programs(TEST_PROGRAMS)
    ensure_peers()
    env = environment(offscreen=True)
    patience = [] if quick else ["-o", "faulthandler_timeout=900"]  # some take minutes
    failed = 0
    # calibre runs once per person, and focus belongs to one window: neither works in parallel
    alone, others = f"(xvfb or peers){quick}", f"not xvfb and not peers{quick}"
    with contextlib.ExitStack() as beside:
        if not words:
            types = beside.enter_context(checking_types())
            failed |= quick_checks()
            patience += [*PARALLEL, f"--ignore={ARCHITECTURE}"]  # the checks have run that
        ended = beside.enter_context(beside_on_xvfb(alone, words, missing))
        failed |= pytest(others, [*patience, *words], env)
        failed |= ended()
        return failed if words else failed | types()


@contextlib.contextmanager
def beside_on_xvfb(
    marks: str, words: list[str], missing: Sequence[str]
) -> Iterator[Callable[[], int]]:
    """Runs the tests that need an X server or a real server one by one, beside the others.

    Yields a function that waits for their end, prints their output and returns whether they failed.
    """
    if not sys.platform.startswith("linux"):
        yield lambda: 0
        return
    if "Xvfb" in missing:
        say("Xvfb is missing, so the tests of focus, theme and input do not run.")
        yield lambda: int(os.environ.get("CI") == "true")
        return
    command = [str(word) for word in xvfb(*pytest_command(marks, words or ALONE))]
    env = {**environment(), "QT_QPA_PLATFORM": "xcb"}
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=output, stderr=output)

        def ended() -> int:
            status = process.wait()
            output.seek(0)
            say(output.read())
            return outcome(status, words)

        try:
            yield ended
        finally:
            process.terminate()
            process.wait()


def verb_gui(words: list[str]) -> int:
    """Only the tests that show windows."""
    ready_for_tests()
    ensure_programs(TEST_PROGRAMS)
    failed = pytest("not xvfb", ["tests/gui", *words], environment(offscreen=True))
    if shutil.which("xvfb-run"):
        env = {**environment(), "QT_QPA_PLATFORM": "xcb"}
        failed |= pytest("xvfb", ["tests/gui", *words], env, on_xvfb=True)
    return failed


def pytest(marks: str, words: list[str], env: dict[str, str], on_xvfb: bool = False) -> int:
    command = pytest_command(marks, words)
    return outcome(call(*(xvfb(*command) if on_xvfb else command), env=env), words)


def pytest_command(marks: str, words: list[str]) -> list[object]:
    return [PYTHON, "-m", "pytest", "-q", "-m", marks, *words]


def outcome(status: int, words: list[str]) -> int:
    """Whether pytest failed; 5 says that nothing matched what was asked for."""
    return 0 if status == 5 and words else int(status != 0)


def ready_for_tests() -> None:
    ensure_environment(dev=True)
    ensure_libraries()
    guide()


def verb_check(_words: list[str]) -> int:
    """Format, lint, dead code, types and the architecture."""
    ensure_environment(dev=True)
    with checking_types() as types:
        return quick_checks() | types()


@contextlib.contextmanager
def checking_types() -> Iterator[Callable[[], int]]:
    """Runs mypy beside what is in the block; it takes as long as all other checks together.

    Yields a function that waits for its end and returns whether it failed.
    """
    process = subprocess.Popen([str(BIN / "mypy")], cwd=ROOT)
    try:
        yield lambda: int(process.wait() != 0)
    finally:
        process.terminate()
        process.wait()


def quick_checks() -> int:
    ruff = BIN / "ruff"
    failed = call(ruff, "format", "--check", "--quiet", ".") != 0
    failed |= call(ruff, "check", "--quiet", ".") != 0
    failed |= call(BIN / "vulture") != 0
    failed |= call(PYTHON, "-m", "pytest", "-q", ARCHITECTURE) != 0
    return int(failed)


def verb_bench(words: list[str]) -> int:
    """Measure speed and memory as ratios in one run; `--json FILE` writes them."""
    ready_for_tests()
    missing = ensure_programs(BENCH_PROGRAMS)
    if "ebook-viewer" in missing:
        say("calibre’s viewer is missing; what is measured against it is left out.")
    if shutil.which("xvfb-run"):
        env = {**environment(), "QT_QPA_PLATFORM": "xcb"}
        return call(*xvfb(PYTHON, "-m", "tests.bench", *words), env=env)
    return call(PYTHON, "-m", "tests.bench", *words, env=environment(offscreen=not has_display()))


def verb_peers(words: list[str]) -> int:
    """Everything that needs a real server, as a table; `--json FILE` writes it."""
    ready_for_tests()
    if not ensure_peers():
        return 1
    return call(PYTHON, "-m", "tests.peers", *words, env=environment(offscreen=True))


def verb_fidelity(words: list[str]) -> int:
    """Measure how exactly places are converted; `--json FILE` writes the figures."""
    ensure_environment(dev=True)
    return call(PYTHON, "-m", "tests.bench.fidelity", *words)


def verb_walk(words: list[str]) -> int:
    """Turn every page of books, and tell what can't be seen: `walk BOOK… [--layouts …]`."""
    ensure_environment(dev=True)
    ensure_libraries()
    walk = ROOT / "packaging" / "walk.py"
    return call(PYTHON, walk, PYTHON, *words, env=environment(offscreen=True))


def verb_storm(words: list[str]) -> int:
    """Random lives of a book on three devices; `--rounds N`, `--seed S`."""
    ensure_environment(dev=True)
    return call(PYTHON, "-m", "tests.storm", *words)


def verb_screenshots(words: list[str]) -> int:
    """Every screen, light and dark, small and large, into `screenshots/`."""
    ready_for_tests()
    ensure_programs(TEST_PROGRAMS)
    return call(PYTHON, "-m", "tests.screenshots", *words, env=environment(offscreen=True))


def verb_texts(words: list[str]) -> int:
    """Collect the texts of the interface for Qt Linguist: `texts LANGUAGE`, such as `de`."""
    ensure_environment(dev=True)
    return call(PYTHON, ROOT / "packaging" / "texts.py", *words)


def verb_build(_words: list[str]) -> int:
    """Build the app for this system into `dist/`, and start what was built."""
    ready_for_tests()
    spec = ROOT / "packaging" / "kios.spec"
    folders = ["--distpath", ROOT / "dist", "--workpath", ROOT / "build"]
    if call(PYTHON, "-m", "PyInstaller", "--noconfirm", "--log-level=WARN", *folders, spec):
        return 1
    name = "kios-desktop.exe" if os.name == "nt" else "kios-desktop"
    built = ROOT / "dist" / "Kios Desktop" / name
    return call(built, "--self-test", env=environment(offscreen=not has_display()))


def verb_pin(words: list[str]) -> int:
    """Pin the newest dependencies again (needs `uv`); a maintainer's verb."""
    uv = shutil.which("uv")
    if uv is None:
        stop("Pinning needs uv: pip install uv.")
    options = "--universal --generate-hashes --no-emit-index-url --no-annotate --no-header"
    failed = 0
    for name in ("requirements", "requirements-dev", "requirements-peers"):
        source, target = (ROOT / "packaging" / f"{name}.{end}" for end in ("in", "txt"))
        failed |= call(
            uv, "pip", "compile", "--quiet", *shlex.split(options),
            "--python-version", "3.11", source, "--output-file", target, *words,
        )  # fmt: skip
    return failed


VERBS: dict[str, Callable[[list[str]], int]] = {
    name.removeprefix("verb_"): verb
    for name, verb in list(globals().items())
    if name.startswith("verb_")
}


def main() -> int:
    use_fitting_python()
    lines = [f"  {name:12} {(verb.__doc__ or '').strip()}" for name, verb in VERBS.items()]
    parser = argparse.ArgumentParser(
        usage="tasks.py VERB […]",
        epilog="verbs:\n" + "\n".join(lines),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("verb", choices=VERBS)
    chosen, words = parser.parse_known_args()
    return VERBS[chosen.verb](words)


if __name__ == "__main__":
    try:
        raise SystemExit(main())
    except KeyboardInterrupt:
        raise SystemExit(130) from None
