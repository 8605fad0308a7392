/** Accounts: the user pool's own calls, by Amplify. Nothing else of the page knows where accounts are kept. */
import { Amplify } from "aws-amplify";
import * as auth from "aws-amplify/auth";
import type { Config } from "./config";

export interface Account {
  /** Whether somebody is signed in. */
  isSignedIn(): Promise<boolean>;
  /** The token that the API wants, renewed when it is about to end; undefined when nobody is signed in. */
  token(): Promise<string | undefined>;
  signUp(name: string, email: string, password: string): Promise<void>;
  confirm(email: string, code: string): Promise<void>;
  sendCodeAgain(email: string): Promise<void>;
  /** "unconfirmed" when the address has to be confirmed first. */
  signIn(email: string, password: string): Promise<"done" | "unconfirmed">;
  forgetPassword(email: string): Promise<void>;
  setPassword(email: string, code: string, password: string): Promise<void>;
  signOut(): Promise<void>;
}

export function configureAccounts(config: Config): void {
  Amplify.configure({
    Auth: {
      Cognito: {
        userPoolId: config.userPoolId,
        userPoolClientId: config.userPoolClientId,
        ...(config.endpoint === undefined ? {} : { userPoolEndpoint: config.endpoint }),
        loginWith: { email: true },
      },
    },
  });
}

export const accounts: Account = {
  async isSignedIn() {
    return (await this.token()) !== undefined;
  },
  async token() {
    return (await auth.fetchAuthSession()).tokens?.idToken?.toString();
  },
  async signUp(name, email, password) {
    await auth.signUp({ username: email, password, options: { userAttributes: { email, name } } });
  },
  async confirm(email, code) {
    await auth.confirmSignUp({ username: email, confirmationCode: code });
  },
  async sendCodeAgain(email) {
    await auth.resendSignUpCode({ username: email });
  },
  async signIn(email, password) {
    const { isSignedIn, nextStep } = await auth.signIn({ username: email, password });
    if (isSignedIn) return "done";
    if (nextStep.signInStep === "CONFIRM_SIGN_UP") return "unconfirmed";
    throw new Error("This account needs another way to sign in.");
  },
  async forgetPassword(email) {
    await auth.resetPassword({ username: email });
  },
  async setPassword(email, code, password) {
    await auth.confirmResetPassword({ username: email, confirmationCode: code, newPassword: password });
  },
  async signOut() {
    await auth.signOut();
  },
};

const SAID: Readonly<Record<string, string>> = {
  NotAuthorizedException: "The address or the password is not right.",
  UserNotFoundException: "The address or the password is not right.",
  UsernameExistsException: "There is an account with this address already.",
  CodeMismatchException: "This code is not right.",
  ExpiredCodeException: "This code is too old: ask for a new one.",
  InvalidPasswordException: "The password is too simple.",
  LimitExceededException: "Too many tries: wait a few minutes.",
  TooManyRequestsException: "Too many tries: wait a few minutes.",
  NetworkError: "There is no connection: try again.",
};

/** What went wrong, for a person. */
export function said(error: unknown): string {
  if (!(error instanceof Error)) return "Something went wrong: try again.";
  return SAID[error.name] ?? error.message;
}
