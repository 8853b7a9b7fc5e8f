from livereload_sse.web.sources import Sources


def test_a_version_is_found_by_url_and_digest() -> None:
    sources = Sources()
    sources.keep("/", "one", b"first")
    sources.keep("/", "two", b"second")
    sources.keep("/about", "one", b"other")

    assert sources.find("/", "one") == ("one", b"first")
    assert sources.find("/about", "one") == ("one", b"other")


def test_what_was_never_served_is_not_there() -> None:
    sources = Sources()
    sources.keep("/", "one", b"first")

    assert sources.find("/", "two") is None
    assert sources.find("/about", "one") is None


def test_the_least_recently_used_is_let_go_first() -> None:
    sources = Sources(memory_limit=10)
    for digest in ("a", "b", "c"):
        sources.keep("/", digest, b"three")
        sources.find("/", "a")

    assert sources.find("/", "a") == ("a", b"three")
    assert sources.find("/", "b") is None
    assert sources.find("/", "c") == ("c", b"three")


def test_serving_a_version_again_makes_it_the_last_used_and_takes_no_more_room() -> None:
    sources = Sources(memory_limit=10)
    sources.keep("/", "a", b"three")
    sources.keep("/", "b", b"three")
    sources.keep("/", "a", b"three")
    sources.keep("/", "c", b"three")

    assert sources.find("/", "a")
    assert sources.find("/", "b") is None


def test_a_file_larger_than_the_whole_room_drives_nothing_out() -> None:
    sources = Sources(memory_limit=10)
    sources.keep("/", "a", b"three")
    sources.keep("/", "b", b"eleven long")

    assert sources.find("/", "a")
    assert sources.find("/", "b") is None


def test_what_was_there_before_a_version_is_the_last_other_one() -> None:
    sources = Sources()
    for digest in ("a", "b", "c"):
        sources.keep("/main.css", digest, digest.encode())
        sources.keep("/other.css", f"other {digest}", b"")

    assert sources.find_other("/main.css", "c") == ("b", b"b")
    assert sources.find_other("/main.css", "not served yet") == ("b", b"b")


def test_before_the_first_version_there_is_none() -> None:
    sources = Sources()
    sources.keep("/main.css", "a", b"")

    assert sources.find_other("/main.css", "a") is None


def test_the_endpoint_asks_by_digest_or_by_what_came_after() -> None:
    sources = Sources()
    sources.keep("/", "a", b"1")
    sources.keep("/", "b", b"2")

    assert sources.look_up("/", "b", "") == ("b", b"2")
    assert sources.look_up("/", "", "b") == ("a", b"1")
    assert sources.look_up("/", "gone", "b") is None
