/**
 * What the APIs answer, as far as the pages use it: an answer of another shape is an error here and not a blank page.
 */
import { z } from "zod";

// The page's content policy forbids code made from text, which zod would try.
z.config({ jitless: true });

export const Problem = z.object({
  status: z.number(),
  detail: z.string(),
  requestId: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).default([]),
});

export const Account = z.object({ id: z.string(), email: z.string() });
export type Account = z.infer<typeof Account>;

export const Tokens = z.object({ accessToken: z.string(), refreshToken: z.string(), expiresIn: z.number() });
export type Tokens = z.infer<typeof Tokens>;

export const Task = z.object({
  id: z.string(),
  text: z.string(),
  done: z.boolean(),
  owner: z.string(),
  createdAt: z.string(),
});
export type Task = z.infer<typeof Task>;

export const Item = z.object({
  id: z.string(),
  title: z.string(),
  description: z.string(),
  priceCents: z.number(),
  currency: z.string(),
  owner: z.string(),
  createdAt: z.string(),
});
export type Item = z.infer<typeof Item>;

export const Activity = z.object({
  id: z.string(),
  type: z.string(),
  at: z.string(),
  actor: z.string(),
  summary: z.string(),
});
export type Activity = z.infer<typeof Activity>;

/** A page of a list; the cursor leads to the next one, and is null or left out at the end. */
export const pageOf = <T extends z.ZodType>(entry: T) =>
  z.object({ items: z.array(entry), nextCursor: z.string().nullable().default(null) });
export type Page<T> = { items: T[]; nextCursor: string | null };
