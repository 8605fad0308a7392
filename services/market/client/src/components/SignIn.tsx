import { type FormEvent, type ReactElement, useState } from "react";

import { CallFailed } from "../lib/http";
import type { Session } from "../lib/session";
import { Logo } from "./Icons";

/** Sign in, or make an account and be signed in. */
export function SignIn({ session, reason }: { session: Session; reason: string | undefined }): ReactElement {
  const [isNew, setNew] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const credentials = { email: String(form.get("email")).trim(), password: String(form.get("password")) };
    setBusy(true);
    setError(undefined);
    try {
      await (isNew ? session.signUp(credentials) : session.signIn(credentials));
    } catch (caught) {
      const { fields } = caught instanceof CallFailed ? caught : { fields: {} };
      const [field] = Object.entries(fields);
      setError(field === undefined ? (caught as Error).message : `${field[0]}: ${field[1]}`);
      setBusy(false);
    }
  }

  return (
    <div className="gate">
      <section className="welcome">
        <Logo />
        <h1>Anythink Market</h1>
        <p>Tasks to share, things to sell, and everything that happens in one place.</p>
      </section>
      <form className="card" onSubmit={(event) => void submit(event)}>
        <h2>{isNew ? "Create your account" : "Welcome back"}</h2>
        {reason !== undefined && error === undefined && (
          <p role="status" className="note">
            {reason}
          </p>
        )}
        <label>
          E-mail
          <input name="email" type="email" autoComplete="username" maxLength={254} required />
        </label>
        <label>
          Password
          <input
            name="password"
            type="password"
            autoComplete={isNew ? "new-password" : "current-password"}
            minLength={isNew ? 10 : 1}
            maxLength={128}
            required
          />
          {isNew && <small>At least 10 characters. A sentence is a good one.</small>}
        </label>
        {error !== undefined && (
          <p role="alert" className="error">
            {error}
          </p>
        )}
        <button type="submit" className="primary" disabled={busy}>
          {isNew ? "Create account" : "Sign in"}
        </button>
        <button
          type="button"
          className="quiet"
          onClick={() => {
            setNew(!isNew);
            setError(undefined);
          }}
        >
          {isNew ? "I have an account" : "I am new here"}
        </button>
      </form>
    </div>
  );
}
