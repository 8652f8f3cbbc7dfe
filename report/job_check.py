"""Check what a job of every night needs besides what a run needs: site, people, their secrets, a mail server."""

import smtplib
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from capture.errors import MailServerUnusable, SecretsExposed, TutofraisError
from capture.messages import Phrase
from capture.scenario.loader import read_tutorials
from capture.scenario.tutorial import Tutorial
from capture.site import LIVE
from capture.site.site import replica_folders
from report.doctor import DoctorFinding, finding_of
from report.i18n.translator import gettext_noop
from report.notify.mail import MailServer, connected, refusal_of
from report.notify.recipient import recipients_of
from report.notify.recipient_check import channel_faults, secret_fault, secrets_of, unmatched_patterns
from report.notify.secret_values import PING_URL, Secrets, read_secrets
from report.schedule.installation import installed
from report.settings import FILE, FoundSettings, MailSettings, Settings

MAIL_TIMEOUT_S = 10
"""Longest wait for each answer of the mail server."""


def examine_job(found: FoundSettings, scenarios: Path, environment: Mapping[str, str]) -> Iterator[DoctorFinding]:
    """Run every check, even after one has failed; yield each finding as soon as it is known.

    Args:
        found: the settings.
        scenarios: folder of scenarios; what is wrong with them is told elsewhere.
        environment: variables of the process.
    """
    settings, tutorials = found.settings, _readable(scenarios)
    where = str(found.file) if found.file is not None else Phrase("no {file} here or above: the defaults", file=FILE)
    yield DoctorFinding(what=gettext_noop("Settings:"), detail=where, absent=found.file is None)
    yield finding_of(gettext_noop("Site of the runs:"), partial(_site, settings.site, tutorials))
    yield from _people(settings, tutorials)
    yield from _secrets(found, environment)
    if settings.mail.server:
        yield finding_of(gettext_noop("Mail server:"), partial(_mail_server, settings.mail))
    yield _schedule(found)


def _schedule(found: FoundSettings) -> DoctorFinding:
    """Return what starts runs in the folder of the settings."""
    names = installed(found.file.parent if found.file is not None else Path.cwd(), Path.home())
    nothing = Phrase("nothing starts a run in this folder; “tutofrais schedule --install” does")
    return DoctorFinding(what=gettext_noop("Schedule:"), detail="; ".join(names) or nothing, absent=not names)


def _readable(scenarios: Path) -> Sequence[Tutorial]:
    try:
        return read_tutorials(scenarios)
    except TutofraisError:
        return ()


def _site(name: str, tutorials: Sequence[Tutorial]) -> str:
    """Return the name of a site; raises UnknownSite, ReplicaUnreadable."""
    if name != LIVE and tutorials:
        replica_folders(name, {tutorial.file.parent for tutorial in tutorials})
    return name


def _people(settings: Settings, tutorials: Sequence[Tutorial]) -> Iterator[DoctorFinding]:
    what = gettext_noop("People:")
    if not settings.people:
        yield DoctorFinding(what=what, detail=Phrase("nobody is told of a run"), absent=True)
    for one in recipients_of(settings):
        faults = list(channel_faults(one, settings))
        for fault in faults:
            yield DoctorFinding(what=what, error=fault)
        if not faults:
            yield DoctorFinding(what=what, detail=one.name)
    for unmatched in unmatched_patterns(settings.people, [one.slug for one in tutorials]) if tutorials else ():
        yield DoctorFinding(what=what, error=unmatched, optional=True)


def _secrets(found: FoundSettings, environment: Mapping[str, str]) -> Iterator[DoctorFinding]:
    """Yield a finding for each secret that people need; its value is not told."""
    what = gettext_noop("Secret:")
    try:
        secrets = read_secrets(found.file, environment)
    except SecretsExposed as error:
        yield DoctorFinding(what=what, error=error)
        return
    needed = {name: one for one in recipients_of(found.settings) for name in secrets_of(one, found.settings)}
    for name, one in needed.items():
        fault = secret_fault(one, name, secrets)
        if fault is not None:
            yield DoctorFinding(what=what, error=fault)
        else:
            yield DoctorFinding(what=what, detail=_place(name, secrets))
    if secrets.get(PING_URL) is not None:
        yield DoctorFinding(what=what, detail=_place(PING_URL, secrets))


def _place(name: str, secrets: Secrets) -> str:
    return Phrase("{name}, in {place}", name=name, place=secrets.place_of(name))


def _mail_server(mail: MailSettings) -> str:
    """Connect to the mail server and leave again, without signing in; raises MailServerUnusable."""
    server = MailServer(host=mail.server, security=mail.security, port=mail.port, user="", password=None)
    name = f"{mail.server}:{server.used_port} (security = {mail.security!r})"
    try:
        with connected(server, timeout_s=MAIL_TIMEOUT_S):
            return Phrase("{name} answers; nobody signed in", name=name)
    except (smtplib.SMTPException, OSError) as error:
        raise MailServerUnusable(name, refusal_of(error)) from error
