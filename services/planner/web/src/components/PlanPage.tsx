import { type FormEvent, type ReactElement, useCallback, useState } from "react";

import { shortDay, span, today } from "../lib/dates";
import { go, useAction, useLoad } from "../lib/hooks";
import type { Plan, Step } from "../lib/types";
import type { PageProps } from "./App";
import { Attachments } from "./Attachments";
import { Failure, Icon, Link, Progress, Shown } from "./Parts";
import { PlanForm } from "./PlanForm";

/** One plan: its steps, its dates, what is attached to it. */
export function PlanPage({ api, account, online, id }: PageProps & { id: string }): ReactElement {
  const loaded = useLoad(account.id, `plan.${id}`, useCallback(() => api.plan(id), [api, id]));
  const [isChanged, setChanged] = useState(false);
  const action = useAction();
  const remove = (plan: Plan) => {
    if (!window.confirm(`Delete “${plan.title}” with everything in it?`)) return;
    void action.run(async () => {
      await api.deletePlan(id);
      go("/");
    });
  };
  return (
    <>
      <Link to="/" className="back">
        <Icon name="back" /> All plans
      </Link>
      <Shown what={loaded}>
        {(plan) => (
          <article className="open-plan">
            {isChanged ? (
              <PlanForm
                plan={plan}
                leave={() => setChanged(false)}
                save={async (change) => {
                  loaded.set(await api.changePlan(id, change));
                  setChanged(false);
                }}
              />
            ) : (
              <header className="plan-head">
                <h1>{plan.title}</h1>
                <p className="soft">{span(plan.startsOn, plan.endsOn) || "Without a date"}</p>
                <Progress done={plan.steps.filter(({ done }) => done).length} of={plan.steps.length} />
                {plan.notes !== "" && <p className="notes">{plan.notes}</p>}
                <div className="buttons">
                  <button type="button" onClick={() => setChanged(true)} disabled={!online}>
                    Change
                  </button>
                  <button type="button" className="bad" onClick={() => remove(plan)} disabled={!online || action.busy}>
                    Delete
                  </button>
                </div>
              </header>
            )}
            <Failure message={action.error} />
            <Steps api={api} plan={plan} online={online} changed={loaded.reload} />
            <Attachments api={api} plan={plan} online={online} changed={loaded.reload} />
          </article>
        )}
      </Shown>
    </>
  );
}

type StepsProps = { api: PageProps["api"]; plan: Plan; online: boolean; changed: () => Promise<void> };

function Steps({ api, plan, online, changed }: StepsProps): ReactElement {
  const action = useAction();
  const change = (work: () => Promise<unknown>) =>
    action.run(async () => {
      await work();
      await changed();
    });
  function add(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = event.currentTarget;
    const said = new FormData(form);
    const title = String(said.get("title")).trim();
    if (title === "") return;
    const step = { title, dueOn: String(said.get("dueOn")) || null };
    void change(() => api.addStep(plan.id, step)).then((done) => {
      if (done) form.reset();
    });
  }
  return (
    <section aria-labelledby="steps">
      <h2 id="steps">Steps</h2>
      <Failure message={action.error} />
      {plan.steps.length === 0 && <p className="soft">No steps yet. What comes first?</p>}
      <ol className="steps">
        {plan.steps.map((step) => (
          <StepLine
            key={step.id}
            step={step}
            fixed={!online || action.busy}
            mark={(done) => void change(() => api.changeStep(plan.id, step.id, { done }))}
            remove={() => void change(() => api.deleteStep(plan.id, step.id))}
          />
        ))}
      </ol>
      <form className="add" aria-label="New step" onSubmit={add}>
        <input name="title" aria-label="New step" placeholder="Add a step" maxLength={200} required autoComplete="off" />
        <input name="dueOn" type="date" aria-label="Due on" />
        <button type="submit" disabled={!online || action.busy}>
          Add
        </button>
      </form>
    </section>
  );
}

function StepLine(props: {
  step: Step;
  fixed: boolean;
  mark: (done: boolean) => void;
  remove: () => void;
}): ReactElement {
  const { step } = props;
  const isLate = !step.done && step.dueOn !== null && step.dueOn < today();
  return (
    <li className={step.done ? "done" : undefined}>
      <label>
        <input
          type="checkbox"
          checked={step.done}
          disabled={props.fixed}
          onChange={(event) => props.mark(event.target.checked)}
        />
        <span className="text">{step.title}</span>
      </label>
      {step.dueOn !== null && (
        <small className={isLate ? "late" : undefined}>
          {isLate && "late, "}
          {shortDay(step.dueOn)}
        </small>
      )}
      <button type="button" className="icon" aria-label={`Delete ${step.title}`} disabled={props.fixed} onClick={props.remove}>
        <Icon name="bin" />
      </button>
    </li>
  );
}
