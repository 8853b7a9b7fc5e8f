from jinja2 import Environment

from livereload_sse.jinja import LiveReloadExtension
from livereload_sse.web.rendering import Rendering, current

PAGE = "<head>{{ live_reload() }}</head>"


def environment(*, autoescape: bool = True) -> Environment:
    return Environment(extensions=[LiveReloadExtension], autoescape=autoescape)  # noqa: S701 - both are used


def render(template: str, *, autoescape: bool = True) -> tuple[str, Rendering]:
    """Render a template in a request whose page is wanted."""
    rendering = Rendering(lambda nonce: f'<script nonce="{nonce}"></script>'.encode())
    token = current.set(rendering)
    try:
        return environment(autoescape=autoescape).from_string(template).render(), rendering
    finally:
        current.reset(token)


def test_the_tag_stands_where_the_template_wants_it_and_is_not_escaped() -> None:
    assert render(PAGE)[0] == '<head><script nonce=""></script></head>'
    assert render(PAGE, autoescape=False)[0] == '<head><script nonce=""></script></head>'


def test_the_tag_carries_the_nonce_of_the_page_s_policy() -> None:
    text, _ = render("{{ live_reload(nonce='abc') }}")
    assert text == '<script nonce="abc"></script>'


def test_a_page_whose_template_has_placed_the_tag_gets_no_other() -> None:
    assert render(PAGE)[1].placed
    assert not render("<head></head>")[1].placed


def test_nothing_is_written_where_live_reload_is_not_enabled() -> None:
    assert environment().from_string(PAGE).render() == "<head></head>"


def test_the_extension_is_found_by_its_name() -> None:
    named = Environment(extensions=["livereload_sse.jinja.LiveReloadExtension"], autoescape=True)
    assert named.from_string(PAGE).render() == "<head></head>"


def test_macros_and_included_templates_know_it_too() -> None:
    text, rendering = render("{% macro top() %}{{ live_reload() }}{% endmacro %}{{ top() }}")
    assert text.startswith("<script")
    assert rendering.placed
