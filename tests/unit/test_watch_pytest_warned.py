"""A warning that travels between processes."""

import json
import warnings

import pytest
from _pytest.warnings import warning_record_to_str

from livereload_sse.pytest_watch.jobs.warned import pack, unpack


class OldWarning(DeprecationWarning):
    """One of a project's own."""


def warned(category: type[Warning], text: str) -> warnings.WarningMessage:
    """Catch a warning."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warnings.warn(text, category, stacklevel=2)
    return caught[0]


def travelled(warning: warnings.WarningMessage) -> warnings.WarningMessage:
    """Send it as a process does."""
    return unpack(json.loads(json.dumps(pack(warning))))


@pytest.mark.parametrize("category", [UserWarning, OldWarning, pytest.PytestWarning])
def test_it_reads_the_same_at_the_other_end(category: type[Warning]) -> None:
    one = warned(category, "mind the gap")
    there = travelled(one)
    assert warning_record_to_str(there) == warning_record_to_str(one)
    assert there.category is category


def test_a_category_that_is_not_loaded_there_keeps_its_name() -> None:
    class HereOnlyWarning(UserWarning):
        pass

    there = travelled(warned(HereOnlyWarning, "mind the gap"))
    assert "HereOnlyWarning: mind the gap" in warning_record_to_str(there)


def test_what_is_no_category_any_more_is_made_up() -> None:
    data = pack(warned(UserWarning, "mind the gap"))
    there = unpack({**data, "category": ["json", "dumps"]})
    assert there.category.__name__ == "dumps"
    assert issubclass(there.category, Warning)
