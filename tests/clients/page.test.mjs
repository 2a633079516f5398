// A page of a hundred links, with the limits that callers from elsewhere have.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { afterEach, beforeEach, test } from "node:test";

import { hosting as asModule } from "@tgwf/co2";

import { GREEN } from "./lib/expected.mjs";
import { startGreencheck } from "./lib/greencheck.mjs";

const require = createRequire(import.meta.url);
const { hosting: asCommonJs } = require("@tgwf/co2");
const greenhouse = require("lighthouse-plugin-greenhouse/src/helpers/greencheck");

const LINKS = Array.from({ length: 100 }, (_, at) => GREEN[at] ?? `link-${at}.example.com`);
/** Instead of the callers on the machine itself, who may ask without limit. */
const NOBODY = { LIMITS__ALLOW: "198.51.100.0/24" };

let greencheck;
beforeEach(async () => {
  greencheck = await startGreencheck(NOBODY);
});
afterEach(() => greencheck?.stop());

for (const [form, check] of [["CommonJS", asCommonJs.check], ["a module", asModule]]) {
  test(`@tgwf/co2 as ${form} checks every link at once, then all in one request`, async () => {
    const verdicts = await Promise.all(LINKS.map((name) => check(name)));
    assert.deepEqual(LINKS.filter((_, at) => verdicts[at]), GREEN);
    assert.deepEqual((await check(LINKS)).sort(), [...GREEN].sort());
    assert.equal(Object.keys(await check(LINKS, { verbose: true })).length, 100);
  });
}

test("lighthouse-plugin-greenhouse checks every host at once", async () => {
  const { score, greenChecks } = await greenhouse.checkDomains(LINKS);
  assert.equal(score, GREEN.length / LINKS.length);
  assert.deepEqual(greenChecks.map((answer) => answer.url), LINKS);
});

test("a caller who asks for more is told when to come back", async () => {
  const ask = () => fetch(`${greencheck.origin}/greencheck/www.example.com`);
  const answers = await Promise.all(Array.from({ length: 400 }, ask));
  const refused = answers.filter((answer) => answer.status === 429);
  assert.ok(refused.length > 0, "the limits are in force");
  assert.ok(answers.every((answer) => answer.status === 200 || answer.status === 429));
  for (const answer of refused) assert.match(answer.headers.get("retry-after"), /^\d+$/);
});
