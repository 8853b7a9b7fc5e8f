"""ASGI: the static site, the internal addresses, and who may ask for either.

Knows URLs, HTML and HTTP. Refuses to know what is done about a change.
"""
