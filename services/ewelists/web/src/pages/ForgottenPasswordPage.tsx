import Link from "@mui/material/Link";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import { Link as RouterLink, useNavigate } from "react-router";
import { AccountForm } from "../components/AccountForm";
import { CodeField, EmailField, NewPasswordField } from "../components/Fields";
import { useServices } from "../lib/context";
import { useAction } from "../lib/useAction";

export function ForgottenPasswordPage() {
  const { account, tell } = useServices();
  const action = useAction();
  const navigate = useNavigate();
  const [sent, setSent] = useState<string>();
  const back = (
    <Link component={RouterLink} to="/sign-in">
      Back to sign in
    </Link>
  );
  if (sent === undefined) {
    return (
      <AccountForm
        title="Forgotten password"
        submit="Send me a code"
        action={action}
        onSubmit={({ email = "" }) =>
          void action.run(async () => {
            await account.forgetPassword(email);
            setSent(email);
          })
        }
        links={back}
      >
        <EmailField />
      </AccountForm>
    );
  }
  return (
    <AccountForm
      title="New password"
      note={<Typography>If there is an account for {sent}, a code is on its way to it.</Typography>}
      submit="Set the password"
      action={action}
      onSubmit={({ code = "", password = "" }) =>
        void action.run(async () => {
          await account.setPassword(sent, code.trim(), password);
          tell("Your password is set. Sign in with it.");
          await navigate("/sign-in", { state: { email: sent } });
        })
      }
      links={back}
    >
      <CodeField />
      <NewPasswordField />
    </AccountForm>
  );
}
