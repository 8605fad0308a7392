/** Bodies: JSON only, and not more of it than any call needs. */
import express from "express";

import { Problem } from "../utils/problems.js";

const parseJson = express.json({ limit: "16kb", strict: false, type: "application/json" });

/** @type {import("express").RequestHandler} */
export const jsonBody = (request, response, next) => {
  if (request.is("application/json") === false)
    throw new Problem(415, "the body must be JSON, with content-type application/json");
  parseJson(request, response, next);
};
