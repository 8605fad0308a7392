/** Who is signed in, by Cognito. The rest of the page knows this shape and not Amplify. */
import { Amplify } from "aws-amplify";
import {
  confirmSignUp,
  fetchAuthSession,
  resendSignUpCode,
  signIn,
  signOut,
  signUp,
} from "aws-amplify/auth";

import type { Config } from "./config";

export type Account = { id: string; email: string };

/** Nobody is signed in (any more). */
export class SignedOut extends Error {
  constructor() {
    super("Your session is over. Sign in again.");
  }
}

export interface Session {
  /** The account of a session that is still good, without asking anybody for a password. */
  restore(): Promise<Account | undefined>;
  signIn(email: string, password: string): Promise<"done" | "unconfirmed">;
  /** Make an account; a code goes to the address. */
  signUp(email: string, password: string): Promise<"done" | "unconfirmed">;
  confirm(email: string, code: string): Promise<void>;
  resend(email: string): Promise<void>;
  /** A token for the API, renewed when it is about to end. */
  token(): Promise<string>;
  signOut(): Promise<void>;
}

export class CognitoSession implements Session {
  constructor(config: Config) {
    Amplify.configure({
      Auth: {
        Cognito: {
          userPoolId: config.userPoolId,
          userPoolClientId: config.userPoolClientId,
          ...(config.endpoint === undefined ? {} : { userPoolEndpoint: config.endpoint }),
        },
      },
    });
  }

  async restore(): Promise<Account | undefined> {
    const claims = (await fetchAuthSession()).tokens?.idToken?.payload;
    return claims?.sub === undefined ? undefined : { id: claims.sub, email: String(claims["email"] ?? "") };
  }

  async signIn(email: string, password: string): Promise<"done" | "unconfirmed"> {
    try {
      const { nextStep } = await signIn({ username: email, password });
      return nextStep.signInStep === "CONFIRM_SIGN_UP" ? "unconfirmed" : "done";
    } catch (error) {
      if ((error as Error).name === "UserNotConfirmedException") return "unconfirmed";
      throw error;
    }
  }

  async signUp(email: string, password: string): Promise<"done" | "unconfirmed"> {
    const { isSignUpComplete } = await signUp({ username: email, password, options: { userAttributes: { email } } });
    return isSignUpComplete ? "done" : "unconfirmed";
  }

  async confirm(email: string, code: string): Promise<void> {
    await confirmSignUp({ username: email, confirmationCode: code });
  }

  async resend(email: string): Promise<void> {
    await resendSignUpCode({ username: email });
  }

  async token(): Promise<string> {
    const token = (await fetchAuthSession()).tokens?.idToken;
    if (token === undefined) throw new SignedOut();
    return token.toString();
  }

  async signOut(): Promise<void> {
    await signOut();
  }
}
