"""What a release carries: the site in one folder of a zip, and the wheel."""

import subprocess
import zipfile

import pytest

from book import release


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A built site, and a pip that writes a wheel without building one."""
    for name in ("index.html", "_static/widgets.js", "en/index.html"):
        file = tmp_path / "_build" / "html" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name, encoding="utf-8")
    folder = tmp_path / "_build" / "release"
    monkeypatch.setattr(release, "ROOT", tmp_path)
    monkeypatch.setattr(release, "RELEASE", folder)
    monkeypatch.setattr(subprocess, "run", pip(folder, 0))
    return tmp_path


def pip(folder, code):
    def run(command, **_options):
        assert command[1:4] == ["-m", "pip", "wheel"]
        assert command[-2:] == [folder, folder.parents[1]]  # into the release, from the project
        if not code:
            (folder / "aelib-1.0-py3-none-any.whl").write_bytes(b"wheel")
        return subprocess.CompletedProcess(command, code)

    return run


def released(project):
    return sorted(file.name for file in (project / "_build" / "release").iterdir())


def test_the_zip_holds_the_whole_site_in_one_folder(project):
    assert release.main() == 0
    with zipfile.ZipFile(project / "_build" / "release" / "autoencoders-site.zip") as site:
        files = {name: site.read(name).decode() for name in site.namelist() if name[-1] != "/"}
    assert files == {
        f"autoencoders/{name}": name
        for name in ("index.html", "_static/widgets.js", "en/index.html")
    }


def test_a_release_is_the_zip_and_the_wheel_and_nothing_of_an_earlier_one(project):
    old = project / "_build" / "release" / "aelib-0.9-py3-none-any.whl"
    old.parent.mkdir()
    old.write_bytes(b"old")
    release.main()
    assert released(project) == ["aelib-1.0-py3-none-any.whl", "autoencoders-site.zip"]


def test_a_wheel_that_cannot_be_built_fails_the_release(project, monkeypatch):
    monkeypatch.setattr(subprocess, "run", pip(project / "_build" / "release", 1))
    assert release.main() == 1


def test_a_release_without_a_site_is_refused(project):
    (project / "_build" / "html").rename(project / "_build" / "elsewhere")
    with pytest.raises(FileNotFoundError, match="html"):
        release.main()
