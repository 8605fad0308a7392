import { type ReactElement, useCallback, useDeferredValue, useState } from "react";

import { span } from "../lib/dates";
import { go, useLoad } from "../lib/hooks";
import type { Page, PlanSummary } from "../lib/types";
import type { PageProps } from "./App";
import { Icon, Link, Progress, Shown } from "./Parts";
import { Picture } from "./Picture";
import { PlanForm } from "./PlanForm";

const STATES = { open: "To do", done: "Done", all: "All" } as const;
const ORDERS = { "-createdAt": "Newest", startsOn: "By date", title: "By title" } as const;
const PAGE_SIZE = 20;
const EMPTY = {
  open: "Nothing is planned. What would you like to do?",
  done: "No plan is done yet.",
  all: "No plans yet. What would you like to do?",
};

/** All plans as a list: searched, filtered, ordered, a page at a time. */
export function PlansPage({ api, account, online }: PageProps): ReactElement {
  const [state, setState] = useState<keyof typeof STATES>("open");
  const [ordering, setOrdering] = useState<keyof typeof ORDERS>("-createdAt");
  const [words, setWords] = useState("");
  const [pages, setPages] = useState(1);
  const [isNew, setNew] = useState(false);
  const search = useDeferredValue(words.trim());
  const load = useCallback(async (): Promise<Page<PlanSummary>> => {
    const query = { state, ordering, search, pageSize: PAGE_SIZE };
    const loaded = await Promise.all(Array.from({ length: pages }, (_, at) => api.plans({ ...query, page: at + 1 })));
    const last = loaded[loaded.length - 1] as Page<PlanSummary>;
    return { ...last, items: loaded.flatMap(({ items }) => items) };
  }, [api, state, ordering, search, pages]);
  const plans = useLoad(account.id, search === "" ? `plans.${state}.${ordering}` : "plans.search", load);

  return (
    <>
      <div className="heading">
        <h1>Plans</h1>
        {!isNew && (
          <button type="button" className="primary" onClick={() => setNew(true)} disabled={!online}>
            <Icon name="plus" /> New plan
          </button>
        )}
      </div>
      {isNew && (
        <PlanForm
          leave={() => setNew(false)}
          save={async (plan) => go(`/plans/${(await api.createPlan(plan)).id}`)}
        />
      )}
      <div className="tools">
        <input
          type="search"
          aria-label="Search plans"
          placeholder="Search"
          maxLength={200}
          value={words}
          onChange={(event) => setWords(event.target.value)}
        />
        <div className="choice" role="group" aria-label="Which plans">
          {Object.entries(STATES).map(([name, label]) => (
            <button
              key={name}
              type="button"
              aria-pressed={name === state}
              onClick={() => setState(name as keyof typeof STATES)}
            >
              {label}
            </button>
          ))}
        </div>
        <select
          aria-label="Order"
          value={ordering}
          onChange={(event) => setOrdering(event.target.value as keyof typeof ORDERS)}
        >
          {Object.entries(ORDERS).map(([name, label]) => (
            <option key={name} value={name}>
              {label}
            </option>
          ))}
        </select>
      </div>
      <Shown what={plans}>
        {({ items, total }) => (
          <>
            {items.length === 0 && (
              <p className="empty">{search === "" ? EMPTY[state] : `Nothing was found for “${search}”.`}</p>
            )}
            <ul className="plans">
              {items.map((plan) => (
                <PlanCard key={plan.id} plan={plan} />
              ))}
            </ul>
            {items.length < total && (
              <button type="button" className="wide" onClick={() => setPages(pages + 1)} disabled={!online}>
                Show more
              </button>
            )}
          </>
        )}
      </Shown>
    </>
  );
}

function PlanCard({ plan }: { plan: PlanSummary }): ReactElement {
  const when = span(plan.startsOn, plan.endsOn);
  return (
    <li>
      <Link to={`/plans/${plan.id}`} className="plan">
        {plan.picture === null ? (
          <span className="initial" aria-hidden="true">
            {plan.title.charAt(0).toUpperCase()}
          </span>
        ) : (
          <Picture url={plan.picture} alt="" />
        )}
        <span className="about">
          <span className="title">{plan.title}</span>
          {when !== "" && <small>{when}</small>}
          <Progress done={plan.doneCount} of={plan.stepCount} />
        </span>
      </Link>
    </li>
  );
}
