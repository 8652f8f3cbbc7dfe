"""The badge of a tutorial, for the site that hosts it: an SVG, and JSON in the form that shields.io reads."""

import json
from xml.sax.saxutils import escape

from report.i18n.translator import Translator
from report.publish.edition import Edition
from report.publish.lettering import legible, width_of

HEIGHT = 24
FONT_SIZE = 12
PADDING = 9
GREEN, ORANGE, GREY = "#1b6e3c", "#9a5200", "#55555f"
"""Colours of the right part: each has a contrast of at least 5.5 with white."""


def badge_text(edition: Edition, words: Translator) -> str:
    """Return what the badge says: never more than is known."""
    days = edition.checked_days
    if edition.draft:
        return words.gettext("draft")
    if days is None:
        return words.gettext("not checked")
    return words.gettext(
        "checked on {day} · {n} of {all} steps",
        day=words.day(days[0]),
        n=edition.true_steps,
        all=len(edition.steps),
    )


def _colour(edition: Edition) -> str:
    if edition.draft or edition.checked_days is None:
        return GREY
    return GREEN if edition.true_steps == len(edition.steps) else ORANGE


def badge_svg(edition: Edition, words: Translator) -> bytes:
    """Return the badge as an SVG."""
    left, right = "tutofrais", badge_text(edition, words)
    first, second = (round(width_of(legible(text), FONT_SIZE) * 1.15) + 2 * PADDING for text in (left, right))
    middle = HEIGHT / 2 + FONT_SIZE * 0.35
    title = escape(f"{edition.title}: {right}", {'"': "&quot;"})
    width, middle_of_second = first + second, first + second / 2
    font = f'font-family="system-ui,Segoe UI,DejaVu Sans,sans-serif" font-size="{FONT_SIZE}" font-weight="600"'
    size = f'width="{width}" height="{HEIGHT}"'
    return f"""<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{title}">
<title>{title}</title>
<clipPath id="r"><rect {size} rx="4"/></clipPath>
<g clip-path="url(#r)">
<path fill="#2b2b33" d="M0 0h{first}v{HEIGHT}H0z"/>
<path fill="{_colour(edition)}" d="M{first} 0h{second}v{HEIGHT}H{first}z"/>
</g>
<g fill="#fff" {font} text-anchor="middle">
<text x="{first / 2}" y="{middle:.1f}" textLength="{first - 2 * PADDING}">{left}</text>
<text x="{middle_of_second}" y="{middle:.1f}" textLength="{second - 2 * PADDING}">{escape(right)}</text>
</g>
</svg>
""".encode()


def badge_json(edition: Edition, words: Translator) -> bytes:
    """Return what the badge says as JSON (https://shields.io/badges/endpoint-badge), with the figures."""
    days = edition.checked_days
    data = {
        "schemaVersion": 1,
        "label": "tutofrais",
        "message": badge_text(edition, words),
        "color": _colour(edition).removeprefix("#"),
        "checked": days[0].isoformat() if days else None,
        "steps": len(edition.steps),
        "true": edition.true_steps,
    }
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()
