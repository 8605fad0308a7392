import { money } from "./api";
import type { Order } from "./api";
import { States } from "./States";
import type { Loaded } from "./useLoad";

const WORDS = { pending: "Pending", fulfilled: "Fulfilled", failed: "Failed" } as const;
const TIME = new Intl.DateTimeFormat("en-IE", { dateStyle: "medium", timeStyle: "short" });

export function OrderList({ orders }: { orders: Loaded<Order[]> }) {
  return (
    <section aria-labelledby="orders">
      <h2 id="orders">Latest orders</h2>
      <States of={orders} what="orders" empty="No orders yet. Yours could be the first." />
      <ul className="orders" aria-live="polite">
        {orders.value?.map((order) => (
          <li key={order.id} className="card" data-order={order.id}>
            <div className="line">
              <h3>
                {order.quantity} × {order.productName}
              </h3>
              <span className={`badge ${order.status}`}>{WORDS[order.status]}</span>
            </div>
            <p className="small">
              {money(order.totalCents)} · {order.email} ·{" "}
              <time dateTime={order.createdAt}>{TIME.format(new Date(order.createdAt))}</time>
            </p>
            {order.reason !== null && <p className="why">Not filled: {order.reason}.</p>}
          </li>
        ))}
      </ul>
    </section>
  );
}
