import type { Account } from "../lib/schemas";
import type { Session } from "../lib/session";

/** What every page of the signed-in is given. */
export type PageProps = { session: Session; account: Account };
