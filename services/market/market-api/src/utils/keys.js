/** The RSA key that signs tokens: from Secrets Manager, or from a file that a developer's first start makes. */
import { createPrivateKey, createPublicKey, generateKeyPair, randomUUID } from "node:crypto";
import { link, readFile, rm, writeFile } from "node:fs/promises";
import { promisify } from "node:util";

import { readSecretDocument } from "./secrets.js";

/** @typedef {import("./settings.js").Settings} Settings */
/** @typedef {{kid: string, privateKey: string}} KeyDocument privateKey: PKCS8 PEM */
/** @typedef {import("node:crypto").KeyObject} KeyObject */
/** @typedef {{kid: string, privateKey: KeyObject, publicKey: KeyObject}} SigningKey */

const RELOAD_PAUSE_MILLISECONDS = 30_000;

/**
 * The keys that this service knows: it signs with the newest and believes all. After a rotation other tasks may sign
 * with a key that this one has not seen; then the source is read again.
 */
export class KeyRing {
  /** @type {Map<string, SigningKey>} */
  #known = new Map();
  #read;
  #now;
  #readAt = -Infinity;
  /** @type {string} */
  #newest = "";

  /**
   * @param {() => Promise<KeyDocument>} read
   * @param {() => number} [now]
   */
  constructor(read, now = Date.now) {
    this.#read = read;
    this.#now = now;
  }

  async load() {
    this.#readAt = this.#now();
    const key = parseKey(await this.#read());
    this.#known.set(key.kid, key);
    this.#newest = key.kid;
  }

  get signing() {
    return /** @type {SigningKey} */ (this.#known.get(this.#newest));
  }

  /**
   * @param {string} kid
   */
  async find(kid) {
    if (!this.#known.has(kid) && this.#now() - this.#readAt >= RELOAD_PAUSE_MILLISECONDS) await this.load();
    return this.#known.get(kid)?.publicKey;
  }

  /** The public halves as a JSON Web Key Set (RFC 7517). */
  keySet() {
    const keys = [...this.#known.values()].map(({ kid, publicKey }) => {
      const { n, e } = publicKey.export({ format: "jwk" });
      return { kty: "RSA", kid, use: "sig", alg: "RS256", n, e };
    });
    return { keys };
  }
}

/**
 * @param {KeyDocument} document
 * @returns {SigningKey}
 */
function parseKey({ kid, privateKey: pem }) {
  const privateKey = createPrivateKey(pem);
  const bits = privateKey.asymmetricKeyDetails?.modulusLength ?? 0;
  if (privateKey.asymmetricKeyType !== "rsa" || bits < 2048 || !kid) {
    throw new Error("the signing key must be an RSA key of 2048 bits or more with a kid");
  }
  return { kid, privateKey, publicKey: createPublicKey(privateKey) };
}

/**
 * @param {Pick<Settings, "SIGNING_KEY_FILE" | "SIGNING_KEY_SECRET_ARN" | "NODE_ENV">} settings
 * @returns {() => Promise<KeyDocument>}
 */
export function signingKeySource({ SIGNING_KEY_FILE: path, SIGNING_KEY_SECRET_ARN: arn }) {
  if (arn !== undefined) return async () => /** @type {any} */ (await readSecretDocument(arn));
  return async () => JSON.parse(await readOrMake(String(path)));
}

/**
 * @param {string} path
 */
async function readOrMake(path) {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "ENOENT") throw error;
  }
  const { privateKey } = await promisify(generateKeyPair)("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, JSON.stringify({ kid: randomUUID(), privateKey }), { mode: 0o600 });
  // A link never overwrites: of two first starts at once one wins, and both read the same key.
  await link(draft, path).catch((error) => {
    if (error.code !== "EEXIST") throw error;
  });
  await rm(draft);
  return readFile(path, "utf8");
}
