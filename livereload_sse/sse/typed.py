"""Payloads with a type: what may be published under which name.

Knows names and types; pydantic knows whether a value is of one. Refuses to know the wire.
"""

from collections.abc import Mapping
from typing import Any, get_type_hints, is_typeddict

from livereload_sse.errors import InvalidEventError, InvalidEventTypeError, MissingExtraError
from livereload_sse.sse.encoding import encode_json


class EventTypes:
    """Encodes payloads of declared types and refuses all others.

        class Metric(TypedDict):
            cpu: float

        broadcaster = Broadcaster(encode=EventTypes({"metric": Metric}))

    types: an event's name → the type of its payload: a TypedDict, dataclass, pydantic model, or
        anything else that pydantic can check; or one TypedDict whose keys are the names. Without
        `others`, an event of any other name is refused

    Values are checked strictly: "3" is no int. Raises InvalidEventTypeError for a type that cannot
    be checked, and MissingExtraError where pydantic is missing.
    """

    def __init__(self, types: Mapping[str, Any] | type, *, others: bool = False) -> None:
        try:
            import pydantic  # noqa: F401, PLC0415 - an extra
        except ImportError:
            raise MissingExtraError(
                "Typed events need pydantic",
                where="EventTypes",
                hint="Install it: pip install 'livereload-sse[typed]'",
            ) from None
        named = types if isinstance(types, Mapping) else _read_names(types)
        self._adapters = {name: _make_adapter(name, type_) for name, type_ in named.items()}
        self._others = others

    def __call__(self, name: str, data: Any) -> str:
        """Encode a payload. Raises InvalidEventError for one that is not of its event's type."""
        adapter = self._adapters.get(name)
        if adapter is not None:
            return encode_json(name, self._check(name, adapter, data))
        if self._others:
            return encode_json(name, data)
        raise InvalidEventError(
            "event with a name that is not declared",
            where=ascii(name[:60]),
            hint=f"Declared are: {', '.join(sorted(self._adapters))}.",
        )

    def _check(self, name: str, adapter: Any, data: Any) -> Any:
        from pydantic import ValidationError  # noqa: PLC0415 - it is there by now

        try:
            valid = adapter.validate_python(data, strict=True)
        except ValidationError as error:
            raise InvalidEventError(
                f"payload that is not of the type of {name!r}",
                where=_describe(error.errors(include_url=False)[0]),
                hint=f"{error.error_count()} in all; the type is declared in EventTypes.",
            ) from error
        try:
            # An instance is believed above. Dumping it tells what it really holds.
            return adapter.dump_python(valid, mode="json", by_alias=True, warnings="error")
        except ValueError as error:
            raise InvalidEventError(
                f"payload that is not of the type of {name!r}",
                where=str(error).splitlines()[-1].strip(),
                hint="The type is declared in EventTypes.",
            ) from error


def _read_names(types: type) -> Mapping[str, Any]:
    if not _is_typed_dict(types):
        raise InvalidEventTypeError(
            "types of events that are neither a mapping nor a TypedDict",
            where=repr(types)[:60],
            hint="Write EventTypes({name: type}), or a TypedDict whose keys are the names.",
        )
    try:
        return get_type_hints(types, include_extras=True)
    except NameError as error:
        raise InvalidEventTypeError(
            "types of events with a name that cannot be found",
            where=str(error),
            hint="Declare them in a module, not in a function.",
        ) from error


def _is_typed_dict(types: object) -> bool:
    """Whether it is one, of typing's or of typing_extensions' (which typing does not know)."""
    return is_typeddict(types) or type(types).__name__ == "_TypedDictMeta"


def _make_adapter(name: str, type_: Any) -> Any:
    from pydantic import TypeAdapter  # noqa: PLC0415 - it is there by now
    from pydantic.errors import PydanticUserError  # noqa: PLC0415

    try:
        adapter = TypeAdapter[Any](type_)
        adapter.rebuild(raise_errors=True)  # what refers to later names is not complete yet
    except (NameError, PydanticUserError) as error:
        # Before Python 3.12, say, a TypedDict has to come from typing_extensions.
        raise InvalidEventTypeError(
            f"type of the event {name!r} that cannot be checked",
            where=repr(type_)[:60],
            hint=str(error).splitlines()[0],
        ) from error
    return adapter


def _describe(problem: Mapping[str, Any]) -> str:
    place = ".".join(map(str, problem["loc"]))
    return f"{place}: {problem['msg']}" if place else str(problem["msg"])
