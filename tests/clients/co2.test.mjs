// @tgwf/co2 as CommonJS (https) and as a module (fetch).

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";

import { hosting as asModule } from "@tgwf/co2";

import { FERNWIND, GREEN, GREY, GREY_CHECK, GREY_ROW, TIME, pairs } from "./lib/expected.mjs";
import { lookUp, startGreencheck } from "./lib/greencheck.mjs";

const require = createRequire(import.meta.url);
const AGENT = "greencheck-tests";

const CLIENTS = {
  "as CommonJS": { ...require("@tgwf/co2").hosting, agent: (name) => require("@tgwf/co2").hosting.check(name, null, AGENT) },
  "as a module": { check: asModule, agent: (name) => asModule(name, AGENT) },
};

let greencheck;
before(async () => {
  greencheck = await startGreencheck();
  await lookUp(greencheck, [...GREEN, ...GREY]);
});
after(() => greencheck?.stop());

test("the two forms of the client are two", () => {
  assert.notEqual(CLIENTS["as CommonJS"].check, CLIENTS["as a module"].check);
});

for (const [form, { check, agent }] of Object.entries(CLIENTS)) {
  describe(`@tgwf/co2 ${form}`, () => {
    test("single checks tell green from grey", async () => {
      for (const name of GREEN) assert.equal(await check(name), true, name);
      for (const name of GREY) assert.equal(await check(name), false, name);
    });

    test("names that are unknown, not public or none at all are grey", async () => {
      for (const name of ["nobody.example.com", "localhost", "not a name", "a..b"]) {
        assert.equal(await check(name), false, name);
      }
    });

    test("names are written in any case, with a final dot, in any script", async () => {
      for (const name of ["WWW.Example.COM", "www.example.com.", "käserei.example.com", "xn--kserei-bua.example.com"]) {
        assert.equal(await check(name), true, name);
      }
    });

    test("the verbose form of a green check has nine keys", async () => {
      const answer = pairs(await check("www.example.com", { verbose: true }));
      assert.deepEqual(answer.pairs, FERNWIND);
      assert.match(answer.modified, TIME);
    });

    test("the verbose form of a grey check has four keys", async () => {
      const answer = pairs(await check("carpenter.example.org", { verbose: true }));
      assert.deepEqual(answer.pairs, GREY_CHECK);
      assert.match(answer.modified, TIME);
    });

    test("an internationalised name comes back as it was written", async () => {
      assert.equal((await check("käserei.example.com", { verbose: true })).url, "käserei.example.com");
    });

    test("many names at once give the green ones", async () => {
      assert.deepEqual((await check([...GREY, ...GREEN])).sort(), [...GREEN].sort());
      assert.deepEqual(await check(GREY), []);
      assert.deepEqual(await check([]), []);
    });

    test("many names at once may be internationalised", async () => {
      await lookUp(greencheck, ["käserei.example.com"]);
      assert.deepEqual(await check(["käserei.example.com", "straße.example.com"]), ["käserei.example.com"]);
    });

    test("the verbose form of many names has a row for each", async () => {
      const rows = await check(["carpenter.example.org", "www.example.com"], { verbose: true });
      const shown = Object.values(rows).map(pairs);
      assert.deepEqual(shown.map((row) => row.pairs), [FERNWIND, GREY_ROW]);
      for (const row of shown) assert.match(row.modified, TIME);
    });

    test("the client says who it is", async () => {
      greencheck.requests.length = 0;
      assert.equal(await agent("www.example.com"), true);
      assert.match(greencheck.requests.join(""), /^user-agent: co2js\/0\.19\.0 greencheck-tests\r$/im);
    });
  });
}
