import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import Stack from "@mui/material/Stack";
import { useId, type ReactNode } from "react";
import { useAction } from "../lib/useAction";

interface Props {
  readonly title: string;
  readonly submit: string;
  /** Red, for what cannot be taken back. */
  readonly dangerous?: boolean;
  readonly onClose: () => void;
  /** Does it; the dialog closes when that worked and says why when not. */
  readonly onSubmit: (fields: Record<string, string>) => Promise<unknown>;
  readonly children: ReactNode;
}

export function FormDialog({ title, submit, dangerous = false, onClose, onSubmit, children }: Props) {
  const action = useAction();
  const heading = useId();
  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="sm" aria-labelledby={heading}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const given = new FormData(event.currentTarget);
          const fields = Object.fromEntries([...given].map(([name, value]) => [name, String(value).trim()]));
          void action.run(() => onSubmit(fields)).then((worked) => worked && onClose());
        }}
      >
        <DialogTitle id={heading}>{title}</DialogTitle>
        <DialogContent>
          <Stack spacing={2} sx={{ pt: 1 }}>
            {action.error && <Alert severity="error">{action.error}</Alert>}
            {children}
          </Stack>
        </DialogContent>
        <DialogActions sx={{ px: 3, pb: 2 }}>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="contained" color={dangerous ? "error" : "primary"} loading={action.busy}>
            {submit}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
