// The five pages, with the clicks of scenarios/ameli/creer_compte.py.
import { expect, test } from "@playwright/test";

// Masks, as in the scenario: what differs at each visit.
const news = (page) => ({ mask: [page.locator("#actualites"), page.locator("#prevention")] });

test("creer-compte", async ({ page, context }) => {
  await page.goto(`http://www.ameli.fr.localhost:${process.env.PORT}/`);
  await page.locator("#tarteaucitronAllDenied2").click();
  await expect(page).toHaveScreenshot("02.png", news(page));
  await page.getByLabel("Votre code postal *").fill("73000");
  await page.getByRole("button", { name: "SÉLECTIONNER" }).click();
  await page.waitForURL("**/caisse/confirmation");
  await expect(page).toHaveScreenshot("03.png", news(page));
  await page.getByRole("button", { name: "CONFIRMER" }).click();
  await page.waitForURL("**/assure");
  const account = page.getByRole("link", { name: "COMPTE AMELI" });
  await account.hover();
  await expect(page).toHaveScreenshot("04.png", news(page));
  const opened = context.waitForEvent("page");
  await account.click();
  const portal = await opened;
  await portal.waitForLoadState();
  await expect(portal).toHaveScreenshot("05.png");
  await portal.getByRole("link", { name: "Je crée mon compte" }).click();
  await portal.waitForURL("**as_creation_immediate_page**");
  await expect(portal).toHaveScreenshot("06.png");
});
