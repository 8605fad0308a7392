import Box from "@mui/material/Box";
import Skeleton from "@mui/material/Skeleton";
import Typography from "@mui/material/Typography";

/** Same grouping on the server and in every browser. */
const NUMBER = new Intl.NumberFormat("en-GB");

/** The number in large digits, a skeleton of it before the first answer, or a dash when there was none. */
export function CounterValue({ value, waiting }: { value: number | null; waiting: boolean }) {
  const loading = value === null && waiting;
  return (
    <Box role="status" aria-live="polite" aria-busy={waiting}>
      <Typography
        component="p"
        data-testid="counter"
        sx={{ fontSize: { xs: 72, sm: 96 }, fontWeight: 300, lineHeight: 1.1, fontVariantNumeric: "tabular-nums" }}
      >
        {loading ? <Skeleton aria-label="Loading the counter" width="60%" sx={{ mx: "auto" }} /> : digits(value)}
      </Typography>
      <Typography sx={{ color: "text.secondary" }}>{loading ? "counting" : caption(value)}</Typography>
    </Box>
  );
}

function digits(value: number | null): string {
  return value === null ? "–" : NUMBER.format(value);
}

function caption(value: number | null): string {
  if (value === null) {
    return "not known right now";
  }
  return value === 0 ? "sold out" : "left to sell";
}
