// Chromium, and pages that remember what went wrong on them.

import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const PICTURES = path.join(process.env.CARGO_TARGET_DIR ?? path.join(ROOT, "target"), "browser");

/** It talks to nobody but the pages, and leaves nothing behind. */
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The rules that WCAG 2.2 AA consists of, as far as a program can check them. */
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

export async function startBrowser() {
  fs.mkdirSync(PICTURES, { recursive: true });
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), "greencheck-browser-"));
  const executablePath = process.env.CHROMIUM_BIN ?? "/usr/bin/chromium";
  const browser = await chromium.launch({ executablePath, args: FLAGS, env: { ...process.env, HOME: profile } });
  const close = async () => {
    await browser.close();
    fs.rmSync(profile, { recursive: true, force: true });
  };
  return { close, context: (options = {}) => browser.newContext({ viewport: { width: 1280, height: 800 }, ...options }) };
}

/** A page, and the list of what went wrong on it. `expected` is the status of a document that is no success. */
export async function openPage(context, url, { expected } = {}) {
  const page = await context.newPage();
  page.problems = [];
  watch(page, expected);
  await page.goto(url);
  return page;
}

export function watch(page, expected) {
  page.problems ??= [];
  page.on("pageerror", (error) => page.problems.push(`script: ${error}`));
  page.on("console", (message) => {
    const text = message.text();
    const announced = expected && text.includes(`status of ${expected}`);
    if ((message.type() === "error" || text.includes("Content Security Policy")) && !announced) page.problems.push(text);
  });
  page.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText;
    if (reason !== "net::ERR_ABORTED") page.problems.push(`${request.url()}: ${reason}`);
  });
}

/** What is wrong by the rules of WCAG 2.2 AA. */
export async function violations(page) {
  await page.evaluate(AXE);
  const found = await page.evaluate((values) => window.axe.run(document, { runOnly: { type: "tag", values } }), RULES);
  return found.violations.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes.map((node) => node.html).join(" | ")}`);
}

/** Keeps a picture of the whole page to look at. */
export async function picture(page, name) {
  await page.screenshot({ path: path.join(PICTURES, `${name}.png`), fullPage: true });
}

/** Pixels by which the page is wider than the window. */
export const overhang = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
