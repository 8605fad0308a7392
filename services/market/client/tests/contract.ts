/**
 * The two APIs as their OpenAPI documents describe them, and nothing more: a call that is in neither document, a
 * parameter or a body that the document does not allow, or a missing token is an error, and an answer holds only what
 * the document knows.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";

type Schema = { $ref?: string; properties?: Record<string, Schema>; required?: string[]; items?: Schema };
type Parameter = { name: string; in: string; required?: boolean };
type Operation = {
  parameters?: Parameter[];
  security?: unknown[];
  requestBody?: unknown;
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
};
type Document = { paths: Record<string, Record<string, Operation>>; components: { schemas: Record<string, Schema> } };

const NAMES = ["market-api", "tasks-api"] as const;
const folder = resolve(import.meta.dirname, "../../contracts");
const ajv = new Ajv2020({ strict: false, allErrors: true });
formats.default(ajv);
const documents = NAMES.map((name) => {
  const document = JSON.parse(readFileSync(`${folder}/${name}.openapi.json`, "utf8")) as Document;
  ajv.addSchema(document, name);
  return { name, document };
});

const pointer = (...parts: string[]): string =>
  parts.map((part) => `/${part.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");

function check(reference: string, value: unknown, what: string): void {
  const validate = ajv.compile({ $ref: encodeURI(reference) });
  if (!validate(value))
    throw new Error(`${what} breaks the contract: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(value)}`);
}

/** The fields that an answer of this name always has. */
export function promised(name: string): string[] {
  const found = documents
    .map(({ document }) => document.components.schemas[name])
    .find((schema) => schema !== undefined);
  if (found === undefined) throw new Error(`${name} is in neither OpenAPI document`);
  return found.required ?? [];
}

/** The value without what the document does not know. */
function documented(value: unknown, schema: Schema, document: Document): unknown {
  const known =
    schema.$ref === undefined ? schema : (document.components.schemas[schema.$ref.split("/").at(-1) ?? ""] ?? {});
  if (Array.isArray(value)) return value.map((entry) => documented(entry, known.items ?? {}, document));
  if (typeof value !== "object" || value === null || known.properties === undefined) return value;
  const entries = Object.entries(value).filter(([name]) => known.properties !== undefined && name in known.properties);
  return Object.fromEntries(
    entries.map(([name, inner]) => [name, documented(inner, known.properties?.[name] ?? {}, document)]),
  );
}

function find(path: string, method: string) {
  for (const { name, document } of documents) {
    for (const [template, operations] of Object.entries(document.paths)) {
      const operation = operations[method];
      const pattern = new RegExp(`^${template.replaceAll(/\{\w+\}/g, "[^/]+").replaceAll(".", "\\.")}$`);
      if (operation !== undefined && pattern.test(path)) return { name, document, template, operation };
    }
  }
  throw new Error(`${method.toUpperCase()} ${path} is in neither OpenAPI document`);
}

export type Sent = {
  method: string;
  path: string;
  query: URLSearchParams;
  body: any;
  token: string | undefined;
  needsToken: boolean;
};
export type Answer = { status: number; json?: unknown };

/** Every break of the contract in this test; the client itself would show one as a market that cannot be reached. */
export const broken: unknown[] = [];

/** What a call sends and gets, checked on its way there and back. */
export function throughContract(answer: (sent: Sent) => Answer, noted: unknown[] = broken) {
  return (input: string | URL | Request, init: RequestInit = {}): Promise<Response> =>
    pass(answer, input, init).catch((error: unknown) => {
      noted.push(error);
      throw error;
    });
}

async function pass(
  answer: (sent: Sent) => Answer,
  input: string | URL | Request,
  init: RequestInit,
): Promise<Response> {
  const url = new URL(String(input), "http://market.test");
  if (url.pathname === "/config.json") return Response.json({ environment: "test" });
  const method = (init.method ?? "GET").toLowerCase();
  const { name, document, template, operation } = find(url.pathname, method);
  const what = `${method.toUpperCase()} ${template}`;
  const headers = new Headers(init.headers);
  const token = headers.get("authorization")?.replace("Bearer ", "");
  if (operation.security !== undefined && token === undefined) throw new Error(`${what} was sent without a token`);
  for (const parameter of url.searchParams.keys()) {
    if (!operation.parameters?.some((known) => known.in === "query" && known.name === parameter)) {
      throw new Error(`${what} has no parameter ${parameter}`);
    }
  }
  const body: unknown = typeof init.body === "string" ? JSON.parse(init.body) : undefined;
  if ((operation.requestBody === undefined) !== (body === undefined))
    throw new Error(`${what}: body and contract differ`);
  if (body !== undefined) {
    check(
      `${name}#${pointer("paths", template, method, "requestBody", "content", "application/json", "schema")}`,
      body,
      `the body of ${what}`,
    );
  }

  const { status, json } = answer({
    method: method.toUpperCase(),
    path: url.pathname,
    query: url.searchParams,
    body,
    token,
    needsToken: operation.security !== undefined,
  });
  const described = operation.responses[String(status)];
  if (described === undefined) throw new Error(`${what} never answers ${status}`);
  if (json === undefined) return new Response(null, { status });
  const [type, media] = Object.entries(described.content ?? {})[0] ?? [];
  if (type === undefined || media === undefined) throw new Error(`${what} answers ${status} without a body`);
  check(
    `${name}#${pointer("paths", template, method, "responses", String(status), "content", type, "schema")}`,
    json,
    `the answer of ${what}`,
  );
  return Response.json(documented(json, media.schema, document), { status });
}
