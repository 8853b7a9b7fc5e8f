from dataclasses import replace
from pathlib import Path

import pytest

from livereload_sse.cli.checks import check_commands, check_project
from livereload_sse.errors import ConfigurationError, FolderError
from livereload_sse.settings import Settings


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("src", "public"):
        (tmp_path / name).mkdir()
    return tmp_path


def settings(project: Path, **words: object) -> Settings:
    base = Settings(folder=project, build="make html", watch=(project / "src",))
    return replace(base, **{"directory": project / "public", **words})  # type: ignore[arg-type]  # a table


def test_an_output_beside_its_sources_is_fine(project: Path) -> None:
    check_commands(settings(project))
    check_commands(settings(project, directory=project / "not" / "there" / "yet"))
    check_commands(settings(project, directory=project / "src" / "_build"))


@pytest.mark.parametrize("output", ["src", "."])
def test_an_output_at_or_above_its_sources_is_refused(project: Path, output: str) -> None:
    with pytest.raises(FolderError, match=r"would be written over its sources.*\n.*serve OUTPUT"):
        check_commands(settings(project, directory=project / output))


def test_a_link_does_not_hide_that(project: Path) -> None:
    (project / "way").symlink_to(project / "src")

    with pytest.raises(FolderError, match="would be written over its sources"):
        check_commands(settings(project, directory=project / "way"))


def test_without_anything_to_watch_the_current_folder_is_the_source(project: Path) -> None:
    check_commands(settings(project, watch=()))

    with pytest.raises(FolderError, match="would be written over its sources"):
        check_commands(settings(project, watch=(), directory=project))


def test_a_command_that_is_told_where_to_write_writes_nowhere_else(project: Path) -> None:
    check_commands(settings(project, directory=project, build="hugo -d {output}"))


def test_a_file_is_no_output(project: Path) -> None:
    (project / "page.html").touch()

    with pytest.raises(FolderError, match="Not a folder"):
        check_commands(settings(project, directory=project / "page.html"))


def test_one_site_has_one_command(project: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"(?s)Two commands.*--build.*--run"):
        check_commands(settings(project, run="hugo --watch"))


def test_a_project_must_be_there(project: Path) -> None:
    check_project(project)

    with pytest.raises(FolderError, match="No such project"):
        check_project(project / "nowhere")
