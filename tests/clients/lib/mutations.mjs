// Good requests, and how they are spoiled.

const CSV = "www.example.com\r\nhttp://carpenter.example.org/x\r\n";
const FORM = `--b\r\nContent-Disposition: form-data; name="urls"; filename="a.csv"\r\n\r\n${CSV}\r\n--b--\r\n`;
export const get = (target, ...headers) => [`GET ${target} HTTP/1.1`, "Host: x", ...headers, "", ""].join("\r\n");
const post = (target, body, ...headers) =>
  [`POST ${target} HTTP/1.1`, "Host: x", ...headers, `Content-Length: ${Buffer.byteLength(body)}`, "", body].join("\r\n");

export const SEEDS = [
  get("/greencheck/www.example.com"),
  get("/greencheck/www.example.com?nocache=true"),
  get("/greencheck/k%C3%A4serei.example.com?callback=show", "Accept: application/json", 'If-None-Match: "a"'),
  get("/api/v3/greencheck/%5B2001:db8:1::10%5D:443", "Origin: https://page.example"),
  get("/greencheck/192.0.2.10"),
  get("/api/v3/greencheck/?urls=www.example.com,carpenter.example.org&format=json"),
  get('/v2/greencheckmulti/["www.example.com",null,5,{"a":[]}]'),
  get("/v2/greencheckmulti/%5B%22www.example.com%22%2C%22a.example%22%5D", "Accept-Encoding: gzip, br"),
  "OPTIONS /greencheck/www.example.com HTTP/1.1\r\nHost: x\r\nOrigin: null\r\nAccess-Control-Request-Method: GET\r\n\r\n",
  get("/api/v3/greencheckimage/www.example.com", "Accept: image/svg+xml"),
  get("/greencheckimage/carpenter.example.org?nocache=true"),
  get("/api/v4/badge/www.example.com.svg?style=flat&label=hosting"),
  get("/api/v4/check/www.example.com?mode=full"),
  post("/api/v4/check", '["www.example.com","carpenter.example.org"]', "Content-Type: application/json"),
  post("/api/v4/check", "www.example.com\ncarpenter.example.org\n", "Content-Type: text/plain"),
  get("/api/v4/providers?country=NL&limit=2"),
  get("/api/v4/providers/9000001/domains?after=a"),
  get("/api/v3/ip-to-co2intensity/192.0.2.1"),
  get("/data/directory/?callback=show"),
  get("/data/hostingprovider/9000001"),
  get("/directory/?country=NL&services=1"),
  get("/admin/green-urls"),
  get("/snapshots/green_urls_2026-11-20.db.gz", "Range: bytes=0-1"),
  get("/api/v3/ip-ranges/", "Authorization: Basic ZGVtbzpkZW1v"),
  post("/api/v3/ip-ranges/", '{"hostingprovider":1,"ip_start":"192.0.2.1","ip_end":"::1"}', "Content-Type: application/json"),
  post("/api/v3/asns/", "asn=64500&hostingprovider=1", "Content-Type: application/x-www-form-urlencoded"),
  post("/api-token-auth/", "username=a&password=b", "Content-Type: application/x-www-form-urlencoded"),
  post("/internal/api/introspect_key", '{"token":"gwf_a.b"}', "X-GWF-Shared-Secret: x", "Content-Type: application/json"),
  post("/api/v3/batch/greencheck", FORM, "Content-Type: multipart/form-data; boundary=b"),
  post("/api/v3/batch/greencheck", "urls=www.example.com", "Content-Type: application/x-www-form-urlencoded"),
  "POST /api/v3/batch/greencheck HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\n" +
    `Transfer-Encoding: chunked\r\n\r\n${FORM.length.toString(16)}\r\n${FORM}\r\n0\r\n\r\n`,
  get("/nowhere") + get("/greencheck/www.example.com"),
].map((text) => Buffer.from(text));

const MORSELS = [
  "\0", "\r\n", "\r\n\r\n", "%00", "%FF", "%2F", "%2e%2e/", "%", "%u0041", "//", "/../", "?", "#", "&urls=", "[", "]", '"',
  "[".repeat(300), "xn--", "xn--a-\u00e4", ".", "..", ":99999", "@", "\ud83c\udf31", "\u202e", "\ufeff", "a".repeat(300), "1e999",
  "-1", "18446744073709551616", "HTTP/1.0", "HTTP/9.9", "Transfer-Encoding: chunked\r\n", "Content-Length: 0\r\n",
  "Expect: 100-continue\r\n", "Connection: close\r\n", "Range: bytes=0-1\r\n", "Accept: text/html\r\n", "Accept: \xff\r\n", "If-None-Match: *\r\n",
].map((text) => Buffer.from(text));

/** Marsaglia's xorshift with 32 bits: the same numbers below a limit in each run. `seed` is not zero. */
export function generator(seed) {
  let state = seed | 0;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const splice = (bytes, at, drop, ...put) => Buffer.concat([bytes.subarray(0, at), ...put, bytes.subarray(at + drop)]);

const CHANGES = [
  (bytes, below) => splice(bytes, below(bytes.length), 1, Buffer.of(below(256))),
  (bytes, below) => splice(bytes, below(bytes.length), 0, MORSELS[below(MORSELS.length)]),
  (bytes, below) => splice(bytes, below(Math.min(bytes.length, 60)), 0, MORSELS[below(MORSELS.length)]),
  (bytes, below) => splice(bytes, below(bytes.length), 1 + below(12)),
  (bytes, below) => bytes.subarray(0, 1 + below(bytes.length)),
  (bytes, below) => splice(bytes, below(bytes.length), 0, bytes.subarray(below(bytes.length))),
  (bytes, below) => splice(bytes, below(bytes.length), 0, Buffer.from(Array.from({ length: 20 }, () => below(256)))),
];

/** A good request with one to three changes. */
export function mutated(below) {
  let bytes = SEEDS[below(SEEDS.length)];
  for (let left = 1 + below(3); left > 0 && bytes.length > 0; left -= 1) bytes = CHANGES[below(CHANGES.length)](bytes, below);
  return bytes;
}

/** Routes that end in something a caller types. */
const OPEN = [
  "/greencheck/", "/api/v3/greencheck/", "/v2/greencheckmulti/", "/api/v3/greencheck/?urls=", "/greencheck/a.example?callback=",
  "/api/v3/greencheckimage/", "/greencheckimage/", "/api/v4/badge/", "/api/v4/check/", "/api/v3/ip-to-co2intensity/",
  "/data/hostingprovider/", "/data/directory/?callback=", "/directory/?country=", "/api/v4/providers/", "/snapshots/", "/",
];

/** A question about random bytes, encoded so that they reach the route. */
export function nonsense(below) {
  const bytes = Array.from({ length: 1 + below(80) }, () => below(256));
  const encoded = bytes.map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
  return Buffer.from(get(OPEN[below(OPEN.length)] + encoded));
}
