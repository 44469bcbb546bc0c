import json

import pytest
from sphinx.errors import ExtensionError

from book.node import NODE, NPM_CLI, install_packages, node_in, run_node


def web_folder(folder, lock: dict):
    """A web folder that needs no package."""
    (folder / "package.json").write_text('{"name": "empty", "version": "1.0.0"}', encoding="utf-8")
    (folder / "package-lock.json").write_text(json.dumps(lock), encoding="utf-8")
    return folder


def empty_lock() -> dict:
    root = {"name": "empty", "version": "1.0.0"}
    return {**root, "lockfileVersion": 3, "requires": True, "packages": {"": root}}


@pytest.mark.parametrize("place", ["bin/node", "node.exe"])
def test_node_is_found_where_the_wheel_of_each_system_has_it(tmp_path, place):
    node = tmp_path / place
    node.parent.mkdir(exist_ok=True)
    node.touch()
    assert node_in(tmp_path) == node


def test_the_node_and_npm_of_this_system_are_there():
    assert NODE.is_file()
    assert NPM_CLI.is_file()


def test_packages_are_installed_once_for_each_lock_file(tmp_path):
    web = web_folder(tmp_path, empty_lock())
    stamp = install_packages(web) / ".installed-lock"
    first = stamp.stat().st_mtime_ns
    install_packages(web)
    assert stamp.stat().st_mtime_ns == first
    (web / "package-lock.json").write_text(json.dumps(empty_lock(), indent=2), encoding="utf-8")
    install_packages(web)
    assert stamp.stat().st_mtime_ns > first


def test_an_interrupted_install_is_done_again(tmp_path):
    web = web_folder(tmp_path, empty_lock())
    half = web / "node_modules" / "half"
    half.mkdir(parents=True)
    install_packages(web)
    assert not half.exists()


def test_a_failed_install_says_what_npm_said_and_what_to_check(tmp_path):
    web = web_folder(tmp_path, empty_lock())
    (web / "package.json").write_text("{", encoding="utf-8")
    with pytest.raises(ExtensionError, match="check the network") as caught:
        install_packages(web)
    assert "EJSONPARSE" in str(caught.value)


def test_a_script_that_fails_is_named_with_what_it_said():
    with pytest.raises(ExtensionError, match=r"(?s)node -e .* failed \(exit status 1\).*wrong"):
        run_node("-e", "throw new Error('wrong')")
