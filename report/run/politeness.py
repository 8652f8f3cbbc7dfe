"""The policy of a run towards its site, which tells a person on the terminal when it waits."""

from collections.abc import Mapping
from dataclasses import replace

import click

from capture.politeness.obstacles import Obstacle
from capture.politeness.policy import QUIET_MS, PolitenessPolicy
from report.i18n.sentences import Sentences
from report.run.stream_messages import StreamRequest
from report.settings import HostSettings

LIVE_PAUSE_S = 1.5
LIVE_PATIENCE_S = 60
WAIT_S = 6 * 3600
"""Total time to wait for other runs on this machine: much less than from one night to the next."""
LIVE_QUIET_MS = 300
"""Quiet period on the live site: content arrives later there than from a replica on this machine."""


def politeness_policy(
    words: Sentences,
    *,
    live: bool,
    pause: float | None,
    patience: float | None,
    wait: float | None = None,
    attend: bool,
    plain_agent: bool,
    hosts: Mapping[str, HostSettings] | None = None,
) -> PolitenessPolicy:
    """Return the policy for the live site (slow, patient) or for a replica (neither pause nor patience).

    Args:
        words: the language of the messages, printed on the error stream.
        pause: average seconds between two pages of a host; None: the default of the site.
        patience: total seconds to wait for outages to end; None: the default of the site.
        wait: total seconds to wait for other runs that visit the same hosts; None: the default.
        attend: a person answers walls in the Firefox window.
        plain_agent: leave “tutofrais” out of the User-Agent.
        hosts: settings of single hosts, by name.
    """

    def on_retry(obstacle: Obstacle, seconds: float) -> None:
        retry = words.gettext("Trying again in {n} s.", n=round(seconds))
        click.echo(f"{words.obstacle(obstacle)} {retry}", err=True)

    def on_wall(obstacle: Obstacle) -> None:
        request = words.gettext("Answer it in the Firefox window; the run goes on by itself.")
        click.secho(f"{words.obstacle(obstacle)} {request}", fg="magenta", err=True)

    def on_host_wait(host: str) -> None:
        click.echo(words.gettext("Another run is visiting {host}: waiting for its end…", host=host), err=True)

    return PolitenessPolicy(
        pause_s=(LIVE_PAUSE_S if live else 0) if pause is None else pause,
        host_pauses_s={host: one.pause for host, one in (hosts or {}).items() if one.pause is not None},
        most_pages={host: one.most_pages for host, one in (hosts or {}).items() if one.most_pages is not None},
        patience_s=(LIVE_PATIENCE_S if live else 0) if patience is None else patience,
        wait_s=WAIT_S if wait is None else wait,
        quiet_ms=LIVE_QUIET_MS if live else QUIET_MS,
        identify=not plain_agent,
        on_retry=on_retry,
        on_host_wait=on_host_wait,
        on_wall=on_wall if attend else None,
    )


def told_nothing(policy: PolitenessPolicy) -> PolitenessPolicy:
    """Return a policy that does not tell when the run waits: that is progress, which a quiet run does not tell."""
    return replace(policy, on_retry=lambda *_: None, on_host_wait=lambda _: None)


def stream_policy(request: StreamRequest, words: Sentences) -> PolitenessPolicy:
    """Return the policy of one stream of a run: that of the run."""
    policy = politeness_policy(
        words,
        live=False,
        pause=request.pause_s,
        patience=request.patience_s,
        wait=request.wait_s,
        attend=False,
        plain_agent=False,
    )
    return replace(
        told_nothing(policy) if request.quiet else policy,
        host_pauses_s=request.host_pauses_s,
        most_pages=request.most_pages,
        quiet_ms=request.quiet_ms,
        identify=request.identify,
    )
