"""What happens inside a run: the process that has pytest in it.

Knows pytest. Refuses to know who asked for the run, and how its process came about.
"""
