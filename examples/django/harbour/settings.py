"""The settings of a project that keeps nothing: no database, no users, no secrets."""

from pathlib import Path

BASE_DIR = Path(__file__).parent.parent

DEBUG = True
SECRET_KEY = "for an example that signs nothing"  # noqa: S105 - nothing is signed
ALLOWED_HOSTS: list[str] = []

INSTALLED_APPS = ["django.contrib.staticfiles"]
MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
ROOT_URLCONF = "harbour.urls"
WSGI_APPLICATION = "harbour.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
    }
]
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
USE_TZ = True
