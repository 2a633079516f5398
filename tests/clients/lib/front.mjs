// TLS under the names of the platform, in front of a greencheck.

import { execFileSync } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import tls from "node:tls";

const NAMES = ["api.thegreenwebfoundation.org", "admin.thegreenwebfoundation.org", "app.greenweb.org"];

/** Ends TLS with a certificate of its own, whose file it names. Keeps requests as they came. */
export async function startFront(folder, port) {
  const { key, certificate } = makeCertificate(folder);
  const requests = [];
  const sockets = new Set();
  const pems = { key: fs.readFileSync(key), cert: fs.readFileSync(certificate) };
  const server = tls.createServer(pems, (client) => {
    const upstream = net.connect({ host: "127.0.0.1", port });
    for (const [socket, other] of [[client, upstream], [upstream, client]]) {
      sockets.add(socket);
      socket.on("error", () => other.destroy()).on("close", () => sockets.delete(socket));
    }
    client.on("data", (bytes) => requests.push(bytes.toString("latin1")));
    client.pipe(upstream).pipe(client);
  });
  await new Promise((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const close = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { port: server.address().port, certificate, requests, close };
}

function makeCertificate(folder) {
  const key = path.join(folder, "key.pem");
  const certificate = path.join(folder, "certificate.pem");
  const names = NAMES.map((name) => `DNS:${name}`).join(",");
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
  const subject = ["-subj", "/CN=greencheck test", "-addext", `subjectAltName=${names}`];
  const files = ["-keyout", key, "-out", certificate];
  execFileSync("openssl", ["req", "-x509", "-nodes", "-days", "2", ...curve, ...subject, ...files], { stdio: "ignore" });
  return { key, certificate };
}
