import Stack from "@mui/material/Stack";
import type { Product, ProductFields } from "../lib/api";
import { cents } from "../lib/format";
import { Field } from "./Fields";
import { FormDialog } from "./FormDialog";

interface Props {
  readonly product?: Product;
  readonly onClose: () => void;
  readonly onSave: (fields: ProductFields) => Promise<unknown>;
}

export function ProductDialog({ product, onClose, onSave }: Props) {
  return (
    <FormDialog
      title={product ? "Change the product" : "New product"}
      submit={product ? "Save" : "Add"}
      onClose={onClose}
      onSubmit={async (given) => onSave(fields(given))}
    >
      <Field name="name" label="Name" required autoFocus defaultValue={product?.name} slotProps={most(200)} />
      <Field name="brand" label="Brand" defaultValue={product?.brand ?? ""} slotProps={most(100)} />
      <Stack direction="row" spacing={2}>
        <Field
          name="price"
          label="Price"
          defaultValue={product?.priceCents == null ? "" : (product.priceCents / 100).toFixed(2)}
          slotProps={{ htmlInput: { inputMode: "decimal", maxLength: 10 } }}
        />
        <Field
          name="currency"
          label="Currency"
          defaultValue={product?.currency ?? "EUR"}
          slotProps={{ htmlInput: { maxLength: 3, pattern: "[A-Za-z]{3}" } }}
        />
        <Field
          name="quantity"
          label="Quantity"
          type="number"
          required
          defaultValue={product?.quantity ?? 1}
          slotProps={{ htmlInput: { min: 1, max: 1000, step: 1 } }}
        />
      </Stack>
      <Field name="url" label="Address of the shop" type="url" defaultValue={product?.url ?? ""} slotProps={most(2000)} />
      <Field
        name="imageUrl"
        label="Address of a picture"
        type="url"
        defaultValue={product?.imageUrl ?? ""}
        slotProps={most(2000)}
      />
    </FormDialog>
  );
}

function most(maxLength: number) {
  return { htmlInput: { maxLength } };
}

/** What the form has as the API takes it; an Error when the price is none. */
function fields(given: Record<string, string>): ProductFields {
  const { name = "", brand, price = "", currency = "", quantity, url, imageUrl } = given;
  const priceCents = price === "" ? undefined : cents(price);
  if (price !== "" && priceCents === undefined) throw new Error("The price is a number, as 19.99.");
  return {
    name,
    quantity: Number(quantity),
    ...(brand ? { brand } : {}),
    ...(url ? { url } : {}),
    ...(imageUrl ? { imageUrl } : {}),
    ...(priceCents === undefined ? {} : { priceCents, currency: currency.toUpperCase() || "EUR" }),
  };
}
