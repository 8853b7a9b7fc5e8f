"""Whether it is the command line that pytest refuses."""

import pytest

from livereload_sse.pytest_watch.inside.words import Words
from livereload_sse.pytest_watch.messages import Message, Refused

pytest_plugins = ["pytester"]


class Told:
    """What is told of runs with some words."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self._pytester = pytester

    def __call__(self, *words: str) -> list[Message]:
        told: list[Message] = []
        # Not pytester's own run: it passes words of its own.
        pytest.main([*words], plugins=[Words(words, told.append)])
        return told


@pytest.fixture
def told(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Told:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    pytester.makepyfile(test_a="def test(): pass")
    return Told(pytester)


def test_an_option_that_nobody_has_declared_is_refused(told: Told) -> None:
    assert told("--nope", "-q", "--odd=1", "test_a.py") == [
        Refused("unrecognized arguments: --nope --odd=1")
    ]


def test_a_value_that_means_nothing_is_refused_in_pytests_words(told: Told) -> None:
    (refused,) = told("--tb=nope")
    assert isinstance(refused, Refused)
    assert "--tb" in refused.message


@pytest.mark.parametrize(
    "words", [(), ("nope.py",), ("test_a.py", "-q", "nope.py"), ("test_a.py", "-k", "not (")]
)
def test_what_is_no_wrong_option_is_not_refused(told: Told, words: tuple[str, ...]) -> None:
    assert told(*words) == []


def test_what_a_setting_adds_is_not_the_command_lines(
    told: Told, pytester: pytest.Pytester
) -> None:
    pytester.makeini("[pytest]\naddopts = --nope")
    assert told("-q") == []
    (refused,) = told("--odd")
    assert refused == Refused("unrecognized arguments: --odd")


def test_a_conftest_that_cannot_be_loaded_may_be_about_to_declare_it(
    told: Told, pytester: pytest.Pytester
) -> None:
    pytester.makeconftest("import missing_altogether")
    assert told("--nope") == []


def test_an_option_of_a_conftest_is_known(told: Told, pytester: pytest.Pytester) -> None:
    pytester.makeconftest("def pytest_addoption(parser): parser.addoption('--shop')")
    assert told("--shop=1") == []
