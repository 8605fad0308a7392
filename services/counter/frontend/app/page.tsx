import { connection } from "next/server";

import { CounterCard } from "../components/CounterCard";
import { apiBase } from "../lib/environment";

/** Rendered for each request, so that one image serves every environment. */
export default async function Page() {
  await connection();
  return <CounterCard apiBase={apiBase(process.env)} />;
}
