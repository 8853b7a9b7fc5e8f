import pytest

from livereload_sse.pytest_watch.recorder.readers import name_of_program, why_not_followed


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("git status", "git"),
        (["/usr/bin/git", "status"], "git"),
        (b"/usr/bin/git", "git"),
        ("/usr/bin/python3.13", "python"),
        (r"C:\Python\python.exe -V", "python"),
        ([], "a program"),
        ("", "a program"),
    ],
)
def test_a_program_is_named_as_people_do(command: object, name: str) -> None:
    assert name_of_program(command) == name


def test_packages_that_open_files_by_themselves_are_named() -> None:
    assert why_not_followed("lxml") == "uses lxml, which opens files by itself"
    assert why_not_followed("multiprocessing.popen_fork") == "starts processes"
    assert why_not_followed("json") == ""
