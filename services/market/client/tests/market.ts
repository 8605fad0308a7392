/** Both APIs in memory, as much of them as a person at the client can see; every call goes through the contract. */
import { vi } from "vitest";

import { type Answer, type Sent, throughContract } from "./contract";

export const ADA = {
  id: "c0a8f6de-5a5e-4a0e-9a51-0d8d4b7b6e33",
  email: "ada@example.com",
  createdAt: "2026-01-31T12:00:00.000Z",
};
export const PASSWORD = "correct horse battery";
const STRANGER = "7a1c9a52-2b06-4c0c-8a3e-3a0a5a3c9d22";

const problem = (status: number, detail: string, errors: { path: string; message: string }[] = []): Answer => ({
  status,
  json: { type: "about:blank", title: "Refused", status, detail, requestId: "request.1", errors },
});

export class Market {
  now = "2026-01-31T12:00:00.000Z";
  sent: string[] = [];
  tasks: any[] = [];
  items: any[] = [];
  activity: any[] = [];
  /** Tokens that are good now; a test takes one away to let it expire. */
  accessTokens = new Set<string>();
  refreshTokens = new Set<string>();
  refuse: ((sent: Sent) => Answer | undefined) | undefined;
  #count = 0;

  constructor() {
    vi.stubGlobal(
      "fetch",
      throughContract((sent) => this.#answer(sent)),
    );
  }

  id(): string {
    this.#count += 1;
    return `00000000-0000-4000-8000-${String(this.#count).padStart(12, "0")}`;
  }

  addTask(text: string, { done = false, owner = STRANGER } = {}): void {
    this.tasks.unshift({ id: this.id(), text, done, owner, createdAt: this.now, updatedAt: this.now });
  }

  addActivity(actor: string, type: string, summary: string): void {
    this.activity.unshift({ id: this.id(), type, at: this.now, subject: this.id(), actor, summary });
  }

  tokens(): { accessToken: string; refreshToken: string; tokenType: string; expiresIn: number } {
    const [accessToken, refreshToken] = [this.id(), this.id()];
    this.accessTokens.add(accessToken);
    this.refreshTokens.add(refreshToken);
    return { accessToken, refreshToken, tokenType: "Bearer", expiresIn: 900 };
  }

  #answer(sent: Sent): Answer {
    this.sent.push(`${sent.method} ${sent.path}`);
    const refused = this.refuse?.(sent);
    if (refused !== undefined) return refused;
    if (sent.needsToken && !this.accessTokens.has(sent.token ?? ""))
      return problem(401, "the access token has expired");
    const [, , list, id] = sent.path.split("/");
    switch (`${sent.method} /v1/${list}${id === undefined ? "" : "/…"}`) {
      case "POST /v1/users":
        return sent.body.email === ADA.email
          ? { status: 201, json: ADA }
          : problem(409, "there is an account with this address already");
      case "GET /v1/users/…":
        return { status: 200, json: ADA };
      case "POST /v1/sessions":
        return sent.body.password === PASSWORD
          ? { status: 201, json: this.tokens() }
          : problem(401, "the address or the password is wrong");
      case "POST /v1/sessions/…":
        return this.refreshTokens.delete(sent.body.refreshToken)
          ? { status: 200, json: this.tokens() }
          : problem(401, "the refresh token is not valid, sign in again");
      case "DELETE /v1/sessions":
        return { status: 204 };
      case "GET /v1/tasks":
        return this.#page(
          this.tasks.filter(({ done }) => (sent.query.get("done") ?? String(done)) === String(done)),
          sent,
        );
      case "POST /v1/tasks":
        this.addTask(sent.body.text, { owner: ADA.id });
        return { status: 201, json: this.tasks[0] };
      case "PATCH /v1/tasks/…":
        this.tasks = this.tasks.map((task) => (task.id === id ? { ...task, ...sent.body } : task));
        return { status: 200, json: this.tasks.find((task) => task.id === id) };
      case "DELETE /v1/tasks/…":
        this.tasks = this.tasks.filter((task) => task.id !== id);
        return { status: 204 };
      case "GET /v1/items":
        return this.#page(this.items, sent);
      case "POST /v1/items":
        this.items.unshift({ ...sent.body, id: this.id(), owner: ADA.id, createdAt: this.now, updatedAt: this.now });
        return { status: 201, json: this.items[0] };
      case "DELETE /v1/items/…":
        this.items = this.items.filter((item) => item.id !== id);
        return { status: 204 };
      case "GET /v1/activity":
        return this.#page(this.activity, sent);
      default:
        throw new Error(`no answer to ${sent.method} ${sent.path}`);
    }
  }

  #page(all: unknown[], { query }: Sent): Answer {
    const from = Number(query.get("cursor") ?? "0");
    const end = from + Number(query.get("limit") ?? "20");
    return { status: 200, json: { items: all.slice(from, end), nextCursor: end < all.length ? String(end) : null } };
  }
}

export { problem };
