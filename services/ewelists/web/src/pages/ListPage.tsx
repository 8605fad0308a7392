import AddIcon from "@mui/icons-material/Add";
import CardGiftcardIcon from "@mui/icons-material/CardGiftcard";
import DeleteIcon from "@mui/icons-material/Delete";
import EditIcon from "@mui/icons-material/Edit";
import ShareIcon from "@mui/icons-material/Share";
import Button from "@mui/material/Button";
import IconButton from "@mui/material/IconButton";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { FormDialog } from "../components/FormDialog";
import { ListDialog } from "../components/ListDialog";
import { ListHead } from "../components/ListHead";
import { More } from "../components/More";
import { ProductCard } from "../components/ProductCard";
import { ProductDialog } from "../components/ProductDialog";
import { ShareDialog } from "../components/ShareDialog";
import { Empty, Failure, Waiting } from "../components/States";
import type { ListWithProducts, Product, ProductFields } from "../lib/api";
import { useServices } from "../lib/context";
import { usePages } from "../lib/usePages";

type Open = { what: "list" | "delete-list" | "share" | "add" } | { what: "change" | "delete"; product: Product };

/** A list of one's own. */
export function ListPage() {
  const { id = "" } = useParams();
  const { api } = useServices();
  const pages = usePages<Product, ListWithProducts>(id, (cursor) => api.list(id, cursor));
  const [open, setOpen] = useState<Open>();
  const list = pages.value;
  if (!list) return pages.error ? <Failure message={pages.error} again={pages.again} /> : <Waiting what="the list" />;
  return (
    <Stack spacing={3}>
      <ListHead list={list}>
        <Button variant="contained" startIcon={<AddIcon />} onClick={() => setOpen({ what: "add" })}>
          Add product
        </Button>
        <Button variant="outlined" startIcon={<ShareIcon />} onClick={() => setOpen({ what: "share" })}>
          Share
        </Button>
        <IconButton aria-label="Change the list" onClick={() => setOpen({ what: "list" })}>
          <EditIcon />
        </IconButton>
        <IconButton aria-label="Delete the list" onClick={() => setOpen({ what: "delete-list" })}>
          <DeleteIcon />
        </IconButton>
      </ListHead>
      {pages.error && <Failure message={pages.error} again={pages.again} />}
      {list.items.length === 0 ? (
        <Empty icon={<CardGiftcardIcon />} title="Nothing on this list yet">
          <Typography>Add the first thing that you wish for.</Typography>
        </Empty>
      ) : (
        <Stack component="ul" aria-label="Products" spacing={2} sx={{ p: 0, m: 0 }}>
          {list.items.map((product) => (
            <ProductCard key={product.id} product={product}>
              <IconButton aria-label={`Change ${product.name}`} onClick={() => setOpen({ what: "change", product })}>
                <EditIcon />
              </IconButton>
              <IconButton aria-label={`Delete ${product.name}`} onClick={() => setOpen({ what: "delete", product })}>
                <DeleteIcon />
              </IconButton>
            </ProductCard>
          ))}
        </Stack>
      )}
      <More pages={pages} />
      {open && <OpenDialog open={open} list={list} pages={pages} onClose={() => setOpen(undefined)} />}
    </Stack>
  );
}

interface DialogProps {
  readonly open: Open;
  readonly list: ListWithProducts;
  readonly pages: { set: (change: (list: ListWithProducts) => ListWithProducts) => void };
  readonly onClose: () => void;
}

function OpenDialog({ open, list, pages, onClose }: DialogProps) {
  const { api, tell } = useServices();
  const navigate = useNavigate();
  if (open.what === "share") return <ShareDialog list={list.id} onClose={onClose} />;
  if (open.what === "list") {
    const save = async (fields: Parameters<typeof api.changeList>[1]) => {
      const changed = await api.changeList(list.id, fields);
      pages.set((old) => ({ ...old, ...changed }));
    };
    return <ListDialog list={list} onClose={onClose} onSave={save} />;
  }
  if (open.what === "delete-list") {
    const remove = async () => {
      await api.deleteList(list.id);
      tell(`${list.title} is deleted.`);
      await navigate("/");
    };
    return (
      <FormDialog title={`Delete ${list.title}?`} submit="Delete" dangerous onClose={onClose} onSubmit={remove}>
        <Typography>The list goes with everything on it, for those it is shared with too.</Typography>
      </FormDialog>
    );
  }
  if (open.what === "delete") {
    const { product } = open;
    const remove = async () => {
      await api.deleteProduct(list.id, product.id);
      pages.set((old) => ({ ...old, items: old.items.filter((item) => item.id !== product.id) }));
    };
    return (
      <FormDialog title={`Delete ${product.name}?`} submit="Delete" dangerous onClose={onClose} onSubmit={remove}>
        <Typography>It goes with its reservations.</Typography>
      </FormDialog>
    );
  }
  if (open.what === "change") {
    const { product } = open;
    const save = async (fields: ProductFields) => {
      const changed = await api.changeProduct(list.id, product.id, fields);
      pages.set((old) => ({ ...old, items: old.items.map((item) => (item.id === product.id ? changed : item)) }));
    };
    return <ProductDialog product={product} onClose={onClose} onSave={save} />;
  }
  const add = async (fields: ProductFields) => {
    const product = await api.addProduct(list.id, fields);
    // A page that is not loaded yet will have it.
    pages.set((old) => (old.next === null ? { ...old, items: [...old.items, product] } : old));
    tell(`${product.name} is on the list.`);
  };
  return <ProductDialog onClose={onClose} onSave={add} />;
}
