import pytest

from livereload_sse.cli.kept import TEMPLATES, find_kept


@pytest.mark.parametrize(
    "command",
    [
        "flask run",
        "/srv/venv/bin/flask --app shop run --port 5000",
        r"C:\venv\Scripts\flask.exe run",
        "python -m flask run",
        "flask run --no-debug",
        "python manage.py runserver",
        "python ./shop/manage.py runserver --noreload 8001",
        "django-admin runserver",
    ],
)
def test_a_server_that_keeps_its_templates_is_restarted_for_them(command: str) -> None:
    assert find_kept(command.split(" "), environment={}) == TEMPLATES


@pytest.mark.parametrize(
    "command",
    ["flask run --debug", "uvicorn app:app", "npm run dev", "python flask.py", "flask shell"],
)
def test_other_servers_are_not(command: str) -> None:
    assert find_kept(command.split(" "), environment={}) == ()


@pytest.mark.parametrize(("said", "kept"), [("1", ()), ("0", TEMPLATES), ("False", TEMPLATES)])
def test_flask_hears_of_debugging_from_the_environment(said: str, kept: tuple[str, ...]) -> None:
    assert find_kept(["flask", "run"], environment={"FLASK_DEBUG": said}) == kept


def test_a_django_project_is_known_by_its_folder() -> None:
    words = ["uvicorn", "shop.asgi:application"]
    assert find_kept(words, environment={}, names=["manage.py", "shop"]) == TEMPLATES
    assert find_kept(words, environment={}, names=["shop"]) == ()
