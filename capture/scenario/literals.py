"""Write texts as Python string literals."""

LINE_LENGTH = 120
"""Columns after which a sentence is continued on the next line."""


def broken_text(text: str, room: int) -> list[str]:
    """Break a text after spaces into parts of at most ``room`` characters, where it has spaces."""
    parts = [""]
    for word in text.split(" "):
        if parts[-1] and len(parts[-1]) + len(word) >= room:
            parts.append("")
        parts[-1] += f"{word} "
    parts[-1] = parts[-1][:-1]
    return parts if parts[-1] else parts[:-1]


def quoted_literal(text: str, quote: str = '"') -> str:
    """Return a text as a Python string literal, escaped so that a site's text can never become code."""
    escaped = "".join(
        letter if letter.isprintable() and letter not in "\\\"'" else letter.encode("unicode_escape").decode()
        for letter in text
    )
    escaped = escaped.replace('"', '\\"').replace("'", "\\'" if quote.startswith("'") else "'")
    return f"{quote}{escaped}{quote}"
