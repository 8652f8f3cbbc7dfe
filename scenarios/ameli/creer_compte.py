"""« Créez votre compte AMELI », tutoriel de l'association Polymatheia (avril 2020).

Chaque instruction du tutoriel y est redite avec nos mots ; seuls les libellés du site sont cités.
"""

from capture import Step, Tutorial

PORTAIL = "https://assure.ameli.fr/PortailAS/appmanager/PortailAS/assure"
CODE_POSTAL = "73000"  # Chambéry : une commune, personne en particulier

tutorial = Tutorial(
    "ameli-creer-compte",
    title="Créer son compte ameli",
    source="« Créez votre compte AMELI », association Polymatheia, avril 2020",
    source_url="https://www.polymatheia.org/",
    licence="CC BY-NC-SA 4.0",
    licence_url="https://creativecommons.org/licenses/by-nc-sa/4.0/deed.fr",
    hosts=["www.ameli.fr", "assure.ameli.fr"],
    public_values=[CODE_POSTAL],
    dismiss=["#tarteaucitronAllDenied2", "#idWArefuser", "#refuseCookie", "#idBoutonFermerFenetreModale"],
    changes=["instructions reformulées", "captures d'écran refaites et annotées automatiquement"],
)

NOUVELLES = ["#actualites", "#prevention"]

tutorial.fixed(1, "Couverture")


@tutorial.page(2, "Choisir sa caisse", starts_at="https://www.ameli.fr/")
def choisir_sa_caisse(step: Step) -> None:
    """La fenêtre qui s'ouvre d'elle-même sur www.ameli.fr."""
    fenetre = step.dialog()
    step.tell(
        "Allez sur www.ameli.fr : la fenêtre « Sélectionnez votre caisse » s'ouvre.",
        step.heading(inside=fenetre),
        callout="none",
    )
    code_postal = step.tell(
        "Tapez votre code postal dans le champ « Votre code postal * ».",
        step.field(inside=fenetre),
        label="Votre code postal",
    )
    selectionner = step.tell(
        "Cliquez sur « SÉLECTIONNER ».", step.button(inside=fenetre), callout="arrow", label="Cliquez ici"
    )
    step.shoot(frame=fenetre, ignore=NOUVELLES)
    step.fill(code_postal, CODE_POSTAL)
    step.click(selectionner, sends=["www.ameli.fr/*"])


@tutorial.page(3, "Confirmer sa caisse")
def confirmer_sa_caisse(step: Step) -> None:
    """La fenêtre qui nomme la caisse trouvée."""
    fenetre = step.dialog()
    step.tell(
        "Vérifiez que la fenêtre annonce « Vous avez sélectionné votre caisse ».",
        step.heading(inside=fenetre),
        callout="none",
    )
    step.tell(
        "Lisez le nom de la caisse, par exemple "
        "« Les pages d'ameli seront enrichies des informations de la caisse de : Savoie ».",
        step.text(inside=fenetre),
        label="Le nom de votre caisse",
    )
    step.tell(
        "Si ce n'est pas la vôtre, suivez « > Ce n'est pas ma caisse » et changez le code postal.",
        step.link(inside=fenetre),
        label="Ce n'est pas la vôtre ?",
    )
    confirmer = step.tell(
        "Si c'est bien elle, cliquez sur « CONFIRMER ».",
        step.button(inside=fenetre),
        callout="arrow",
        label="C'est la vôtre : cliquez ici",
    )
    step.shoot(frame=fenetre, ignore=NOUVELLES)
    step.click(confirmer, sends=["www.ameli.fr/*"])


@tutorial.page(4, "Ouvrir le compte ameli", starts_at="https://www.ameli.fr/assure")
def ouvrir_le_compte(step: Step) -> None:
    """La page d'accueil des assurés et sa colonne d'icônes."""
    icones = step.role("navigation", "Accès rapides")
    silhouette = step.tell(
        "Cliquez sur la silhouette rose « COMPTE AMELI ».",
        step.link(inside=icones),
        callout="arrow",
        label="Cliquez sur la silhouette rose",
    )
    step.hover(silhouette)
    step.tell(
        "Laissez la souris sur une icône : sa description s'affiche à côté, ici « COMPTE AMELI ».",
        step.role("tooltip", inside=icones),
        label="La description de l'icône",
    )
    step.shoot(ignore=NOUVELLES)
    step.click(silhouette, new_tab=True)


