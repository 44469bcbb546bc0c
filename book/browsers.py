"""See that the engines of the browser tests are here; install by apt what is not.

What the system has comes first, then ``apt-get`` where this user is root. Elsewhere Playwright
downloads a Chromium; for the other engines it is said what to install, and their tests are skipped.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FIREFOX = ("firefox-esr", "firefox")
MINI_BROWSER = "/usr/lib/*/webkit2gtk-4*/MiniBrowser"  # Debian's place; it is on no path


@dataclass(frozen=True)
class Engine:
    """An engine: its name, its programs (one of each group is needed) and the packages of apt."""

    name: str
    programs: tuple[tuple[str, ...], ...]
    packages: tuple[str, ...]

    def missing(self) -> list[str]:
        """Return the programs that are not here, by the first of their names."""
        return [names[0] for names in self.programs if not find(names)]

    @property
    def to_do(self) -> str:
        """What a reader of a Debian or Ubuntu installs."""
        return f"apt-get install {' '.join(self.packages)}"


ENGINES = {
    engine.name: engine
    for engine in (
        Engine("chromium", (CHROMIUM,), ("chromium",)),
        Engine("firefox", (FIREFOX,), ("firefox-esr",)),
        Engine(
            "webkit",
            (("WebKitWebDriver",), (MINI_BROWSER,), ("Xvfb",)),
            ("webkit2gtk-driver", "xvfb"),
        ),
    )
}


def find(names: tuple[str, ...]) -> str | None:
    """Return the first program of these names, or None; an absolute one may have ``*`` in it."""
    for name in names:
        if name.startswith("/"):
            found = next((str(path) for path in sorted(Path("/").glob(name[1:]))), None)
        else:
            found = shutil.which(name)
        if found:
            return found
    return None


def can_install() -> bool:
    """Whether apt is here and this user may call it."""
    return bool(shutil.which("apt-get")) and os.geteuid() == 0


def install(engines: list[Engine]) -> None:
    """Install by apt what the engines need."""
    packages = [package for engine in engines for package in engine.packages]
    subprocess.run(["apt-get", "update", "--quiet"], check=True)
    subprocess.run(["apt-get", "install", "--yes", "--quiet", *packages], check=True)


def main(names: list[str]) -> None:
    """Find or install the engines of these names; without a name, all."""
    wanted = [ENGINES[name] for name in names or ENGINES]
    absent = [engine for engine in wanted if engine.missing()]
    if absent and can_install():
        install(absent)
        absent = [engine for engine in absent if engine.missing()]
    for engine in wanted:
        if engine not in absent:
            found = ", ".join(filter(None, map(find, engine.programs)))
            print(f"{engine.name}: the tests use {found}")
        elif engine.name == "chromium":
            command = [sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"]
            subprocess.run(command, check=True)
        else:
            print(f"{engine.name}: no {', '.join(engine.missing())}; its tests are skipped.")
            print(f"  To run them: {engine.to_do}")


if __name__ == "__main__":
    main(sys.argv[1:])
