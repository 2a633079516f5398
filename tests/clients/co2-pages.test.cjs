// @tgwf/co2 0.8.0, which checks a page by the domains that sitespeed.io's PageXray lists.
"use strict";

const assert = require("node:assert/strict");
const { after, before, test } = require("node:test");

const { hosting } = require("co2-with-pages");

let greencheck, expected, library;
before(async () => {
  expected = await import("./lib/expected.mjs");
  library = await import("./lib/greencheck.mjs");
  greencheck = await library.startGreencheck();
  await library.lookUp(greencheck, [...expected.GREEN, ...expected.GREY]);
});
after(() => greencheck?.stop());

test("a page is checked by the domains that it loads from", async () => {
  const names = [...expected.GREEN, ...expected.GREY, ...Array.from({ length: 78 }, (_, at) => `cdn-${at}.example.net`)];
  assert.equal(names.length, 100);
  const page = { url: "https://www.example.com/", domains: Object.fromEntries(names.map((name) => [name, { requests: 1 }])) };
  assert.deepEqual((await hosting.checkPage(page)).sort(), [...expected.GREEN].sort());
});

test("single and multi checks answer", async () => {
  assert.equal(await hosting.check("www.example.com"), true);
  assert.equal(await hosting.check("carpenter.example.org"), false);
  assert.deepEqual(await hosting.check(["carpenter.example.org", "www.example.com"]), ["www.example.com"]);
});
