import DeleteIcon from "@mui/icons-material/Delete";
import Divider from "@mui/material/Divider";
import IconButton from "@mui/material/IconButton";
import MuiList from "@mui/material/List";
import ListItem from "@mui/material/ListItem";
import ListItemText from "@mui/material/ListItemText";
import Typography from "@mui/material/Typography";
import { useServices } from "../lib/context";
import { useAction } from "../lib/useAction";
import { useLoad } from "../lib/useLoad";
import { Field } from "./Fields";
import { FormDialog } from "./FormDialog";
import { Failure } from "./States";

export function ShareDialog({ list, onClose }: { list: string; onClose: () => void }) {
  const { api, tell } = useServices();
  const known = useLoad(list, () => api.guests(list));
  const action = useAction();
  return (
    <FormDialog
      title="Share the list"
      submit="Send invitation"
      onClose={onClose}
      onSubmit={async ({ email = "" }) => {
        await api.share(list, email);
        tell(`An invitation is on its way to ${email}.`);
      }}
    >
      <Typography>Whoever opens the link in the mail sees the list and can reserve what is on it.</Typography>
      <Field name="email" label="E-mail" type="email" required autoFocus slotProps={{ htmlInput: { maxLength: 254 } }} />
      {(known.error ?? action.error) && <Failure message={known.error ?? action.error ?? ""} again={known.again} />}
      {known.value && known.value.guests.length + known.value.invitations.length > 0 && (
        <>
          <Divider />
          <MuiList dense aria-label="Shared with">
            {known.value.guests.map((guest) => (
              <ListItem
                key={guest.id}
                secondaryAction={
                  <IconButton
                    edge="end"
                    aria-label={`Remove ${guest.name}`}
                    disabled={action.busy}
                    onClick={() => void action.run(() => api.removeGuest(list, guest.id)).then(known.again)}
                  >
                    <DeleteIcon />
                  </IconButton>
                }
              >
                <ListItemText primary={guest.name} secondary="Sees the list" />
              </ListItem>
            ))}
            {known.value.invitations.map((invitation, place) => (
              <ListItem key={place}>
                <ListItemText primary={invitation.email} secondary="Has been invited" />
              </ListItem>
            ))}
          </MuiList>
        </>
      )}
    </FormDialog>
  );
}
