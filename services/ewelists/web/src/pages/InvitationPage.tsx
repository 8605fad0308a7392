import CardGiftcardIcon from "@mui/icons-material/CardGiftcard";
import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import Typography from "@mui/material/Typography";
import { useNavigate, useParams } from "react-router";
import { Empty, Failure, Waiting } from "../components/States";
import { useServices } from "../lib/context";
import { useAction } from "../lib/useAction";
import { useLoad } from "../lib/useLoad";

/** What the link in a mail opens. */
export function InvitationPage() {
  const { token = "" } = useParams();
  const { api } = useServices();
  const navigate = useNavigate();
  const action = useAction();
  const { value: invitation, error, again } = useLoad(token, () => api.invitation(token));
  if (!invitation) return error ? <Failure message={error} again={again} /> : <Waiting what="the invitation" />;
  return (
    <Empty icon={<CardGiftcardIcon />} title={`${invitation.owner.name} shares “${invitation.title}” with you`}>
      <Typography>You will see what is on the list, and can reserve what you want to give.</Typography>
      {action.error && <Alert severity="error">{action.error}</Alert>}
      <Button
        variant="contained"
        size="large"
        loading={action.busy}
        onClick={() =>
          void action.run(async () => navigate(`/shared/${(await api.accept(token)).listId}`, { replace: true }))
        }
      >
        Accept
      </Button>
    </Empty>
  );
}
