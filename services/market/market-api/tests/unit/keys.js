/** Keys and tokens of a test. */
import { generateKeyPairSync, randomUUID } from "node:crypto";

import { KeyRing } from "../../src/utils/keys.js";
import { Tokens } from "../../src/utils/tokens.js";

/** @param {number} [bits] */
export function keyDocument(bits = 2048) {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: bits,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  return { kid: randomUUID(), privateKey };
}

export async function testTokens() {
  const keys = new KeyRing(async () => keyDocument());
  await keys.load();
  return { keys, tokens: new Tokens(keys, { issuer: "http://market.test", audience: "market" }) };
}
