import Button from "@mui/material/Button";
import { useLocation, useNavigate } from "react-router";
import { AccountForm } from "../components/AccountForm";
import { CodeField, EmailField } from "../components/Fields";
import { useServices } from "../lib/context";
import { useAction } from "../lib/useAction";

export function ConfirmPage() {
  const { account, tell } = useServices();
  const action = useAction();
  const navigate = useNavigate();
  const { search, state } = useLocation() as { search: string; state: { email?: string } | null };
  const known = state?.email;
  return (
    <AccountForm
      title="Confirm your address"
      submit="Confirm"
      action={action}
      onSubmit={({ email = "", code = "" }) =>
        void action.run(async () => {
          await account.confirm(email, code.trim());
          tell("Your address is confirmed. Sign in to begin.");
          await navigate(`/sign-in${search}`, { state: { email } });
        })
      }
      links={
        known && (
          <Button
            onClick={() =>
              void action.run(async () => {
                await account.sendCodeAgain(known);
                tell("A new code is on its way.");
              })
            }
          >
            Send the code again
          </Button>
        )
      }
    >
      <EmailField value={known ?? ""} />
      <CodeField />
    </AccountForm>
  );
}
