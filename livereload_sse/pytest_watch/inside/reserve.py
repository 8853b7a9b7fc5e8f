"""Memory that is held back for when no other is left: to say so takes some, too.

Refuses to know what is said.
"""

SIZE = 8_000_000
"""Bytes. Nothing is written there, so until it is given back it takes up addresses and no memory."""


class Reserve:
    """Some memory, to be given back once."""

    def __init__(self) -> None:
        self._held = bytes(SIZE)

    def give_back(self) -> None:
        """Let whoever needs it have it."""
        self._held = b""


reserve = Reserve()
"""This process's."""
