"""Which Redis is good enough, from what it says of itself."""

import pytest

from livereload_sse.errors import BrokerError
from livereload_sse.sse.redis.checking import check_info, find_warning, parse_info


def test_info_is_read_line_by_line() -> None:
    text = "# Server\r\nredis_version:7.0.15\r\nexecutable:/usr/bin/a:b\r\n\r\n# Memory\r\nx:\r\n"
    assert parse_info(text) == {
        "redis_version": "7.0.15",
        "executable": "/usr/bin/a:b",
        "x": "",
    }


@pytest.mark.parametrize("version", ["6.2.0", "6.2", "7.0.15", "8.2.1", "10.0", "7.2.4-rc1"])
def test_a_version_that_is_new_enough(version: str) -> None:
    check_info({"redis_version": version}, "redis://h")


@pytest.mark.parametrize("version", ["4.0.9", "5.0.14", "6.0.16", "3.2", "", "unstable"])
def test_a_version_that_is_too_old(version: str) -> None:
    with pytest.raises(BrokerError) as caught:
        check_info({"redis_version": version}, "redis://h")
    assert caught.value.what == "Redis 6.2 is needed, or any Valkey"
    assert (version or "unknown version") in caught.value.where


def test_a_replica_names_its_primary() -> None:
    info = {"redis_version": "7.0", "role": "slave", "master_host": "a", "master_port": "1"}
    with pytest.raises(BrokerError, match="Name the primary: a:1"):
        check_info(info, "redis://h")


@pytest.mark.parametrize(
    ("policy", "maxmemory", "warns"),
    [
        ("allkeys-lru", "1000", True),
        ("volatile-ttl", "1000", True),
        ("allkeys-lru", "0", False),
        ("noeviction", "1000", False),
    ],
)
def test_a_redis_that_may_throw_channels_away(policy: str, maxmemory: str, *, warns: bool) -> None:
    warning = find_warning({"maxmemory_policy": policy, "maxmemory": maxmemory}, "redis://h")
    assert (warning is not None) == warns
    assert warning is None or policy in warning


def test_a_redis_that_does_not_say_is_not_warned_of() -> None:
    assert find_warning({}, "redis://h") is None
