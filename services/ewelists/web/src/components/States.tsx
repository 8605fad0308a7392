import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Skeleton from "@mui/material/Skeleton";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import type { ReactNode } from "react";

/** Where something will be, before it is there. */
export function Waiting({ what }: { what: string }) {
  return (
    <Stack role="status" aria-label={`Loading ${what}`} spacing={2}>
      {[1, 2, 3].map((place) => (
        <Skeleton key={place} variant="rounded" height={96} />
      ))}
    </Stack>
  );
}

/** What went wrong, with a way to try again. */
export function Failure({ message, again }: { message: string; again: () => void }) {
  return (
    <Alert
      severity="error"
      action={
        <Button color="inherit" size="small" onClick={again}>
          Try again
        </Button>
      }
    >
      {message}
    </Alert>
  );
}

/** Nothing is there yet, and what to do about it. */
export function Empty({ icon, title, children }: { icon: ReactNode; title: string; children?: ReactNode }) {
  return (
    <Stack spacing={1.5} sx={{ alignItems: "center", textAlign: "center", py: 6, px: 2 }}>
      <Box aria-hidden sx={{ color: "primary.main", "& svg": { fontSize: 56 } }}>
        {icon}
      </Box>
      <Typography variant="h2">{title}</Typography>
      {children}
    </Stack>
  );
}
