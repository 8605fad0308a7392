import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { said } from "../src/lib/account";
import { destination } from "../src/pages/SignInPage";
import { account, network, open } from "./fake";

const nothing = { items: [], next: null };

test("somebody signs up, confirms the address, signs in and sees no list yet", async () => {
  network({ "GET /lists": () => [200, nothing] });
  const user = userEvent.setup();
  const who = account(false);
  open("/sign-up", who);
  await user.type(await screen.findByLabelText(/Name/), "Ada");
  await user.type(screen.getByLabelText(/E-mail/), "ada@example.com");
  await user.type(screen.getByLabelText(/Password/), "Correct-horse-7");
  await user.click(screen.getByRole("button", { name: "Sign up" }));
  expect(who.signUp).toHaveBeenCalledWith("Ada", "ada@example.com", "Correct-horse-7");
  await user.type(await screen.findByLabelText(/Code/), "123456");
  await user.click(screen.getByRole("button", { name: "Confirm" }));
  expect(who.confirm).toHaveBeenCalledWith("ada@example.com", "123456");
  expect(await screen.findByText("Your address is confirmed. Sign in to begin.")).toBeTruthy();
  await user.type(await screen.findByLabelText(/Password/), "Correct-horse-7");
  expect((screen.getByLabelText(/E-mail/) as HTMLInputElement).value).toBe("ada@example.com");
  await user.click(screen.getByRole("button", { name: "Sign in" }));
  expect(await screen.findByText("No list yet")).toBeTruthy();
});

test("a wrong password is said in the form, and the form is still there", async () => {
  const who = account(false);
  const refusal = Object.assign(new Error("Incorrect username or password."), { name: "NotAuthorizedException" });
  who.signIn.mockRejectedValueOnce(refusal);
  const user = userEvent.setup();
  open("/sign-in", who);
  await user.type(await screen.findByLabelText(/E-mail/), "ada@example.com");
  await user.type(screen.getByLabelText(/Password/), "wrong");
  await user.click(screen.getByRole("button", { name: "Sign in" }));
  expect((await screen.findByRole("alert")).textContent).toContain("The address or the password is not right.");
});

test("who has not confirmed the address yet gets a new code", async () => {
  const who = account(false);
  who.signIn.mockResolvedValueOnce("unconfirmed");
  const user = userEvent.setup();
  open("/sign-in", who);
  await user.type(await screen.findByLabelText(/E-mail/), "ada@example.com");
  await user.type(screen.getByLabelText(/Password/), "Correct-horse-7");
  await user.click(screen.getByRole("button", { name: "Sign in" }));
  expect(await screen.findByRole("heading", { name: "Confirm your address" })).toBeTruthy();
  expect(who.sendCodeAgain).toHaveBeenCalledWith("ada@example.com");
});

test("a forgotten password is set anew by a code", async () => {
  const who = account(false);
  const user = userEvent.setup();
  open("/forgotten-password", who);
  await user.type(await screen.findByLabelText(/E-mail/), "ada@example.com");
  await user.click(screen.getByRole("button", { name: "Send me a code" }));
  await user.type(await screen.findByLabelText(/Code/), "654321");
  await user.type(screen.getByLabelText(/Password/), "Correct-horse-8");
  await user.click(screen.getByRole("button", { name: "Set the password" }));
  expect(who.setPassword).toHaveBeenCalledWith("ada@example.com", "654321", "Correct-horse-8");
  expect(await screen.findByRole("heading", { name: "Sign in" })).toBeTruthy();
});

test("a link to a page is come back to after signing in, and never leads to another site", async () => {
  network({ "GET /invitations/x": () => [200, { listId: "l1", title: "Wedding", owner: { name: "Ada" } }] });
  const user = userEvent.setup();
  open("/invitations/x", account(false));
  await user.type(await screen.findByLabelText(/E-mail/), "bob@example.com");
  await user.type(screen.getByLabelText(/Password/), "Correct-horse-7");
  await user.click(screen.getByRole("button", { name: "Sign in" }));
  expect(await screen.findByText("Ada shares “Wedding” with you")).toBeTruthy();
  for (const then of ["//evil.test", "https://evil.test", "/\\evil.test", null]) expect(destination(then)).toBe("/");
  expect(destination("/lists/x")).toBe("/lists/x");
});

test("the account is deleted after a second word, and nobody is signed in then", async () => {
  const me = { id: "u1", email: "ada@example.com", name: "Ada", createdAt: "2026-01-01T00:00:00Z" };
  const sent = network({ "GET /me": () => [200, me], "DELETE /me": () => [204] });
  const user = userEvent.setup();
  open("/profile", account(true));
  await user.click(await screen.findByRole("button", { name: "Delete my account" }));
  expect(sent.some((one) => one.method === "DELETE")).toBe(false);
  await user.click(screen.getByRole("button", { name: "Delete everything" }));
  expect(await screen.findByRole("heading", { name: "Sign in" })).toBeTruthy();
  expect(sent.at(-1)).toMatchObject({ method: "DELETE", path: "/me" });
});

test("an error that nobody knows is said as it is", () => {
  expect(said(new Error("Something new."))).toBe("Something new.");
  expect(said("?")).toBe("Something went wrong: try again.");
});
