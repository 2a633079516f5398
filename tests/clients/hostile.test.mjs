// Thousands of requests that are nearly right, or not at all: none of them is a failure of the server.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startGreencheck } from "./lib/greencheck.mjs";
import { SEEDS, generator, mutated, nonsense } from "./lib/mutations.mjs";
import { exchange, request } from "./lib/socket.mjs";

const REQUESTS = 4000;
const AT_ONCE = 64;
const SEED = Number(process.env.CLIENTS_SEED ?? 20_261_121);

const isFailure = (status) => status >= 500 && status !== 503;

/** Sends all, some at once; gives those that were not answered, or with 500 or more other than the documented 503. */
async function failures(port, inputs) {
  const failed = [];
  const seen = new Map();
  const queue = inputs.values();
  const worker = async () => {
    for (const bytes of queue) {
      const { statuses, isStalled } = await exchange(port, bytes);
      for (const status of statuses) seen.set(status, (seen.get(status) ?? 0) + 1);
      if (isStalled || statuses.some(isFailure)) failed.push({ isStalled, statuses, request: bytes.toString("latin1") });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return { failed, seen };
}

let greencheck;
before(async () => {
  greencheck = await startGreencheck();
});
after(() => greencheck?.stop());

async function stillAnswers() {
  const answer = await request(greencheck.port, "GET", "/greencheck/www.example.com");
  assert.equal(JSON.parse(answer.body).green, true);
  assert.ok(greencheck.alive());
}

test("requests as they should be are answered", async () => {
  const { failed, seen } = await failures(greencheck.port, SEEDS);
  assert.deepEqual(failed, []);
  assert.ok(seen.get(200) >= 9, JSON.stringify([...seen]));
});

test(`mutated requests never fail the server (CLIENTS_SEED=${SEED})`, async (t) => {
  const below = generator(SEED);
  const { failed, seen } = await failures(greencheck.port, Array.from({ length: REQUESTS }, () => mutated(below)));
  t.diagnostic(`answers by status: ${JSON.stringify(Object.fromEntries(seen))}`);
  assert.deepEqual(failed, []);
  assert.ok(seen.get(200) > 100 && seen.get(400) > 100, "mutations reach the routes as well as the parser");
  await stillAnswers();
});

test("random bytes never fail the server", async () => {
  const below = generator(SEED + 1);
  const noise = () => Buffer.from(Array.from({ length: 1 + below(600) }, () => below(256)));
  const { failed, seen } = await failures(greencheck.port, Array.from({ length: 500 }, noise));
  assert.deepEqual(failed, []);
  assert.equal(seen.get(200), undefined);
  await stillAnswers();
});

test("random bytes in place of a name never fail the server", async () => {
  const below = generator(SEED + 2);
  const { failed, seen } = await failures(greencheck.port, Array.from({ length: 1000 }, () => nonsense(below)));
  assert.deepEqual(failed, []);
  assert.equal([...seen.values()].reduce((sum, count) => sum + count), 1000, "each has one answer");
  assert.ok(seen.get(200) > 100 && seen.get(404) > 100, JSON.stringify([...seen]));
  await stillAnswers();
});
