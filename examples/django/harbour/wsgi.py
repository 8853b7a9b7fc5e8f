"""The project for WSGI servers, and for manage.py runserver."""

import os

from django.core.wsgi import get_wsgi_application

from livereload_sse.wsgi import LiveReloadWSGI

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "harbour.settings")

application = LiveReloadWSGI(get_wsgi_application())
