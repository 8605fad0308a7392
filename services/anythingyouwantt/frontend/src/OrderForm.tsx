import { useState } from "react";
import type { SyntheticEvent } from "react";
import { money, placeOrder } from "./api";
import type { Product } from "./api";

interface Props {
  readonly products: readonly Product[];
  readonly chosen: string;
  readonly choose: (id: string) => void;
  readonly placed: () => void;
}

export function OrderForm({ products, chosen, choose, placed }: Props) {
  const [quantity, setQuantity] = useState("1");
  const [email, setEmail] = useState("");
  const [sending, setSending] = useState(false);
  const [outcome, setOutcome] = useState<{ good: boolean; text: string }>();
  const product = products.find(({ id }) => id === chosen);

  const submit = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    // A second press while the first is on its way would be a second order.
    if (sending) return;
    setSending(true);
    setOutcome(undefined);
    try {
      const order = await placeOrder({ productId: chosen, quantity: Number(quantity), email: email.trim() });
      setOutcome({
        good: true,
        text: `Ordered: ${order.quantity} × ${order.productName}. A mail tells you when it is on its way.`,
      });
      setQuantity("1");
      placed();
    } catch (error) {
      setOutcome({ good: false, text: (error as Error).message });
    } finally {
      setSending(false);
    }
  };

  return (
    <section className="card form" aria-labelledby="order">
      <h2 id="order">Your order</h2>
      <form onSubmit={(event) => void submit(event)}>
        <label htmlFor="product">Product</label>
        <select id="product" required value={chosen} onChange={(event) => choose(event.target.value)}>
          <option value="">Choose…</option>
          {products.map(({ id, name, left }) => (
            <option key={id} value={id} disabled={left === 0}>
              {name}
            </option>
          ))}
        </select>
        <label htmlFor="quantity">Quantity</label>
        <input
          id="quantity"
          type="number"
          inputMode="numeric"
          required
          min="1"
          max="100"
          step="1"
          value={quantity}
          onChange={(event) => setQuantity(event.target.value)}
        />
        <label htmlFor="email">Email</label>
        <input
          id="email"
          type="email"
          autoComplete="email"
          required
          maxLength={254}
          placeholder="you@example.com"
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
        <button type="submit" aria-disabled={sending}>
          {sending
            ? "Sending…"
            : product
              ? `Order for ${money(product.priceCents * (Number(quantity) || 0))}`
              : "Order"}
        </button>
        <p role="status" className={outcome ? (outcome.good ? "outcome good" : "outcome bad") : "outcome"}>
          {outcome?.text}
        </p>
      </form>
    </section>
  );
}
