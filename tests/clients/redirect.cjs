// Loaded before everything else (node --require): connections that a client opens to the platform go to the greencheck
// of the test. The names to look at come from the environment when a connection is opened, so a test may choose them.
"use strict";

const fs = require("node:fs");
const net = require("node:net");
const tls = require("node:tls");

const PLATFORM = /(^|\.)(thegreenwebfoundation|greenweb)\.org$/;

function redirected(options, port, more) {
  const host = options && typeof options === "object" ? options.host || options.hostname || "" : "";
  if (!PLATFORM.test(host)) return options;
  if (!port) throw new Error(`a client asks ${host}, and no test has started a greencheck`);
  return { ...options, servername: options.servername || host, host: "127.0.0.1", hostname: "127.0.0.1", port, ...more };
}

const overTls = tls.connect;
tls.connect = function (options, ...rest) {
  const { CLIENTS_TLS_PORT, CLIENTS_CA } = process.env;
  const trust = CLIENTS_CA ? { ca: fs.readFileSync(CLIENTS_CA) } : {};
  return overTls.call(this, redirected(options, Number(CLIENTS_TLS_PORT), trust), ...rest);
};

const plain = net.connect;
net.connect = net.createConnection = function (options, ...rest) {
  return plain.call(this, redirected(options, Number(process.env.CLIENTS_PORT), {}), ...rest);
};
