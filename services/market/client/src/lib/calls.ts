/** Every call that the client makes: checked against the OpenAPI documents of both services by the tests. */
import type { Call } from "./http";
import { Account, Activity, Item, pageOf, Task, Tokens } from "./schemas";

const call = <T extends Parameters<typeof pageOf>[0] | null>(made: Call<T>): Call<T> => made;

const query = (values: Record<string, string | undefined>): string => {
  const present = Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return present.length > 0 ? `?${new URLSearchParams(present)}` : "";
};

export type Credentials = { email: string; password: string };
export type NewItem = { title: string; description: string; priceCents: number; currency: string };
/** Which tasks: all of them, those to do, or those done. */
export type TaskFilter = "open" | "done" | "all";

const PAGE = "20";
const DONE: Record<TaskFilter, string | undefined> = { open: "false", done: "true", all: undefined };

export const calls = {
  signUp: (credentials: Credentials) => call({ method: "POST", path: "/v1/users", body: credentials, answer: Account }),
  signIn: (credentials: Credentials) =>
    call({ method: "POST", path: "/v1/sessions", body: credentials, answer: Tokens }),
  refresh: (refreshToken: string) =>
    call({ method: "POST", path: "/v1/sessions/refresh", body: { refreshToken }, answer: Tokens }),
  signOut: () => call({ method: "DELETE", path: "/v1/sessions", answer: null }),
  account: () => call({ method: "GET", path: "/v1/users/me", answer: Account }),

  tasks: (filter: TaskFilter, cursor?: string) =>
    call({
      method: "GET",
      path: `/v1/tasks${query({ limit: PAGE, done: DONE[filter], cursor })}`,
      answer: pageOf(Task),
    }),
  addTask: (text: string) => call({ method: "POST", path: "/v1/tasks", body: { text }, answer: Task }),
  completeTask: (id: string, done: boolean) =>
    call({ method: "PATCH", path: `/v1/tasks/${id}`, body: { done }, answer: Task }),
  deleteTask: (id: string) => call({ method: "DELETE", path: `/v1/tasks/${id}`, answer: null }),

  items: (cursor?: string) =>
    call({ method: "GET", path: `/v1/items${query({ limit: PAGE, cursor })}`, answer: pageOf(Item) }),
  addItem: (item: NewItem) => call({ method: "POST", path: "/v1/items", body: item, answer: Item }),
  deleteItem: (id: string) => call({ method: "DELETE", path: `/v1/items/${id}`, answer: null }),

  activity: (cursor?: string) =>
    call({ method: "GET", path: `/v1/activity${query({ limit: PAGE, cursor })}`, answer: pageOf(Activity) }),
};
