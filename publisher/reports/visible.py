"""Text of a record as it can be shown: what does not show, or acts on a terminal, is written out."""


def visible(text: str) -> str:
    """Return one line of text in which every character that is not printable stands as its code point."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else f"[U+{ord(character):04X}]" for character in text)
