/**
 * Prints the OpenAPI document as contracts/market-api.openapi.json keeps it: `npm run contract --silent >
 * ../contracts/market-api.openapi.json`.
 */
import { openApiDocument } from "./utils/openapi.js";

process.stdout.write(`${JSON.stringify(openApiDocument(), null, 2)}\n`);
