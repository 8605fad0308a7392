import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import Paper from "@mui/material/Paper";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import type { ReactNode } from "react";
import type { Action } from "../lib/useAction";

interface Props {
  readonly title: string;
  readonly note?: ReactNode;
  readonly submit: string;
  readonly action: Action;
  readonly onSubmit: (fields: Record<string, string>) => void;
  readonly children: ReactNode;
  readonly links?: ReactNode;
}

/** One card with a form: what all pages about the account look like. */
export function AccountForm({ title, note, submit, action, onSubmit, children, links }: Props) {
  return (
    <Paper sx={{ p: 3, maxWidth: 440, mx: "auto", mt: { xs: 0, sm: 4 } }}>
      <Stack
        component="form"
        spacing={2}
        onSubmit={(event) => {
          event.preventDefault();
          const given = new FormData(event.currentTarget as HTMLFormElement);
          onSubmit(Object.fromEntries([...given].map(([name, value]) => [name, String(value)])));
        }}
      >
        <Typography variant="h1">{title}</Typography>
        {note}
        {action.error && <Alert severity="error">{action.error}</Alert>}
        {children}
        <Button type="submit" variant="contained" size="large" loading={action.busy}>
          {submit}
        </Button>
        {links && (
          <Stack spacing={1} sx={{ alignItems: "center" }}>
            {links}
          </Stack>
        )}
      </Stack>
    </Paper>
  );
}
