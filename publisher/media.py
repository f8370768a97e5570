"""What sort of file it is, by its first bytes."""

SIGNATURES: tuple[tuple[str, bytes], ...] = (
    ("application/pdf", b"%PDF-"),
    ("image/png", b"\x89PNG\r\n\x1a\n"),
    ("image/jpeg", b"\xff\xd8\xff"),
    ("image/gif", b"GIF8"),
    ("image/tiff", b"II*\x00"),
    ("image/tiff", b"MM\x00*"),
    ("application/zip", b"PK\x03\x04"),
)
ACCEPTED = ("application/pdf", "image/png", "image/jpeg", "text/plain")


def media_type(head: bytes) -> str:
    """Return the media type that the first bytes of a file show; text/plain for UTF-8 text, else octet-stream."""
    for name, start in SIGNATURES:
        if head.startswith(start):
            return name
    try:
        head[: max(len(head) - 3, 0) if len(head) >= 4096 else None].decode()
    except UnicodeDecodeError:
        return "application/octet-stream"
    return "application/octet-stream" if b"\0" in head else "text/plain"
