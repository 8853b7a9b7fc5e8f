"""The tag where a template wants it."""

import asyncio

from livereload_sse.web.rendering import Rendering, current, script


def test_outside_of_a_page_it_is_nothing() -> None:
    assert script() == ""


def test_within_a_page_it_is_the_tag_and_the_page_has_it() -> None:
    rendering = Rendering(lambda nonce: f'<script nonce="{nonce}">'.encode())
    token = current.set(rendering)
    try:
        written = script(nonce="abc")
    finally:
        current.reset(token)

    assert written == '<script nonce="abc">'
    assert str(written.__html__()) == written  # a template does not escape it
    assert rendering.placed


async def test_a_template_that_is_rendered_in_a_thread_places_it_too() -> None:
    rendering = Rendering(lambda _nonce: b"<script>")
    token = current.set(rendering)
    try:
        written = await asyncio.to_thread(script)
    finally:
        current.reset(token)

    assert written == "<script>"
    assert rendering.placed
