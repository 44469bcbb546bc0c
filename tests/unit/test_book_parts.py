import os

import pytest

from book.parts import run, table


@pytest.fixture
def make(tmp_path):
    """A stand-in for make that writes down how it is called and fails at the part `browser`."""
    script = tmp_path / "make"
    script.write_text(
        f'#!/bin/sh\necho "$2 $3" >> {tmp_path}/calls\ntest "$2" != browser\n', encoding="utf-8"
    )
    script.chmod(0o755)
    return script


@pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")
def test_parts_run_in_order_until_one_fails_and_the_book_is_looked_at_once(make):
    code, took = run(["lint", "book", "regression", "browser", "launch"], make=str(make))
    assert code == 1
    assert [part for part, _ in took] == ["lint", "book", "regression", "browser"]
    calls = make.with_name("calls").read_text(encoding="utf-8").splitlines()
    assert [call.strip() for call in calls] == [
        "lint", "book", "regression BOOK=", "browser BOOK=",
    ]  # fmt: skip


@pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")
def test_parts_that_pass_give_0(make):
    assert run(["lint", "unit"], make=str(make))[0] == 0


def test_the_table_gives_the_seconds_of_each_part_and_their_sum():
    text = table([("lint", 9.6), ("unit", 70.2)], failed=False)
    assert text.splitlines() == [
        "lint             10 s", "unit             70 s", "in all           80 s",
    ]  # fmt: skip


def test_the_table_says_which_part_failed():
    assert "unit              1 s  FAILED" in table([("lint", 1), ("unit", 1)], failed=True)
