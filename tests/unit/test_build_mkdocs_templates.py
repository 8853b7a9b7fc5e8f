"""Templates are compiled once for environments that are alike."""

import jinja2
import pytest

from livereload_sse.build.mkdocs.worker.templates import Compiled


@pytest.fixture
def compilations(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sources that Jinja has compiled."""
    seen: list[str] = []
    compiled = jinja2.Environment.compile

    def counting(self: jinja2.Environment, source: str, *more: object) -> object:
        seen.append(source)
        return compiled(self, source, *more)  # type: ignore[call-overload]  # as it was called

    monkeypatch.setattr(jinja2.Environment, "compile", counting)
    return seen


def render(compiled: Compiled, source: str = "{{ a }}", extensions: tuple[str, ...] = ()) -> str:
    env = jinja2.Environment(  # noqa: S701 - nothing is shown
        loader=jinja2.DictLoader({"page.html": source}), extensions=extensions
    )
    compiled.lend(env)
    return env.get_template("page.html").render(a="text")


def test_a_template_is_compiled_once_for_all_builds(compilations: list[str]) -> None:
    compiled = Compiled()
    assert [render(compiled), render(compiled)] == ["text", "text"]
    assert compilations == ["{{ a }}"]


def test_a_template_that_was_edited_is_compiled_anew(compilations: list[str]) -> None:
    compiled = Compiled()
    assert [render(compiled), render(compiled, "{{ a }}!")] == ["text", "text!"]
    assert len(compilations) == 2


def test_environments_with_other_extensions_do_not_share(compilations: list[str]) -> None:
    compiled = Compiled()
    render(compiled)
    render(compiled, extensions=("jinja2.ext.do",))
    assert len(compilations) == 2


def test_everything_is_compiled_anew_once_it_is_forgotten(compilations: list[str]) -> None:
    compiled = Compiled()
    render(compiled)
    compiled.forget()
    render(compiled)
    assert len(compilations) == 2


def test_an_environment_keeps_a_cache_of_its_own() -> None:
    own = jinja2.FileSystemBytecodeCache()
    env = jinja2.Environment(bytecode_cache=own)  # noqa: S701 - nothing is shown
    Compiled().lend(env)
    assert env.bytecode_cache is own
