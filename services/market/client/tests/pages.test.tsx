import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, test } from "vitest";

import { App } from "../src/components/App";
import { Session } from "../src/lib/session";
import { ADA, Market, PASSWORD, problem } from "./market";

let market: Market;
const user = userEvent.setup();

beforeEach(() => {
  market = new Market();
});

async function open(): Promise<void> {
  const session = new Session(window.sessionStorage);
  void session.restore();
  render(<App session={session} environment="dev" />);
}

async function signIn(): Promise<void> {
  await open();
  await user.type(await screen.findByLabelText("E-mail"), ADA.email);
  await user.type(screen.getByLabelText("Password"), PASSWORD);
  await user.click(screen.getByRole("button", { name: "Sign in" }));
  await screen.findByRole("heading", { name: "Tasks" });
}

describe("the gate", () => {
  test("a newcomer makes an account and is inside", async () => {
    await open();
    await user.click(await screen.findByRole("button", { name: "I am new here" }));
    await user.type(screen.getByLabelText("E-mail"), ADA.email);
    await user.type(screen.getByLabelText(/^Password/), PASSWORD);
    await user.click(screen.getByRole("button", { name: "Create account" }));
    expect(await screen.findByText(ADA.email)).toBeTruthy();
    expect(market.sent.slice(0, 3)).toEqual(["POST /v1/users", "POST /v1/sessions", "GET /v1/users/me"]);
  });

  test("a wrong password is said in words, and nothing is kept", async () => {
    await open();
    await user.type(await screen.findByLabelText("E-mail"), ADA.email);
    await user.type(screen.getByLabelText("Password"), "wrong");
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    expect((await screen.findByRole("alert")).textContent).toBe("The address or the password is wrong.");
    expect(window.sessionStorage.length).toBe(0);
  });

  test("a reload goes on with the session, and signing out ends it", async () => {
    window.sessionStorage.setItem("market.refreshToken", market.tokens().refreshToken);
    await open();
    await screen.findByRole("heading", { name: "Tasks" });
    await user.click(screen.getByRole("button", { name: "Sign out" }));
    await screen.findByRole("heading", { name: "Welcome back" });
    expect(market.sent).toContain("DELETE /v1/sessions");
    expect(window.sessionStorage.length).toBe(0);
  });

  test("an environment that is not the real one is named", async () => {
    await signIn();
    expect(screen.getByText("dev")).toBeTruthy();
  });
});

describe("tasks", () => {
  test("one is added, completed and found among those done", async () => {
    await signIn();
    await user.type(screen.getByLabelText("New task"), "Buy milk{Enter}");
    await user.click(await screen.findByRole("checkbox", { name: "Buy milk" }));
    expect(await screen.findByText("Nothing to do. Add a task above.")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Done" }));
    expect(((await screen.findByRole("checkbox", { name: "Buy milk" })) as HTMLInputElement).checked).toBe(true);
    await user.click(screen.getByRole("button", { name: "Delete Buy milk" }));
    expect(await screen.findByText("Nothing is done yet.")).toBeTruthy();
  });

  test("somebody else's can be read and not touched", async () => {
    market.addTask("Water the plants");
    await signIn();
    const box = (await screen.findByRole("checkbox", { name: "Water the plants" })) as HTMLInputElement;
    expect(box.disabled).toBe(true);
    expect(screen.queryByRole("button", { name: /^Delete/ })).toBeNull();
  });

  test("a long list comes a page at a time", async () => {
    for (let number = 1; number <= 25; number += 1) market.addTask(`Task ${number}`);
    await signIn();
    expect(await screen.findAllByRole("checkbox")).toHaveLength(20);
    await user.click(screen.getByRole("button", { name: "Show more" }));
    await waitFor(() => expect(screen.getAllByRole("checkbox")).toHaveLength(25));
    expect(screen.queryByRole("button", { name: "Show more" })).toBeNull();
  });

  test("a list that does not come says so, and can be asked for again", async () => {
    market.refuse = ({ path }) => (path === "/v1/tasks" ? problem(503, "the database does not answer") : undefined);
    await signIn();
    expect((await screen.findByRole("alert")).textContent).toContain("The market has trouble right now");
    market.refuse = undefined;
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("Nothing to do. Add a task above.")).toBeTruthy();
  });
});

describe("items", () => {
  test("one is offered with its price, and taken back", async () => {
    await signIn();
    await user.click(screen.getByRole("button", { name: "Items" }));
    expect(window.location.pathname).toBe("/items");
    await user.click(await screen.findByRole("button", { name: "Offer an item" }));
    const form = screen.getByRole("form", { name: "New item" });
    await user.type(within(form).getByLabelText("Title"), "Bicycle");
    await user.type(within(form).getByLabelText("Price"), "12,5");
    await user.click(within(form).getByRole("button", { name: "Offer it" }));
    expect(await screen.findByRole("heading", { name: "Bicycle" })).toBeTruthy();
    expect(screen.getByText("€12.50")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Take back Bicycle" }));
    expect(await screen.findByText("Nothing is for sale yet. Be the first.")).toBeTruthy();
  });

  test("a price that is none is not sent", async () => {
    await signIn();
    await user.click(screen.getByRole("button", { name: "Items" }));
    await user.click(await screen.findByRole("button", { name: "Offer an item" }));
    await user.type(screen.getByLabelText("Title"), "Bicycle");
    await user.type(screen.getByLabelText("Price"), "a lot");
    await user.click(screen.getByRole("button", { name: "Offer it" }));
    expect(screen.getByRole("alert").textContent).toBe("A price looks like 12.50.");
    expect(market.sent).not.toContain("POST /v1/items");
  });
});

test("activity says who did what", async () => {
  market.addActivity("7a1c9a52-2b06-4c0c-8a3e-3a0a5a3c9d22", "item.created", 'offered "Bicycle" for 120.00 EUR');
  market.addActivity(ADA.id, "task.created", 'added "Buy milk"');
  await signIn();
  await user.click(screen.getByRole("button", { name: "Activity" }));
  const entries = await screen.findAllByRole("listitem");
  expect(entries.map((entry) => entry.querySelector("p")?.firstChild?.textContent)).toEqual(["You", "Somebody"]);
  expect(entries[0]?.textContent).toContain('added "Buy milk"');
});
