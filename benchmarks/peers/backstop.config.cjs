// The five pages by their addresses, as many at the same time as “backstop init” sets.
const www = `http://www.ameli.fr.localhost:${process.env.PORT}`;
const portal = `http://assure.ameli.fr.localhost:${process.env.PORT}/PortailAS/appmanager/PortailAS/assure`;
// Hidden: what differs at each visit, as the scenario masks it.
const refused = { clickSelector: "#tarteaucitronAllDenied2", hideSelectors: ["#actualites", "#prevention"] };

module.exports = {
  id: "creer-compte",
  viewports: [{ label: "window", width: 1280, height: 900 }],
  onReadyScript: "ready.cjs",
  scenarios: [
    { label: "02", url: `${www}/`, ...refused },
    { label: "03", url: `${www}/caisse/confirmation`, ...refused },
    { label: "04", url: `${www}/assure`, hoverSelector: "a[href*='assure.ameli.fr']", ...refused },
    { label: "05", url: `${portal}?_somtc=true` },
    { label: "06", url: `${portal}?_nfpb=true&_pageLabel=as_creation_immediate_page` },
  ].map((scenario) => ({ ...scenario, selectors: ["viewport"] })),
  paths: {
    bitmaps_reference: "backstop_data/bitmaps_reference",
    bitmaps_test: "backstop_data/bitmaps_test",
    engine_scripts: ".",
    html_report: "backstop_data/html_report",
  },
  report: ["browser"],
  openReport: false,
  engine: "playwright",
  engineOptions: { browser: "firefox", channel: "moz-firefox", executablePath: process.env.FIREFOX },
  asyncCaptureLimit: 5,
  asyncCompareLimit: 50,
};
