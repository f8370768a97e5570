"""Signatures by SSH keys: the keys (keys), an agent that holds one (agent), and signatures of files (sshsig).

Every byte is what stock OpenSSH reads and writes, so nobody needs Letterbook to check a publication. Here
stands what those modules share: the wire format and the armour.
"""

import struct
from base64 import b64encode


class Reader:
    """Takes values of SSH's wire format off the front of some bytes (RFC 4251, section 5).

    Every method raises ValueError where the bytes do not hold what is asked for.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0

    def take(self, size: int) -> bytes:
        """The next `size` bytes."""
        taken = self._data[self._place : self._place + size]
        if len(taken) != size:
            raise ValueError("it ends too soon")
        self._place += size
        return taken

    def number(self) -> int:
        """A uint32."""
        return int.from_bytes(self.take(4))

    def string(self) -> bytes:
        """A string: its length, then its bytes."""
        return self.take(self.number())

    def end(self) -> None:
        """Nothing may be left."""
        if self._place != len(self._data):
            raise ValueError("something follows where it should end")


def pack(*strings: bytes) -> bytes:
    """Each as a string of SSH's wire format (RFC 4251, section 5)."""
    return b"".join(struct.pack(">I", len(string)) + string for string in strings)


def armour(label: str, data: bytes) -> bytes:
    """Base64 in lines of 70 between a BEGIN and an END line, byte for byte as OpenSSH writes it."""
    text = b64encode(data).decode("ascii")
    lines = [text[start : start + 70] for start in range(0, len(text), 70)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""]).encode("ascii")
