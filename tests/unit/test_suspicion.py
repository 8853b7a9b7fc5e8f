from livereload_sse.watch.suspicion import PATIENCE, Suspicion


def test_two_looks_that_found_what_nobody_reported_convict() -> None:
    suspicion = Suspicion()
    suspicion.found({"/site/a"}, now=1.0)

    assert not suspicion.convicts(1.0 + PATIENCE)
    suspicion.found({"/site/a"}, now=3.0)
    assert not suspicion.convicts(3.0 + PATIENCE - 0.01)
    assert suspicion.convicts(3.0 + PATIENCE)


def test_a_report_within_the_time_acquits() -> None:
    suspicion = Suspicion()
    for now in range(10):
        suspicion.found({"/site/a", "/site/b/c"}, now=now)
        suspicion.heard({"/site/a"})
        suspicion.heard({"/site/b"})  # a folder came or went, and what is in it with it

        assert suspicion.deadline() is None
        assert not suspicion.convicts(now + PATIENCE)


def test_a_report_about_something_else_does_not_acquit() -> None:
    suspicion = Suspicion()
    for now in (1.0, 3.0):
        suspicion.found({"/site/a"}, now=now)
        suspicion.heard({"/site/ab", "/site/b"})
        suspicion.convicts(now + PATIENCE)

    assert suspicion.convicts(5.0)


def test_one_found_change_counts_once_however_often_it_is_asked() -> None:
    suspicion = Suspicion()
    suspicion.found({"/site/a"}, now=1.0)

    assert not any(suspicion.convicts(1.0 + PATIENCE + n) for n in range(10))


def test_looks_that_find_nothing_do_not_count() -> None:
    suspicion = Suspicion()
    for now in range(10):
        suspicion.found(set(), now=now)

        assert not suspicion.convicts(now + PATIENCE)


def test_what_is_taken_back_does_not_count() -> None:
    suspicion = Suspicion()
    for now in (1.0, 3.0, 5.0):
        suspicion.found({"/site/a"}, now=now)
        suspicion.clear()

        assert not suspicion.convicts(now + PATIENCE)


def test_the_deadline_is_when_the_time_for_a_report_is_over() -> None:
    suspicion = Suspicion()
    assert suspicion.deadline() is None

    suspicion.found({"/site/a"}, now=1.0)

    assert suspicion.deadline() == 1.0 + PATIENCE
