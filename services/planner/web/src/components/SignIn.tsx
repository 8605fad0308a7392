import { type FormEvent, type ReactElement, useState } from "react";

import { useAction } from "../lib/hooks";
import type { Session } from "../lib/session";
import { Failure } from "./Parts";

type Stage = "in" | "up" | "code";
const TITLES = { in: "Welcome back", up: "Create your account", code: "Look into your mail" };
const BUTTONS = { in: "Sign in", up: "Create account", code: "Confirm" };

/** Sign in, or make an account, confirm its address and be signed in. */
export function SignIn(props: { session: Session; reason: string | undefined; entered: () => Promise<void> }): ReactElement {
  const { session } = props;
  const [stage, setStage] = useState<Stage>("in");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [sent, setSent] = useState(false);
  const action = useAction();

  async function enter(): Promise<void> {
    if ((await session.signIn(email.trim(), password)) === "unconfirmed") setStage("code");
    else await props.entered();
  }
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const code = String(new FormData(event.currentTarget).get("code") ?? "").trim();
    void action.run(async () => {
      if (stage === "code") await session.confirm(email.trim(), code);
      if (stage === "up" && (await session.signUp(email.trim(), password)) === "unconfirmed") setStage("code");
      else await enter();
    });
  }
  const again = () =>
    void action.run(async () => {
      await session.resend(email.trim());
      setSent(true);
    });

  return (
    <div className="gate">
      <header className="welcome">
        <img src="/icon.svg" alt="" width="64" height="64" />
        <h1>Planner</h1>
        <p>Plans with steps, dates and pictures. Yours alone.</p>
      </header>
      <form className="card" onSubmit={submit} key={stage === "code" ? "code" : "account"}>
        <h2>{TITLES[stage]}</h2>
        {props.reason !== undefined && stage === "in" && action.error === undefined && (
          <p role="status" className="soft">
            {props.reason}
          </p>
        )}
        {stage === "code" ? (
          <label>
            Code
            <input name="code" inputMode="numeric" autoComplete="one-time-code" maxLength={10} required autoFocus />
            <small>
              We sent a code to <b>{email}</b>.
            </small>
          </label>
        ) : (
          <>
            <label>
              E-mail
              <input
                type="email"
                autoComplete="username"
                maxLength={254}
                required
                value={email}
                onChange={(event) => setEmail(event.target.value)}
              />
            </label>
            <label>
              Password
              <input
                type="password"
                autoComplete={stage === "up" ? "new-password" : "current-password"}
                minLength={stage === "up" ? 12 : 1}
                maxLength={128}
                required
                value={password}
                onChange={(event) => setPassword(event.target.value)}
              />
              {stage === "up" && <small>At least 12 characters, with upper and lower case and a number.</small>}
            </label>
          </>
        )}
        <Failure message={action.error} />
        <button type="submit" className="primary" disabled={action.busy}>
          {action.busy ? "One moment…" : BUTTONS[stage]}
        </button>
        {stage === "code" ? (
          <button type="button" className="quiet" onClick={again} disabled={action.busy}>
            {sent ? "Sent again. Look into your mail." : "Send the code again"}
          </button>
        ) : (
          <button type="button" className="quiet" onClick={() => setStage(stage === "in" ? "up" : "in")}>
            {stage === "in" ? "I am new here" : "I have an account"}
          </button>
        )}
      </form>
    </div>
  );
}
