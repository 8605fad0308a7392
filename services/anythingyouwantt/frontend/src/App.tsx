import { useState } from "react";
import { fetchOrders, fetchProducts } from "./api";
import type { Order, Product } from "./api";
import { OrderForm } from "./OrderForm";
import { OrderList } from "./OrderList";
import { ProductList } from "./ProductList";
import { useLoad } from "./useLoad";

const LIVE_MILLISECONDS = 1_500;
const QUIET_MILLISECONDS = 15_000;

/** Orders on their way are looked at often, a quiet list seldom. */
export function ordersPause(orders: Order[] | undefined): number {
  return orders?.some(({ status }) => status === "pending") ? LIVE_MILLISECONDS : QUIET_MILLISECONDS;
}

export function App() {
  const products = useLoad<Product[]>(fetchProducts, () => QUIET_MILLISECONDS);
  const orders = useLoad<Order[]>(fetchOrders, ordersPause);
  const [chosen, setChosen] = useState("");

  const choose = (id: string): void => {
    setChosen(id);
    document.getElementById("quantity")?.focus();
  };
  const placed = (): void => {
    orders.reload();
    products.reload();
  };

  return (
    <>
      <header className="bar">
        <img src="/icon.svg" alt="" width="36" height="36" />
        <div>
          <h1>AnythingYouWantt</h1>
          <p>Pick it, order it, look into your mail.</p>
        </div>
      </header>
      <main>
        <ProductList products={products} chosen={chosen} choose={choose} />
        <div className="side">
          <OrderForm products={products.value ?? []} chosen={chosen} choose={setChosen} placed={placed} />
          <OrderList orders={orders} />
        </div>
      </main>
    </>
  );
}
