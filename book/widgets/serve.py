"""Serve the built site with the widgets' scripts and styles as they are now: ``make explorer``.

Each page is sent with today's files in its widgets, and asks to be told when one of them changes;
then it loads itself again. Nothing is built or executed: an edit is on the screen in a second.
"""

from __future__ import annotations

import functools
import re
import sys
import time
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from book import ROOT
from book.execution import digest
from book.widgets import STATE
from book.widgets.state import ASSETS, brought_up_to_date, todays_files

HTML = ROOT / "_build" / "html"
PAGE = "chapters/explorer.html"
PORT = 8001
WATCHED = {".js", ".css", ".py"}
PERIOD, PATIENCE = 0.2, 30  # seconds between two looks, and until an answer without news
SAVED = re.compile(rf'(<script type="{re.escape(STATE)}">)(.*?)(</script>)', re.DOTALL)
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
    """Bring a page's widgets up to date and let it ask for changes."""
    files = todays_files()
    page = SAVED.sub(lambda found: found[1] + brought_up_to_date(found[2], files) + found[3], page)
    return page.replace("</body>", ASKING % version())


class Handler(SimpleHTTPRequestHandler):
    """Files of the site; its pages brought up to date."""

    def do_GET(self) -> None:
        """Send a page, a file, or the news of a change."""
        if self.path.startswith("/changed-since/"):
            return self.tell(self.path.rpartition("/")[2])
        file = Path(self.translate_path(self.path))
        if file.suffix != ".html" or not file.is_file():
            return super().do_GET()
        try:
            status, text = 200, live(file.read_text(encoding="utf-8"))
        except (SyntaxError, ValueError) as error:  # a module that cannot be joined: say it there
            status, text = 500, f"<pre>{error}</pre>" + ASKING % version()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
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
