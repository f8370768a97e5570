"""A signer whose private key stays in ssh-agent, spoken to over its socket (draft-miller-ssh-agent).

-> uint32 length, byte 13 SIGN_REQUEST,  string key blob, string data, uint32 flags (none)
<- uint32 length, byte 14 SIGN_RESPONSE, string signature blob          or byte 5 FAILURE
"""

import socket
import struct

from publisher.errors import SigningError
from publisher.signatures import Reader, pack
from publisher.signatures.keys import FIDO, PublicKey

SIGN_REQUEST, SIGN_RESPONSE, FAILURE = 13, 14, 5
MAX_REPLY = 4096
WAIT_SECONDS = 120.0  # an agent may ask a person to confirm


class AgentSigner:
    """Signs with `public_key`, whose private half the agent at `socket_path` holds."""

    def __init__(self, socket_path: str, public_key: PublicKey, wait: float = WAIT_SECONDS) -> None:
        if public_key.type == FIDO:
            message = "a security key cannot sign a publication: its signatures are not deterministic"
            raise SigningError(message, "use an ed25519 key")
        self._socket_path = socket_path
        self._wait = wait
        self.public_key = public_key

    def sign(self, data: bytes) -> bytes:
        """A signature blob over `data`. Raises SigningError."""
        kind, reply = self._ask(bytes([SIGN_REQUEST]) + pack(self.public_key.blob, data) + bytes(4))
        if kind == FAILURE:
            message = f"ssh-agent would not sign with the key {self.public_key.fingerprint}"
            raise SigningError(message, "ssh-add -l lists the keys it holds; add this one with: ssh-add FILE")
        if kind != SIGN_RESPONSE:
            raise self._nonsense(f"a message of type {kind}")
        try:
            reader = Reader(reply)
            blob = reader.string()
            reader.end()
            self.public_key.verify(blob, data)
        except ValueError as error:
            raise self._nonsense(str(error)) from None
        return blob

    def _ask(self, request: bytes) -> tuple[int, bytes]:
        """Send one message; the type and the body of the answer."""
        try:
            with socket.socket(socket.AF_UNIX) as agent:
                agent.settimeout(self._wait)
                agent.connect(self._socket_path)
                agent.sendall(pack(request))
                (size,) = struct.unpack(">I", _receive(agent, 4))
                if not 1 <= size <= MAX_REPLY:
                    raise self._nonsense(f"a message of {size} bytes")
                answer = _receive(agent, size)
        except (OSError, EOFError, ValueError) as error:  # ValueError: a path that holds a null
            hint = "is it running, and does SSH_AUTH_SOCK name its socket?"
            raise SigningError(f"ssh-agent cannot be reached at {self._socket_path!r}: {error}", hint) from None
        return answer[0], answer[1:]

    def _nonsense(self, what: str) -> SigningError:
        hint = "check that SSH_AUTH_SOCK names an ssh-agent"
        return SigningError(f"what answers at {self._socket_path!r} is not a working ssh-agent: {what}", hint)


def _receive(agent: socket.socket, size: int) -> bytes:
    """Exactly `size` bytes; EOFError when the agent hangs up first."""
    data = b""
    while len(data) < size:
        part = agent.recv(size - len(data))
        if not part:
            raise EOFError("it hung up")
        data += part
    return data
