import Link from "@mui/material/Link";
import { Link as RouterLink, useLocation, useNavigate } from "react-router";
import { AccountForm } from "../components/AccountForm";
import { EmailField, Field, NewPasswordField } from "../components/Fields";
import { useServices } from "../lib/context";
import { useAction } from "../lib/useAction";

export function SignUpPage() {
  const { account } = useServices();
  const action = useAction();
  const navigate = useNavigate();
  const { search } = useLocation();
  return (
    <AccountForm
      title="Sign up"
      submit="Sign up"
      action={action}
      onSubmit={({ name = "", email = "", password = "" }) =>
        void action.run(async () => {
          await account.signUp(name.trim(), email, password);
          await navigate(`/confirm${search}`, { state: { email } });
        })
      }
      links={
        <Link component={RouterLink} to={`/sign-in${search}`}>
          I have an account
        </Link>
      }
    >
      <Field
        name="name"
        label="Name"
        autoComplete="name"
        required
        helperText="Those whom you share a list with see it"
        slotProps={{ htmlInput: { maxLength: 100 } }}
      />
      <EmailField />
      <NewPasswordField />
    </AccountForm>
  );
}
