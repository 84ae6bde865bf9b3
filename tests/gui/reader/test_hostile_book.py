"""A book that wants out: nothing runs, nothing leaves. Each wall is tested alone as well."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtWebEngineCore import QWebEnginePage

from kios_desktop.ui.reader.engine.page import BookProfile
from tests.books import BookDraft
from tests.gui.reader.engine import Engine, open_engine
from tests.gui.reader.test_viewer_page import png

MARK = "data-ran"


class Listener:
    """Counts whoever calls."""

    def __init__(self) -> None:
        self.requests: list[bytes] = []
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.requests.append(b"a call")  # also one that says nothing
        self.requests.append(await reader.readline())
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        await writer.drain()
        writer.close()


@contextlib.asynccontextmanager
async def listening() -> AsyncIterator[Listener]:
    listener = Listener()
    server = await asyncio.start_server(listener.serve, "127.0.0.1", 0)
    listener.port = server.sockets[0].getsockname()[1]
    async with server:
        yield listener


def hostile(port: int) -> str:
    """Every way by which a book could reach the network or another program."""
    url = f"http://127.0.0.1:{port}"
    ran = f"document.documentElement.setAttribute('{MARK}', '1')"
    return f"""
    <script>{ran}</script>
    <script src="evil.js"></script>
    <script src="{url}/script.js"></script>
    <p onclick="{ran}" id="p">A quiet page.</p>
    <img src="missing.png" onerror="{ran}" alt=""/>
    <svg xmlns="http://www.w3.org/2000/svg" onload="{ran}"><script>{ran}</script>
      <image href="{url}/svg.png" width="1" height="1"/></svg>
    <iframe src="javascript:{ran}"></iframe>
    <iframe srcdoc="&lt;script&gt;parent.{ran}&lt;/script&gt;"></iframe>
    <iframe src="{url}/frame.html"></iframe>
    <iframe src="file:///etc/passwd"></iframe>
    <object data="{url}/object.swf"></object>
    <embed src="{url}/embed.swf"/>
    <img src="{url}/img.png" srcset="{url}/img2.png 2x" alt=""/>
    <img src="file:///etc/hostname" alt=""/>
    <picture><source srcset="{url}/picture.png"/><img src="x.png" alt=""/></picture>
    <video src="{url}/v.mp4" poster="{url}/poster.png" autoplay="autoplay"></video>
    <audio src="{url}/a.mp3" autoplay="autoplay"></audio>
    <link rel="stylesheet" href="{url}/late.css"/>
    <link rel="prefetch" href="{url}/prefetch"/>
    <link rel="preconnect" href="{url}"/>
    <link href='{url}' rel='dns-prefetch
      PreConnect'/>
    <style>@import url({url}/import.css);
      @font-face {{ font-family: far; src: url({url}/font.woff2) }}
      #p {{ font-family: far; background: url({url}/bg.png) }}</style>
    <form action="{url}/form" id="form"><input name="a" value="b"/></form>
    <a href="{url}/ping" ping="{url}/pinged" id="remote" target="_blank">out</a>
    <a href="javascript:{ran}" id="js">js</a>
    <a href="file:///etc/passwd" id="file">file</a>
    """


def book(tmp_path: Path, port: int) -> Path:
    head = (
        f'<meta http-equiv="refresh" content="0;url=http://127.0.0.1:{port}/refresh"/>'
        f'<link rel="stylesheet" href="http://127.0.0.1:{port}/head.css"/>'
        f'<link rel="preconnect" href="http://127.0.0.1:{port}/"/>'
        f'<base href="http://127.0.0.1:{port}/base/"/>'
    )
    draft = BookDraft(chapters=["<p>x</p>", "<p>Next.</p>"])
    draft.manifest = '<item id="evil" href="evil.js" media-type="text/javascript"/>'
    body = hostile(port)
    draft.files = {
        "EPUB/evil.js": f"document.documentElement.setAttribute('{MARK}', '1')",
        "EPUB/chapter0001.xhtml": '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>t'
        f"</title>{head}</head><body>{body}</body></html>",
    }
    return draft.write(tmp_path / "hostile.epub")


async def provoke(engine: Engine) -> None:
    """Do what a reader's hand might: click everything there is."""
    for name in ("p", "remote", "js", "file"):
        await engine.ask(f"(kios.current.doc.getElementById('{name}').click(), 1)")
    await engine.ask(
        "(() => { try { kios.current.doc.getElementById('form').submit(); } catch (e) {}"
        " return 1; })()"
    )
    await asyncio.sleep(0.6)


async def ran(engine: Engine) -> bool:
    attribute = f"kios.current.doc.documentElement.getAttribute('{MARK}')"
    return bool(await engine.ask(attribute))


@pytest.mark.parametrize("scripts_on", [False, True], ids=["as shipped", "JavaScript on"])
async def test_nothing_runs_and_nothing_leaves(
    profile: BookProfile, tmp_path: Path, scripts_on: bool
) -> None:
    async with listening() as listener:
        path = book(tmp_path, listener.port)
        engine = await open_engine(profile, path, scripts_on=scripts_on)
        await provoke(engine)
        assert not await ran(engine)
        assert listener.requests == []
        assert engine.page.url().host() == engine.page.host
        inside = await engine.ask("kios.current.window.location.href")
        assert inside.startswith(f"book://{engine.page.host}/")
        assert "quiet page" in await engine.ask("kios.current.doc.body.textContent")
        await engine.close()


