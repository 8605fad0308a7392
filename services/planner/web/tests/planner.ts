/** A planner in memory: the API's answers and a session without Cognito. */
import { vi } from "vitest";

import type { Account, Session } from "../src/lib/session";
import type { Attachment, Plan, Step } from "../src/lib/types";

export const ADA: Account = { id: "ada", email: "ada@example.com" };
export const PASSWORD = "Correct horse 1";
export const CONFIG = {
  environment: "dev",
  region: "eu-west-1",
  userPoolId: "p",
  userPoolClientId: "c",
  apiUrl: "/api",
};

export class FakeSession implements Session {
  account: Account | undefined;
  confirmed = true;
  said: string[] = [];

  constructor(account?: Account) {
    this.account = account;
  }
  restore = () => Promise.resolve(this.account);
  signIn = (email: string, password: string): Promise<"done" | "unconfirmed"> => {
    this.said.push(`sign in ${email}`);
    if (password !== PASSWORD) return Promise.reject(new Error("Incorrect username or password."));
    if (!this.confirmed) return Promise.resolve("unconfirmed");
    this.account = { ...ADA, email };
    return Promise.resolve("done");
  };
  signUp = (email: string): Promise<"done" | "unconfirmed"> => {
    this.said.push(`sign up ${email}`);
    this.confirmed = false;
    return Promise.resolve("unconfirmed");
  };
  confirm = (_: string, code: string): Promise<void> => {
    if (code !== "123456") return Promise.reject(new Error("Invalid verification code provided."));
    this.confirmed = true;
    return Promise.resolve();
  };
  resend = () => Promise.resolve();
  token = () => Promise.resolve("a-token");
  signOut = () => {
    this.account = undefined;
    return Promise.resolve();
  };
}

type Answer = { status: number; body?: unknown };

export class Planner {
  plans: Plan[] = [];
  sent: string[] = [];
  /** What the next calls are answered with, instead of what is right. */
  broken: Answer | "away" | undefined;
  /** The states that an attachment goes through, each time that somebody looks. */
  looks: Attachment["state"][] = ["waiting", "ready"];

  constructor() {
    vi.stubGlobal("fetch", (url: string, init: RequestInit) => this.answer(url, init));
  }

  add(title: string, more: Partial<Plan> = {}): Plan {
    const id = `plan-${String(this.plans.length + 1)}`;
    const when = "2026-05-01T10:00:00Z";
    const plan = { id, title, notes: "", startsOn: null, endsOn: null, createdAt: when, updatedAt: when };
    const made = { ...plan, stepCount: 0, doneCount: 0, picture: null, steps: [], attachments: [], ...more };
    this.plans.push(made);
    return made;
  }

  private answer(url: string, init: RequestInit): Promise<Response> {
    const method = init.method ?? "GET";
    const { pathname, searchParams } = new URL(url, "http://planner.test");
    this.sent.push(`${method} ${pathname}${searchParams.size > 0 ? `?${searchParams.toString()}` : ""}`);
    if (this.broken === "away") return Promise.reject(new TypeError("Failed to fetch"));
    const body = init.body === undefined ? {} : (JSON.parse(init.body as string) as Record<string, unknown>);
    const { status, body: said } = this.broken ?? this.route(method, pathname.split("/").slice(2), body, searchParams);
    return Promise.resolve(new Response(said === undefined ? null : JSON.stringify(said), { status }));
  }

  private route(method: string, path: string[], body: Record<string, unknown>, query: URLSearchParams): Answer {
    const [kind, id, part, inner] = path;
    if (kind === "media-session") return { status: 200, body: { expiresAt: "2999-01-01T00:00:00Z" } };
    if (kind === "steps") return { status: 200, body: page(this.datedSteps(), query) };
    if (kind !== "plans") return { status: 404, body: {} };
    if (id === undefined) {
      if (method === "GET") return { status: 200, body: page(this.plans.filter(within(query)), query) };
      return { status: 201, body: this.add(String(body["title"]), body) };
    }
    const plan = this.plans.find((each) => each.id === id);
    if (plan === undefined) return { status: 404, body: {} };
    if (part === "steps") return steps(plan, method, inner, body);
    if (part === "attachments") return this.attachments(plan, method, inner, body);
    if (method === "PATCH") Object.assign(plan, body);
    if (method === "DELETE") this.plans = this.plans.filter((each) => each !== plan);
    return method === "DELETE" ? { status: 204 } : { status: 200, body: plan };
  }

  private datedSteps() {
    return this.plans.flatMap((plan) =>
      plan.steps
        .filter(({ dueOn }) => dueOn !== null)
        .map((step) => ({ ...step, planId: plan.id, planTitle: plan.title })),
    );
  }

  private attachments(plan: Plan, method: string, id: string | undefined, body: Record<string, unknown>): Answer {
    if (id === undefined) {
      const made = { ...(body as { name: string; contentType: string; size: number }), id: "file-1", url: null };
      const attachment: Attachment = { ...made, state: "waiting" };
      plan.attachments.push(attachment);
      const upload = { url: "https://media.test/", fields: { key: "incoming/x" }, expiresInSeconds: 300 };
      return { status: 201, body: { attachment, upload } };
    }
    const found = plan.attachments.find((each) => each.id === id);
    if (found === undefined) return { status: 404, body: {} };
    if (method === "DELETE") {
      plan.attachments = plan.attachments.filter((each) => each !== found);
      return { status: 204 };
    }
    found.state = this.looks.shift() ?? found.state;
    found.url = found.state === "ready" ? `https://planner.test/media/ada/${plan.id}/file-1/file.png` : null;
    return { status: 200, body: found };
  }
}

function steps(plan: Plan, method: string, id: string | undefined, body: Record<string, unknown>): Answer {
  if (id === undefined) {
    const step = { id: `step-${String(plan.steps.length + 1)}`, done: false, position: plan.steps.length, ...body };
    plan.steps.push(step as Step);
    return { status: 201, body: step };
  }
  if (method === "DELETE") plan.steps = plan.steps.filter((step) => step.id !== id);
  else Object.assign(plan.steps.find((step) => step.id === id) as Step, body);
  return method === "DELETE" ? { status: 204 } : { status: 200, body: plan.steps.find((step) => step.id === id) };
}

function within(query: URLSearchParams): (plan: Plan) => boolean {
  const words = (query.get("search") ?? "").toLowerCase();
  return ({ title }) => title.toLowerCase().includes(words);
}

function page(items: unknown[], query: URLSearchParams) {
  const number = Number(query.get("page") ?? 1);
  const size = Number(query.get("pageSize") ?? 20);
  return { items: items.slice((number - 1) * size, number * size), page: number, pageSize: size, total: items.length };
}

/** The bucket: takes a form, tells how much has come, and answers. */
export function bucket(status: number): { forms: FormData[] } {
  const taken: { forms: FormData[] } = { forms: [] };
  class Request {
    upload: { onprogress?: (event: unknown) => void } = {};
    onload = (): void => undefined;
    onerror = (): void => undefined;
    status = 0;
    open = (): void => undefined;
    send = (form: FormData): void => {
      taken.forms.push(form);
      this.upload.onprogress?.({ loaded: 1, total: 2, lengthComputable: true });
      this.status = status;
      setTimeout(() => (status === 0 ? this.onerror() : this.onload()), 0);
    };
  }
  vi.stubGlobal("XMLHttpRequest", Request);
  return taken;
}

export function connection(online: boolean): void {
  vi.spyOn(window.navigator, "onLine", "get").mockReturnValue(online);
  window.dispatchEvent(new Event(online ? "online" : "offline"));
}
