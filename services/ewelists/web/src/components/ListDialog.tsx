import MenuItem from "@mui/material/MenuItem";
import type { List, ListFields, Occasion } from "../lib/api";
import { Field } from "./Fields";
import { FormDialog } from "./FormDialog";

export const OCCASIONS: Readonly<Record<Occasion, string>> = {
  birthday: "Birthday",
  christmas: "Christmas",
  wedding: "Wedding",
  baby: "Baby",
  other: "Something else",
};

interface Props {
  readonly list?: List;
  readonly onClose: () => void;
  readonly onSave: (fields: ListFields) => Promise<unknown>;
}

export function ListDialog({ list, onClose, onSave }: Props) {
  return (
    <FormDialog
      title={list ? "Change the list" : "New list"}
      submit={list ? "Save" : "Create"}
      onClose={onClose}
      onSubmit={({ title = "", description, occasion, date }) =>
        onSave({
          title,
          ...(description ? { description } : {}),
          ...(occasion ? { occasion: occasion as Occasion } : {}),
          ...(date ? { date } : {}),
        })
      }
    >
      <Field
        name="title"
        label="Title"
        required
        autoFocus
        defaultValue={list?.title}
        slotProps={{ htmlInput: { maxLength: 100 } }}
      />
      <Field name="occasion" label="Occasion" select defaultValue={list?.occasion ?? ""}>
        <MenuItem value="">None</MenuItem>
        {Object.entries(OCCASIONS).map(([value, name]) => (
          <MenuItem key={value} value={value}>
            {name}
          </MenuItem>
        ))}
      </Field>
      <Field
        name="date"
        label="Date"
        type="date"
        defaultValue={list?.date ?? ""}
        slotProps={{ inputLabel: { shrink: true } }}
      />
      <Field
        name="description"
        label="A few words"
        multiline
        minRows={2}
        defaultValue={list?.description ?? ""}
        slotProps={{ htmlInput: { maxLength: 1000 } }}
      />
    </FormDialog>
  );
}
