// The check of lighthouse-plugin-greenhouse: axios, over plain HTTP.
"use strict";

const assert = require("node:assert/strict");
const { after, before, test } = require("node:test");

const greenhouse = require("lighthouse-plugin-greenhouse/src/helpers/greencheck");

let greencheck, expected;
before(async () => {
  expected = await import("./lib/expected.mjs");
  greencheck = await (await import("./lib/greencheck.mjs")).startGreencheck();
});
after(() => greencheck?.stop());

test("a page scores by the share of its hosts that are green", async () => {
  const { score, greenChecks } = await greenhouse.checkDomains(["www.example.com", "carpenter.example.org"]);
  assert.equal(score, 0.5);
  assert.deepEqual(greenChecks.map((check) => expected.pairs(check).pairs), [expected.FERNWIND, expected.GREY_CHECK]);
});

test("a page of green hosts scores one, a page of grey hosts nothing", async () => {
  assert.equal((await greenhouse.checkDomains(expected.GREEN)).score, 1);
  assert.equal((await greenhouse.checkDomains(expected.GREY)).score, 0);
});

test("a host with a port is checked, as the plugin passes it on", async () => {
  const { greenChecks } = await greenhouse.checkDomains(["www.example.com:8443"]);
  assert.equal(greenChecks[0].green, true);
});
