import os
import py_compile
import subprocess
import sys
from pathlib import Path

import pytest

from livereload_sse.pytest_watch.affected.bytecode import drop_doubtful

SECOND = 1_000_000_000
AT = 1_700_000_000 * SECOND


def compiled(folder: Path, name: str = "shop") -> tuple[str, Path]:
    source = folder / f"{name}.py"
    source.write_text("price = 3\n")
    cached = Path(str(py_compile.compile(str(source))))
    os.utime(source, ns=(AT + 500, AT + 500))
    return str(source), cached


@pytest.mark.parametrize(
    ("later", "stays"),
    [
        (0, False),
        (SECOND // 2, False),
        (SECOND, False),
        (2 * SECOND - 1, False),
        (2 * SECOND, True),
    ],
)
def test_what_was_compiled_in_the_second_of_the_last_change_is_deleted(
    tmp_path: Path, later: int, *, stays: bool
) -> None:
    source, cached = compiled(tmp_path)
    os.utime(cached, ns=(AT + later, AT + later))
    assert drop_doubtful([source]) == ([] if stays else [str(cached)])
    assert cached.exists() is stays


def test_what_pytest_has_rewritten_goes_with_it(tmp_path: Path) -> None:
    source, cached = compiled(tmp_path, "test_shop")
    rewritten = cached.with_name("test_shop.cpython-311-pytest-9.2.0.pyc")
    rewritten.write_bytes(b"")
    for path in (cached, rewritten):
        os.utime(path, ns=(AT, AT))
    assert sorted(drop_doubtful([source])) == sorted([str(cached), str(rewritten)])


def test_others_in_the_folder_stay(tmp_path: Path) -> None:
    source, _ = compiled(tmp_path)
    _, other = compiled(tmp_path, "shop2")
    os.utime(other, ns=(AT, AT))
    drop_doubtful([source])
    assert other.exists()


def test_files_that_are_no_modules_or_are_gone_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "data.json").write_text("{}")
    assert drop_doubtful([str(tmp_path / "data.json"), str(tmp_path / "gone.py")]) == []
    (tmp_path / "alone.py").write_text("")
    assert drop_doubtful([str(tmp_path / "alone.py")]) == []


def test_a_second_save_in_one_second_is_what_python_then_sees(tmp_path: Path) -> None:
    source = tmp_path / "shop.py"
    shown = []
    for price in (3, 4):
        source.write_text(f"price = {price}\n")
        os.utime(source, ns=(AT + price, AT + price))
        for cached in (tmp_path / "__pycache__").glob("*.pyc"):
            os.utime(cached, ns=(AT + 3, AT + 3))
        drop_doubtful([str(source)])
        words = [sys.executable, "-c", "import shop; print(shop.price)"]
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=True)
        shown.append(done.stdout.strip())
    assert shown == ["3", "4"]
