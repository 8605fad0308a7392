"use client";

import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Card from "@mui/material/Card";
import CardActions from "@mui/material/CardActions";
import CardContent from "@mui/material/CardContent";
import CardHeader from "@mui/material/CardHeader";

import { SOLD_OUT } from "../lib/counter";
import { useCounter } from "../lib/useCounter";
import { CounterValue } from "./CounterValue";
import { SettingsMenu } from "./SettingsMenu";

/** The page's one card: how many cameras are left, a button that sells one, and the settings. */
export function CounterCard({ apiBase }: { apiBase: string }) {
  const { value, busy, error, run } = useCounter(apiBase);
  const soldOut = error?.reason === SOLD_OUT;
  const retry = (
    <Button color="inherit" size="small" onClick={() => void run("GET /counter")} disabled={busy !== null}>
      Try again
    </Button>
  );
  return (
    <Box component="main" sx={{ minHeight: "100dvh", display: "grid", placeItems: "center", p: 2 }}>
      <Card
        component="section"
        aria-labelledby="title"
        variant="outlined"
        sx={{ width: "100%", maxWidth: 420, p: { xs: 1, sm: 2 } }}
      >
        <CardHeader
          title="Cameras in stock"
          slotProps={{ title: { component: "h1", variant: "h6", id: "title" } }}
          action={<SettingsMenu onReset={() => void run("PUT /reset")} busy={busy !== null} />}
        />
        <CardContent sx={{ display: "grid", gap: 2, textAlign: "center" }}>
          <CounterValue value={value} waiting={busy !== null} />
          {error !== null && (
            <Alert severity={soldOut ? "info" : "error"} action={soldOut ? undefined : retry} sx={{ textAlign: "left" }}>
              {error.message}
            </Alert>
          )}
        </CardContent>
        <CardActions sx={{ p: 2, pt: 0 }}>
          <Button
            fullWidth
            size="large"
            variant="contained"
            onClick={() => void run("POST /decrement")}
            disabled={value === null || value === 0}
            loading={busy === "POST /decrement"}
          >
            Sell a camera
          </Button>
        </CardActions>
      </Card>
    </Box>
  );
}
