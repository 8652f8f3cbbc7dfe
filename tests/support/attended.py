"""Runs in which a person has acted in the window: a wall answers itself, in the person's place."""

from dataclasses import replace

from capture.politeness.policy import PolitenessPolicy
from tests.support.runs import RunOn

WALL = "<h1>Vérification de sécurité</h1><script>setTimeout(() => location.replace('/reel'), 1200)</script>"
"""Page of a wall; what it leads to stands at ``/reel``."""


def attended(run_on: RunOn) -> RunOn:
    """Return runs in which a wall waits for a person."""
    return replace(run_on, policy=PolitenessPolicy(on_wall=lambda _: None))


def behind_wall(html: str) -> dict[str, str]:
    """Return the pages of a site whose first page stands behind a wall."""
    return {"": WALL, "reel": html}
