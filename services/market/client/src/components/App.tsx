import { type ReactElement, useEffect, useState, useSyncExternalStore } from "react";

import type { Session } from "../lib/session";
import { ActivityPage } from "./ActivityPage";
import { BagIcon, BellIcon, CheckIcon, Logo } from "./Icons";
import { ItemsPage } from "./ItemsPage";
import { SignIn } from "./SignIn";
import { TasksPage } from "./TasksPage";

const PAGES = {
  tasks: { title: "Tasks", Icon: CheckIcon, Page: TasksPage },
  items: { title: "Items", Icon: BagIcon, Page: ItemsPage },
  activity: { title: "Activity", Icon: BellIcon, Page: ActivityPage },
} as const;
type PageName = keyof typeof PAGES;

const pageAt = (path: string): PageName => {
  const name = path.slice(1);
  return name in PAGES ? (name as PageName) : "tasks";
};

/** The page that the address names; the browser's back button works. */
function usePageName(): [PageName, (name: PageName) => void] {
  const [name, setName] = useState(() => pageAt(window.location.pathname));
  useEffect(() => {
    const follow = () => setName(pageAt(window.location.pathname));
    window.addEventListener("popstate", follow);
    return () => window.removeEventListener("popstate", follow);
  }, []);
  const go = (next: PageName) => {
    if (next !== name) window.history.pushState(null, "", `/${next}`);
    setName(next);
  };
  return [name, go];
}

export function App({ session, environment }: { session: Session; environment: string }): ReactElement {
  const state = useSyncExternalStore(session.subscribe, session.state);
  const [name, go] = usePageName();
  if (state.phase === "starting")
    return (
      <p className="starting" role="status">
        Opening the market…
      </p>
    );
  if (state.phase === "out") return <SignIn session={session} reason={state.reason} />;

  const { title, Page } = PAGES[name];
  return (
    <div className="shell">
      <header className="top">
        <span className="brand">
          <Logo /> Anythink Market
        </span>
        {environment !== "" && environment !== "prod" && <span className="badge">{environment}</span>}
        <span className="who" title={state.account.email}>
          {state.account.email}
        </span>
        <button type="button" className="quiet" onClick={() => void session.signOut()}>
          Sign out
        </button>
      </header>
      <nav className="tabs" aria-label="Pages">
        {(Object.keys(PAGES) as PageName[]).map((each) => {
          const { Icon, title: label } = PAGES[each];
          return (
            <button key={each} type="button" aria-current={each === name ? "page" : undefined} onClick={() => go(each)}>
              <Icon />
              {label}
            </button>
          );
        })}
      </nav>
      <main>
        <h1>{title}</h1>
        <Page session={session} account={state.account} />
      </main>
    </div>
  );
}
