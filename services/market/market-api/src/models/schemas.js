/** The shapes that callers send and get: one source for validation, for types and for the OpenAPI document. */
import { z } from "zod";

// Postgres keeps no NUL, and control characters have no place in a line of text. A blank title is none.
const CONTROL = "\\u0000-\\u001f\\u007f";
const BLANK = "\\u0000-\\u0020\\u007f-\\u00a0\\u1680\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u3000\\ufeff";
const LINE = new RegExp(`^[^${CONTROL}]*[^${BLANK}][^${CONTROL}]*$`);
const TEXT = /^[^\u0000-\u0008\u000b-\u001f\u007f]*$/;
const NO_NUL = /^[^\u0000]*$/;

/** Currencies whose hundredth is a cent. */
export const CURRENCIES = /** @type {const} */ (["EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK"]);

const Id = z.uuid();
const Moment = z.iso.datetime({ precision: 3 });
// By its pattern alone: what the OpenAPI document calls an address is what is taken for one.
const email = z.string().max(254).regex(z.regexes.email, "must be an e-mail address");
// Long enough to resist guessing, short enough that nobody makes the server digest a megabyte.
const password = z.string().regex(NO_NUL, "must not contain NUL").min(10).max(128);

export const NewUser = z.strictObject({ email, password });
export const User = z.strictObject({ id: Id, email: z.string(), createdAt: Moment });

// A sign-in does not check the shape of a password: what was never allowed is simply wrong.
export const NewSession = z.strictObject({ email: z.string().max(254), password: z.string().max(128) });
export const Refresh = z.strictObject({ refreshToken: z.string().min(1).max(200) });
export const Session = z.strictObject({
  accessToken: z.string(),
  refreshToken: z.string(),
  tokenType: z.literal("Bearer"),
  expiresIn: z.int().min(1).max(86_400).describe("seconds that the access token is good for"),
});

const title = z.string().max(120).regex(LINE, "must be one line of text");
const description = z.string().max(2_000).regex(TEXT, "must be text");
const priceCents = z.int().min(0).max(1_000_000_000);
const currency = z.enum(CURRENCIES);

export const NewItem = z.strictObject({ title, description: description.default(""), priceCents, currency });
export const ItemChange = z
  .strictObject({ title, description, priceCents, currency })
  .partial()
  .refine((change) => Object.keys(change).length > 0, "must change something")
  .meta({ minProperties: 1 });
export const Item = z.strictObject({
  id: Id,
  title: z.string(),
  description: z.string(),
  priceCents: z.int().min(0).max(1_000_000_000),
  currency,
  owner: Id,
  createdAt: Moment,
  updatedAt: Moment,
});
export const ItemList = z.strictObject({ items: z.array(Item), nextCursor: z.string().nullable() });

export const ItemPath = z.strictObject({ id: Id });
export const Page = z.strictObject({
  limit: z
    .string()
    .regex(/^\d{1,3}$/, "must be a number from 1 to 100")
    .default("20")
    .transform(Number)
    .pipe(z.int().min(1).max(100)),
  // The number of the last row of the page before; callers only hand it back.
  cursor: z
    .string()
    .regex(/^\d{1,18}$/, "must be the nextCursor of an earlier answer")
    .optional(),
});

export const ProblemDocument = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int().min(400).max(599),
  detail: z.string(),
  requestId: z.string(),
  errors: z.array(z.strictObject({ path: z.string(), message: z.string() })),
});
export const Health = z.strictObject({ status: z.string() });
export const KeySet = z.strictObject({
  keys: z.array(
    z.strictObject({
      kty: z.literal("RSA"),
      kid: z.string(),
      use: z.literal("sig"),
      alg: z.literal("RS256"),
      n: z.string(),
      e: z.string(),
    }),
  ),
});
export const Discovery = z.strictObject({
  issuer: z.string(),
  jwks_uri: z.string(),
  token_endpoint: z.string(),
  response_types_supported: z.array(z.string()),
  subject_types_supported: z.array(z.string()),
  id_token_signing_alg_values_supported: z.array(z.string()),
  scopes_supported: z.array(z.string()),
  claims_supported: z.array(z.string()),
});

/** @typedef {z.output<typeof Item>} ItemValue */
/** @typedef {z.output<typeof NewItem>} NewItemValue */
/** @typedef {z.output<typeof ItemChange>} ItemChangeValue */
