// What browsers and older clients send, byte by byte.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { FERNWIND, GREY_CHECK, pairs } from "./lib/expected.mjs";
import { lookUp, startGreencheck } from "./lib/greencheck.mjs";
import { exchange, request } from "./lib/socket.mjs";

let greencheck;
before(async () => {
  greencheck = await startGreencheck();
  await lookUp(greencheck, ["www.example.com", "carpenter.example.org", "käserei.example.com"]);
});
after(() => greencheck?.stop());

const ask = (method, target, ...headers) => request(greencheck.port, method, target, headers);

const NAMES = '["carpenter.example.org","www.example.com"]';
const WRITTEN = {
  raw: NAMES,
  "with quotes encoded, as URLs are by fetch and https": NAMES.replaceAll('"', "%22"),
  encoded: encodeURIComponent(NAMES),
  "encoded with small letters": encodeURIComponent(NAMES).toLowerCase(),
};

for (const [how, names] of Object.entries(WRITTEN)) {
  test(`names of a multi check may be written ${how}`, async () => {
    const answer = await ask("GET", `/v2/greencheckmulti/${names}`);
    assert.equal(answer.status, 200);
    assert.deepEqual(JSON.parse(answer.body).map((row) => [row.url, row.green]), [
      ["www.example.com", true],
      ["carpenter.example.org", false],
    ]);
  });
}

test("an internationalised name may be encoded or an A-label", async () => {
  for (const name of ["k%C3%A4serei.example.com", "k%c3%a4serei.example.com", "xn--kserei-bua.example.com"]) {
    const answer = await ask("GET", `/greencheck/${name}`);
    assert.equal(answer.status, 200, name);
    assert.equal(JSON.parse(answer.body).green, true, name);
  }
});

test("a path that is not ASCII is refused as the fault of the client", async () => {
  const raw = Buffer.from("käserei.example.com").toString("latin1");
  assert.equal((await ask("GET", `/greencheck/${raw}`)).status, 400);
});

test("the three hosts of the platform and both paths answer alike", async () => {
  for (const host of ["api.thegreenwebfoundation.org", "admin.thegreenwebfoundation.org", "app.greenweb.org"]) {
    for (const path of ["/greencheck/", "/api/v3/greencheck/"]) {
      const options = { headers: { host } };
      const answer = await fetch(`${greencheck.origin}${path}www.example.com`, options);
      assert.equal(answer.headers.get("content-type"), "application/json");
      assert.deepEqual(pairs(await answer.json()).pairs, FERNWIND, host + path);
    }
  }
});

test("the browser extension's list of names answers with an array", async () => {
  const answer = await ask("GET", "/api/v3/greencheck/?urls=www.example.com,carpenter.example.org");
  assert.deepEqual(JSON.parse(answer.body).map((row) => row.url), ["www.example.com"]);
});

test("a browser may send the User-Agent of co2.js", async () => {
  const asked = ["Access-Control-Request-Method: GET", "Access-Control-Request-Headers: user-agent"];
  for (const target of ["/greencheck/www.example.com", `/v2/greencheckmulti/${WRITTEN.encoded}`]) {
    const preflight = await ask("OPTIONS", target, "Origin: https://page.example", ...asked);
    assert.equal(preflight.status, 200);
    assert.equal(preflight.body, "");
    assert.equal(preflight.headers["access-control-allow-origin"], "*");
    assert.ok(preflight.headers["access-control-allow-headers"].split(", ").includes("user-agent"));
    assert.ok(preflight.headers["access-control-allow-methods"].split(", ").includes("GET"));
    const answer = await ask("GET", target, "Origin: https://page.example", "User-Agent: co2js/0.19.0 page");
    assert.equal(answer.status, 200);
    assert.equal(answer.headers["access-control-allow-origin"], "*");
  }
});

test("HEAD has the headers of GET and no body", async () => {
  const [head, get] = [await ask("HEAD", "/greencheck/www.example.com"), await ask("GET", "/greencheck/www.example.com")];
  assert.equal(head.status, 200);
  assert.equal(head.body, "");
  for (const name of ["content-type", "content-length", "etag", "x-greencheck-match", "allow"]) {
    assert.equal(head.headers[name], get.headers[name], name);
  }
  assert.equal(Number(get.headers["content-length"]), Buffer.byteLength(get.body));
});

test("OPTIONS that is no preflight says what the route is", async () => {
  const answer = await ask("OPTIONS", "/greencheck/www.example.com");
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.allow, "GET, HEAD, OPTIONS");
  assert.deepEqual(Object.keys(JSON.parse(answer.body)), ["name", "description", "renders", "parses"]);
});

test("methods that a check does not have are refused in JSON", async () => {
  for (const method of ["POST", "PUT", "DELETE", "PATCH"]) {
    const answer = await ask(method, "/greencheck/www.example.com", "Content-Length: 0");
    assert.equal(answer.status, 405);
    assert.deepEqual(JSON.parse(answer.body), { detail: `Method "${method}" not allowed.` });
  }
});

test("a client that has the answer is told so", async () => {
  const first = await ask("GET", "/greencheck/www.example.com");
  const again = await ask("GET", "/greencheck/www.example.com", `If-None-Match: ${first.headers.etag}`);
  assert.equal(again.status, 304);
  assert.equal(again.body, "");
});

test("HTTP/1.0 without a host is answered", async () => {
  const answer = await exchange(greencheck.port, "GET /greencheck/carpenter.example.org HTTP/1.0\r\n\r\n");
  assert.equal(answer.status, 200);
  assert.deepEqual(pairs(JSON.parse(answer.body)).pairs, GREY_CHECK);
});

test("a multi check has room for 64 kB of names", async () => {
  const names = ["www.example.com"];
  while (JSON.stringify(names).length < 65_000) names.push(`link-${names.length}.example.com`);
  const target = `/v2/greencheckmulti/${JSON.stringify(names)}`;
  assert.ok(target.length > 65_000);
  const answer = await ask("GET", target);
  assert.equal(answer.status, 200);
  const rows = JSON.parse(answer.body);
  assert.equal(rows.length, names.length);
  assert.deepEqual(rows.filter((row) => row.green).map((row) => row.url), ["www.example.com"]);
});

test("what is too long is refused as the fault of the client", async () => {
  const long = "a".repeat(200_000);
  assert.equal((await ask("GET", "/greencheck/www.example.com", `X-Long: ${long}`)).status, 431);
  assert.equal((await ask("GET", `/greencheck/${long}`)).status, 431);
  assert.equal((await ask("GET", `/greencheck/${long.slice(0, 70_000)}`)).status, 400);
  const many = Array.from({ length: 500 }, (_, at) => `X-${at}: 1`);
  const { status } = await ask("GET", "/greencheck/www.example.com", ...many);
  assert.ok(status < 500, String(status));
});
