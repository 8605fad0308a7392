import { type FormEvent, type ReactElement, useState } from "react";

import type { NewItem } from "../lib/calls";
import { cents } from "../lib/format";

const CURRENCIES = ["EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK"];

type Props = { busy: boolean; error: string | undefined; onAdd: (item: NewItem) => void; onCancel: () => void };

/** What is for sale, and for how much. */
export function NewItemForm({ busy, error, onAdd, onCancel }: Props): ReactElement {
  const [wrongPrice, setWrongPrice] = useState(false);

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const priceCents = cents(String(form.get("price")));
    setWrongPrice(priceCents === undefined);
    if (priceCents === undefined) return;
    onAdd({
      title: String(form.get("title")).trim(),
      description: String(form.get("description")).replaceAll("\r\n", "\n").trim(),
      priceCents,
      currency: String(form.get("currency")),
    });
  }

  return (
    <form className="card" aria-label="New item" onSubmit={submit}>
      <label>
        Title
        <input name="title" maxLength={120} autoComplete="off" required />
      </label>
      <label>
        Description
        <textarea name="description" rows={3} maxLength={2000} />
      </label>
      <div className="row">
        <label>
          Price
          <input
            name="price"
            inputMode="decimal"
            placeholder="12.50"
            autoComplete="off"
            aria-invalid={wrongPrice}
            required
          />
        </label>
        <label>
          Currency
          <select name="currency" defaultValue="EUR">
            {CURRENCIES.map((code) => (
              <option key={code}>{code}</option>
            ))}
          </select>
        </label>
      </div>
      {wrongPrice && (
        <p role="alert" className="error">
          A price looks like 12.50.
        </p>
      )}
      {error !== undefined && (
        <p role="alert" className="error">
          {error}
        </p>
      )}
      <div className="row">
        <button type="button" onClick={onCancel}>
          Cancel
        </button>
        <button type="submit" className="primary" disabled={busy}>
          Offer it
        </button>
      </div>
    </form>
  );
}
