"""The addresses of the project."""

from django.urls import path

from harbour.views import plan

urlpatterns = [path("", plan)]
