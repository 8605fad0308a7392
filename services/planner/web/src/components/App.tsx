import { type ReactElement, useCallback, useEffect, useMemo, useRef, useState } from "react";

import { Api } from "../lib/api";
import type { Config } from "../lib/config";
import { isMonth, today } from "../lib/dates";
import { go, useOnline, usePath } from "../lib/hooks";
import { forgetAll, recall, remember } from "../lib/memory";
import { type Account, type Session, SignedOut } from "../lib/session";
import { CalendarPage } from "./CalendarPage";
import { Icon, Link } from "./Parts";
import { Media } from "./Picture";
import { PlanPage } from "./PlanPage";
import { PlansPage } from "./PlansPage";
import { SignIn } from "./SignIn";

export type PageProps = { api: Api; account: Account; online: boolean };

const RENEW_BEFORE_MILLISECONDS = 5 * 60_000;
const LAST = "last-account";

/** The gate, or the page that the address names. */
export function App({ session, config }: { session: Session; config: Config }): ReactElement {
  const [account, setAccount] = useState<Account | null>();
  const [reason, setReason] = useState<string>();
  const online = useOnline();

  const enter = useCallback(async () => {
    try {
      const found = await session.restore();
      setAccount(found ?? null);
      if (found !== undefined) remember("", LAST, found);
    } catch {
      // Without a connection a session cannot be renewed; what this device has seen can be read all the same.
      setAccount(recall<Account>("", LAST) ?? null);
    }
  }, [session]);
  useEffect(() => void enter(), [enter]);

  const leave = useCallback(
    async (why?: string) => {
      await session.signOut().catch(() => undefined);
      forgetAll();
      setReason(why);
      setAccount(null);
      go("/");
    },
    [session],
  );
  const api = useMemo(() => {
    const token = async (): Promise<string> => {
      try {
        return await session.token();
      } catch (error) {
        if (error instanceof SignedOut && navigator.onLine) void leave(error.message);
        throw error;
      }
    };
    return new Api(config.apiUrl, token);
  }, [config, session, leave]);

  if (account === undefined)
    return (
      <p className="starting" role="status">
        Opening the planner…
      </p>
    );
  if (account === null) return <SignIn session={session} reason={reason} entered={enter} />;
  return <Shell api={api} account={account} online={online} config={config} leave={() => void leave()} />;
}

function Shell(props: PageProps & { config: Config; leave: () => void }): ReactElement {
  const { api, account, online, config } = props;
  const path = usePath();
  const media = useMedia(api);
  const page = pageAt(path, { api, account, online });
  return (
    <Media.Provider value={media}>
      <a className="skip" href="#content">
        Skip to the content
      </a>
      <header className="top">
        <Link to="/" className="brand">
          <img src="/icon.svg" alt="" width="32" height="32" /> Planner
        </Link>
        {config.environment !== "" && config.environment !== "prod" && <span className="badge">{config.environment}</span>}
        <span className="who">{account.email}</span>
        <button type="button" className="quiet" onClick={props.leave}>
          Sign out
        </button>
      </header>
      <nav className="tabs" aria-label="Pages">
        <Link to="/" current={!path.startsWith("/calendar")}>
          <Icon name="list" /> Plans
        </Link>
        <Link to="/calendar" current={path.startsWith("/calendar")}>
          <Icon name="calendar" /> Calendar
        </Link>
      </nav>
      {!online && (
        <p className="offline" role="status">
          <Icon name="cloud" /> You are offline. You see what was last loaded; changes wait until you are back.
        </p>
      )}
      <main id="content" tabIndex={-1}>
        {page}
      </main>
    </Media.Provider>
  );
}

function pageAt(path: string, props: PageProps): ReactElement {
  const [, name, rest] = path.split("/");
  // A page that the connection comes back to is loaded anew.
  const key = `${path} ${String(props.online)}`;
  if (name === "plans" && rest !== undefined && rest !== "") return <PlanPage key={key} {...props} id={rest} />;
  if (name === "calendar") {
    const month = rest !== undefined && isMonth(rest) ? rest : today().slice(0, 7);
    return <CalendarPage key={String(props.online)} {...props} month={month} />;
  }
  return <PlansPage key={String(props.online)} {...props} />;
}

/** Leave to read files from the CDN: asked for when the first one is shown, and again before it runs out. */
function useMedia(api: Api): () => Promise<boolean> {
  const kept = useRef<{ until: number; opened: Promise<boolean> }>(undefined);
  return useCallback(() => {
    if (kept.current === undefined || kept.current.until < Date.now()) {
      const mine = {
        until: Date.now() + RENEW_BEFORE_MILLISECONDS,
        opened: api.openMediaSession().then(
          ({ expiresAt }) => {
            mine.until = Date.parse(expiresAt) - RENEW_BEFORE_MILLISECONDS;
            return true;
          },
          () => {
            kept.current = undefined;
            return false;
          },
        ),
      };
      kept.current = mine;
    }
    return kept.current.opened;
  }, [api]);
}