@tutorial.page(5, "Demander la création du compte", starts_at=f"{PORTAIL}?_somtc=true")
def demander_la_creation(step: Step) -> None:
    """Le portail du compte, ouvert dans un nouvel onglet."""
    step.tell(
        "Le portail s'ouvre dans un nouvel onglet ; il dit : « Avec le compte ameli : Suivez vos remboursements, "
        "effectuez vos démarches en ligne, téléchargez vos attestations... ».",
        step.text(),
        callout="none",
    )
    creer = step.tell("Suivez le lien « Je crée mon compte ».", step.link(), callout="arrow", label="Cliquez ici")
    step.shoot()
    step.click(creer)


@tutorial.form_only(
    6, "Découvrir le formulaire", starts_at=f"{PORTAIL}?_nfpb=true&_pageLabel=as_creation_immediate_page"
)
def decouvrir_le_formulaire(step: Step) -> None:
    """Le formulaire vide : on le regarde, on n'y touche jamais."""
    step.tell("Le formulaire « JE CRÉE MON COMPTE AMELI » s'affiche.", step.heading(), callout="none")
    step.tell("Écrivez votre nom dans « Mon nom : * ».", step.field(), label="Votre nom")
    step.tell(
        "Dans « Mon n° de sécurité sociale : * », recopiez les 13 premiers chiffres, sans les 2 de la clé.",
        step.field(),
        label="13 chiffres, sans la clé",
    )
    step.tell(
        "Complétez « Ma date de naissance : * » : le mois et l'année y sont déjà.",
        step.field(),
        label="Votre date de naissance",
    )
    step.tell("Tapez le code postal de votre domicile dans « Mon code postal : * ».", step.field(), label="Code postal")
    step.tell(
        "Ou bien passez par « Je crée immédiatement mon compte via FranceConnect ».",
        step.link(),
        label="Ou par FranceConnect",
    )
    step.tell("Pour terminer, appuyez sur « CONTINUER ».", step.button(), callout="arrow", label="Pour terminer")
    step.shoot()


TEMOINS = [
    "https://www.ameli.fr/assure/adresses-et-contacts/votre-compte-ameli",
    "https://www.ameli.fr/assure/remboursements/suivre-remboursements/se-connecter-compte-ameli",
    "https://didacticiel.ameli.fr/assures/ordinateur",
]

tutorial.personal(
    7,
    "Confirmer son identité avec la carte Vitale",
    text=[
        "Carte sans photo : recopiez 7 chiffres de votre IBAN et les chiffres demandés du numéro de série.",
        "Carte avec photo : recopiez les 11 derniers chiffres du numéro de série.",
        "Appuyez sur « VALIDER ».",
    ],
    described_on=TEMOINS,
)
tutorial.personal(
    8,
    "Accepter les conditions d'utilisation",
    text=[
        "Lisez les conditions, choisissez « Oui, j'accepte » ou « Non, je refuse », puis « CONTINUER ».",
        "Accepter met fin aux relevés sur papier.",
    ],
    described_on=[f"{PORTAIL}?_nfpb=true&_pageLabel=as_conditions_generales_page"],
)
tutorial.personal(
    9,
    "Choisir son code personnel",
    text=["Choisissez un code de 8 à 13 chiffres, tapez-le dans les deux cases, puis « CONTINUER »."],
    described_on=TEMOINS,
)
tutorial.personal(
    10,
    "Donner son adresse e-mail",
    text=["Tapez deux fois votre adresse, puis dites si vous voulez recevoir la lettre d'information."],
    described_on=TEMOINS,
)
tutorial.personal(
    11,
    "Donner ses numéros de téléphone",
    text=["Si vous le souhaitez, ajoutez vos numéros et dites si l'on peut vous appeler ou vous écrire par SMS."],
    described_on=TEMOINS,
)
tutorial.personal(
    12,
    "Valider son adresse e-mail",
    text=["Ouvrez le message reçu et suivez le lien qu'il contient : le compte est créé."],
    described_on=TEMOINS,
)
tutorial.fixed(13, "Crédits et licence")
