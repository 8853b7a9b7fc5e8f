"""One small application in each framework; a test copies one of them and runs it.

All have a page of a template, static files, an answer in JSON, a page that is streamed, one that
fails, one that leaves work behind, and a socket that answers with what it hears, as far as the
framework has such things.
"""
