import functools
import threading
from http.server import ThreadingHTTPServer
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from book.widgets import serve

NAME = "some.Widget"
PAGE = '<html><body>文<script defer src="_static/live/Widget.js?v=old"></script></body></html>'
SCRIPT = "_static/live/Widget.js?v=old"


@pytest.fixture
def live(tmp_path, monkeypatch):
    """A site of one page, and a folder of one script that it follows; yields the address."""
    (tmp_path / "live").mkdir()
    script = tmp_path / "live" / "explorer.js"
    script.write_text("new", encoding="utf-8")
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    monkeypatch.setattr(serve, "ASSETS", tmp_path / "live" / "assets.py")
    monkeypatch.setattr(
        serve, "todays_files", lambda: {NAME: {"_esm": script.read_text(encoding="utf-8")}}
    )
    monkeypatch.setattr(serve, "PATIENCE", 0.1)
    handler = functools.partial(serve.Handler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", script
        server.shutdown()


def test_a_page_asks_for_changes_and_gets_today_s_script(live):
    address, _ = live
    page = urlopen(f"{address}/page.html").read().decode()
    assert "文" in page
    assert f'("{serve.version()}");' in page
    assert r"{\"_esm\": \"new\"}" in urlopen(f"{address}/{SCRIPT}").read().decode()


def test_a_change_of_the_script_is_told_and_sent(live):
    address, script = live
    known = serve.version()
    assert urlopen(f"{address}/changed-since/{known}").status == 204
    script.write_text("newer", encoding="utf-8")
    assert urlopen(f"{address}/changed-since/{known}").status == 205
    assert r"{\"_esm\": \"newer\"}" in urlopen(f"{address}/{SCRIPT}").read().decode()


def test_a_script_that_cannot_be_joined_is_said_on_the_page_which_goes_on_asking(live, monkeypatch):
    def broken():
        raise ValueError("explorer.js, line 3: cannot join")

    address, _ = live
    monkeypatch.setattr(serve, "todays_files", broken)
    with pytest.raises(HTTPError) as caught:
        urlopen(f"{address}/page.html")
    text = caught.value.read().decode()
    assert "explorer.js, line 3: cannot join" in text
    assert "/changed-since/" in text
    caught.value.close()


def test_other_files_are_sent_as_they_are(live):
    address, script = live
    assert urlopen(f"{address}/live/{script.name}").read() == b"new"


def test_a_site_that_is_not_built_is_named_with_the_remedy(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(serve, "HTML", tmp_path)
    assert serve.main() == 1
    assert "Run `make book` first" in capsys.readouterr().out
