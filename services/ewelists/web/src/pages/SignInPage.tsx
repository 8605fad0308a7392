import Link from "@mui/material/Link";
import { Navigate, Link as RouterLink, useLocation, useNavigate, useSearchParams } from "react-router";
import { AccountForm } from "../components/AccountForm";
import { EmailField, Field } from "../components/Fields";
import { useServices } from "../lib/context";
import { useAction } from "../lib/useAction";

/** Where to go after signing in: a page of ours, never another site. */
export function destination(then: string | null): string {
  return then !== null && /^\/[^/\\]/.test(then) ? then : "/";
}

export function SignInPage() {
  const { account, refresh, signedIn } = useServices();
  const action = useAction();
  const navigate = useNavigate();
  const [query] = useSearchParams();
  const { state } = useLocation() as { state: { email?: string } | null };
  const then = query.get("then");
  if (signedIn) return <Navigate to={destination(then)} replace />;
  const keep = then === null ? "" : `?then=${encodeURIComponent(then)}`;
  return (
    <AccountForm
      title="Sign in"
      submit="Sign in"
      action={action}
      onSubmit={({ email = "", password = "" }) =>
        void action.run(async () => {
          if ((await account.signIn(email, password)) === "unconfirmed") {
            await account.sendCodeAgain(email);
            await navigate(`/confirm${keep}`, { state: { email } });
            return;
          }
          await refresh();
        })
      }
      links={
        <>
          <Link component={RouterLink} to="/forgotten-password">
            Forgotten password
          </Link>
          <Link component={RouterLink} to={`/sign-up${keep}`}>
            No account yet? Sign up
          </Link>
        </>
      }
    >
      <EmailField value={state?.email ?? ""} />
      <Field name="password" label="Password" type="password" autoComplete="current-password" required />
    </AccountForm>
  );
}
