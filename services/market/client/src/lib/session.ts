/**
 * Who is signed in. The access token lives in memory alone. The refresh token is in sessionStorage: it survives a
 * reload and is gone with the tab. A script that got into the page could read it there, which the page's content policy
 * makes hard; it works once, and a copy that is used beside the real one ends the session. A cookie that no script can
 * read would be stronger, and needs an API that sets it.
 */
import type { z } from "zod";

import { calls, type Credentials } from "./calls";
import { type Call, CallFailed, send } from "./http";
import type { Account, Tokens } from "./schemas";

export type SessionState =
  { phase: "starting" } | { phase: "out"; reason?: string } | { phase: "in"; account: Account };

const KEY = "market.refreshToken";

export class Session {
  #state: SessionState = { phase: "starting" };
  #accessToken: string | undefined;
  #refreshing: Promise<void> | undefined;
  #listeners = new Set<() => void>();
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly state = (): SessionState => this.#state;

  /** Go on with the session of this tab, if there is one. */
  async restore(): Promise<void> {
    if (this.#storage.getItem(KEY) === null) return this.#set({ phase: "out" });
    try {
      await this.#enter();
    } catch (error) {
      // Without an answer the token may still be good: it is kept for the next try.
      if (error instanceof CallFailed && error.status === 401) this.#leave();
      else this.#set({ phase: "out", reason: (error as Error).message });
    }
  }

  async signIn(credentials: Credentials): Promise<void> {
    this.#keep(await send(calls.signIn(credentials)));
    await this.#enter();
  }

  async signUp(credentials: Credentials): Promise<void> {
    await send(calls.signUp(credentials));
    await this.signIn(credentials);
  }

  async signOut(): Promise<void> {
    // Out here whatever the server says; a session it did not hear of ends by itself.
    await this.call(calls.signOut()).catch(() => undefined);
    this.#leave();
  }

  /** A call in the name of who is signed in; an access token that is over is renewed once. */
  async call<T extends z.ZodType | null>(call: Call<T>): Promise<T extends z.ZodType ? z.infer<T> : null> {
    if (this.#accessToken === undefined) await this.#refresh();
    try {
      return await send(call, this.#accessToken);
    } catch (error) {
      if (!(error instanceof CallFailed) || error.status !== 401) throw error;
    }
    await this.#refresh();
    return send(call, this.#accessToken);
  }

  async #enter(): Promise<void> {
    this.#set({ phase: "in", account: await this.call(calls.account()) });
  }

  /** All who need a new token at the same time wait for one: a refresh token works once. */
  #refresh(): Promise<void> {
    this.#refreshing ??= this.#renew().finally(() => (this.#refreshing = undefined));
    return this.#refreshing;
  }

  async #renew(): Promise<void> {
    const refreshToken = this.#storage.getItem(KEY) ?? "";
    try {
      this.#keep(await send(calls.refresh(refreshToken)));
    } catch (error) {
      if (error instanceof CallFailed && error.status === 401) this.#leave("Your session is over. Sign in again.");
      throw error;
    }
  }

  #keep({ accessToken, refreshToken }: Tokens): void {
    this.#accessToken = accessToken;
    this.#storage.setItem(KEY, refreshToken);
  }

  #leave(reason?: string): void {
    this.#accessToken = undefined;
    this.#storage.removeItem(KEY);
    this.#set(reason === undefined ? { phase: "out" } : { phase: "out", reason });
  }

  #set(state: SessionState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
