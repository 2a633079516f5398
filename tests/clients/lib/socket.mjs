// HTTP as bytes: what no client library lets through.

import net from "node:net";

const PATIENCE_MS = 20_000;

/** Sends bytes; gives every status that comes back, the first head, its body, and whether the end was waited for in vain. */
export function exchange(port, bytes) {
  return new Promise((resolve, reject) => {
    const chunks = [];
    const socket = net.connect({ host: "127.0.0.1", port });
    const finish = (isStalled) => {
      socket.destroy();
      resolve({ isStalled, ...parse(Buffer.concat(chunks)) });
    };
    // A server that has refused a request need not read the rest of it.
    const isBrokenOff = (error) => ["EPIPE", "ECONNRESET"].includes(error.code);
    socket.on("data", (chunk) => chunks.push(chunk)).on("close", () => finish(false));
    socket.on("error", (error) => (isBrokenOff(error) ? finish(false) : reject(error)));
    socket.setTimeout(PATIENCE_MS, () => finish(true));
    // The end of what the client says ends the connection as well, after the answer.
    socket.end(bytes);
  });
}

/** A request whose connection ends with the answer. */
export function request(port, method, target, headers = []) {
  const lines = [`${method} ${target} HTTP/1.1`, "Host: api.thegreenwebfoundation.org", "Connection: close", ...headers];
  return exchange(port, Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"));
}

function parse(answer) {
  const text = answer.toString("latin1");
  const end = text.indexOf("\r\n\r\n");
  const [, ...lines] = text.slice(0, Math.max(end, 0)).split("\r\n");
  const statuses = [...text.matchAll(/^HTTP\/1\.[01] (\d{3})/gm)].map(([, code]) => Number(code));
  const headers = Object.fromEntries(lines.map((line) => /^([^:]+):\s*(.*)$/.exec(line).slice(1)));
  return { status: statuses[0], statuses, headers, body: answer.subarray(end + 4).toString("utf8") };
}
