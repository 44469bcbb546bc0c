"""Where this book lives: its repository, branch and published site, from one place.

``_config.yml`` holds the three (``repository.url``, ``repository.branch``, ``html.baseurl``). The
environment takes precedence: a fork's workflow sets ``BOOK_REPOSITORY``, ``BOOK_BRANCH`` and
``BOOK_SITE``, and its site carries its own links without an edit. ``make links`` writes what
follows from the three into the files that hold a link.

As a Sphinx extension: hands the address to the theme, whose buttons then open the page's twin in
Colab and Binder, and offers that twin as the page's download.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from book.editions import Edition, edition_of, read_config

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

GITHUB = re.compile(r"https://github\.com/[\w.-]+/[\w.-]+")
BRANCH = re.compile(r"[\w./-]+")
SITE = re.compile(r"https?://\S+/")
HERE = Path(__file__).resolve().parent
BADGES = {name: HERE / "badges" / name for name in ("colab.svg", "binder.svg")}


@dataclass(frozen=True)
class Address:
    """The three facts every link follows from.

    Attributes
    ----------
    repository
        On GitHub, since Colab opens notebooks only from there: ``https://github.com/owner/name``.
    branch
        The branch, or tag, that the links point at.
    site
        The published site, with a slash at its end.
    """

    repository: str
    branch: str
    site: str

    def __post_init__(self):
        for name, pattern, example in (
            ("repository", GITHUB, "https://github.com/owner/name"),
            ("branch", BRANCH, "main"),
            ("site", SITE, "https://owner.github.io/name/"),
        ):
            found = getattr(self, name)
            if not pattern.fullmatch(found):
                raise ValueError(
                    f"The book's {name} is expected in the form {example}; found {found!r}. "
                    "Mend it in _config.yml, or in the environment (BOOK_REPOSITORY, BOOK_BRANCH, "
                    "BOOK_SITE)."
                )

    @property
    def owner_and_name(self) -> str:
        """``owner/name`` of the repository."""
        return self.repository.removeprefix("https://github.com/")

    @property
    def requirement(self) -> str:
        """What pip installs the package ``aelib`` from."""
        return f"git+{self.repository}@{self.branch}"

    def of(self, edition: Edition) -> Address:
        """Return the address of an edition, whose pages are below those of the source."""
        return replace(self, site=self.site + edition.path)

    def page(self, docname: str) -> str:
        """Return where a page, such as ``chapters/quiz``, is published."""
        return f"{self.site}{docname}.html"

    def colab(self, path: str) -> str:
        """Return the link that opens a notebook of the repository in Colab."""
        base = "https://colab.research.google.com/github"
        return f"{base}/{self.owner_and_name}/blob/{self.branch}/{path}"

    def binder(self, path: str) -> str:
        """Return the link that opens a notebook of the repository in JupyterLab on Binder."""
        base = "https://mybinder.org/v2/gh"
        return f"{base}/{self.owner_and_name}/{self.branch}?urlpath=lab/tree/{path}"

    def nbgitpuller(self, hub: str, path: str) -> str:
        """Return the link that pulls the repository into a JupyterHub and opens a file."""
        name = self.owner_and_name.partition("/")[2]
        query = {
            "repo": self.repository,
            "branch": self.branch,
            "urlpath": f"lab/tree/{name}/{path}",
        }
        return f"{hub}/hub/user-redirect/git-pull?{urlencode(query)}"


def read_address(root: Path, environment: Mapping[str, str] = os.environ) -> Address:
    """Read the address from ``_config.yml``, or from the environment where that names it.

    Raises
    ------
    ValueError
        One of the three has not the form that links can be made of.
    """
    config = read_config(root)
    return Address(
        environment.get("BOOK_REPOSITORY") or config["repository"]["url"],
        environment.get("BOOK_BRANCH") or config["repository"]["branch"],
        environment.get("BOOK_SITE") or config["html"]["baseurl"],
    )


def tell_theme(app: Sphinx, config: Config) -> None:
    """Set the options that the theme makes its buttons of; another address makes pages be read."""
    root = Path(app.srcdir)
    edition = edition_of(root, config.language)
    address = read_address(root)
    config.book_address = astuple(address)
    config.html_baseurl = address.site + edition.path
    config.html_theme_options["path_to_docs"] = edition.folder  # its notebooks are below it
    config.html_theme_options["repository_url"] = address.repository
    config.html_theme_options["repository_branch"] = address.branch


def offer_twins(app: Sphinx, error: Exception | None) -> None:
    """Let the download buttons give the twins, which run anywhere, for the theme's own copies."""
    if error or app.builder.format != "html":
        return
    edition = edition_of(Path(app.srcdir), app.config.language)
    for page in app.env.found_docs:
        twin = Path(app.srcdir, edition.folder, page).with_suffix(".ipynb")
        copy = Path(app.outdir, "_sources", page).with_suffix(".ipynb")
        if twin.exists() and copy.exists():
            shutil.copyfile(twin, copy)


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the parts."""
    app.add_config_value("book_address", (), "env")  # pages hold links: another, read them again
    app.connect("config-inited", tell_theme)
    app.connect("build-finished", offer_twins)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
