// Runs the other tools with their default settings. Reads lines of JSON {tool, one, other, rounds} and answers each
// with {same, ms: [time of each round]}; the time includes reading and decoding the files.
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { compare as blazediff } from "@blazediff/bin";
import looksSame from "looks-same";
import pixelmatch from "pixelmatch";
import { PNG } from "pngjs";

const require = createRequire(import.meta.url);
const { ODiffServer } = require("odiff-bin");
const resemble = require("@mirzazeyrek/node-resemble-js");
const playwright = require("playwright-core/lib/coreBundle").utils.getComparator("image/png");

const odiff = new ODiffServer();
const scratch = join(tmpdir(), `odiff-${process.pid}.png`);

const both = (one, other) => Promise.all([readFile(one), readFile(other)]);

const tools = {
  "@blazediff/bin": async (one, other) => (await blazediff(one, other)).match,
  "odiff": async (one, other) => (await odiff.compare(one, other, scratch)).match,
  "odiff --aa": async (one, other) => (await odiff.compare(one, other, scratch, { antialiasing: true })).match,
  "looks-same": async (one, other) => (await looksSame(one, other)).equal,
  "pixelmatch": async (one, other) => {
    const [a, b] = (await both(one, other)).map((data) => PNG.sync.read(data));
    if (a.width !== b.width || a.height !== b.height) return false;
    return pixelmatch(a.data, b.data, null, a.width, a.height) === 0;
  },
  "playwright": async (one, other) => {
    const [a, b] = await both(one, other);
    return playwright(b, a, {}) === null;
  },
  "playwright ssim-cie94": async (one, other) => {
    const [a, b] = await both(one, other);
    return playwright(b, a, { comparator: "ssim-cie94" }) === null;
  },
  "resemble": async (one, other) => {
    const [a, b] = await both(one, other);
    const found = await new Promise((done) => resemble(a).compareTo(b).onComplete(done));
    return found.isSameDimensions && Number(found.misMatchPercentage) === 0;
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { tool, one, other, rounds } = JSON.parse(line);
  const ms = [];
  let same = null;
  try {
    for (let round = 0; round < rounds; round++) {
      const begun = performance.now();
      same = await tools[tool](one, other);
      ms.push(performance.now() - begun);
    }
    console.log(JSON.stringify({ same, ms }));
  } catch (error) {
    console.log(JSON.stringify({ same: null, ms: [], error: String(error) }));
  }
}
odiff.stop();
process.exit(0);
