"""Serve the built site with the widgets' scripts and styles as they are now: ``make explorer``.

The scripts of the widgets are sent as today's files say, and each page asks to be told when one of
them changes; then it loads itself again. Nothing is built or executed: an edit is on the screen in
a second.
"""

from __future__ import annotations

import functools
import sys
import time
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from book import ROOT
from book.execution import digest
from book.widgets.apart import FOLDER, handing_over
from book.widgets.state import ASSETS, scripts, todays_files

HTML = ROOT / "_build" / "html"
PAGE = "chapters/explorer.html"
PORT = 8001
WATCHED = {".js", ".css", ".py"}
PERIOD, PATIENCE = 0.2, 30  # seconds between two looks, and until an answer without news
ASKING = """<script>
(async function ask(now) {
  const answer = await fetch("/changed-since/" + now).catch(() => null);
  if (answer?.status === 205) location.reload();
  else setTimeout(ask, answer ? 0 : 1000, now);
})("%s");
</script></body>"""


def version() -> str:
    """Digest what is watched."""
    return digest(ASSETS.parent, WATCHED)


def live(page: str) -> str:
    """Let a page ask for changes; an error where its widgets' scripts cannot be joined."""
    todays_files()
    return page.replace("</body>", ASKING % version())


def todays_script(path: str) -> str | None:
    """Return the script that hands a widget's files over as they are now, if the path is its."""
    name = path.partition("?")[0].rpartition(f"/{FOLDER}/")[2].removesuffix(".js")
    text = scripts(todays_files()).get(f"{FOLDER}/{name}")
    return None if text is None else handing_over(f"{FOLDER}/{name}", text)


class Handler(SimpleHTTPRequestHandler):
    """Files of the site; its pages brought up to date."""

    def do_GET(self) -> None:
        """Send a page, a file, or the news of a change."""
        if self.path.startswith("/changed-since/"):
            return self.tell(self.path.rpartition("/")[2])
        file, kind = Path(self.translate_path(self.path)), "text/html"
        try:
            if f"/{FOLDER}/" in self.path and (script := todays_script(self.path)):
                status, text, kind = 200, script, "text/javascript"
            elif file.suffix == ".html" and file.is_file():
                status, text = 200, live(file.read_text(encoding="utf-8"))
            else:
                return super().do_GET()
        except (SyntaxError, ValueError) as error:  # a module that cannot be joined: say it there
            status, text = 500, f"<pre>{error}</pre>" + ASKING % version()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.end_headers()
        return self.wfile.write(text.encode())

    def tell(self, known: str) -> None:
        """Answer when something has changed (205), or after a while that nothing has (204)."""
        deadline = time.monotonic() + PATIENCE
        while (same := version() == known) and time.monotonic() < deadline:
            time.sleep(PERIOD)
        self.send_response(204 if same else 205)
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Print nothing."""


def main(port: int = PORT) -> int:
    """Serve until Ctrl-C; return the exit code."""
    if not (HTML / PAGE).exists():
        print(f"expected the built page {HTML / PAGE}; it is missing. Run `make book` first.")
        return 1
    handler = functools.partial(Handler, directory=str(HTML))
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        print(f"http://127.0.0.1:{server.server_port}/{PAGE}  follows {ASSETS.parent}; Ctrl-C ends")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
