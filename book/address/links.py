"""Write the links that follow from the book's address, or check them: ``make links``.

``_config.yml`` names repository, branch and published site. What repeats them: the READMEs in a
block of link definitions at their end, the citation file and the package's metadata under their
own keys, each notebook in its texts and in the cell that installs the package. The site needs
nothing written: Sphinx reads the address when it builds.

``--check`` writes nothing and fails when a file says something else.
"""

import argparse
import re
import sys
from pathlib import Path

import nbformat

from book import ROOT
from book.address import Address, read_address
from book.editions import edition_of, editions
from book.notebooks.twins import notebook_pages, with_address

BLOCK = re.compile(r"(<!-- links: [^\n]*-->\n).*(<!-- end of links -->\n)", re.DOTALL)
HUB = "https://hub.example.org"  # a reserved name, in whose place a teacher puts their own


class LinkError(RuntimeError):
    """A file has no place for its links; the message says which place was expected."""


READMES = {"README.md": "en", "README.zh-CN.md": "zh_CN"}
"""Each README with the language of the pages and notebooks that it leads to."""


def definitions(address: Address, language: str) -> str:
    """Return the Markdown link definitions of a README in a language."""
    own = edition_of(ROOT, language)
    links = {
        "site": address.of(own).site,
        **{f"site-{each.tag}": address.of(each).site for each in editions(ROOT) if each != own},
        "repository": address.repository,
        "nbgitpuller": address.nbgitpuller(HUB, f"{own.path}chapters/starter/features.ipynb"),
    }
    for page in notebook_pages(ROOT):
        path = f"{own.path}chapters/{page.stem}.ipynb"
        links[f"colab-{page.stem}"] = address.colab(path)
        links[f"binder-{page.stem}"] = address.binder(path)
    return "".join(f"[{name}]: {link}\n" for name, link in links.items())


def put(text: str, place: re.Pattern, replacement: str, file: str) -> str:
    """Replace what stands between a place's first two groups; the place occurs exactly once."""
    changed, count = place.subn(lambda match: match[1] + replacement + match[2], text)
    if count != 1:
        raise LinkError(
            f"{file}: expected one place of the form {place.pattern!r} for the book's links; found "
            f"{count}. Put it back, then run `make links`."
        )
    return changed


def line(start: str, end: str = "") -> re.Pattern:
    """Match one line by its start and its end."""
    return re.compile(f"^({re.escape(start)}).*({re.escape(end)})$", re.MULTILINE)


def with_links(address: Address) -> dict[Path, str]:
    """Return every file that holds a link, with the text it should have."""
    texts = {}
    for name, language in READMES.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        texts[ROOT / name] = put(text, BLOCK, definitions(address, language), name)
    for name, quote, keys in (
        ("CITATION.cff", "", {"repository-code: ": address.repository, "url: ": address.site}),
        (
            "pyproject.toml",
            '"',
            {'Repository = "': address.repository, 'Documentation = "': address.site},
        ),
    ):
        text = (ROOT / name).read_text(encoding="utf-8")
        for key, link in keys.items():
            text = put(text, line(key, quote), link, name)
        texts[ROOT / name] = text
    for edition in editions(ROOT):
        for file in sorted((ROOT / edition.folder / "chapters").rglob("*.ipynb")):
            if ".ipynb_checkpoints" in file.parts:
                continue
            notebook = nbformat.read(file, as_version=4)
            texts[file] = nbformat.writes(with_address(notebook, address.of(edition))) + "\n"
    return texts


def main() -> int:
    """Write or check; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="fail on a link that disagrees")
    check = parser.parse_args().check
    # What is committed follows from what is committed; only writing listens to the environment.
    address = read_address(ROOT, environment={}) if check else read_address(ROOT)
    stale = {
        file: text
        for file, text in with_links(address).items()
        if file.read_text(encoding="utf-8") != text
    }
    for file, text in stale.items():
        name = file.relative_to(ROOT)
        if check:
            print(f"{name} holds links that disagree with _config.yml: run `make links`.")
        else:
            partial = file.with_name(f"{file.name}.part")
            partial.write_text(text, encoding="utf-8")
            partial.replace(file)
            print(f"wrote the links of {name}")
    return int(check and bool(stale))


if __name__ == "__main__":
    sys.exit(main())
