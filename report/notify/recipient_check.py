"""Checks that everybody can be told: by the settings, and with the secrets that are there."""

from collections.abc import Iterable, Iterator, Mapping

from capture.errors import (
    ChatUnusable,
    NoChannel,
    NoMailServer,
    NoSender,
    PatternUnmatched,
    RecipientUnusable,
    SecretMissing,
    SecretsBroken,
    SecretsExposed,
    TutofraisError,
    UnencryptedSignIn,
)
from capture.messages import Phrase
from report.notify.chat import is_usable
from report.notify.recipient import Recipient, fits, recipients_of
from report.notify.secret_values import MAIL_PASSWORD, Secrets, read_secrets
from report.settings import FoundSettings, RecipientSettings, Settings


def secrets_and_faults(
    found: FoundSettings, environment: Mapping[str, str]
) -> tuple[Secrets, dict[str, TutofraisError]]:
    """Return the secrets, and by their names why people cannot be told of anything.

    A file of secrets that cannot be used is what is wrong for those whose secret is not in the environment.
    """
    unread: TutofraisError | None = None
    try:
        secrets = read_secrets(found.file, environment)
    except (SecretsExposed, SecretsBroken) as error:
        secrets, unread = Secrets(values=environment, file=error.path, from_environment=frozenset(environment)), error
    faults: dict[str, TutofraisError] = {}
    for one in recipients_of(found.settings):
        fault = next(_faults(one, found.settings, secrets), None)
        if fault is not None:
            faults[one.name] = unread if unread is not None and isinstance(fault, SecretMissing) else fault
    return secrets, faults


def _faults(one: Recipient, settings: Settings, secrets: Secrets) -> Iterator[TutofraisError]:
    yield from channel_faults(one, settings)
    for name in secrets_of(one, settings):
        fault = secret_fault(one, name, secrets)
        if fault is not None:
            yield fault


def channel_faults(one: Recipient, settings: Settings) -> Iterator[RecipientUnusable]:
    """Yield why a person cannot be told, as far as the settings show it."""
    mail = settings.mail
    if one.mail is None and one.chat is None:
        yield NoChannel(one.name, Phrase("there is neither “mail” nor “chat”"))
    if one.mail is not None:
        if not mail.server:
            yield NoMailServer(one.name, Phrase("[mail] names no server"))
        if mail.user and mail.security == "none":
            yield UnencryptedSignIn(one.name, Phrase("[mail] signs in without encryption"))
        if not mail.comes_from:
            yield NoSender(one.name, Phrase("[mail] names no sender"))


def secret_fault(one: Recipient, name: str, secrets: Secrets) -> TutofraisError | None:
    """Return what is wrong with a secret that a person needs: it is missing, or is no address; None: nothing."""
    value = secrets.get(name)
    if value is None:
        return SecretMissing(name, secrets.file)
    if name != one.chat or is_usable(value):
        return None
    return ChatUnusable(
        one.name, Phrase("what {name} holds is no Apprise URL", name=name), name, secrets.place_of(name)
    )


def secrets_of(one: Recipient, settings: Settings) -> tuple[str, ...]:
    """Return the names of the secrets without which a person cannot be told."""
    signs_in = one.mail is not None and settings.mail.user and settings.mail.security != "none"
    return (*([MAIL_PASSWORD] if signs_in else []), *([one.chat] if one.chat is not None else []))


def unmatched_patterns(people: Mapping[str, RecipientSettings], slugs: Iterable[str]) -> Iterator[PatternUnmatched]:
    """Yield each pattern of a person that fits none of the tutorials."""
    known = tuple(slugs)
    for name, one in people.items():
        for pattern in one.tutorials:
            if not any(fits(slug, pattern) for slug in known):
                yield PatternUnmatched(name, pattern, known)
