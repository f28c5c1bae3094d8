// Judges pages of `preview --html`: a validator, axe, and Chromium. Reads {"judges":FOLDER,"browser":PATH,"pages":[...]} on stdin,
// a page being {"file","language","english","filters":{...}}; prints {"checks":N,"faults":[...]}. One browser for all of them.
"use strict";
const fs = require("fs");
const path = require("path");
const { pathToFileURL } = require("url");

const order = JSON.parse(fs.readFileSync(0, "utf8"));
const judge = (name) => require(path.join(order.judges, "node_modules", name));
const { HtmlValidate } = judge("html-validate");
const puppeteer = judge("puppeteer-core");
const axe = fs.readFileSync(path.join(order.judges, "node_modules/axe-core/axe.min.js"), "utf8");

const WIDTHS = [390, 768, 1440];
const RULES = {
  extends: ["html-validate:recommended", "html-validate:document"],
  rules: {
    // The column of a month's first day and the length of a bar are facts, not looks.
    "no-inline-style": "off",
    // "traffic/helmet" is what staff call a post, and HTML lets an id be that.
    "valid-id": ["error", { relaxed: true }],
    "long-title": "off",
    "require-sri": "off",
  },
};

const faults = [];
let checks = 0;
function check(page, good, sentence) {
  checks++;
  if (!good) faults.push(`${path.basename(path.dirname(page.file))}: ${sentence}`);
}

async function validate(page) {
  const report = await new HtmlValidate(RULES).validateFile(page.file);
  const said = report.results.flatMap((result) => result.messages).map((m) => `${m.line}:${m.column} ${m.ruleId}: ${m.message}`);
  check(page, said.length === 0, `not valid: ${said.slice(0, 5).join("; ")} (${said.length})`);
}

// Whatever a page asks for besides itself, says, or lets run.
function listen(tab, page) {
  const own = pathToFileURL(page.file).href;
  tab.on("request", (request) => {
    const url = request.url();
    check(page, url.split("#")[0] === own || url.startsWith("data:image/"), `asks for ${url.slice(0, 80)}`);
  });
  for (const event of ["console", "pageerror", "dialog", "popup"])
    tab.on(event, (said) => check(page, false, `${event}: ${said.text ? said.text() : said.message || said}`));
}

async function accessible(tab, page, scheme) {
  await tab.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  const found = await tab.evaluate(async () => {
    const result = await globalThis.axe.run(document, { resultTypes: ["violations"] });
    return result.violations.map((v) => `${v.id} ${v.nodes.length} times: ${v.nodes[0].html.slice(0, 120)} ${v.nodes[0].failureSummary}`);
  });
  check(page, found.length === 0, `axe (${scheme}): ${found.join("; ")}`);
}

async function fits(tab, page, width) {
  await tab.setViewport({ width, height: 900 });
  const wide = await tab.evaluate(() => document.documentElement.scrollWidth);
  check(page, wide <= width, `scrolls sideways at ${width}: ${wide}`);
}

// What a person sees of the cards, of the calendar's entries and of the marks in them.
const seen = (tab, selector) =>
  tab.evaluate((s) => [...document.querySelectorAll(s)].filter((e) => e.checkVisibility()).map((e) => e.className), selector);

async function choose(tab, id) {
  await tab.evaluate((i) => document.getElementById(i).scrollIntoView({ block: "center", behavior: "instant" }), id);
  const label = await tab.$(`label:has(#${id})`);
  await label.click();
}

async function filter(tab, page, id, css) {
  await choose(tab, "a-all");
  const all = (await seen(tab, ".card")).length;
  await choose(tab, id);
  const cards = await seen(tab, ".card"), chips = await seen(tab, ".chips i"), empty = await seen(tab, ".block:not(:has(.card))");
  const has = (name) => name.split(" ").includes(css);
  check(page, cards.length > 0 && cards.length < all, `${id} shows ${cards.length} of ${all} cards`);
  check(page, cards.every(has), `${id} shows other cards`);
  check(page, chips.length > 0 && chips.every(has), `${id} shows other marks in the calendar`);
  check(page, empty.length === 0, `${id} leaves empty posts`);
}

