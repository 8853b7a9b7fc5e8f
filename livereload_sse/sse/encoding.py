"""How a payload becomes the text that an event carries.

Knows JSON, and the shape of whatever encodes in its place. Refuses to know events and the wire.
"""

import json
import re
from collections.abc import Callable
from typing import Any, Final, TypeAlias

from livereload_sse.errors import InvalidEventError

Encode: TypeAlias = Callable[[str, Any], str]
"""Makes the text of an event's data, given its name and payload; raises InvalidEventError."""

_SURROGATE: Final = re.compile(r"[\ud800-\udfff]")


def encode_json(_name: str, data: Any) -> str:
    """Write a payload as compact JSON, whatever the event is called.

    Raises InvalidEventError for what JSON cannot say (RFC 8259 has no NaN and no infinity).
    """
    try:
        text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidEventError(
            "event data that JSON cannot say",
            where=str(error),
            hint="Use None, booleans, finite numbers, strings, lists and string-keyed dicts,"
            " or give Broadcaster an encode= of your own.",
        ) from error
    if _SURROGATE.search(text):
        # Half a surrogate pair (a file name that is not UTF-8) has a JSON escape but no UTF-8.
        return json.dumps(data, allow_nan=False, separators=(",", ":"))
    return text
