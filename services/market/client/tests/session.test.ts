import { beforeEach, expect, test } from "vitest";

import { calls } from "../src/lib/calls";
import { ago, cents, price } from "../src/lib/format";
import { Session } from "../src/lib/session";
import { ADA, Market, PASSWORD, problem } from "./market";

let market: Market;
let session: Session;
beforeEach(async () => {
  market = new Market();
  session = new Session(window.sessionStorage);
});

test("calls that find the access token expired renew it once, together", async () => {
  await session.signIn({ email: ADA.email, password: PASSWORD });
  market.accessTokens.clear();
  market.sent = [];
  await Promise.all([
    session.call(calls.account()),
    session.call(calls.addTask("Buy milk")),
    session.call(calls.account()),
  ]);
  expect(market.sent.filter((sent) => sent === "POST /v1/sessions/refresh")).toHaveLength(1);
});

test("a session that was ended elsewhere leads back to the gate, with the reason", async () => {
  await session.signIn({ email: ADA.email, password: PASSWORD });
  market.accessTokens.clear();
  market.refreshTokens.clear();
  await expect(session.call(calls.account())).rejects.toThrow("sign in again");
  expect(session.state()).toEqual({ phase: "out", reason: "Your session is over. Sign in again." });
  expect(window.sessionStorage.length).toBe(0);
});

test("the access token is never stored", async () => {
  await session.signIn({ email: ADA.email, password: PASSWORD });
  const [accessToken] = market.accessTokens;
  expect(JSON.stringify({ ...window.sessionStorage, ...window.localStorage })).not.toContain(accessToken);
});

test("a market that does not answer at the start does not end the session", async () => {
  const { refreshToken } = market.tokens();
  window.sessionStorage.setItem("market.refreshToken", refreshToken);
  market.refuse = () => problem(503, "the database does not answer");
  await session.restore();
  expect(session.state()).toMatchObject({ phase: "out" });
  expect(window.sessionStorage.getItem("market.refreshToken")).toBe(refreshToken);
});

test("prices are read as people type them and written as they read them", () => {
  expect(["12", "12.5", "12,50", "0.05", "1e3", "-1", "1.234", ""].map(cents)).toEqual([
    1200,
    1250,
    1250,
    5,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  expect(price(123_456, "EUR")).toBe("€1,234.56");
});

test("times are told from now", () => {
  const now = Date.parse("2026-01-31T12:00:00.000Z");
  const told = [
    "2026-01-31T11:59:30.000Z",
    "2026-01-31T11:55:00.000Z",
    "2026-01-31T09:00:00.000Z",
    "2026-01-30T11:00:00.000Z",
  ];
  expect(told.map((at) => ago(at, now))).toEqual(["just now", "5 minutes ago", "3 hours ago", "yesterday"]);
});
