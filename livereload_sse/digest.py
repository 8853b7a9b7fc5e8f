"""The digest by which two contents are called the same.

Knows bytes only. It is short because it travels in every page and every `change` event; it guards
against needless updates, not against attackers.
"""

from hashlib import blake2b


def digest(content: bytes) -> str:
    """Name a content by 16 hexadecimal characters (BLAKE2b, 64 bits)."""
    return blake2b(content, digest_size=8).hexdigest()
