import LogoutIcon from "@mui/icons-material/Logout";
import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import Paper from "@mui/material/Paper";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import { Field } from "../components/Fields";
import { FormDialog } from "../components/FormDialog";
import { Failure, Waiting } from "../components/States";
import { useServices } from "../lib/context";
import { useAction } from "../lib/useAction";
import { useLoad } from "../lib/useLoad";

export function ProfilePage() {
  const { account, api, refresh, tell } = useServices();
  const { value: me, error, again } = useLoad("me", api.me);
  const action = useAction();
  const [deleting, setDeleting] = useState(false);
  const leave = async () => {
    await account.signOut();
    await refresh();
  };
  if (!me) return error ? <Failure message={error} again={again} /> : <Waiting what="your profile" />;
  return (
    <Stack spacing={3} sx={{ maxWidth: 560, mx: "auto" }}>
      <Typography variant="h1">Profile</Typography>
      <Paper sx={{ p: 3 }}>
        <Stack
          component="form"
          spacing={2}
          onSubmit={(event) => {
            event.preventDefault();
            const name = String(new FormData(event.currentTarget as HTMLFormElement).get("name"));
            void action.run(async () => {
              await api.rename(name);
              tell("Your name is saved.");
            });
          }}
        >
          {action.error && <Alert severity="error">{action.error}</Alert>}
          <Field name="name" label="Name" required defaultValue={me.name} slotProps={{ htmlInput: { maxLength: 100 } }} />
          <Field label="E-mail" value={me.email} slotProps={{ input: { readOnly: true } }} />
          <Button type="submit" variant="contained" loading={action.busy}>
            Save
          </Button>
        </Stack>
      </Paper>
      <Button variant="outlined" startIcon={<LogoutIcon />} onClick={() => void leave()}>
        Sign out
      </Button>
      <Button color="error" onClick={() => setDeleting(true)}>
        Delete my account
      </Button>
      {deleting && (
        <FormDialog
          title="Delete my account?"
          submit="Delete everything"
          dangerous
          onClose={() => setDeleting(false)}
          onSubmit={async () => {
            await api.deleteAccount();
            await account.signOut().catch(() => undefined); // the account is gone: its session ends here alone
            tell("Your account is deleted.");
            await refresh();
          }}
        >
          <Typography>Your lists, what you have reserved and your account go at once, and do not come back.</Typography>
        </FormDialog>
      )}
    </Stack>
  );
}
