/**
 * Passwords: argon2id with OWASP's parameters (19 MiB, 2 passes, 1 lane), and the same work whether the account exists
 * or not.
 */
import { Algorithm, hash, verify } from "@node-rs/argon2";

const PARAMETERS = {
  algorithm: /** @type {Algorithm.Argon2id} */ (2),
  memoryCost: 19_456,
  timeCost: 2,
  parallelism: 1,
};

/** @param {string} password */
export const digestPassword = (password) => hash(password, PARAMETERS);

/** @type {Promise<string> | undefined} */
let nobody;

/**
 * Is it the password? Without a digest the answer is no, after as much work as with one: time does not tell who has an
 * account.
 *
 * @param {string} password
 * @param {string | undefined} digest
 */
export async function passwordMatches(password, digest) {
  nobody ??= digestPassword("nobody's password");
  const matches = await verify(digest ?? (await nobody), password);
  return matches && digest !== undefined;
}
