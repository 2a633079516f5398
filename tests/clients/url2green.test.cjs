// @tgwf/url2green on a snapshot of ours, and @tgwf/co2 on the list of names that it makes of one.
"use strict";

const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const { after, before, test } = require("node:test");
const { gzipSync } = require("node:zlib");

const driver = require("./lib/sqlite.cjs").provideDriver();
const { hosting } = require("@tgwf/url2green");
const { dumpDomains } = require("@tgwf/url2green/src/hosting-database");
const { hosting: co2 } = require("@tgwf/co2");

const LINKED = ["press.example.org", "käserei.example.com"];

let greencheck, GREEN, GREY, snapshot;
before(async () => {
  ({ GREEN, GREY } = await import("./lib/expected.mjs"));
  const { lookUp, run, startGreencheck } = await import("./lib/greencheck.mjs");
  greencheck = await startGreencheck();
  await lookUp(greencheck, [...GREEN, ...GREY, ...LINKED]);
  await greencheck.end();
  snapshot = path.join(greencheck.folder, "snapshot.db");
  run(greencheck.folder, "export", "snapshot", "--demo", snapshot);
});
after(() => greencheck?.stop());

test(`a green name is in the snapshot (read with ${driver})`, () => {
  for (const name of GREEN) assert.equal(hosting.check(name, snapshot), true, name);
});

test("many names give the green ones", () => {
  assert.deepEqual(hosting.check([...GREY, ...GREEN], snapshot).sort(), [...GREEN].sort());
  assert.deepEqual(hosting.check(GREY, snapshot), []);
});

test("the list of names serves @tgwf/co2 without a server", async () => {
  const list = path.join(greencheck.folder, "green.json");
  await dumpDomains(snapshot, list);
  fs.writeFileSync(`${list}.gz`, gzipSync(fs.readFileSync(list)));
  for (const file of [list, `${list}.gz`]) {
    const names = await co2.loadJSON(file);
    assert.deepEqual(await co2.check([...GREY, ...GREEN], names), GREEN);
    assert.equal(await co2.check("www.example.com", { db: names }), true);
    assert.equal(await co2.check("carpenter.example.org", { db: names }), false);
  }
});
