import { type FormEvent, type ReactElement, useState } from "react";

import { useAction } from "../lib/hooks";
import type { PlanInput } from "../lib/types";
import { Failure } from "./Parts";

/** What a plan is: to make one, or to change one. */
export function PlanForm(props: {
  plan?: PlanInput;
  startsOn?: string;
  save: (plan: PlanInput) => Promise<void>;
  leave: () => void;
}): ReactElement {
  const { plan } = props;
  const [first, setFirst] = useState(plan?.startsOn ?? props.startsOn ?? "");
  const action = useAction();

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name)).trim();
    void action.run(() =>
      props.save({
        title: text("title"),
        notes: text("notes"),
        startsOn: text("startsOn") || null,
        endsOn: text("endsOn") || null,
      }),
    );
  }

  return (
    <form className="card" aria-label={plan === undefined ? "New plan" : "Change the plan"} onSubmit={submit}>
      <label>
        Title
        <input name="title" defaultValue={plan?.title} maxLength={200} required autoFocus autoComplete="off" />
      </label>
      <div className="row">
        <label>
          First day
          <input name="startsOn" type="date" value={first} onChange={(event) => setFirst(event.target.value)} />
        </label>
        <label>
          Last day
          <input name="endsOn" type="date" min={first || undefined} defaultValue={plan?.endsOn ?? ""} />
        </label>
      </div>
      <label>
        Notes
        <textarea name="notes" rows={4} defaultValue={plan?.notes} maxLength={5000} />
      </label>
      <Failure message={action.error} />
      <div className="buttons">
        <button type="submit" className="primary" disabled={action.busy}>
          {action.busy ? "Saving…" : plan === undefined ? "Create plan" : "Save"}
        </button>
        <button type="button" className="quiet" onClick={props.leave}>
          Cancel
        </button>
      </div>
    </form>
  );
}