async function filtersWork(tab, page) {
  await filter(tab, page, "p-x", "x");
  await filter(tab, page, "p-ma", "ma");
  await choose(tab, "a-all");
  const all = (await seen(tab, ".card")).length;
  await choose(tab, "c-1");
  const campaigns = await seen(tab, ".campaign"), entries = await seen(tab, ".day li");
  check(page, campaigns.length === 1 && campaigns[0].split(" ").includes("c1"), `one campaign: ${campaigns}`);
  check(page, entries.length > 0 && entries.every((name) => name.split(" ").includes("c1")), "another campaign's posts in the calendar");
  await choose(tab, "c-all");
  await choose(tab, "needs-look");
  const noted = await seen(tab, ".card");
  check(page, noted.length > 0 && noted.length < all && noted.every((name) => / w( |$)/.test(name)), `what needs a look: ${noted.length}`);
  await choose(tab, "needs-look");
  check(page, (await seen(tab, ".card")).length === all, "all is shown again");
  await tab.focus("#c-all");
  await tab.keyboard.press("ArrowDown");
  check(page, (await seen(tab, ".campaign")).length === 1, "the arrow keys choose a campaign");
  const ring = await tab.evaluate(() => getComputedStyle(document.querySelector("label:has(#c-0)")).outlineStyle);
  check(page, ring === "solid", "what is in focus has a ring");
}

// On paper: everything, whatever is chosen on the screen, on white.
async function prints(tab, page) {
  await tab.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "dark" }]);
  await choose(tab, "p-x");
  const some = (await seen(tab, ".card")).length;
  await tab.emulateMediaType("print");
  const shown = await tab.evaluate(() => ({
    cards: [...document.querySelectorAll(".card")].filter((e) => e.checkVisibility()).length,
    all: document.querySelectorAll(".card").length,
    filters: document.querySelector(".filters").checkVisibility(),
    ground: getComputedStyle(document.body).backgroundColor,
    whole: [...document.querySelectorAll(".card")].every((e) => getComputedStyle(e).breakInside === "avoid"),
  }));
  check(page, some < shown.all && shown.cards === shown.all, `prints ${shown.cards} of ${shown.all} cards`);
  check(page, !shown.filters, "prints the filters");
  check(page, shown.ground === "rgb(255, 255, 255)", `prints on ${shown.ground}`);
  check(page, shown.whole, "cards are cut by the end of a sheet");
  const sheets = Buffer.from(await tab.pdf({ format: "A4" })).toString("latin1").match(/\/Type \/Page\b/g) || [];
  check(page, sheets.length > 1, `${sheets.length} sheets of paper`);
  await tab.emulateMediaType("screen");
}

// What the texts of a campaign tried: nothing of it ran, nothing of it became a part of the page.
async function harmless(tab, page) {
  const found = await tab.evaluate(() => ({
    scripts: document.querySelectorAll("script, iframe, img, object, embed, link, base, form, [onerror], [onload], [onclick], [onmouseover]").length,
    pwned: typeof globalThis.pwned,
    links: [...document.querySelectorAll("a")].filter((a) => !a.getAttribute("href").startsWith("#")).length,
    hidden: /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/.test(document.documentElement.outerHTML),
    broken: [...document.querySelectorAll("a")].filter((a) => !document.getElementById(a.getAttribute("href").slice(1))).length,
  }));
  check(page, found.scripts === 0, `${found.scripts} elements that a text has made`);
  check(page, found.pwned === "undefined", "a text has run");
  check(page, found.links === 0, `${found.links} links lead elsewhere`);
  check(page, found.broken === 0, `${found.broken} links lead nowhere`);
  check(page, !found.hidden, "characters that nobody sees");
}

async function speaks(tab, page) {
  const words = await tab.evaluate(() => ({ lang: document.documentElement.lang, h1: document.querySelector("h1").textContent }));
  check(page, words.lang === page.language, `lang is ${words.lang}`);
  check(page, (words.h1 === page.english) === (page.language === "en"), `the heading is "${words.h1}"`);
}

async function open(browser, page, withScripts) {
  const tab = await browser.newPage();
  await tab.setJavaScriptEnabled(withScripts);
  listen(tab, page);
  await tab.evaluateOnNewDocument("globalThis.pwn = () => { globalThis.pwned = true; };");
  await tab.setViewport({ width: 1440, height: 900 });
  await tab.goto(pathToFileURL(page.file).href);
  return tab;
}

async function look(browser, page) {
  const tab = await open(browser, page, true);
  await harmless(tab, page);
  await speaks(tab, page);
  await tab.evaluate(axe);
  for (const scheme of ["light", "dark"]) await accessible(tab, page, scheme);
  for (const width of WIDTHS) await fits(tab, page, width);
  if (page.narrow) await accessible(tab, page, "light"); // as wide as the last one: 390
  await tab.close();
}

async function use(browser, page) {
  const tab = await open(browser, page, false);
  await filtersWork(tab, page);
  await tab.close();
  const paper = await open(browser, page, false);
  await prints(paper, page);
  await paper.close();
}

async function main() {
  const browser = await puppeteer.launch({ executablePath: order.browser, args: ["--no-sandbox", "--disable-gpu"] });
  try {
    for (const page of order.pages) {
      await validate(page);
      await look(browser, page);
      if (page.filters) await use(browser, page);
    }
  } finally {
    await browser.close();
  }
  process.stdout.write(JSON.stringify({ checks, faults }));
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
