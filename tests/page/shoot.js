// Draws pictures of pages. Reads {"judges","browser","shots":[{"file","at","width","height","scheme","out"}]} on stdin; `at` is the id
// of what stands at the top, "" for the beginning.
"use strict";
const fs = require("fs");
const path = require("path");
const { pathToFileURL } = require("url");

const order = JSON.parse(fs.readFileSync(0, "utf8"));
const puppeteer = require(path.join(order.judges, "node_modules/puppeteer-core"));

async function shoot(browser, shot) {
  const tab = await browser.newPage();
  await tab.setViewport({ width: shot.width, height: shot.height });
  await tab.emulateMediaFeatures([{ name: "prefers-color-scheme", value: shot.scheme }]);
  await tab.goto(pathToFileURL(shot.file).href);
  if (shot.at) await tab.evaluate((id) => document.getElementById(id).closest(".post, section").scrollIntoView({ behavior: "instant" }), shot.at);
  await tab.screenshot({ path: shot.out });
  await tab.close();
}

async function main() {
  const browser = await puppeteer.launch({ executablePath: order.browser, args: ["--no-sandbox", "--disable-gpu"] });
  for (const shot of order.shots) await shoot(browser, shot);
  await browser.close();
}

main();
