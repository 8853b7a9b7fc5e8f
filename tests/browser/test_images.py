"""Images and fonts swapped in place, wherever a page names them; the old one never vanishes.

The whole page is filmed while a file changes: at the middle of each box every frame must show the
old colour or the new one, and nothing else.
"""

import struct
import zlib
from collections.abc import Callable
from itertools import groupby
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.chromium import Tabs
from tests.browser.pages import save, write_page
from tests.serving import LiveServer, serving

WIDTH, COLUMNS, STEP = 40, 8, 60
RED, BLUE, WHITE = "255,0,0", "0,0,255", "255,255,255"


def svg(colour: str, width: int = WIDTH) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{WIDTH}">'
        f'<rect id="a" width="{width}" height="{WIDTH}" fill="{colour}"/></svg>'
    )


def png(red: int, green: int, blue: int, width: int = WIDTH) -> bytes:
    """Make an image of one colour."""
    rows = (b"\0" + bytes((red, green, blue)) * width) * WIDTH
    header = struct.pack(">IIBBBBB", width, WIDTH, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


RULES = {
    "background": ".{} {{ background: url(x.svg) }}",
    "shorthand with a variable": ".{} {{ background: url('x.svg') var(--nothing,) }}",
    "border-image": ".{} {{ box-sizing: border-box; border: 20px solid;"
    " border-image: url(x.svg) 20 fill }}",
    "list-style": ".{} {{ display: list-item; list-style: inside url(x.svg) }}",
    "content": ".{}::before {{ content: url(x.svg) }}",
    "image-set": ".{} {{ background-image: image-set('x.svg' 1x) }}",
    "custom property": ".{} {{ --image: url(x.svg); background-image: var(--image) }}",
    "media, supports, layer": "@media screen {{ @supports (display: grid) {{ @layer top {{"
    " .{} {{ background: url(x.svg) }} }} }} }}",
    "container, scope": "@container (min-width: 1px) {{ @scope (body) {{"
    " .{} {{ background: url(x.svg) }} }} }}",
    "nested": "div {{ .{} {{ background: url(x.svg) }} }}",
    "keyframes": ".{0} {{ animation: k 99s infinite step-end }}"
    " @keyframes k {{ from {{ background: url(x.svg) }} }}",
    "imported": "",
    "adopted": "",
}
ELEMENTS = {
    "img": "<img src=x.svg>",
    "img srcset": '<img srcset="x.svg 1x, other.svg 3x">',
    "img crossorigin": "<img src=x.svg crossorigin>",
    "picture": '<picture><source srcset="x.svg 1x"><img src=other.svg></picture>',
    "poster": "<video poster=x.svg width=40 height=40></video>",
    "input": "<input type=image src=x.svg>",
    "inline style": '<p style="background: URL(x.svg)"></p>',
    "background attribute": "<table background=x.svg width=40 height=40><td></table>",
    "use": '<svg width=40 height=40><use href="x.svg#a"/></svg>',
    "use xlink": '<svg width=40 height=40><use xlink:href="x.svg#a"/></svg>',
    "svg image": '<svg width=40 height=40><image href="x.svg" width=40 height=40 /></svg>',
    "feImage": "<svg width=40 height=40><filter id=f x=0 y=0 width=1 height=1>"
    '<feImage href="x.svg" width=40 height=40 /></filter>'
    '<rect width=40 height=40 filter="url(#f)"/></svg>',
    "shadow root": "<x-box></x-box>",
}
DOCUMENTS = {
    "object": "<object data=x.svg width=40 height=40></object>",
    "embed": "<embed src=x.svg width=40 height=40>",
}
BOXES = [*RULES, *ELEMENTS, *DOCUMENTS]
STYLES = """
body { margin: 0; background: #fff; container-type: inline-size }
div { position: absolute; width: 40px; height: 40px; overflow: hidden }
p { margin: 0; width: 40px; height: 40px }
div > * { vertical-align: top }
"""
SCRIPT = """<script>
  customElements.define('x-box', class extends HTMLElement {
    connectedCallback() {
      this.attachShadow({ mode: 'open' }).innerHTML =
        '<style>p { margin: 0; height: 40px; background: url(x.svg) }</style><p></p>';
    }
  });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('.c12 { background: url(x.svg) }');
  document.adoptedStyleSheets = [sheet];
</script>"""


def write_gallery(root: Path) -> None:
    """Write a page that shows x.svg in every way there is."""
    inside = [f"<p class=c{number}></p>" for number in range(len(RULES))]
    inside += [*ELEMENTS.values(), *DOCUMENTS.values()]
    boxes = [
        f'<div style="left: {number % COLUMNS * STEP}px; top: {number // COLUMNS * STEP}px">'
        f"{text}</div>"
        for number, text in enumerate(inside)
    ]
    rules = [rule.format(f"c{number}") for number, rule in enumerate(RULES.values())]
    (root / "sub").mkdir()
    save(root / "sub" / "imported.css", ".c11 { background: url(../x.svg) }")
    save(root / "main.css", "\n".join(['@import "sub/imported.css";', STYLES, *rules]))
    save(root / "x.svg", svg("red"))
    save(root / "other.svg", svg("lime"))
    save(
        root / "index.html",
        "<!doctype html><html><head><title>gallery</title><link rel=stylesheet href=main.css>"
        f"</head><body>{''.join(boxes)}{SCRIPT}</body></html>",
    )


class Film:
    """Every frame that the browser shows, and what colour each point has in it."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._frames: list[str] = []
        self._session = page.context.new_cdp_session(page)
        self._session.on("Page.screencastFrame", self._take)

    def _take(self, frame: dict[str, str]) -> None:
        self._frames.append(frame["data"])
        self._session.send("Page.screencastFrameAck", {"sessionId": frame["sessionId"]})

    def shoot(self, act: Callable[[], None]) -> None:
        """Film while something is done. A dot that changes in each frame keeps frames coming."""
        self._page.evaluate("""() => {
            const dot = document.body.appendChild(document.createElement('i'));
            dot.style.cssText = 'position: fixed; right: 0; bottom: 0; width: 9px; height: 9px';
            let count = 0;
            const blink = () => {
                dot.style.background = (count++ % 2) ? '#000' : '#ccc';
                window.frames_shown = count;
                requestAnimationFrame(blink);
            };
            blink();
        }""")
        self._session.send("Page.startScreencast", {"format": "png", "everyNthFrame": 1})
        self.wait_for_frames(10)
        act()
        self.wait_for_frames(15)
        self._session.send("Page.stopScreencast")

    def wait_for_frames(self, count: int) -> None:
        taken = len(self._frames)
        while len(self._frames) < taken + count:
            shown = self._page.evaluate("window.frames_shown")
            self._page.wait_for_function("count => window.frames_shown > count", arg=shown)

    def colours_at(self, points: list[tuple[int, int]], tabs: Tabs) -> list[list[str]]:
        """Read the colours that each point has had, one after the other."""
        reader = tabs.open("about:blank")
        rows = [reader.evaluate(READ, [frame, points]) for frame in self._frames]
        return [[colour for colour, _ in groupby(column)] for column in zip(*rows, strict=True)]


READ = """async ([data, points]) => {
    const answer = await fetch(`data:image/png;base64,${data}`);
    const bitmap = await createImageBitmap(await answer.blob());
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
    canvas.drawImage(bitmap, 0, 0);
    return points.map(([x, y]) => [...canvas.getImageData(x, y, 1, 1).data].slice(0, 3).join());
}"""
POINTS = [
    (number % COLUMNS * STEP + WIDTH // 2, number // COLUMNS * STEP + WIDTH // 2)
    for number in range(len(BOXES))
]


def open_marked(server: LiveServer, tabs: Tabs) -> Page:
    page = tabs.open(server.url)
    server.wait_for_tabs(1)
    page.evaluate("window.mark = 1")
    return page


def is_marked(page: Page) -> bool:
    return bool(page.evaluate("window.mark === 1"))


def test_an_image_is_swapped_everywhere_without_vanishing(tmp_path: Path, tabs: Tabs) -> None:
    write_gallery(tmp_path)
    with serving(tmp_path) as server:
        page = open_marked(server, tabs)
        film = Film(page)

        def change_three_times() -> None:
            for colour in ("blue", "red", "blue"):
                save(tmp_path / "x.svg", svg(colour))
                server.wait_for_line(r"x\.svg → swapped images in 1 tab")
                film.wait_for_frames(5)

        film.shoot(change_three_times)
        seen = dict(zip(BOXES, film.colours_at(POINTS, tabs), strict=True))

        # A document within the page is loaded anew, and bare while it is.
        nested = {
            name: [colour for colour in seen.pop(name) if colour != WHITE] for name in DOCUMENTS
        }
        assert [colours[-1] for colours in nested.values()] == [BLUE, BLUE]
        assert seen == {name: [RED, BLUE, RED, BLUE] for name in seen}
        assert is_marked(page)


def test_a_mask_is_swapped_without_vanishing(tmp_path: Path, tabs: Tabs) -> None:
    head = (
        "<style>body { margin: 0 } p { margin: 0; width: 80px; height: 40px; background: red;"
        " mask: url(x.svg) no-repeat }</style>"
    )
    save(tmp_path / "x.svg", svg("red"))
    write_page(
        tmp_path / "index.html",
        "one",
        head=head + "<style>h1 { display: none }</style>",
        body="<p></p>",
    )
    with serving(tmp_path) as server:
        page = open_marked(server, tabs)
        film = Film(page)

        def widen() -> None:
            save(tmp_path / "x.svg", svg("red", 80))
            server.wait_for_line(r"x\.svg → swapped images in 1 tab")

        film.shoot(widen)

        assert film.colours_at([(20, 20), (60, 20)], tabs) == [[RED], [WHITE, RED]]
        assert is_marked(page)


def test_the_page_never_jumps_while_an_image_is_swapped(tmp_path: Path, tabs: Tabs) -> None:
    (tmp_path / "x.png").write_bytes(png(255, 0, 0))
    write_page(tmp_path / "index.html", "one", body="<img src=x.png>")
    with serving(tmp_path) as server:
        page = open_marked(server, tabs)
        page.evaluate("""() => {
            window.widths = [];
            const look = () => {
                const { width } = document.querySelector('img').getBoundingClientRect();
                if (window.widths.at(-1) !== width) window.widths.push(width);
                requestAnimationFrame(look);
            };
            look();
        }""")
        for width in (60, 80, 100):
            (tmp_path / "x.png").write_bytes(png(255, 0, 0, width))
            page.wait_for_function("width => window.widths.at(-1) === width", arg=width)

        assert page.evaluate("window.widths") == [40, 60, 80, 100]
        assert is_marked(page)


def test_a_deleted_image_stays_shown_until_it_is_back(tmp_path: Path, tabs: Tabs) -> None:
    save(tmp_path / "x.svg", svg("red"))
    write_page(tmp_path / "index.html", "one", body="<img src=x.svg>")
    with serving(tmp_path) as server:
        page = open_marked(server, tabs)
        (tmp_path / "x.svg").unlink()
        server.wait_for_line(r"x\.svg →")
        during = page.evaluate("[document.images[0].naturalWidth, document.images[0].complete]")
        save(tmp_path / "x.svg", svg("red", 90))
        page.wait_for_function("document.images[0].naturalWidth === 90")

        assert during == [WIDTH, True]
        assert is_marked(page)


def test_an_image_of_the_same_name_in_another_folder_is_left_alone(
    tmp_path: Path, tabs: Tabs
) -> None:
    (tmp_path / "sub").mkdir()
    save(tmp_path / "x.svg", svg("red"))
    save(tmp_path / "sub" / "x.svg", svg("red"))
    write_page(tmp_path / "index.html", "one", body="<img src=x.svg><img src=sub/x.svg>")
    with serving(tmp_path) as server:
        page = open_marked(server, tabs)
        save(tmp_path / "x.svg", svg("red", 90))
        page.wait_for_function("document.images[0].naturalWidth === 90")

        assert page.evaluate("document.images[1].getAttribute('src')") == "sub/x.svg"


@pytest.mark.parametrize("rel", ["icon", "shortcut icon", "apple-touch-icon", "mask-icon"])
def test_an_icon_is_put_in_anew(rel: str, tmp_path: Path, tabs: Tabs) -> None:
    save(tmp_path / "x.svg", svg("red"))
    write_page(
        tmp_path / "index.html",
        "one",
        head=f"<link rel='{rel}' href=x.svg data-x=1>",
        body="<img src=x.svg>",
    )
    with serving(tmp_path) as server:
        page = open_marked(server, tabs)
        page.evaluate("window.icon = document.querySelector('link')")
        save(tmp_path / "x.svg", svg("blue"))
        page.wait_for_function("document.querySelector('link').href.includes('sse-reload=')")

        assert page.evaluate("window.icon.isConnected") is False
        assert page.evaluate("document.querySelector('link[data-x]').rel") == rel
        assert is_marked(page)


def test_an_old_image_does_not_come_back_with_a_new_sheet(tmp_path: Path, tabs: Tabs) -> None:
    write_gallery(tmp_path)
    with serving(tmp_path) as server:
        page = open_marked(server, tabs)
        save(tmp_path / "x.svg", svg("blue"))
        server.wait_for_line(r"x\.svg → swapped images in 1 tab")
        film = Film(page)

        def change_sheets() -> None:
            for path in (tmp_path / "main.css", tmp_path / "sub" / "imported.css"):
                save(path, path.read_text() + "\nbody { outline: 1px solid }")
                server.wait_for_line(rf"{path.name} → swapped styles in 1 tab")

        film.shoot(change_sheets)
        count = len(RULES) - 1  # the adopted sheet is of no file

        assert film.colours_at(POINTS[:count], tabs) == [[BLUE]] * count
        assert is_marked(page)


def test_an_image_that_only_a_script_draws_reloads(tmp_path: Path, tabs: Tabs) -> None:
    body = """<script>
      const image = new Image();
      image.addEventListener('load', () => (document.title = image.naturalWidth));
      image.src = 'x.svg';
    </script>"""
    save(tmp_path / "x.svg", svg("red"))
    write_page(tmp_path / "index.html", "one", body=body)
    with serving(tmp_path) as server:
        page = open_marked(server, tabs)
        page.wait_for_function("document.title === '40'")
        save(tmp_path / "x.svg", svg("red", 90))
        page.wait_for_function("document.title === '90'")

        assert not is_marked(page)


def font(width: int) -> bytes:
    """Make a TrueType font in which every character is an empty space of this width (of 1000)."""
    tables = {
        b"OS/2": struct.pack(
            ">HhHHH22x10x16x4sHHHhhhHH",
            0,
            width,
            400,
            5,
            0,
            b"none",
            64,
            33,
            126,
            800,
            -200,
            0,
            800,
            200,
        ),
        b"cmap": struct.pack(">HHHHI", 0, 1, 3, 10, 12)
        + struct.pack(">HHIIIIII", 12, 0, 28, 0, 1, 33, 126, 1),
        b"glyf": b"\0\0",
        b"head": struct.pack(
            ">IIIIHHQQhhhhHHhhh",
            0x10000,
            0x10000,
            0,
            0x5F0F3CF5,
            0,
            1000,
            0,
            0,
            0,
            0,
            1000,
            1000,
            0,
            8,
            2,
            0,
            0,
        ),
        b"hhea": struct.pack(
            ">IhhhHhhhhhh8xhH", 0x10000, 800, -200, 0, 1000, 0, 0, 0, 1, 0, 0, 0, 1
        ),
        b"hmtx": struct.pack(">Hh", width, 0) + bytes(2 * 94),
        b"loca": bytes(2 * 96),
        b"maxp": struct.pack(">IH", 0x10000, 95) + bytes(26),
        b"name": struct.pack(">HHH", 0, 0, 6),
        b"post": struct.pack(">IIhhIIIII", 0x30000, 0, 0, 0, 1, 0, 0, 0, 0),
    }
    offset = 12 + 16 * len(tables)
    directory, bodies = b"", b""
    for name, data in sorted(tables.items()):
        padded = data + bytes(-len(data) % 4)
        checksum = sum(struct.unpack(f">{len(padded) // 4}I", padded)) & 0xFFFFFFFF
        directory += name + struct.pack(">III", checksum, offset + len(bodies), len(data))
        bodies += padded
    return struct.pack(">IHHHH", 0x10000, len(tables), 128, 3, 16) + directory + bodies


def test_a_font_is_swapped_without_a_fallback_in_between(tmp_path: Path, tabs: Tabs) -> None:
    head = """<link rel=stylesheet href=main.css>"""
    (tmp_path / "x.ttf").write_bytes(font(500))
    save(
        tmp_path / "main.css",
        "@font-face { font-family: x; src: url(x.ttf) format('truetype') }"
        " span { font: 100px x, monospace }",
    )
    write_page(tmp_path / "index.html", "one", head=head, body="<span>aa</span>")
    with serving(tmp_path) as server:
        page = open_marked(server, tabs)
        page.wait_for_function("document.querySelector('span').offsetWidth === 100")
        page.evaluate("""() => {
            window.widths = [];
            const look = () => {
                const width = document.querySelector('span').offsetWidth;
                if (window.widths.at(-1) !== width) window.widths.push(width);
                requestAnimationFrame(look);
            };
            look();
        }""")
        for width in (700, 900):
            (tmp_path / "x.ttf").write_bytes(font(width))
            page.wait_for_function("width => window.widths.at(-1) === width", arg=width // 5)

        save(tmp_path / "main.css", (tmp_path / "main.css").read_text() + " h1 { color: red }")
        server.wait_for_line(r"main\.css → swapped styles in 1 tab")
        page.evaluate("new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))")

        assert page.evaluate("window.widths") == [100, 140, 180]
        assert is_marked(page)


def test_a_sprite_of_the_example_site_is_swapped(
    site: Path, server: LiveServer, tabs: Tabs
) -> None:
    page = open_marked(server, tabs)
    icons = site / "images" / "icons.svg"
    save(icons, icons.read_text() + "<!-- changed -->")
    server.wait_for_line(r"icons\.svg → swapped images in 1 tab")

    hrefs = page.evaluate("[...document.querySelectorAll('use')].map((use) => use.href.baseVal)")
    assert hrefs
    assert all("icons.svg?sse-reload=" in href for href in hrefs)
    assert is_marked(page)