async def test_policy_alone_stops_scripts_when_javascript_is_on(
    profile: BookProfile, tmp_path: Path
) -> None:
    """The header's effect, not the header: a dropped header is the classic mistake."""
    draft = BookDraft(
        chapters=[f"<p>x</p><script>document.body.setAttribute('{MARK}', '1')</script>"]
    )
    engine = await open_engine(profile, draft.write(tmp_path / "s.epub"), scripts_on=True)
    # A frame without the sandbox, so that only the policy stands between the script and us.
    await engine.ask(
        "(() => { const f = document.createElement('iframe'); f.id = 'bare';"
        " f.src = kios.urls[0]; document.body.append(f); return 1; })()"
    )
    await asyncio.sleep(0.5)
    bare = "document.getElementById('bare').contentDocument.body"
    assert (await engine.ask(f"{bare}.textContent")).startswith("x")
    assert await engine.ask(f"{bare}.getAttribute('{MARK}')") is None
    await engine.close()


async def test_interceptor_alone_stops_requests(profile: BookProfile) -> None:
    async with listening() as listener:
        page = QWebEnginePage(profile._profile)  # no filter, no policy, no sandbox
        page.load(QUrl(f"http://127.0.0.1:{listener.port}/"))
        await asyncio.sleep(0.5)
        assert listener.requests == []
        page.deleteLater()
        await asyncio.sleep(0.05)


async def test_navigation_filter_alone_keeps_the_shell(
    profile: BookProfile, tmp_path: Path
) -> None:
    engine = await open_engine(profile, BookDraft().write(tmp_path / "n.epub"))
    kind = QWebEnginePage.NavigationType.NavigationTypeLinkClicked
    refused = [
        "http://127.0.0.1/x",
        "file:///etc/passwd",
        "javascript:1",
        "data:text/html,x",
        "book://otherbook/x.xhtml",
        f"book://{engine.page.host}/EPUB/chapter0002.xhtml",
    ]
    for url in refused:
        assert not engine.page.acceptNavigationRequest(QUrl(url), kind, True), url
    chapter = QUrl(f"book://{engine.page.host}/EPUB/chapter0002.xhtml")
    assert engine.page.acceptNavigationRequest(chapter, kind, False)
    await engine.close()


async def test_one_book_cannot_read_another(profile: BookProfile, tmp_path: Path) -> None:
    one = await open_engine(profile, BookDraft().write(tmp_path / "one.epub"))
    other = await open_engine(profile, BookDraft().write(tmp_path / "other.epub"))
    assert one.page.host != other.page.host
    target = other.page.urls_of(other.hrefs)[0]
    await one.ask(
        "(() => { const f = document.createElement('iframe'); f.id = 'spy';"
        f" f.src = '{target}'; document.body.append(f); return 1; }})()"
    )
    await asyncio.sleep(0.4)
    seen = await one.ask(
        "(() => { try { const d = document.getElementById('spy').contentDocument;"
        " return d && d.body ? d.body.textContent : ''; } catch (e) { return ''; } })()"
    )
    assert "First words" not in seen
    await one.close()
    await other.close()


async def test_requests_outside_the_book_are_refused(profile: BookProfile, tmp_path: Path) -> None:
    draft = BookDraft(chapters=['<p>x</p><img src="../../../../etc/hostname" alt="" id="i"/>'])
    engine = await open_engine(profile, draft.write(tmp_path / "t.epub"))
    await asyncio.sleep(0.3)
    assert await engine.ask("kios.current.doc.getElementById('i').naturalWidth") == 0
    await engine.close()


async def test_no_window_is_ever_opened_by_a_page(profile: BookProfile, tmp_path: Path) -> None:
    """Alone: neither sandbox nor policy stands before the shell, whose script asks here."""
    engine = await open_engine(profile, BookDraft().write(tmp_path / "w.epub"), scripts_on=True)
    for kind in QWebEnginePage.WebWindowType:
        assert engine.page.createWindow(kind) is None, kind
    pages = len(profile._pages)
    for target in ("kios.urls[1]", "'about:blank'"):
        opened = await engine.ask(f"window.open({target}, '_blank') === null ? 0 : 1")
        assert not opened, target
    assert len(profile._pages) == pages
    await engine.close()


async def test_no_file_outside_is_served_as_a_font(
    profile: BookProfile,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    (tmp_path / "secret.png").write_bytes(png(30, 20))
    monkeypatch.chdir(tmp_path)
    wanted = ("fonts/x/secret.png", "fonts/%00.png", "own-fonts/%5C%5Chost%5Cshare%5Cf.ttf")
    body = "".join(f'<img src="/.kios/{name}" alt=""/>' for name in wanted)
    engine = await open_engine(profile, BookDraft(chapters=(body,)).write(tmp_path / "book.epub"))
    images = "[...kios.current.doc.images]"
    async with asyncio.timeout(5):
        while not await engine.ask(f"{images}.every((one) => one.complete)"):
            await asyncio.sleep(0.05)
    assert await engine.ask(f"{images}.map((one) => one.naturalWidth)") == [0, 0, 0]
    assert not [record for record in caplog.records if record.exc_info]
    await engine.close()
