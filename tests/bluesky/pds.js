/* pds.js - Bluesky's own server (PDS) with a directory of identities in memory, on loopback.
 *
 *     node pds.js
 *
 * Prints one line when it can be spoken to: READY http://127.0.0.1:41234
 *
 * It ends when its standard input ends, so it never outlives the test that started it, and at
 * SIGTERM. A line "ahead SECONDS" on its input moves the server's clock and is answered by "AHEAD":
 * tokens end when the real server says that they end. Its files lie in a folder of its own and go
 * with it. Modules are found by NODE_PATH.
 */
"use strict";

const crypto = require("node:crypto");
const fs = require("node:fs");
const net = require("node:net");
const os = require("node:os");
const path = require("node:path");
const readline = require("node:readline");

let aheadMs = 0;
const RealDate = Date;

/* The clock by which the server judges tokens. HTTP's own Date header is not touched by it. */
globalThis.Date = class extends RealDate {
  constructor(...given) {
    super(...(given.length ? given : [RealDate.now() + aheadMs]));
  }
  static now() {
    return RealDate.now() + aheadMs;
  }
};

process.env.LOG_ENABLED = "false";
const { PDS, envToCfg, envToSecrets } = require("@atproto/pds");
const { PlcServer, Database } = require("@did-plc/server");

/* A listening socket on loopback. Both servers would listen to the whole world on a port that was
 * free a moment ago; so their listen() is given this socket instead. */
function reservePort() {
  return new Promise((resolve, reject) => {
    const reserved = net.createServer();
    reserved.on("error", reject);
    reserved.listen(0, "127.0.0.1", () => resolve({ reserved, port: reserved.address().port }));
  });
}

async function startOn(reserved, start) {
  const { listen } = net.Server.prototype;
  net.Server.prototype.listen = function (port, ...rest) {
    return listen.call(this, reserved, ...rest);
  };
  try {
    await start();
  } finally {
    net.Server.prototype.listen = listen;
  }
}

const secret = () => crypto.randomBytes(32).toString("hex");

async function startDirectory() {
  const { reserved, port } = await reservePort();
  const directory = PlcServer.create({ db: Database.mock(), port });
  await startOn(reserved, () => directory.start());
  return `http://127.0.0.1:${port}`;
}

async function startServer(folder, directoryUrl) {
  const { reserved, port } = await reservePort();
  const environment = {
    port,
    hostname: "localhost",
    devMode: true,
    inviteRequired: false,
    didPlcUrl: directoryUrl,
    dataDirectory: folder,
    blobstoreDiskLocation: path.join(folder, "blobs"),
    enableDidDocWithSession: true,
    jwtSecret: secret(),
    adminPassword: secret(),
    plcRotationKeyK256PrivateKeyHex: secret(),
    serviceHandleDomains: [],
    handleBackupNameservers: [],
    trustedOAuthClients: [],
    crawlers: [],
  };
  const server = await PDS.create(envToCfg(environment), envToSecrets(environment));
  await startOn(reserved, () => server.start());
  return `http://127.0.0.1:${port}`;
}

function obey(line) {
  const [word, seconds] = line.split(" ");
  if (word !== "ahead") return;
  aheadMs += 1000 * Number(seconds);
  console.log("AHEAD");
}

async function main() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "crier-pds-"));
  process.on("exit", () => fs.rmSync(folder, { recursive: true, force: true }));
  process.on("SIGTERM", () => process.exit(0));
  const orders = readline.createInterface({ input: process.stdin });
  orders.on("line", obey);
  orders.on("close", () => process.exit(0));
  const url = await startServer(folder, await startDirectory());
  console.log(`READY ${url}`);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
