import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, test } from "vitest";

import { CounterCard } from "../components/CounterCard";
import { type Answer, api, away, counter, later, soldOut } from "./api";

const shown = () => screen.getByTestId("counter").textContent;
const sell = () => screen.getByRole<HTMLButtonElement>("button", { name: "Sell a camera" });
const settings = () => screen.getByRole("button", { name: "Settings" });

/** The card on an API with these answers; resolves when the first one is shown. */
async function opened(...answers: Answer[]): Promise<string[]> {
  const calls = api(...answers);
  render(<CounterCard apiBase="/api" />);
  await waitFor(() => expect(screen.getByRole("status").getAttribute("aria-busy")).toBe("false"));
  return calls;
}

describe("opening the page", () => {
  test("shows a skeleton and sells nothing until the counter is known, then the counter", async () => {
    const first = later();
    api(first.answer);
    render(<CounterCard apiBase="/api" />);
    expect(screen.getByLabelText("Loading the counter")).toBeTruthy();
    expect(sell().disabled).toBe(true);
    first.arrive(1000);
    await screen.findByText("1,000");
    expect(screen.queryByLabelText("Loading the counter")).toBeNull();
    expect(sell().disabled).toBe(false);
  });

  test("asks the API at the base it was given", async () => {
    const calls = api(counter(5));
    render(<CounterCard apiBase="https://api.slipway.example/v1" />);
    await screen.findByText("5");
    expect(calls).toEqual(["GET https://api.slipway.example/v1/counter"]);
  });

  test("names the card by its heading and announces the value", async () => {
    await opened(counter(1000));
    expect(screen.getByRole("region", { name: "Cameras in stock" })).toBeTruthy();
    expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("Cameras in stock");
    expect(screen.getByRole("status").getAttribute("aria-live")).toBe("polite");
  });
});

describe("selling", () => {
  test("shows the new value", async () => {
    const calls = await opened(counter(1000), counter(999));
    await userEvent.click(sell());
    await screen.findByText("999");
    expect(calls).toEqual(["GET /api/counter", "POST /api/decrement"]);
  });

  test("works with the keyboard alone", async () => {
    await opened(counter(1000), counter(999));
    const user = userEvent.setup();
    await user.tab();
    expect(document.activeElement).toBe(settings());
    await user.tab();
    expect(document.activeElement).toBe(sell());
    await user.keyboard("{Enter}");
    await screen.findByText("999");
  });

  test("one click sells one camera however impatient the visitor", async () => {
    const slow = later();
    const calls = await opened(counter(1000), slow.answer);
    await userEvent.click(sell());
    expect(sell().disabled).toBe(true);
    sell().click();
    slow.arrive(999);
    await screen.findByText("999");
    expect(calls).toEqual(["GET /api/counter", "POST /api/decrement"]);
  });

  test("stops at zero", async () => {
    await opened(counter(1), counter(0));
    await userEvent.click(sell());
    await screen.findByText("sold out");
    expect(shown()).toBe("0");
    expect(sell().disabled).toBe(true);
  });

  test("shows that somebody else bought the last one", async () => {
    await opened(counter(1), soldOut);
    await userEvent.click(sell());
    expect((await screen.findByRole("alert")).textContent).toBe("Sold out: there is no camera left to sell.");
    expect(shown()).toBe("0");
    expect(sell().disabled).toBe(true);
  });
});

describe("resetting", () => {
  test("is in the settings menu and closes it", async () => {
    const calls = await opened(counter(0), counter(1000));
    await userEvent.click(settings());
    await userEvent.click(screen.getByRole("menuitem", { name: "Reset" }));
    await screen.findByText("1,000");
    await waitFor(() => expect(screen.queryByRole("menu")).toBeNull());
    expect(calls).toEqual(["GET /api/counter", "PUT /api/reset"]);
    expect(sell().disabled).toBe(false);
  });

  test("works with the keyboard alone", async () => {
    await opened(counter(7), counter(1000));
    const user = userEvent.setup();
    await user.tab();
    await user.keyboard("{Enter}");
    await screen.findByRole("menuitem", { name: "Reset" });
    await user.keyboard("{Enter}");
    await screen.findByText("1,000");
    await waitFor(() => expect(document.activeElement).toBe(settings()));
  });

  test("the menu closes with escape and nothing is asked", async () => {
    const calls = await opened(counter(7));
    await userEvent.click(settings());
    await userEvent.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("menu")).toBeNull());
    expect(calls).toEqual(["GET /api/counter"]);
  });
});

describe("when something is wrong", () => {
  test.each([
    ["unreachable" as const, "The shop cannot be reached. Check your connection."],
    [away, "The shop is not available right now (503)."],
    [{ status: 200, body: { count: 3 } }, "The shop gave an answer that makes no sense."],
    [{ status: 200, body: null }, "The shop gave an answer that makes no sense."],
  ])("a first answer of %o is said, with a way to try again", async (answer, message) => {
    await opened(answer, counter(12));
    expect(screen.getByRole("alert").textContent).toContain(message);
    expect(shown()).toBe("–");
    expect(sell().disabled).toBe(true);
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    await screen.findByText("12");
    expect(screen.queryByRole("alert")).toBeNull();
  });

  test("a failed sale keeps the last known value and reads it again on request, selling nothing", async () => {
    const calls = await opened(counter(12), away, counter(11));
    await userEvent.click(sell());
    await screen.findByRole("alert");
    expect(shown()).toBe("12");
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    await screen.findByText("11");
    expect(calls).toEqual(["GET /api/counter", "POST /api/decrement", "GET /api/counter"]);
  });

  test("a failed reset of a sold-out counter is an error and not a sell-out", async () => {
    await opened(counter(0), away);
    await userEvent.click(settings());
    await userEvent.click(screen.getByRole("menuitem", { name: "Reset" }));
    expect((await screen.findByRole("alert")).textContent).toContain("The shop is not available right now (503).");
    expect(screen.getByRole("button", { name: "Try again" })).toBeTruthy();
  });

  test("coming back to the tab reads the counter again", async () => {
    await opened(counter(12), counter(8));
    document.dispatchEvent(new Event("visibilitychange"));
    await screen.findByText("8");
  });
});
