"""A project with tests, made for the occasion: a small shop, as `pytest --watch` finds them.

As it stands: 30 test files with 169 tests, 22 modules, 3 templates of which two extend the third, a
JSON file, fixtures of the session and of one test. With `heavy` it needs numpy, SQLAlchemy, pydantic
and Starlette, which take their time to import; without it nothing but Jinja, which we need ourselves.
Knows how its files are changed and broken, and refuses to know who notices.
"""

import re
from dataclasses import dataclass
from pathlib import Path

TEXTS = Path(__file__).parent / "pytest_sample"
CORE = 10
"""Test files that are written out; the others are a feature's, and then flows."""

FEATURES = 10
NEEDED = ("numpy", "sqlalchemy", "pydantic", "starlette", "httpx2", "jinja2")
"""What `heavy` imports, as pip calls it."""

REVISION = re.compile(r"(REVISION = |revision |\"revision\": )(\d+)")

# What a feature imports, and how it doubles a number.
_WAYS = (
    ("from shop.money import Money", "Money(number).times(2).cents"),
    ("from shop.stats import mean", "round(mean([number, number]) * 2)"),
    ("from shop.prices import price_of", 'number * 2 + price_of("apple").cents - 50'),
    ("from shop.config import SETTINGS", "number * SETTINGS.tax // 10"),
    ("from shop.schemas import parse_product", 'parse_product({"name": "x", "cents": number * 2}).cents'),
)  # fmt: skip

_FEATURE = '''"""Feature {number}: it doubles a number."""

{needs}

REVISION = 0


def doubled(number):
    return {way}
'''

_FEATURE_TEST = """import pytest

from shop.features.feat_{number:02} import doubled

REVISION = 0


def test_one_is_doubled():
    assert doubled(1) == 2


def test_doubling_twice():
    assert doubled(doubled(3)) == 12


def test_nothing_stays_nothing():
    assert doubled(0) == 0


@pytest.mark.parametrize("number", [7, 100, 12345])
def test_doubling(number):
    assert doubled(number) == number + number
"""

_FLOW = """import pytest

from shop.cart import Cart

REVISION = 0


def test_a_visitor_buys_something(names):
    cart = Cart()
    for name in names[:3]:
        cart.add(name)
    assert cart.total().cents > 0


def test_what_was_bought_is_kept({store}):
    {keep}


@pytest.mark.parametrize("number", {numbers})
def test_the_feature_works_for_a_visitor(number):
    from shop.features.feat_{feature:02} import doubled

    assert doubled(number) == number * 2
"""

_KEEPS = (
    ("store", 'store.add("lamp", 4900)\n    assert store.count() == 3'),
    ("client", 'assert "lamp" in client.get("/").text'),
    ("names", "assert names == sorted(names)"),
)


@dataclass(frozen=True, slots=True)
class Sample:
    """The project in its folder, and its files by what they are good for."""

    folder: Path
    tests: int
    """How many there are."""

    @property
    def test_files(self) -> tuple[Path, ...]:
        return tuple(sorted((self.folder / "tests").rglob("test_*.py")))

    @property
    def modules(self) -> tuple[Path, ...]:
        return tuple(sorted((self.folder / "shop").rglob("*.py")))

    @property
    def templates(self) -> tuple[Path, ...]:
        return tuple(sorted((self.folder / "shop" / "templates").iterdir()))

    @property
    def conftest(self) -> Path:
        return self.folder / "tests" / "conftest.py"

    @property
    def data(self) -> Path:
        return self.folder / "shop" / "data" / "prices.json"

    @property
    def breakable(self) -> tuple[Path, ...]:
        """Everything that tests may need and that is no test file itself."""
        return (*self.modules, self.conftest, *self.templates, self.data)

    @property
    def test_file(self) -> Path:
        """One test file whose tests are quick, and whose modules are needed by few others."""
        return self.folder / "tests" / "features" / "test_feat_03.py"

    @property
    def leaf(self) -> Path:
        """A module that one feature's test file and one flow need."""
        return self.folder / "shop" / "features" / "feat_03.py"

    @property
    def shared(self) -> Path:
        """A module that some test files need and some do not."""
        return self.folder / "shop" / "store.py"

    @property
    def template(self) -> Path:
        return self.folder / "shop" / "templates" / "product.html"

    @property
    def package(self) -> Path:
        """The one that every test file needs."""
        return self.folder / "shop" / "__init__.py"


def make_sample(folder: Path, *, files: int = 30, heavy: bool = False) -> Sample:
    """Write the project into a folder, which is made if it is not there; at least 10 test files."""
    if files < CORE:
        raise ValueError(files)
    texts = _read("common") | _read("heavy" if heavy else "light")
    for number in range(FEATURES):
        texts[f"shop/features/feat_{number:02}.py"] = _feature(number)
    features = min(FEATURES, files - CORE)
    for number in range(features):
        name = f"tests/features/test_feat_{number:02}.py"
        texts[name] = _FEATURE_TEST.format(number=number)
    flows = files - CORE - features
    for number in range(flows):
        last = number == flows - 1
        texts[f"tests/flows/test_flow_{number:02}.py"] = _flow(
            number, [1, 2] if last else [1, 2, 3]
        )
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Sample(folder, 6 * (CORE + features) + 5 * flows - bool(flows))


def change(path: Path) -> None:
    """Give a file another content of the same meaning: in Python another value, no other comment."""
    text = path.read_text(encoding="utf-8")
    changed, count = REVISION.subn(lambda found: f"{found[1]}{int(found[2]) + 1}", text, count=1)
    if not count:
        raise ValueError(path)
    save(path, changed)


def broken(path: Path) -> str:
    """Give the text that makes the loading of a file fail."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return f'{text}\nraise RuntimeError("{path.name} is broken")\n'
    return f"{{% broken %}}{text}" if path.suffix == ".html" else f"{text}]"


def save(path: Path, text: str) -> None:
    """Save as careful editors do: write beside, then rename."""
    beside = path.with_name(f".{path.name}.tmp")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def _read(name: str) -> dict[str, str]:
    """Take the files apart that one file holds: each begins with a line `=== <its path>`."""
    text = (TEXTS / f"{name}.txt").read_text(encoding="utf-8")
    parts = re.split(r"^=== (.+)\n", text, flags=re.MULTILINE)[1:]
    return {
        path: content.rstrip("\n") + "\n"
        for path, content in zip(parts[::2], parts[1::2], strict=True)
    }


def _feature(number: int) -> str:
    needs, way = _WAYS[number % len(_WAYS)]
    return _FEATURE.format(number=number, needs=needs, way=way)


def _flow(number: int, numbers: list[int]) -> str:
    store, keep = _KEEPS[number % len(_KEEPS)]
    return _FLOW.format(store=store, keep=keep, numbers=numbers, feature=number % FEATURES)
