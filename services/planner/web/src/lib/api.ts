/** Calls to the API: JSON in, JSON out, and errors that a person can read. */
import type { Attachment, DatedStep, Page, Plan, PlanInput, PlanSummary, Step, Upload } from "./types";

/** Why a call did not do what was asked; the message is for the person in front of the screen. Status 0: no answer. */
export class CallFailed extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export type Query = Record<string, string | number | undefined>;
export type Token = () => Promise<string>;

const PATIENCE_MILLISECONDS = 30_000;

export class Api {
  constructor(
    private readonly base: string,
    private readonly token: Token,
  ) {}

  plans = (query: Query): Promise<Page<PlanSummary>> => this.send("GET", `/plans${text(query)}`);
  plan = (id: string): Promise<Plan> => this.send("GET", `/plans/${id}`);
  createPlan = (plan: PlanInput): Promise<Plan> => this.send("POST", "/plans", plan);
  changePlan = (id: string, plan: Partial<PlanInput>): Promise<Plan> => this.send("PATCH", `/plans/${id}`, plan);
  deletePlan = (id: string): Promise<void> => this.send("DELETE", `/plans/${id}`);
  steps = (query: Query): Promise<Page<DatedStep>> => this.send("GET", `/steps${text(query)}`);
  addStep = (plan: string, step: { title: string; dueOn: string | null }): Promise<Step> =>
    this.send("POST", `/plans/${plan}/steps`, step);
  changeStep = (plan: string, step: string, change: Partial<Step>): Promise<Step> =>
    this.send("PATCH", `/plans/${plan}/steps/${step}`, change);
  deleteStep = (plan: string, step: string): Promise<void> => this.send("DELETE", `/plans/${plan}/steps/${step}`);
  announce = (plan: string, file: { name: string; contentType: string; size: number }) =>
    this.send<{ attachment: Attachment; upload: Upload }>("POST", `/plans/${plan}/attachments`, file);
  attachment = (plan: string, id: string): Promise<Attachment> => this.send("GET", `/plans/${plan}/attachments/${id}`);
  deleteAttachment = (plan: string, id: string): Promise<void> =>
    this.send("DELETE", `/plans/${plan}/attachments/${id}`);
  openMediaSession = (): Promise<{ expiresAt: string }> => this.send("POST", "/media-session");

  private async send<T>(method: string, path: string, body?: unknown): Promise<T> {
    const token = await this.token();
    let response: Response;
    try {
      response = await fetch(`${this.base}${path}`, {
        method,
        headers: {
          accept: "application/json",
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(PATIENCE_MILLISECONDS),
      });
    } catch {
      throw new CallFailed(0, "The planner cannot be reached. Check your connection and try again.");
    }
    if (!response.ok) throw await failure(response);
    return (response.status === 204 ? undefined : await response.json()) as T;
  }
}

function text(query: Query): string {
  const said = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  const parameters = new URLSearchParams(said.map(([name, value]) => [name, String(value)]));
  return said.length === 0 ? "" : `?${parameters.toString()}`;
}

type Problem = { detail?: string; requestId?: string; errors?: { path: string; message: string }[] };

async function failure(response: Response): Promise<CallFailed> {
  const problem = ((await response.json().catch(() => undefined)) ?? {}) as Problem;
  const { status } = response;
  if (status === 401) return new CallFailed(status, "Your session is over. Sign in again.");
  if (status === 404) return new CallFailed(status, "This is not here any more.");
  if (status === 429) return new CallFailed(status, "That was a little fast. Wait a moment and try again.");
  if (status >= 500 || problem.detail === undefined) {
    const id = problem.requestId === undefined ? "" : ` (request ${problem.requestId})`;
    return new CallFailed(status, `The planner has trouble right now. Try again soon${id}.`);
  }
  const [first] = problem.errors ?? [];
  const said = first === undefined ? problem.detail : `${first.path}: ${first.message.replace(/\.$/, "")}`;
  return new CallFailed(status, `${said.charAt(0).toUpperCase()}${said.slice(1)}.`);
}
