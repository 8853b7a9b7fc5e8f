import pytest


@pytest.fixture(params=["flat", "recursive"])
def strategy(request: pytest.FixtureRequest) -> str:
    """The two ways in which a system is asked to watch: Linux; macOS and Windows."""
    return str(request.param)
