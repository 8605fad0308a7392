/** Checks what came in against a schema; every error at once, with the path to each. */
import { Problem } from "../utils/problems.js";

/**
 * @template {import("zod").ZodType} T
 * @param {T} schema
 * @param {unknown} value
 * @param {"body" | "query" | "path"} [where]
 * @returns {import("zod").output<T>}
 * @throws {Problem} 422
 */
export function valid(schema, value, where = "body") {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const errors = read.error.issues.map(({ path, message }) => ({
    path: path.join("."),
    message: message.slice(0, 200),
  }));
  throw new Problem(422, `the ${where} is not valid`, { errors: errors.slice(0, 20) });
}
