"""MkDocs and ProperDocs at speed: a worker in the project's own interpreter, and who asks it.

Knows these two generators, whose inside is the same. Refuses to know generations, events and when
to build.
"""
