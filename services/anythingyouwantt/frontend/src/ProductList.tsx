import { money } from "./api";
import type { Product } from "./api";
import { States } from "./States";
import type { Loaded } from "./useLoad";

const FEW = 5;

function left(count: number): string {
  if (count === 0) return "Sold out";
  return count <= FEW ? `Only ${count} left` : "In stock";
}

interface Props {
  readonly products: Loaded<Product[]>;
  readonly chosen: string;
  readonly choose: (id: string) => void;
}

export function ProductList({ products, chosen, choose }: Props) {
  return (
    <section aria-labelledby="products">
      <h2 id="products">Products</h2>
      <States of={products} what="products" empty="Nothing is for sale at the moment." />
      <ul className="products">
        {products.value?.map((product) => (
          <li key={product.id} className={product.id === chosen ? "card chosen" : "card"}>
            <div className="line">
              <h3>{product.name}</h3>
              <strong>{money(product.priceCents)}</strong>
            </div>
            <p>{product.description}</p>
            <div className="line">
              <span className={product.left <= FEW ? "left few" : "left"}>{left(product.left)}</span>
              <button
                type="button"
                className="quiet"
                aria-label={`Order ${product.name}`}
                disabled={product.left === 0}
                onClick={() => choose(product.id)}
              >
                Order
              </button>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
