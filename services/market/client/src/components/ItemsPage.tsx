import { type ReactElement, useCallback, useState } from "react";

import { calls, type NewItem } from "../lib/calls";
import { ago, price } from "../lib/format";
import type { Item } from "../lib/schemas";
import { useAction } from "../lib/useAction";
import { usePages } from "../lib/usePages";
import { BinIcon } from "./Icons";
import { ListState } from "./ListState";
import { NewItemForm } from "./NewItemForm";
import type { PageProps } from "./PageProps";

/** What is for sale, newest first, and a form to offer something. */
export function ItemsPage({ session, account }: PageProps): ReactElement {
  const pages = usePages<Item>(useCallback((cursor) => session.call(calls.items(cursor)), [session]));
  const [adding, setAdding] = useState(false);
  const action = useAction();

  async function add(item: NewItem): Promise<void> {
    const done = await action.run(async () => {
      await session.call(calls.addItem(item));
      await pages.reload();
    });
    if (done) setAdding(false);
  }

  const takeBack = (item: Item) =>
    void action.run(async () => {
      await session.call(calls.deleteItem(item.id));
      await pages.reload();
    });

  return (
    <>
      {adding ? (
        <NewItemForm
          busy={action.busy}
          error={action.error}
          onAdd={(item) => void add(item)}
          onCancel={() => setAdding(false)}
        />
      ) : (
        <button type="button" className="primary wide" onClick={() => setAdding(true)}>
          Offer an item
        </button>
      )}
      {!adding && action.error !== undefined && (
        <p role="alert" className="error">
          {action.error}
        </p>
      )}
      <ul className="items">
        {pages.entries.map((item) => (
          <li key={item.id}>
            <div className="picture" aria-hidden="true">
              {item.title.trim().charAt(0).toUpperCase()}
            </div>
            <h2>{item.title}</h2>
            <p className="price">{price(item.priceCents, item.currency)}</p>
            {item.description !== "" && <p className="description">{item.description}</p>}
            <small>
              {item.owner === account.id ? "yours" : "for sale"}, {ago(item.createdAt)}
            </small>
            {item.owner === account.id && (
              <button
                type="button"
                className="icon"
                aria-label={`Take back ${item.title}`}
                disabled={action.busy}
                onClick={() => takeBack(item)}
              >
                <BinIcon />
              </button>
            )}
          </li>
        ))}
      </ul>
      <ListState pages={pages} empty="Nothing is for sale yet. Be the first." />
    </>
  );
}
