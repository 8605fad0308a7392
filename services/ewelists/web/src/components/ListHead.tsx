import ArrowBackIcon from "@mui/icons-material/ArrowBack";
import Box from "@mui/material/Box";
import Chip from "@mui/material/Chip";
import IconButton from "@mui/material/IconButton";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import type { ReactNode } from "react";
import { Link } from "react-router";
import type { List } from "../lib/api";
import { day } from "../lib/format";
import { OCCASIONS } from "./ListDialog";

/** A list's title and what is said about it, with what can be done. */
export function ListHead({ list, children }: { list: List; children: ReactNode }) {
  return (
    <Stack spacing={1.5}>
      <Stack direction="row" spacing={1} sx={{ alignItems: "flex-start" }}>
        <IconButton component={Link} to="/" aria-label="Back to my lists" edge="start">
          <ArrowBackIcon />
        </IconButton>
        <Box sx={{ pt: 0.5, minWidth: 0 }}>
          <Typography variant="h1" sx={{ overflowWrap: "anywhere" }}>
            {list.title}
          </Typography>
          {list.role === "guest" && <Typography sx={{ color: "text.secondary" }}>From {list.owner.name}</Typography>}
        </Box>
      </Stack>
      {(list.occasion ?? list.date) && (
        <Stack direction="row" spacing={1}>
          {list.occasion && <Chip size="small" label={OCCASIONS[list.occasion]} />}
          {list.date && <Chip size="small" variant="outlined" label={day(list.date)} />}
        </Stack>
      )}
      {list.description && <Typography sx={{ whiteSpace: "pre-line", overflowWrap: "anywhere" }}>{list.description}</Typography>}
      <Stack direction="row" spacing={1} useFlexGap sx={{ flexWrap: "wrap" }}>
        {children}
      </Stack>
    </Stack>
  );
}
