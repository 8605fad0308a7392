import { expect, test } from "vitest";
import { z } from "zod";

import * as schemas from "../src/lib/schemas";
import { promised, throughContract } from "./contract";

test.each([
  ["User", schemas.Account],
  ["Session", schemas.Tokens],
  ["Task", schemas.Task],
  ["TaskPage", schemas.pageOf(schemas.Task)],
  ["Item", schemas.Item],
  ["ItemList", schemas.pageOf(schemas.Item)],
  ["Activity", schemas.Activity],
  ["ActivityPage", schemas.pageOf(schemas.Activity)],
  ["Problem", schemas.Problem],
  ["ProblemDocument", schemas.Problem],
])("what the client cannot do without is promised: %s", (name, schema) => {
  const needed = z.toJSONSchema(schema, { io: "input" }).required ?? [];
  expect(needed.filter((field) => !promised(name).includes(field))).toEqual([]);
});

test.each([
  ["GET", "/v1/nothing", undefined, "GET /v1/nothing is in neither OpenAPI document"],
  ["GET", "/v1/items?colour=red", undefined, "GET /v1/items has no parameter colour"],
  ["DELETE", "/v1/sessions", undefined, "DELETE /v1/sessions was sent without a token"],
  ["POST", "/v1/sessions", { email: "a@example.com" }, "the body of POST /v1/sessions breaks the contract"],
])("a call that is not in the contract fails a test: %s %s", async (method, path, body, message) => {
  const fetchIt = throughContract(() => ({ status: 200, json: {} }), []);
  await expect(
    fetchIt(path, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }),
  ).rejects.toThrow(message);
});
