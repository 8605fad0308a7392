import { createContext, useContext } from "react";
import type { Account } from "./account";
import type { Api } from "./api";

/** What every part of the page stands on. */
export interface Services {
  readonly account: Account;
  readonly api: Api;
  readonly signedIn: boolean;
  /** Look again whether somebody is signed in. */
  refresh(): Promise<void>;
  /** Say something for a moment, aloud in a screen reader. */
  tell(message: string): void;
}

export const ServicesContext = createContext<Services | null>(null);

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (services === null) throw new Error("no services around this component");
  return services;
}
