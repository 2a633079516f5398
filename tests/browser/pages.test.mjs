// The other pages: type, choose, read; and what all of them keep.

import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import { after, before, test } from "node:test";

import { startGreencheck } from "../clients/lib/greencheck.mjs";
import { openPage, overhang, picture, startBrowser, violations, watch } from "./lib/browser.mjs";

let greencheck, browser;

before(async () => {
  greencheck = await startGreencheck();
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await greencheck?.stop();
});

const open = async (path, options) => openPage(await browser.context(), greencheck.origin + path, options);

const PAGES = {
  home: ["/"],
  green: ["/check/www.example.com"],
  expired: ["/check/chess.example.org"],
  grey: ["/check/newsroom.example.com"],
  unknown: ["/check/nowhere.example.org"],
  invalid: ["/check?url=no%20name", 400],
  badge: ["/badge?domain=www.example.com&style=large"],
  directory: ["/directory/"],
  provider: ["/providers/9000001"],
  archived: ["/providers/9000012"],
  "api-docs": ["/api-docs/"],
  "not-found": ["/nothing/here", 404],
  embed: ["/embed"],
  "embed-check": ["/embed/check"],
};

for (const [name, [path, expected]] of Object.entries(PAGES)) {
  for (const [width, colorScheme] of [
    [1280, "light"],
    [360, "dark"],
  ]) {
    test(`${name} is sound at ${width} pixels in ${colorScheme}`, async () => {
      const context = await browser.context({ viewport: { width, height: 800 }, colorScheme });
      const page = await openPage(context, greencheck.origin + path, { expected });
      if (name === "api-docs") await page.locator(".opblock").first().waitFor();
      await picture(page, `${name}-${width}`);
      assert.ok((await overhang(page)) <= 0, "nothing is wider than the window");
      assert.deepEqual(await violations(page), []);
      assert.deepEqual(page.problems, []);
      await context.close();
    });
  }
}

test("a badge is chosen, seen and copied", async () => {
  const page = await open("/badge");
  await page.getByLabel("Domain").fill("www.example.com");
  await page.getByRole("button", { name: "Show the badge" }).click();
  const badge = page.getByRole("img");
  await badge.waitFor();
  assert.deepEqual(await badge.evaluate((image) => [image.naturalWidth, image.naturalHeight]), [200, 95]);
  await page.getByLabel("Style").selectOption("large");
  await page.waitForURL(/style=large/);
  await page.getByRole("img").evaluate((image) => image.decode());
  assert.equal(await page.getByRole("img").evaluate((image) => image.naturalWidth), 300);
  const html = await page.getByLabel("HTML").inputValue();
  assert.ok(html.includes(`<a href="${greencheck.origin}/check/www.example.com">`), html);
  await page.getByRole("button", { name: "Copy HTML" }).click();
  await page.getByRole("status").filter({ hasText: /^HTML (copied|selected)/ }).waitFor();
  assert.deepEqual(page.problems, []);
});

test("the directory is filtered and leads to a provider", async () => {
  const page = await open("/directory/");
  await page.getByLabel("Country").selectOption("DK");
  await page.getByRole("button", { name: "Filter" }).press("Enter");
  await page.waitForURL(/country=DK/);
  assert.deepEqual(await page.locator("article h3").allTextContents(), ["Windlass Works"]);
  await page.getByRole("link", { name: "More about Windlass Works" }).click();
  await page.waitForURL("**/providers/9000009");
  assert.equal(await page.getByRole("heading", { level: 1 }).textContent(), "Windlass Works");
  assert.ok(await page.getByText("1 range of IPv4 addresses").isVisible());
  assert.ok(await page.getByText("expired").isVisible());
  assert.deepEqual(page.problems, []);
});

test("the description of the API opens", async () => {
  const page = await open("/api-docs/");
  const block = page.locator(".opblock").first();
  await block.waitFor();
  assert.ok((await page.locator(".opblock").count()) > 20);
  await block.locator(".opblock-summary-control").click();
  await block.getByText("Responses").first().waitFor();
  assert.deepEqual(page.problems, []);
});

test("where nothing is, the way on is shown", async () => {
  const page = await open("/nothing/here", { expected: 404 });
  assert.equal(await page.getByRole("heading", { level: 1 }).textContent(), "Not found");
  await page.getByLabel("Address of a website").fill("press.example.org");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/check/press.example.org");
  assert.deepEqual(page.problems, []);
});

/** Another site, on another origin, with `html` on its page. */
async function otherSite(html) {
  const server = http.createServer((_, answer) => {
    answer.setHeader("content-type", "text/html; charset=utf-8");
    answer.end(`<!doctype html><html lang="en"><title>Another site</title><link rel="icon" href="data:,">${html}`);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: `http://localhost:${server.address().port}/`, close: () => server.close() };
}

for (const kind of ["frame", "form"]) {
  test(`the ${kind} that other sites copy checks a name`, async () => {
    const context = await browser.context();
    const explained = await openPage(context, `${greencheck.origin}/embed`);
    const snippet = await explained.getByLabel(`HTML with a ${kind}`).inputValue();
    assert.deepEqual(explained.problems, []);
    const site = await otherSite(snippet);
    try {
      const page = await openPage(context, site.url);
      const place = kind === "frame" ? page.frameLocator("iframe") : page;
      await place.getByLabel("Is this website hosted on green energy?").fill("blog.example.net");
      const [result] = await Promise.all([
        kind === "frame" ? context.waitForEvent("page") : page,
        place.getByRole("button", { name: "Check" }).click(),
      ]);
      if (result !== page) watch(result);
      await result.waitForURL(`${greencheck.origin}/check/blog.example.net`);
      assert.equal(await result.locator("#verdict").textContent(), "blog.example.net is hosted green");
      assert.deepEqual([...page.problems, ...result.problems], []);
    } finally {
      site.close();
    }
  });
}

test("no other page can be framed", async () => {
  const site = await otherSite(`<iframe src="${greencheck.origin}/check/www.example.com"></iframe>`);
  try {
    const page = await openPage(await browser.context(), site.url);
    assert.ok(page.problems.some((problem) => problem.includes("frame-ancestors")), String(page.problems));
  } finally {
    site.close();
  }
});
