"""Running somebody's site generator, so that its site is never half there.

Knows commands, processes, outputs and what they say when they fail. Refuses to know HTTP, events
and the terminal.
"""
