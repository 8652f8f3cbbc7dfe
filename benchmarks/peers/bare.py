"""The five pages in a bare loop of Playwright: clicks and pictures, without waiting, checking or comparing anything.

python bare.py FIREFOX PORT FOLDER
"""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright


def main(executable: str, port: str, folder: Path) -> None:
    with sync_playwright() as driver:
        firefox = driver.firefox.launch(channel="moz-firefox", executable_path=executable)
        context = firefox.new_context(viewport={"width": 1280, "height": 900}, locale="fr-FR")
        page = context.new_page()
        page.goto(f"http://www.ameli.fr.localhost:{port}/")
        page.locator("#tarteaucitronAllDenied2").click()
        page.screenshot(path=folder / "02.png")
        page.get_by_label("Votre code postal *").fill("73000")
        page.get_by_role("button", name="SÉLECTIONNER").click()
        page.wait_for_url("**/caisse/confirmation")
        page.screenshot(path=folder / "03.png")
        page.get_by_role("button", name="CONFIRMER").click()
        page.wait_for_url("**/assure")
        account = page.get_by_role("link", name="COMPTE AMELI")
        account.hover()
        page.screenshot(path=folder / "04.png")
        with context.expect_page() as opened:
            account.click()
        portal = opened.value
        portal.wait_for_load_state()
        portal.screenshot(path=folder / "05.png")
        portal.get_by_role("link", name="Je crée mon compte").click()
        portal.wait_for_url("**as_creation_immediate_page**")
        portal.screenshot(path=folder / "06.png")
        firefox.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
