/** The mails that customers get, as text and as a page. */
import type { OrderJob } from "./jobs.ts";
import type { Outcome } from "./deliveries.ts";

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}

function price(cents: number): string {
  return `€${(cents / 100).toFixed(2)}`;
}

/** The mail about an order: on its way, or why not. */
export function mailFor(order: OrderJob, outcome: Outcome): Mail {
  const what = `${order.quantity} × ${order.productName}`;
  const [subject, sentence] =
    outcome.status === "fulfilled"
      ? [
          `Your order is on its way: ${order.productName}`,
          `${what} (${price(order.quantity * order.unitPriceCents)}) is on its way to you.`,
        ]
      : [
          `Your order could not be filled: ${order.productName}`,
          `We could not fill your order of ${what}: ${outcome.reason}. You pay nothing.`,
        ];
  const footer = `Order ${order.orderId}`;
  return {
    to: order.email,
    subject,
    text: `Hello,\n\n${sentence}\n\nAnythingYouWantt\n${footer}\n`,
    html: `<p>Hello,</p><p>${escaped(sentence)}</p><p>AnythingYouWantt<br><small>${footer}</small></p>`,
  };
}
