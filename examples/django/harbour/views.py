"""The one page: a plan of the pontoon, and a form that asks for your boat's size."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from harbour.berths import BERTHS

TITLE = "A berth for the night"


class Boat(forms.Form):
    """What has to be known of a boat, in metres."""

    length = forms.FloatField(label="Length", min_value=2, max_value=20, initial=9)
    width = forms.FloatField(label="Width", min_value=1, max_value=6, initial=3.2)


def plan(request: HttpRequest) -> HttpResponse:
    """Draw the pontoon, with the berths that the boat fits into."""
    boat = Boat(request.GET or None)
    size = boat.cleaned_data if boat.is_valid() else None
    berths = [
        {"berth": berth, "fits": size is not None and berth.fits(size["length"], size["width"])}
        for berth in BERTHS
    ]
    found = sum(berth["fits"] for berth in berths)
    return render(
        request,
        "plan.html",
        {"title": TITLE, "boat": boat, "size": size, "berths": berths, "found": found},
    )
