/** What the API takes and gives; the document is api/planner/openapi.json. */
export type Step = { id: string; title: string; dueOn: string | null; done: boolean; position: number };

export type DatedStep = Step & { dueOn: string; planId: string; planTitle: string };

export type Attachment = {
  id: string;
  name: string;
  contentType: string;
  size: number;
  state: "waiting" | "ready" | "infected" | "refused";
  url: string | null;
};

export type PlanSummary = {
  id: string;
  title: string;
  notes: string;
  startsOn: string | null;
  endsOn: string | null;
  stepCount: number;
  doneCount: number;
  picture: string | null;
  createdAt: string;
  updatedAt: string;
};

export type Plan = PlanSummary & { steps: Step[]; attachments: Attachment[] };

export type PlanInput = { title: string; notes: string; startsOn: string | null; endsOn: string | null };

export type Page<T> = { items: T[]; page: number; pageSize: number; total: number };

export type Upload = { url: string; fields: Record<string, string>; expiresInSeconds: number };
