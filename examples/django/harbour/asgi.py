"""The project for ASGI servers: uvicorn --reload harbour.asgi:application."""

import os

from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from django.core.asgi import get_asgi_application

from livereload_sse import LiveReload

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "harbour.settings")

application = ASGIStaticFilesHandler(get_asgi_application())
application = LiveReload(application)
