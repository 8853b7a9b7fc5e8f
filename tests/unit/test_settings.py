from pathlib import Path

import pytest

from livereload_sse.errors import ConfigurationError
from livereload_sse.settings import Settings, load_settings, read_configuration


def configure(folder: Path, text: str, *, name: str = "sse-reload.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert load_settings(tmp_path, {}) == Settings()


def test_the_command_line_wins_over_the_file(tmp_path: Path) -> None:
    configure(tmp_path, "port = 9000\nspa = true\n")

    settings = load_settings(tmp_path, {"port": 9001})

    assert (settings.port, settings.spa) == (9001, True)


def test_a_table_in_pyproject_counts(tmp_path: Path) -> None:
    configure(tmp_path, '[tool.sse-reload]\nallow-host = ["dev.test"]\n', name="pyproject.toml")

    assert load_settings(tmp_path, {}).allow_host == ("dev.test",)


def test_the_own_file_wins_over_pyproject_in_one_folder(tmp_path: Path) -> None:
    configure(tmp_path, "port = 1\n")
    configure(tmp_path, "[tool.sse-reload]\nport = 2\n", name="pyproject.toml")

    assert load_settings(tmp_path, {}).port == 1


def test_the_nearest_folder_upwards_governs(tmp_path: Path) -> None:
    configure(tmp_path, "port = 1\n")
    inner = tmp_path / "docs" / "deep"
    inner.mkdir(parents=True)

    assert load_settings(inner, {}).port == 1


def test_the_search_ends_at_a_repository(tmp_path: Path) -> None:
    configure(tmp_path, "port = 1\n")
    repository = tmp_path / "repository"
    (repository / ".git").mkdir(parents=True)

    assert load_settings(repository, {}).port is None


def test_a_pyproject_of_others_is_not_even_parsed(tmp_path: Path) -> None:
    configure(tmp_path, "this is [not TOML", name="pyproject.toml")

    assert read_configuration(tmp_path) == {}


def test_paths_in_the_file_are_relative_to_it(tmp_path: Path) -> None:
    configure(tmp_path, 'directory = "public"\nwatch = ["src", "conf.py"]\n')
    inner = tmp_path / "inner"
    inner.mkdir()

    settings = load_settings(inner, {})

    assert settings.directory == tmp_path / "public"
    assert settings.watch == (tmp_path / "src", tmp_path / "conf.py")


def test_one_string_will_do_for_a_list(tmp_path: Path) -> None:
    configure(tmp_path, 'ignore = "*.log"\n')

    assert load_settings(tmp_path, {}).ignore == ("*.log",)


def test_what_a_tab_does_can_be_set_in_the_file(tmp_path: Path) -> None:
    configure(tmp_path, 'update = "reload"\nhighlight = false')

    assert load_settings(tmp_path, {}).update == "reload"
    assert load_settings(tmp_path, {}).highlight is False


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("prot = 1", "Unknown setting 'prot': {path}\nDid you mean 'port'?"),
        (
            "zzz = 1",
            (
                "Unknown setting 'zzz': {path}\nKnown are: directory, host, port, open, watch, ignore, gitignore, "
                "poll, spa, listing, update, highlight, prefix, allow-host, certfile, keyfile, verbose, quiet, "
                "build, run, generator, python, strict, cancel, build-timeout, editor, static, restart, restart-on, insecure, broker."
            ),
        ),
        ("update = 1", "'update' must be 'patch' or 'reload', not 1: {path}\nMend that line."),
        (
            'update = "morph"',
            "'update' must be 'patch' or 'reload', not 'morph': {path}\nMend that line.",
        ),
        ('port = "80"', "'port' must be a whole number, not '80': {path}\nMend that line."),
        ("port = true", "'port' must be a whole number, not True: {path}\nMend that line."),
        ("poll = 1", "'poll' must be true or false, not 1: {path}\nMend that line."),
        ("watch = [1]", "'watch' must be a list of strings, not [1]: {path}\nMend that line."),
        ("host = 1", "'host' must be a string, not 1: {path}\nMend that line."),
        ("allow_host = []", "Unknown setting 'allow_host': {path}\nDid you mean 'allow-host'?"),
    ],
)
def test_a_wrong_setting_is_explained(tmp_path: Path, text: str, message: str) -> None:
    path = configure(tmp_path, text)

    with pytest.raises(ConfigurationError) as caught:
        load_settings(tmp_path, {})

    assert str(caught.value) == message.format(path=path)


def test_a_broken_file_names_the_line(tmp_path: Path) -> None:
    path = configure(tmp_path, "port = 1\nspa ==\n")

    with pytest.raises(ConfigurationError) as caught:
        load_settings(tmp_path, {})

    assert str(caught.value) == (
        f"The configuration is not valid TOML (Invalid value (at line 2, column 6)): {path}\nMend that line."
    )


def test_our_table_must_be_a_table(tmp_path: Path) -> None:
    path = configure(tmp_path, "[tool]\nsse-reload = 1\n", name="pyproject.toml")

    with pytest.raises(ConfigurationError) as caught:
        load_settings(tmp_path, {})

    assert (
        str(caught.value)
        == f"[tool.sse-reload] must be a table: {path}\nWrite each setting as `key = value` below it."
    )


def test_a_command_of_the_file_is_run_beside_it(tmp_path: Path) -> None:
    configure(tmp_path, 'build = "make html"\ncancel = "never"\nbuild-timeout = 90')
    below = tmp_path / "below"
    below.mkdir()

    settings = load_settings(below, {})

    assert (settings.folder, settings.build) == (tmp_path, "make html")
    assert (settings.cancel, settings.build_timeout) == ("never", 90.0)


def test_a_command_of_the_command_line_is_run_where_one_stands(tmp_path: Path) -> None:
    configure(tmp_path, 'build = "make html"')

    assert load_settings(tmp_path, {"build": "true"}).folder == Path()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('cancel = "maybe"', "'cancel' must be 'auto', 'never' or 'always', not 'maybe'"),
        ("build-timeout = 0", "'build-timeout' must be a number of seconds above 0, not 0"),
        ("build-timeout = inf", "'build-timeout' must be a number of seconds above 0, not inf"),
        ("build-timeout = true", "'build-timeout' must be a number of seconds above 0, not True"),
        ('folder = "x"', "Unknown setting 'folder'"),
    ],
)
def test_a_wrong_setting_of_builds_is_explained(tmp_path: Path, text: str, message: str) -> None:
    configure(tmp_path, text)

    with pytest.raises(ConfigurationError) as caught:
        load_settings(tmp_path, {})

    assert str(caught.value).startswith(message)
