// A greencheck with the demo catalog, and in front of it TLS under the names of the platform.

import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { startFront } from "./front.mjs";

const TARGET = process.env.CARGO_TARGET_DIR ?? fileURLToPath(new URL("../../../target", import.meta.url));
export const BINARY = process.env.GREENCHECK_BIN ?? path.join(TARGET, "debug", "greencheck");

const START_MS = 60_000;
const STOP_MS = 30_000;

/** `own` are settings by their names in the environment, such as `LIMITS__ENABLED`. */
export async function startGreencheck(own = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "greencheck-clients-"));
  const server = spawn(BINARY, ["serve", "--demo"], { cwd: folder, env: settings(own), stdio: ["ignore", "pipe", "pipe"] });
  const remove = () => fs.rmSync(folder, { recursive: true, force: true });
  const kill = () => {
    server.kill("SIGKILL");
    remove();
  };
  process.once("exit", kill);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => process.exit(1));
  let front;
  const stop = async () => {
    front?.close();
    await end(server);
    process.removeListener("exit", kill);
    remove();
  };
  try {
    const port = await ready(server);
    front = await startFront(folder, port);
    process.env.CLIENTS_PORT = String(port);
    process.env.CLIENTS_TLS_PORT = String(front.port);
    process.env.CLIENTS_CA = front.certificate;
    const origin = `http://127.0.0.1:${port}`;
    return { origin, port, folder, requests: front.requests, stop, end: () => end(server), alive: () => alive(server) };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Has every name looked up: checks of many names at once tell only what is known. */
export async function lookUp(greencheck, names) {
  const answers = await Promise.all(names.map((name) => fetch(`${greencheck.origin}/greencheck/${name}`)));
  for (const answer of answers) await answer.arrayBuffer();
}

/** The command line, in the data folder of a greencheck. */
export function run(folder, ...words) {
  return execFileSync(BINARY, words, { cwd: folder, env: settings(), encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

const FREE_PORTS = { HTTP__LISTEN: "127.0.0.1:0", ADMIN__LISTEN: "127.0.0.1:0", TRACING__FORMAT: "json" };

/** The environment without settings of the person who runs the tests. */
function settings(own = {}) {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("GREENCHECK__"));
  const ours = Object.entries({ ...FREE_PORTS, ...own }).map(([name, value]) => [`GREENCHECK__${name}`, value]);
  return Object.fromEntries([...inherited, ...ours]);
}

const alive = (server) => server.exitCode === null && server.signalCode === null;

async function ready(server) {
  let said = "";
  let failed;
  for (const stream of [server.stdout, server.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => (said = (said + text).slice(-20_000)));
  }
  server.on("error", (error) => (failed = error));
  const deadline = Date.now() + START_MS;
  while (Date.now() < deadline) {
    if (failed) throw new Error(`cannot start ${BINARY}: GREENCHECK_BIN names another`, { cause: failed });
    if (!alive(server)) throw new Error(`greencheck ended at once:\n${said}`);
    const port = /answers on http:\/\/127\.0\.0\.1:(\d+)/.exec(said)?.[1];
    const admin = /"admin":"([^"]+)"/.exec(said)?.[1];
    if (port && admin && (await isReady(admin))) return Number(port);
    await pause(20);
  }
  throw new Error(`greencheck is not ready after ${START_MS} ms:\n${said}`);
}

async function isReady(admin) {
  const answer = await fetch(`http://${admin}/readyz`).catch(() => undefined);
  return answer?.ok ?? false;
}

async function end(server) {
  if (!alive(server) || server.pid === undefined) return;
  const gone = new Promise((resolve) => server.once("exit", resolve));
  server.kill("SIGTERM");
  const impatience = setTimeout(() => server.kill("SIGKILL"), STOP_MS);
  await gone;
  clearTimeout(impatience);
}
