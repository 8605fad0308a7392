import { type KeyboardEvent, type ReactElement, useCallback, useRef, useState } from "react";

import { addDays, addMonths, longDay, monthName, today, WEEKDAYS, weeksOf } from "../lib/dates";
import { go, useLoad } from "../lib/hooks";
import type { DatedStep, Page, PlanSummary } from "../lib/types";
import type { PageProps } from "./App";
import { Icon, Link, Shown } from "./Parts";
import { PlanForm } from "./PlanForm";

type Month = { plans: PlanSummary[]; steps: DatedStep[] };
const SHOWN_A_DAY = 3;
const MOST_PAGES = 5;

async function all<T>(ask: (page: number) => Promise<Page<T>>): Promise<T[]> {
  const found: T[] = [];
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const { items, total } = await ask(page);
    found.push(...items);
    if (found.length >= total) break;
  }
  return found;
}

/** A month as a grid of days: arrow keys walk over it, and below it stands what is on the chosen day. */
export function CalendarPage({ api, account, online, month }: PageProps & { month: string }): ReactElement {
  const weeks = weeksOf(month);
  const from = `${weeks[0]?.[0] ?? month}`;
  const to = `${weeks[weeks.length - 1]?.[6] ?? month}`;
  const load = useCallback(async (): Promise<Month> => {
    const range = { from, to, pageSize: 100 };
    const [plans, steps] = await Promise.all([
      all((page) => api.plans({ ...range, page, ordering: "startsOn" })),
      all((page) => api.steps({ ...range, page })),
    ]);
    return { plans, steps };
  }, [api, from, to]);
  const loaded = useLoad(account.id, `month.${month}`, load);
  const [chosen, setChosen] = useState(() => (today().startsWith(month) ? today() : `${month}-01`));
  const day = chosen.startsWith(month) ? chosen : `${month}-01`;
  const [isNew, setNew] = useState(false);
  const grid = useRef<HTMLTableElement>(null);

  function walk(event: KeyboardEvent): void {
    const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = addDays(day, step);
    setChosen(next);
    if (!next.startsWith(month)) go(`/calendar/${next.slice(0, 7)}`);
    requestAnimationFrame(() => grid.current?.querySelector<HTMLElement>(`[data-day="${next}"]`)?.focus());
  }

  return (
    <>
      <div className="heading">
        <h1 aria-live="polite">{monthName(month)}</h1>
        <div className="buttons">
          <Link to={`/calendar/${addMonths(month, -1)}`} className="button icon-only">
            <Icon name="back" />
            <span className="unseen">Month before</span>
          </Link>
          <Link to={`/calendar/${today().slice(0, 7)}`} className="button">
            Today
          </Link>
          <Link to={`/calendar/${addMonths(month, 1)}`} className="button icon-only">
            <Icon name="next" />
            <span className="unseen">Month after</span>
          </Link>
        </div>
      </div>
      <Shown what={loaded}>
        {(shown) => (
          <div className="calendar">
            <table ref={grid} role="grid" aria-label={monthName(month)} onKeyDown={walk}>
              <thead>
                <tr>
                  {WEEKDAYS.map((name) => (
                    <th key={name} scope="col">
                      {name}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {weeks.map((week) => (
                  <tr key={week[0]}>
                    {week.map((each) => (
                      <Day
                        key={each}
                        day={each}
                        entries={entriesOf(each, shown)}
                        isOutside={!each.startsWith(month)}
                        isChosen={each === day}
                        choose={() => setChosen(each)}
                      />
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
            <section className="agenda" aria-labelledby="agenda">
              <h2 id="agenda">{longDay(day)}</h2>
              <Agenda entries={entriesOf(day, shown)} />
              {isNew ? (
                <PlanForm
                  startsOn={day}
                  leave={() => setNew(false)}
                  save={async (plan) => go(`/plans/${(await api.createPlan(plan)).id}`)}
                />
              ) : (
                <button type="button" onClick={() => setNew(true)} disabled={!online}>
                  <Icon name="plus" /> New plan on this day
                </button>
              )}
            </section>
          </div>
        )}
      </Shown>
    </>
  );
}

type Entry = { key: string; kind: "plan" | "step"; title: string; of: string; to: string; done: boolean };

function entriesOf(day: string, { plans, steps }: Month): Entry[] {
  const covers = ({ startsOn, endsOn }: PlanSummary) =>
    (startsOn ?? endsOn ?? "") <= day && day <= (endsOn ?? startsOn ?? "");
  return [
    ...plans.filter(covers).map(({ id, title, stepCount, doneCount }) => ({
      key: id,
      kind: "plan" as const,
      title,
      of: "",
      to: `/plans/${id}`,
      done: stepCount > 0 && stepCount === doneCount,
    })),
    ...steps
      .filter(({ dueOn }) => dueOn === day)
      .map(({ id, title, done, planId, planTitle }) => ({
        key: id,
        kind: "step" as const,
        title,
        of: planTitle,
        to: `/plans/${planId}`,
        done,
      })),
  ];
}

function Day(props: {
  day: string;
  entries: Entry[];
  isOutside: boolean;
  isChosen: boolean;
  choose: () => void;
}): ReactElement {
  const { day, entries } = props;
  const marks = [props.isOutside && "outside", day === today() && "today", props.isChosen && "chosen"];
  const said = entries.length === 0 ? "nothing planned" : entries.map(({ title }) => title).join(", ");
  return (
    <td role="gridcell" aria-selected={props.isChosen} className={marks.filter(Boolean).join(" ")}>
      <button
        type="button"
        data-day={day}
        tabIndex={props.isChosen ? 0 : -1}
        aria-label={`${longDay(day)}: ${said}`}
        aria-current={day === today() ? "date" : undefined}
        onClick={props.choose}
      >
        <span className="number">{Number(day.slice(8))}</span>
        {entries.slice(0, SHOWN_A_DAY).map(({ key, kind, title, done }) => (
          <span key={key} className={`entry ${kind}${done ? " done" : ""}`}>
            {title}
          </span>
        ))}
        {entries.length > SHOWN_A_DAY && <span className="more">+{entries.length - SHOWN_A_DAY}</span>}
      </button>
    </td>
  );
}

function Agenda({ entries }: { entries: Entry[] }): ReactElement {
  if (entries.length === 0) return <p className="soft">Nothing is planned on this day.</p>;
  return (
    <ul>
      {entries.map(({ key, kind, title, of, to, done }) => (
        <li key={key}>
          <Link to={to} className={`entry ${kind}${done ? " done" : ""}`}>
            {title}
            {of !== "" && <small> {of}</small>}
          </Link>
        </li>
      ))}
    </ul>
  );
}
