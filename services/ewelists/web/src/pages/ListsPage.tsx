import AddIcon from "@mui/icons-material/Add";
import CardGiftcardIcon from "@mui/icons-material/CardGiftcard";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Card from "@mui/material/Card";
import CardActionArea from "@mui/material/CardActionArea";
import CardContent from "@mui/material/CardContent";
import Chip from "@mui/material/Chip";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { ListDialog, OCCASIONS } from "../components/ListDialog";
import { More } from "../components/More";
import { Empty, Failure, Waiting } from "../components/States";
import type { List } from "../lib/api";
import { useServices } from "../lib/context";
import { day } from "../lib/format";
import { usePages } from "../lib/usePages";

export function ListsPage() {
  const { api } = useServices();
  const navigate = useNavigate();
  const pages = usePages("lists", api.lists);
  const [making, setMaking] = useState(false);
  const mine = pages.value?.items.filter((list) => list.role === "owner") ?? [];
  const others = pages.value?.items.filter((list) => list.role === "guest") ?? [];
  return (
    <Stack spacing={3}>
      <Stack direction="row" sx={{ alignItems: "center", justifyContent: "space-between" }}>
        <Typography variant="h1">My lists</Typography>
        <Button variant="contained" startIcon={<AddIcon />} onClick={() => setMaking(true)}>
          New list
        </Button>
      </Stack>
      {pages.error && <Failure message={pages.error} again={pages.again} />}
      {!pages.value && !pages.error && <Waiting what="your lists" />}
      {pages.value && mine.length === 0 && (
        <Empty icon={<CardGiftcardIcon />} title="No list yet">
          <Typography>Write down what you wish for, and share it with those who give.</Typography>
        </Empty>
      )}
      <Lists name="My lists" lists={mine} />
      {others.length > 0 && <Typography variant="h2">Shared with me</Typography>}
      <Lists name="Shared with me" lists={others} />
      <More pages={pages} />
      {making && (
        <ListDialog
          onClose={() => setMaking(false)}
          onSave={async (fields) => navigate(`/lists/${(await api.addList(fields)).id}`)}
        />
      )}
    </Stack>
  );
}

function Lists({ name, lists }: { name: string; lists: readonly List[] }) {
  if (lists.length === 0) return null;
  return (
    <Box
      component="ul"
      aria-label={name}
      sx={{ display: "grid", gap: 2, p: 0, m: 0, gridTemplateColumns: { xs: "1fr", sm: "1fr 1fr" } }}
    >
      {lists.map((list) => (
        <Card key={list.id} component="li" variant="outlined" sx={{ listStyle: "none" }}>
          <CardActionArea component={Link} to={list.role === "owner" ? `/lists/${list.id}` : `/shared/${list.id}`} sx={{ height: "100%" }}>
            <CardContent>
              <Typography variant="h2" sx={{ overflowWrap: "anywhere" }}>
                {list.title}
              </Typography>
              <Typography gutterBottom sx={{ color: "text.secondary" }}>
                {list.role === "guest" ? `From ${list.owner.name}` : counted(list.products)}
              </Typography>
              <Stack direction="row" spacing={1} useFlexGap sx={{ flexWrap: "wrap" }}>
                {list.occasion && <Chip size="small" label={OCCASIONS[list.occasion]} />}
                {list.date && <Chip size="small" variant="outlined" label={day(list.date)} />}
              </Stack>
            </CardContent>
          </CardActionArea>
        </Card>
      ))}
    </Box>
  );
}

function counted(products: number): string {
  return products === 1 ? "1 product" : `${products} products`;
}
