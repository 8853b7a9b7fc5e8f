"""`pytest --watch`: the tests that a change affects, run again in a process that is warm already."""
