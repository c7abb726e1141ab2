"""What a person has dismissed stays so, also after a restart, until the file is tried again."""

from pathlib import Path

import pytest

from qa.ui.dismissed import Dismissed

BROKEN, LARGE = ("broken.pdf", "damaged"), ("large.txt", "too large")


def test_what_was_dismissed_is_known_after_a_restart(tmp_path: Path) -> None:
    Dismissed(tmp_path / "d.json").add([BROKEN, LARGE])
    assert Dismissed(tmp_path / "d.json").failures == {BROKEN, LARGE}


def test_another_reason_is_another_failure(tmp_path: Path) -> None:
    dismissed = Dismissed(tmp_path / "d.json")
    dismissed.add([BROKEN])
    assert ("broken.pdf", "too large") not in dismissed.failures


def test_a_file_that_is_tried_again_is_told_again(tmp_path: Path) -> None:
    dismissed = Dismissed(tmp_path / "d.json")
    dismissed.add([BROKEN, LARGE])
    dismissed.forget({"broken.pdf"})
    assert Dismissed(tmp_path / "d.json").failures == {LARGE}


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'[["a"]]', b"\xff", b'{"a": 1}'])
def test_a_file_that_makes_no_sense_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "d.json").write_bytes(content)
    dismissed = Dismissed(tmp_path / "d.json")
    assert dismissed.failures == frozenset()
    dismissed.add([BROKEN])
    assert Dismissed(tmp_path / "d.json").failures == {BROKEN}


def test_where_nothing_can_be_written_it_holds_until_the_end(tmp_path: Path) -> None:
    dismissed = Dismissed(tmp_path / "nowhere" / "d.json")
    dismissed.add([BROKEN])
    assert dismissed.failures == {BROKEN}
