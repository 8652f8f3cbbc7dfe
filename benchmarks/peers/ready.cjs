// What a reader does on a page before its picture is taken.
module.exports = async (page, { clickSelector, hoverSelector }) => {
  if (clickSelector) await page.locator(clickSelector).click();
  if (hoverSelector) await page.locator(hoverSelector).first().hover();
};
