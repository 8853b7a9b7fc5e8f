"""The tests of one run, in several processes at once.

Everything is collected once; then the process forks itself, and the copies run the tests, a whole
file at a time, the longest first. What they report is reported where all began, file by file, so that
the terminal looks as ever. Linux only, and only where there is one thread to fork.

Refuses to know whether tests may run beside one another: somebody has said so (`--watch-jobs`).
"""
