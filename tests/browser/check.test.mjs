// A person checks a site.

import assert from "node:assert/strict";
import dgram from "node:dgram";
import { once } from "node:events";
import { after, before, test } from "node:test";

import { startGreencheck } from "../clients/lib/greencheck.mjs";
import { openPage, startBrowser } from "./lib/browser.mjs";

let greencheck, browser, silence;

before(async () => {
  // A name server that never answers: names outside of the demo take their time.
  silence = dgram.createSocket("udp4").bind(0, "127.0.0.1");
  await once(silence, "listening");
  const servers = `127.0.0.1:${silence.address().port}`;
  greencheck = await startGreencheck({ DNS__OFFLINE_NOTICE: "", DNS__SERVERS: servers });
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await greencheck?.stop();
  silence?.close();
});

const home = async (options) => openPage(await browser.context(options), `${greencheck.origin}/`);
const headline = (page) => page.locator("#verdict");

test("a typed address is checked on the same page", async () => {
  const page = await home();
  await page.getByLabel("Address of a website").fill("https://www.example.com/some/page");
  await page.getByRole("button", { name: "Check" }).click();
  await headline(page).waitFor();
  assert.equal(await headline(page).textContent(), "www.example.com is hosted green");
  assert.equal(new URL(page.url()).pathname, "/check/www.example.com");
  assert.equal(await page.title(), "www.example.com is hosted green");
  assert.equal(await page.evaluate(() => document.activeElement.id), "verdict");
  assert.ok(await page.getByText("Hosted by Fernwind Hosting").first().isVisible());
  assert.ok(await page.getByRole("link", { name: "Guarantees of origin 2026" }).isVisible());
  assert.ok(await page.getByText("192.0.2.0 to 192.0.2.127: Fernwind Hosting").isVisible());
  const badge = page.getByRole("img", { name: "www.example.com is hosted green" });
  await badge.scrollIntoViewIfNeeded();
  assert.equal(await badge.evaluate(async (image) => (await image.decode(), image.naturalWidth)), 200);
  await page.goBack();
  await page.getByLabel("Address of a website").waitFor();
  assert.equal(await headline(page).count(), 0);
  assert.deepEqual(page.problems, []);
});

test("without a script the same is found", async () => {
  const page = await home({ javaScriptEnabled: false });
  await page.getByLabel("Address of a website").fill("orchard.example.org");
  await page.getByRole("button", { name: "Check" }).click();
  await page.waitForURL("**/check/orchard.example.org");
  assert.equal(await headline(page).textContent(), "orchard.example.org is hosted green");
  assert.ok(await page.getByText("AS64500 announces it").isVisible());
  await page.getByRole("button", { name: "Check again" }).click();
  await page.waitForURL("**/check/orchard.example.org?*again=true");
  assert.equal(await headline(page).textContent(), "orchard.example.org is hosted green");
});

test("the keyboard is enough", async () => {
  const page = await home();
  const press = async (...keys) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const focused = () => page.evaluate(() => document.activeElement.textContent || document.activeElement.id);
  await press("Tab");
  assert.equal(await focused(), "Skip to the content");
  await press("Enter", "Tab");
  assert.equal(await focused(), "url");
  await page.keyboard.type("newsroom.example.com");
  await press("Enter");
  await headline(page).waitFor();
  assert.equal(await headline(page).textContent(), "No evidence found for green hosting of newsroom.example.com");
  await press("Tab");
  assert.equal(await focused(), "Check again");
  await press("Enter");
  await page.waitForFunction(() => document.activeElement.id === "verdict");
  assert.ok(await headline(page).isVisible());
  assert.deepEqual(page.problems, []);
});

test("six names to try have the verdicts that they promise", async () => {
  const page = await home();
  assert.ok(await page.getByText("Demo data.").isVisible());
  const names = await page.locator(".examples li").allTextContents();
  assert.equal(names.length, 6);
  for (const text of names) {
    const [name] = text.split(" ");
    await page.getByRole("link", { name, exact: true }).click();
    await headline(page).waitFor();
    const word = await page.locator(".verdict .word").textContent();
    assert.equal(word, text.includes("no evidence") ? "Not green" : "Green", text);
    assert.equal(await page.locator(".expired").count(), text.includes("expired") ? 1 : 0, text);
    const command = page.getByText("greencheck import snapshot");
    assert.equal(await command.count(), word === "Green" ? 0 : 1, text);
    await page.goBack();
  }
  assert.deepEqual(page.problems, []);
});

test("what is no name is said beside the field", async () => {
  const page = await openPage(await browser.context(), `${greencheck.origin}/`, { expected: 400 });
  await page.getByLabel("Address of a website").fill("<script>alert(1)</script>");
  await page.getByRole("button", { name: "Check" }).click();
  await page.getByRole("alert").waitFor();
  const field = page.getByLabel("Address of a website");
  assert.equal(await field.getAttribute("aria-invalid"), "true");
  assert.equal(await field.inputValue(), "<script>alert(1)</script>");
  await field.fill("press.example.org");
  await field.press("Enter");
  await headline(page).waitFor();
  assert.equal(await page.getByRole("alert").count(), 0);
  assert.deepEqual(page.problems, []);
});

test("a slow check shows that it goes on", async () => {
  const page = await home();
  await page.getByLabel("Address of a website").fill("nobody-answers.org");
  await page.getByRole("button", { name: "Check" }).click();
  await page.getByText("Looking up nobody-answers.org for 1 s").waitFor();
  await page.getByText("Linked domain: No provider has confirmed this name").waitFor();
  assert.equal(await headline(page).count(), 0, "there is no verdict yet");
  await headline(page).waitFor();
  assert.equal(await headline(page).textContent(), "nobody-answers.org could not be looked up");
  assert.equal(await page.locator(".verdict .word").textContent(), "No result");
  assert.equal(await page.locator(".progress").count(), 0);
  assert.deepEqual(page.problems, []);
});
