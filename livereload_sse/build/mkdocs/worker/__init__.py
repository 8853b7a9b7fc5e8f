"""The other side: what runs in the project's own interpreter, which has MkDocs and may not have us.

Knows the standard library and, by name, MkDocs or ProperDocs. Refuses to import anything of
sse-reload: it is not installed there. Written for Python 3.8 and later, as MkDocs 1.6 is.
"""
