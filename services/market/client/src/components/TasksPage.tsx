import { type FormEvent, type ReactElement, useCallback, useState } from "react";

import { calls, type TaskFilter } from "../lib/calls";
import { ago } from "../lib/format";
import type { Task } from "../lib/schemas";
import { useAction } from "../lib/useAction";
import { usePages } from "../lib/usePages";
import { BinIcon } from "./Icons";
import { ListState } from "./ListState";
import type { PageProps } from "./PageProps";

const FILTERS: [TaskFilter, string][] = [
  ["open", "To do"],
  ["done", "Done"],
  ["all", "All"],
];
const EMPTY = {
  open: "Nothing to do. Add a task above.",
  done: "Nothing is done yet.",
  all: "No tasks yet. Add the first one above.",
};

/** Everybody's tasks; one's own can be completed and deleted. */
export function TasksPage({ session, account }: PageProps): ReactElement {
  const [filter, setFilter] = useState<TaskFilter>("open");
  const pages = usePages<Task>(useCallback((cursor) => session.call(calls.tasks(filter, cursor)), [session, filter]));
  const action = useAction();

  async function add(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = event.currentTarget;
    const text = String(new FormData(form).get("text")).trim();
    if (text === "") return;
    const done = await action.run(async () => {
      await session.call(calls.addTask(text));
      await pages.reload();
    });
    if (done) form.reset();
  }

  const change = (work: () => Promise<unknown>) =>
    void action.run(async () => {
      await work();
      await pages.reload();
    });

  return (
    <>
      <form className="add" onSubmit={(event) => void add(event)}>
        <input
          name="text"
          aria-label="New task"
          placeholder="What is to be done?"
          maxLength={500}
          autoComplete="off"
          required
        />
        <button type="submit" className="primary" disabled={action.busy}>
          Add
        </button>
      </form>
      {action.error !== undefined && (
        <p role="alert" className="error">
          {action.error}
        </p>
      )}
      <div className="filters" role="group" aria-label="Which tasks">
        {FILTERS.map(([name, label]) => (
          <button key={name} type="button" aria-pressed={name === filter} onClick={() => setFilter(name)}>
            {label}
          </button>
        ))}
      </div>
      <ul className="tasks">
        {pages.entries.map((task) => {
          const own = task.owner === account.id;
          return (
            <li key={task.id} className={task.done ? "done" : undefined}>
              <label>
                <input
                  type="checkbox"
                  checked={task.done}
                  disabled={!own || action.busy}
                  onChange={() => change(() => session.call(calls.completeTask(task.id, !task.done)))}
                />
                <span className="text">{task.text}</span>
              </label>
              <small>{own ? ago(task.createdAt) : `somebody else's, ${ago(task.createdAt)}`}</small>
              {own && (
                <button
                  type="button"
                  className="icon"
                  aria-label={`Delete ${task.text}`}
                  disabled={action.busy}
                  onClick={() => change(() => session.call(calls.deleteTask(task.id)))}
                >
                  <BinIcon />
                </button>
              )}
            </li>
          );
        })}
      </ul>
      <ListState pages={pages} empty={EMPTY[filter]} />
    </>
  );
}
