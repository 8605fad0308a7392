import CardGiftcardIcon from "@mui/icons-material/CardGiftcard";
import LogoutIcon from "@mui/icons-material/Logout";
import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { FormDialog } from "../components/FormDialog";
import { ListHead } from "../components/ListHead";
import { More } from "../components/More";
import { ProductCard } from "../components/ProductCard";
import { Empty, Failure, Waiting } from "../components/States";
import type { ListWithProducts, Product } from "../lib/api";
import { useServices } from "../lib/context";
import { useAction } from "../lib/useAction";
import { usePages } from "../lib/usePages";

/** A list that somebody shares with the reader. */
export function SharedPage() {
  const { id = "" } = useParams();
  const { api, tell } = useServices();
  const navigate = useNavigate();
  const pages = usePages<Product, ListWithProducts>(id, (cursor) => api.shared(id, cursor));
  const [leaving, setLeaving] = useState(false);
  const list = pages.value;
  if (!list) return pages.error ? <Failure message={pages.error} again={pages.again} /> : <Waiting what="the list" />;
  const leave = async () => {
    await api.leave(id);
    tell(`You have left ${list.title}.`);
    await navigate("/");
  };
  const changed = (product: Product) =>
    pages.set((old) => ({ ...old, items: old.items.map((item) => (item.id === product.id ? product : item)) }));
  return (
    <Stack spacing={3}>
      <ListHead list={list}>
        {list.role === "guest" && (
          <Button startIcon={<LogoutIcon />} onClick={() => setLeaving(true)}>
            Leave
          </Button>
        )}
      </ListHead>
      {list.items.length === 0 ? (
        <Empty icon={<CardGiftcardIcon />} title="Nothing on this list yet" />
      ) : (
        <Stack component="ul" aria-label="Products" spacing={2} sx={{ p: 0, m: 0 }}>
          {list.items.map((product) => (
            <Reservable key={product.id} list={id} product={product} onChange={changed} onRefused={pages.again} />
          ))}
        </Stack>
      )}
      <More pages={pages} />
      {leaving && (
        <FormDialog title={`Leave ${list.title}?`} submit="Leave" dangerous onClose={() => setLeaving(false)} onSubmit={leave}>
          <Typography>What you have reserved is given back.</Typography>
        </FormDialog>
      )}
    </Stack>
  );
}

interface Props {
  readonly list: string;
  readonly product: Product;
  readonly onChange: (product: Product) => void;
  readonly onRefused: () => void;
}

function Reservable({ list, product, onChange, onRefused }: Props) {
  const { api } = useServices();
  const action = useAction();
  const run = (act: () => Promise<Product>) =>
    void action.run(async () => onChange(await act())).then((worked) => worked || onRefused());
  return (
    <ProductCard product={product}>
      {action.error && (
        <Alert severity="warning" sx={{ width: "100%" }}>
          {action.error}
        </Alert>
      )}
      <Button
        variant="contained"
        size="small"
        disabled={product.available === 0}
        loading={action.busy}
        aria-label={`Reserve ${product.name}`}
        onClick={() => run(() => api.reserve(list, product.id))}
      >
        Reserve
      </Button>
      {(product.reservedByMe ?? 0) > 0 && (
        <Button
          size="small"
          disabled={action.busy}
          aria-label={`Give back ${product.name}`}
          onClick={() => run(() => api.release(list, product.id))}
        >
          Give back
        </Button>
      )}
    </ProductCard>
  );
}
