"""Payloads of declared types, and the others."""

import builtins
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

import pytest
from pydantic import BaseModel
from typing_extensions import TypedDict  # typing's own cannot be checked before Python 3.12

from livereload_sse.errors import InvalidEventError, InvalidEventTypeError, MissingExtraError
from livereload_sse.sse import Broadcaster, EventTypes


class Metric(TypedDict):
    cpu: float


class Events(TypedDict):
    metric: Metric
    alert: Literal["low", "high"]


@dataclass
class Step:
    name: str
    seconds: float = 0.0
    parts: list[int] = field(default_factory=list)


class Order(BaseModel):
    number: int
    placed: datetime


TYPES = EventTypes({"metric": Metric, "step": Step, "order": Order, "": list[int | str]})
PLACED = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "data", "text"),
    [
        ("metric", {"cpu": 0.5}, '{"cpu":0.5}'),
        ("step", Step("build", 1.5, [1]), '{"name":"build","seconds":1.5,"parts":[1]}'),
        (
            "order",
            Order(number=7, placed=PLACED),
            '{"number":7,"placed":"2026-01-01T00:00:00Z"}',
        ),
        ("", [1, "é"], '[1,"é"]'),
    ],
)
def test_a_payload_of_its_type_becomes_json(name: str, data: Any, text: str) -> None:
    assert TYPES(name, data) == text


@pytest.mark.parametrize(
    ("name", "data", "where"),
    [
        ("metric", {"cpu": "0.5"}, "cpu"),
        ("metric", {"gpu": 0.5}, "cpu"),
        ("metric", None, "dictionary"),
        ("step", {"name": "build"}, "Step"),
        ("", [1, 2.5], "1"),
        ("order", {"number": 7}, "placed"),
    ],
)
def test_any_other_is_refused_with_where_it_is_wrong(name: str, data: Any, where: str) -> None:
    with pytest.raises(InvalidEventError, match=f"not of the type of '{name}'") as caught:
        TYPES(name, data)

    assert where in caught.value.where


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("step", Step("build", "long")),  # type: ignore[arg-type]  # that is the mistake
        ("step", Step("build", 1.0, ["one"])),  # type: ignore[list-item]  # as above
        ("order", Order.model_construct(number="seven", placed=PLACED)),
    ],
)
def test_an_instance_is_not_believed_to_hold_what_it_says(name: str, data: object) -> None:
    with pytest.raises(InvalidEventError, match=f"not of the type of '{name}'") as caught:
        TYPES(name, data)

    assert "Expected" in caught.value.where


@pytest.mark.parametrize("data", [object(), b"\xff", {"x": object()}])
def test_what_has_no_json_is_refused_also_where_any_type_will_do(data: object) -> None:
    with pytest.raises(InvalidEventError):
        EventTypes({"x": Any})("x", data)


def test_a_number_that_json_cannot_say_is_refused() -> None:
    with pytest.raises(InvalidEventError, match="JSON"):
        TYPES("metric", {"cpu": float("nan")})


def test_a_name_that_is_not_declared_is_refused_with_those_that_are() -> None:
    with pytest.raises(InvalidEventError) as caught:
        TYPES("Metric", {"cpu": 0.5})

    assert caught.value.where == "'Metric'"
    assert "metric" in caught.value.hint
    assert "order" in caught.value.hint


def test_others_pass_where_that_is_wanted_and_declared_ones_are_checked_all_the_same() -> None:
    types = EventTypes({"metric": Metric}, others=True)

    assert types("anything", [1]) == "[1]"
    with pytest.raises(InvalidEventError):
        types("metric", [1])


def test_the_keys_of_one_typed_dict_are_names() -> None:
    types = EventTypes(Events)

    assert types("alert", "low") == '"low"'
    assert types("metric", {"cpu": 1.0}) == '{"cpu":1.0}'
    with pytest.raises(InvalidEventError):
        types("alert", "middle")


@pytest.mark.parametrize("types", [Step, Order, dict, "metric"])
def test_what_names_no_events_is_no_declaration(types: Any) -> None:
    with pytest.raises(InvalidEventTypeError):
        EventTypes(types)


def test_a_type_that_cannot_be_checked_is_refused_at_once_by_the_events_name() -> None:
    class Opaque:
        pass

    with pytest.raises(InvalidEventTypeError, match="'opaque'") as caught:
        EventTypes({"opaque": Opaque})

    assert caught.value.hint


def test_without_pydantic_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    found = builtins.__import__

    def find(name: str, globals_: Mapping[str, object] | None = None, *rest: Any) -> Any:
        if name == "pydantic":
            raise ImportError(name)
        return found(name, globals_, *rest)

    monkeypatch.setattr(builtins, "__import__", find)

    with pytest.raises(MissingExtraError, match=r"livereload-sse\[typed\]"):
        EventTypes({"metric": Metric})


def test_a_broadcaster_refuses_a_wrong_payload_and_nobody_hears_of_it() -> None:
    broadcaster = Broadcaster(encode=TYPES)
    subscription = broadcaster.subscribe(on_connect=lambda: [("metric", {"cpu": 0.0})])
    before = broadcaster.last_id
    with pytest.raises(InvalidEventError):
        broadcaster.publish("metric", {"cpu": "much"})
    broadcaster.publish("metric", {"cpu": 0.5})

    assert before < broadcaster.last_id
    assert [event.json() for event in (*subscription.take(), *subscription.take())] == [
        {"cpu": 0.0},
        {"cpu": 0.5},
    ]
    with pytest.raises(InvalidEventError):
        broadcaster.subscribe(on_connect=lambda: [("metric", {})])
