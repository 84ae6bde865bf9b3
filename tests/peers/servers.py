"""Starts and stops calibre's content server and Calibre-Web on loopback ports."""

import contextlib
import os
import shutil
import socket
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.peers.library import environment, make_library

ROOT: Final = Path(__file__).parents[2]
PAGE_SIZE: Final = 20
CALIBRE_PAGE: Final = 30
_START_S: Final = 60.0
_STOP_S: Final = 20.0


@dataclass(frozen=True)
class Peer:
    """A running server: where its catalog is, and who may see it."""

    url: str
    username: str
    password: str
    work: Path
    process: "subprocess.Popen[bytes]"

    @property
    def origin(self) -> str:
        return "/".join(self.url.split("/", 3)[:3])


def lacking() -> str:
    """What is not there to run the servers with; "" when nothing is missing."""
    if shutil.which("calibre-server") is None:
        return "calibre"
    return "" if calibre_web_program() else "Calibre-Web"


def calibre_web_program() -> Path | None:
    """Installed by `tasks.py` into an environment of its own."""
    program = ROOT / ".peers" / ("Scripts/cps.exe" if os.name == "nt" else "bin/cps")
    return program if program.exists() else None


@contextlib.contextmanager
def calibre(work: Path, auth: str = "none", prefix: str = "", books: int = 75) -> Iterator[Peer]:
    """`auth` is none, digest or basic. Only one may run on a library at a time."""
    library = make_library(work, books)
    env, port = environment(work), free_port()
    users = work / "users.sqlite"
    username, password = ("reader", "secret123") if auth != "none" else ("", "")
    command = ["calibre-server", "--listen-on", "127.0.0.1", "--port", str(port)]
    command += ["--disable-use-bonjour"]
    if username:
        users.unlink(missing_ok=True)
        add = ["--userdb", str(users), "--manage-users", "--", "add", username, password]
        subprocess.run(["calibre-server", *add], env=env, check=True, capture_output=True)
        command += ["--enable-auth", "--userdb", str(users)]
        command += ["--auth-mode", "basic"] if auth == "basic" else []
    command += ["--url-prefix", prefix] if prefix else []
    url = f"http://127.0.0.1:{port}{prefix}/opds"
    with _running([*command, str(library)], env, url, work / "calibre.out") as process:
        yield Peer(url, username, password, work, process)


@contextlib.contextmanager
def calibre_web(
    work: Path,
    books: int = 75,
    settings: Mapping[str, object] | None = None,
    port: int | None = None,
) -> Iterator[Peer]:
    """`settings` are columns of its settings table."""
    program = calibre_web_program()
    if program is None:
        raise RuntimeError("Calibre-Web is not installed; run packaging/tasks.py peers")
    library = make_library(work, books)
    folder, port = work / "calibre-web", port or free_port()
    folder.mkdir(exist_ok=True)
    database = folder / "app.db"
    env = {**environment(work), "CALIBRE_DBPATH": str(folder), "CALIBRE_PORT": str(port)}
    command = [str(program), "-p", str(database), "-i", "127.0.0.1"]
    url, output = f"http://127.0.0.1:{port}/opds", work / "calibre-web.out"
    username, password = "admin", "Adm!n-123x"
    fresh = not database.exists()
    if fresh:  # the first start only makes the settings
        with _running(command, env, url, output, cwd=folder):
            pass
    chosen = {
        "config_calibre_dir": str(library),
        "config_books_per_page": PAGE_SIZE,
        "config_port": port,  # the environment counts only when the database is made
        **(settings or {}),
    }
    with contextlib.closing(sqlite3.connect(database)) as connection:
        for name, value in chosen.items():
            connection.execute(f"UPDATE settings SET {name} = ?", (value,))
        connection.commit()
    if fresh:
        set_password = [str(program), "-p", str(database), "-s", f"{username}:{password}"]
        subprocess.run(set_password, env=env, cwd=folder, check=True, capture_output=True)
    with _running(command, env, url, output, cwd=folder) as process:
        yield Peer(url, username, password, work, process)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextlib.contextmanager
def _running(
    command: list[str], env: Mapping[str, str], url: str, output: Path, cwd: Path | None = None
) -> Iterator["subprocess.Popen[bytes]"]:
    with output.open("ab") as log:
        process = subprocess.Popen(command, env=env, stdout=log, stderr=log, cwd=cwd)
    try:
        _wait_for(url, process, output)
        yield process
    finally:
        process.terminate()  # calibre keeps its lock until it is really gone
        try:
            process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(url: str, process: "subprocess.Popen[bytes]", output: Path) -> None:
    end = time.monotonic() + _START_S
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(url, timeout=3).close()
        except urllib.error.HTTPError:
            return  # it answers, if only to ask who we are
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"no answer from {url}: {output.read_text(errors='replace')[-2000:]}")
