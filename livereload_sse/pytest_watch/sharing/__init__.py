"""How the tests are, told to the servers that show the site of the same project; and a site for tests.

Knows servers of ours that run already. Refuses to know how tests are chosen and run.
"""
