"""Runs in which a person has acted in the window: a wall lets everybody in as soon as a person is asked."""

from dataclasses import replace
from pathlib import Path

from capture.politeness.policy import PolitenessPolicy
from tests.support.builders import HOST
from tests.support.runs import RunOn

ANSWERED = "reponse.txt"
"""File of the replica by which the wall knows that a person was asked; no clock says when that is."""
WALL = f"""<h1>Vérification de sécurité</h1><script>
setInterval(async () => (await fetch('/{ANSWERED}')).ok && location.replace('/reel'), 200)</script>"""
"""Page of a wall; what it leads to stands at ``/reel``."""


def attended(run_on: RunOn, site: str) -> RunOn:
    """Return runs in which the walls of a replica wait until a person is asked.

    Args:
        run_on: runs without a person.
        site: folder of the replica.
    """
    answer = Path(site) / HOST / ANSWERED
    return replace(run_on, policy=PolitenessPolicy(on_wall=lambda _: answer.touch()))


def behind_wall(html: str) -> dict[str, str]:
    """Return the pages of a site whose first page stands behind a wall."""
    return {"": WALL, "reel": html}
