"""The results page of `pytest --watch`: what a tab shows of the tests, and what it may ask for.

Knows results, events and HTTP. Refuses to know how tests are chosen and run. `results` alone is
imported by whoever watches; all the rest waits until somebody wants to see the page.
"""
