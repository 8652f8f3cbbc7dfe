"""Outage notices: what counts is what a page says of itself today, and how little stands beside it."""

import pytest

from capture.politeness.obstacles import ObstacleKind, detect_obstacle
from capture.politeness.outage_notice import MAX_OTHER_CHARACTERS, OwnContent, outage_notice

NOTICES = [
    # of service, state and cause
    "Ce service est fermé pour maintenance jusqu'à lundi.",
    "Ce téléservice est temporairement suspendu en raison d'une mise à jour.",
    "En raison d'une intervention technique, le service est interrompu jusqu'à 18 h.",
    "This service is closed for planned improvements. It will reopen on Monday.",
    "En raison d'une opération de maintenance, l'accès à votre espace particulier est actuellement indisponible.",
    "Le portail est fermé pour migration. Réouverture le mardi 3 décembre à 9 h.",
    "Suite à des difficultés techniques, nos téléservices ne fonctionnent pas actuellement.",
    "L'application n'est plus disponible le temps d'une mise à jour. Elle rouvrira à 14 h.",
    "Veuillez nous excuser, ce service est indisponible pour raison technique.",
    "Our online services are temporarily offline while we upgrade our systems.",
    "This online form has been suspended while essential system work is carried out.",
    "We are currently down for maintenance. Thanks for your patience.",
    "Service temporarily suspended owing to technical difficulties.",
    "Briefly unavailable for scheduled maintenance. Check back in a minute.",
    # of cause and return
    "Le simulateur fait l'objet d'une opération de maintenance. Il sera de nouveau accessible lundi à 8 h.",
    "Nous effectuons des travaux de maintenance sur nos serveurs. Merci de réessayer ultérieurement.",
    "Le site fait peau neuve. Revenez dans quelques heures.",
    "La plateforme sera de nouveau disponible à 18 h. Une mise à jour est en cours.",
    "We'll be back soon. We are carrying out scheduled maintenance. Please try again later.",
    "Sorry, there is a problem with the service. Try again later.",
    "Our systems are currently being updated. Please try again in a few minutes.",
    "Our website is getting an upgrade. We will be back up and running soon.",
    # of state and return
    "Votre service est momentanément interrompu. Nous mettons tout en œuvre pour le rétablir.",
    "Sorry, the service is unavailable. You will be able to use the service from 9am.",
]

NO_NOTICES = [
    # announced, avoided or over
    "Maintenance programmée : le service en ligne sera indisponible dimanche de 8 h à 12 h.",
    "Une maintenance est prévue le 3 décembre : le service sera rétabli à midi.",
    "Le service sera fermé lundi pour mise à jour. Veuillez nous excuser pour la gêne occasionnée.",
    "Planned maintenance: our website will be unavailable on Sunday. We apologise for any inconvenience.",
    "Le service ne sera pas interrompu pendant les travaux de mise à jour.",
    "La maintenance est terminée, le service est de nouveau accessible.",
    "The scheduled maintenance is complete: all our services are available again.",
    "Que faire si le service est interrompu en raison d'une maintenance ? Réessayez plus tard.",
    # said of something else than the site
    "La piscine est fermée pour travaux jusqu'à lundi. Le service des sports vous renseigne.",
    "La ligne 4 est interrompue en raison de travaux. Consultez le site du réseau.",
    "Vos paiements sont suspendus. Mettez à jour votre situation dans le service en ligne.",
    "This product is currently unavailable. We don't know when it will be back in stock.",
    "The museum is closed for renovation until spring. Visit our online shop.",
    "These forms are available offline. Download the form, then try again when you are online.",
    # the same words, and no outage
    "Le service est fermé le dimanche et les jours fériés.",
    "Le site est fermé en hiver. Réouverture en mai.",
    "Notre service de maintenance intervient sur votre chaudière sous 24 h.",
    "Nous revenons vers vous dans les 48 heures après votre demande d'intervention technique.",
    "Report a problem with the service. We will be back in touch in two days.",
    "Maintenance is carried out by the council. Check back for updates.",
]


def own(text: str, *, has_fields: bool = False) -> OwnContent:
    return OwnContent(text=text, has_fields=has_fields)


@pytest.mark.parametrize("text", NOTICES)
def test_a_notice_is_known_by_two_of_its_three_signs(text: str) -> None:
    notice = outage_notice(own(f"Bonjour\n{text}\nRetour à l'accueil"))
    assert notice is not None
    assert notice in text


@pytest.mark.parametrize("text", NO_NOTICES)
def test_what_only_sounds_like_a_notice_is_none(text: str) -> None:
    assert outage_notice(own(f"Bonjour\n{text}\nCommencer")) is None


def test_the_heading_may_hold_a_sign() -> None:
    text = "Nous améliorons votre espace client."
    assert outage_notice(own(text)) is None
    assert outage_notice(own(text), ["Régie Lumen", "Bientôt de retour"]) == text


def test_a_notice_on_a_page_with_more_to_read_or_to_fill_in_leaves_it_a_page() -> None:
    assert outage_notice(own(NOTICES[0])) is not None
    assert outage_notice(own(NOTICES[0] + " Bonjour." * (MAX_OTHER_CHARACTERS // 8))) is None
    assert outage_notice(own(NOTICES[0], has_fields=True)) is None


def test_the_sentence_that_says_most_is_the_evidence_of_the_outage() -> None:
    found = detect_obstacle(
        status=200,
        url="https://www.exemple.test/",
        title="Maintenance – Régie Lumen",
        text="Accueil Aide Contact " * 100,
        heading="Nous revenons bientôt",
        content=own("Nous revenons bientôt\nLe simulateur fait l'objet d'une opération de maintenance."),
    )
    assert found is not None
    assert found.kind is ObstacleKind.OUTAGE
    assert found.evidence == "« Le simulateur fait l'objet d'une opération de maintenance. »"
