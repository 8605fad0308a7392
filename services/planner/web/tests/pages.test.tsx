import { act, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, test, vi } from "vitest";

import { App } from "../src/components/App";
import { ADA, bucket, CONFIG, connection, FakeSession, PASSWORD, Planner } from "./planner";

let planner: Planner;
const user = userEvent.setup();
const png = () => new File([new Uint8Array(8)], "shed.png", { type: "image/png" });

beforeEach(() => {
  planner = new Planner();
});

function open(path = "/", session = new FakeSession(ADA)): FakeSession {
  window.history.replaceState(null, "", path);
  render(<App session={session} config={CONFIG} />);
  return session;
}

describe("the gate", () => {
  test("a newcomer makes an account, confirms the address and is inside", async () => {
    const session = open("/", new FakeSession());
    await user.click(await screen.findByRole("button", { name: "I am new here" }));
    await user.type(screen.getByLabelText("E-mail"), ADA.email);
    await user.type(screen.getByLabelText(/^Password/), PASSWORD);
    await user.click(screen.getByRole("button", { name: "Create account" }));
    await user.type(await screen.findByLabelText(/^Code/), "000000");
    await user.click(screen.getByRole("button", { name: "Confirm" }));
    expect((await screen.findByRole("alert")).textContent).toBe("Invalid verification code provided.");
    await user.clear(screen.getByLabelText(/^Code/));
    await user.type(screen.getByLabelText(/^Code/), "123456{Enter}");
    expect(await screen.findByText(ADA.email)).toBeTruthy();
    expect(session.said).toEqual([`sign up ${ADA.email}`, `sign in ${ADA.email}`]);
  });

  test("a wrong password is said in words", async () => {
    open("/", new FakeSession());
    await user.type(await screen.findByLabelText("E-mail"), ADA.email);
    await user.type(screen.getByLabelText("Password"), "wrong{Enter}");
    expect((await screen.findByRole("alert")).textContent).toBe("Incorrect username or password.");
  });

  test("signing out forgets what was seen", async () => {
    planner.add("Paint the shed");
    open();
    await screen.findByText("Paint the shed");
    expect(window.localStorage.length).toBeGreaterThan(0);
    await user.click(screen.getByRole("button", { name: "Sign out" }));
    await screen.findByRole("heading", { name: "Welcome back" });
    expect(window.localStorage.length).toBe(0);
  });
});

describe("the list", () => {
  test("a plan is made and opened", async () => {
    open();
    expect(await screen.findByText("Nothing is planned. What would you like to do?")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "New plan" }));
    await user.type(screen.getByLabelText("Title"), "Paint the shed");
    fireEvent.change(screen.getByLabelText("First day"), { target: { value: "2026-05-01" } });
    await user.click(screen.getByRole("button", { name: "Create plan" }));
    expect(await screen.findByRole("heading", { name: "Paint the shed" })).toBeTruthy();
    expect(window.location.pathname).toBe("/plans/plan-1");
    expect(planner.plans[0]).toMatchObject({ startsOn: "2026-05-01", endsOn: null, notes: "" });
  });

  test("search, filter and order go to the API", async () => {
    planner.add("Paint the shed");
    open();
    await screen.findByText("Paint the shed");
    await user.click(screen.getByRole("button", { name: "All" }));
    await user.selectOptions(screen.getByLabelText("Order"), "title");
    await user.type(screen.getByLabelText("Search plans"), "boat");
    expect(await screen.findByText("Nothing was found for “boat”.")).toBeTruthy();
    expect(planner.sent.at(-1)).toBe("GET /api/plans?state=all&ordering=title&search=boat&pageSize=20&page=1");
  });

  test("the rest of a long list is one button away", async () => {
    for (let count = 1; count <= 25; count += 1) planner.add(`Plan ${String(count)}`);
    open();
    await screen.findByText("Plan 20");
    expect(screen.queryByText("Plan 21")).toBeNull();
    await user.click(screen.getByRole("button", { name: "Show more" }));
    expect(await screen.findByText("Plan 25")).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Show more" })).toBeNull();
  });

  test("trouble of the service is said with the request's id, and trying again helps", async () => {
    planner.broken = { status: 500, body: { detail: "failed", requestId: "r-1" } };
    open();
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toContain("The planner has trouble right now. Try again soon (request r-1).");
    planner.broken = undefined;
    await user.click(within(alert).getByRole("button", { name: "Try again" }));
    await screen.findByText("Nothing is planned. What would you like to do?");
    expect(screen.queryByRole("alert")).toBeNull();
  });

  test("offline, what was last seen can be read, and nothing can be changed", async () => {
    planner.add("Paint the shed");
    open();
    await screen.findByText("Paint the shed");
    planner.broken = "away";
    act(() => connection(false));
    expect(await screen.findByText(/^You are offline/)).toBeTruthy();
    expect(screen.getByText("Paint the shed")).toBeTruthy();
    expect((screen.getByRole("button", { name: "New plan" }) as HTMLButtonElement).disabled).toBe(true);
    planner.broken = undefined;
    act(() => connection(true));
    await waitFor(() => expect(screen.queryByText(/^You are offline/)).toBeNull());
  });
});

describe("a plan", () => {
  test("steps are added with a date, done, and deleted", async () => {
    planner.add("Paint the shed");
    open("/plans/plan-1");
    await user.type(await screen.findByLabelText("New step", { selector: "input" }), "Buy paint");
    fireEvent.change(screen.getByLabelText("Due on"), { target: { value: "2020-05-01" } });
    await user.click(screen.getByRole("button", { name: "Add" }));
    expect(await screen.findByText("late, 1 May 2020")).toBeTruthy();
    await user.click(screen.getByRole("checkbox", { name: "Buy paint" }));
    expect(await screen.findByText("1 of 1 done")).toBeTruthy();
    expect(screen.getByText("1 May 2020")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Delete Buy paint" }));
    expect(await screen.findByText("No steps yet. What comes first?")).toBeTruthy();
  });

  test("it is changed, and deleted after a question", async () => {
    planner.add("Paint the shed");
    open("/plans/plan-1");
    await user.click(await screen.findByRole("button", { name: "Change" }));
    await user.clear(screen.getByLabelText("Title"));
    await user.type(screen.getByLabelText("Title"), "Paint the boat{Enter}");
    expect(await screen.findByRole("heading", { name: "Paint the boat" })).toBeTruthy();
    const asked = vi.spyOn(window, "confirm").mockReturnValueOnce(false).mockReturnValueOnce(true);
    await user.click(screen.getByRole("button", { name: "Delete" }));
    expect(planner.plans).toHaveLength(1);
    await user.click(screen.getByRole("button", { name: "Delete" }));
    expect(await screen.findByText("Nothing is planned. What would you like to do?")).toBeTruthy();
    expect(asked).toHaveBeenCalledTimes(2);
  });

  test("one that is gone is said to be", async () => {
    open("/plans/nothing");
    expect((await screen.findByRole("alert")).textContent).toContain("This is not here any more.");
  });

  test("a picture is sent straight to the bucket and shown from this page's own host", async () => {
    planner.add("Paint the shed");
    const taken = bucket(201);
    open("/plans/plan-1");
    await user.upload(await screen.findByLabelText("Files to attach"), png());
    expect(await screen.findByLabelText("Upload of shed.png")).toBeTruthy();
    const shown = await screen.findByRole("img", { name: "shed.png" });
    expect(shown.getAttribute("src")).toBe("/media/ada/plan-1/file-1/file.png");
    expect(screen.queryByLabelText("Upload of shed.png")).toBeNull();
    expect([...(taken.forms[0] as FormData).keys()]).toEqual(["key", "file"]);
    expect(planner.sent).toContain("POST /api/media-session");
  });

  test.each([
    ["infected", "held a virus and was deleted"],
    ["refused", "was not what its name says and was deleted"],
  ] as const)("a file that turns out to be %s is said to be", async (state, said) => {
    planner.add("Paint the shed");
    planner.looks = [state];
    bucket(201);
    open("/plans/plan-1");
    await user.upload(await screen.findByLabelText("Files to attach"), png());
    expect(await screen.findByText(said)).toBeTruthy();
  });

  test("an upload that breaks off leaves nothing behind", async () => {
    planner.add("Paint the shed");
    bucket(0);
    open("/plans/plan-1");
    await user.upload(await screen.findByLabelText("Files to attach"), png());
    expect((await screen.findByRole("alert")).textContent).toContain("The upload was interrupted.");
    expect(planner.plans[0]?.attachments).toEqual([]);
    await user.click(screen.getByRole("button", { name: "Dismiss" }));
    expect(screen.queryByRole("alert")).toBeNull();
  });

  test("a file of another kind is refused before anything is sent", async () => {
    planner.add("Paint the shed");
    open("/plans/plan-1");
    const input = await screen.findByLabelText("Files to attach");
    fireEvent.change(input, { target: { files: [new File(["x"], "a.exe", { type: "application/x-msdownload" })] } });
    expect((await screen.findByRole("alert")).textContent).toBe("Only pictures, PDFs and plain text can be attached.");
    expect(planner.sent.filter((call) => call.startsWith("POST"))).toEqual([]);
  });
});

describe("the calendar", () => {
  beforeEach(() => {
    const plan = planner.add("Holiday", { startsOn: "2026-05-08", endsOn: "2026-05-10" });
    plan.steps.push({ id: "s", title: "Pack", dueOn: "2026-05-07", done: false, position: 0 });
  });

  test("plans cover their days, steps stand on theirs", async () => {
    open("/calendar/2026-05");
    const cell = (name: string) => screen.findByRole("button", { name });
    expect(await cell("Thursday 7 May 2026: Pack")).toBeTruthy();
    for (const day of ["Friday 8", "Saturday 9", "Sunday 10"]) expect(await cell(`${day} May 2026: Holiday`)).toBeTruthy();
    await user.click(await cell("Monday 11 May 2026: nothing planned"));
    expect(screen.getByText("Nothing is planned on this day.")).toBeTruthy();
    expect(planner.sent).toContain("GET /api/steps?from=2026-04-27&to=2026-05-31&pageSize=100&page=1");
  });

  test("arrow keys walk over the days and into the next month", async () => {
    open("/calendar/2026-05");
    (await screen.findByRole("button", { name: /^Friday 1 May 2026/ })).focus();
    await user.keyboard("{ArrowRight}{ArrowDown}");
    expect(await screen.findByRole("heading", { name: "Saturday 9 May 2026" })).toBeTruthy();
    await waitFor(() => expect(document.activeElement?.getAttribute("data-day")).toBe("2026-05-09"));
    await user.keyboard("{ArrowDown}{ArrowDown}{ArrowDown}{ArrowDown}");
    expect(await screen.findByRole("heading", { name: "June 2026" })).toBeTruthy();
  });

  test("a plan is begun on the chosen day", async () => {
    open("/calendar/2026-05");
    await user.click(await screen.findByRole("button", { name: /^Wednesday 20 May 2026/ }));
    await user.click(screen.getByRole("button", { name: "New plan on this day" }));
    expect((screen.getByLabelText("First day") as HTMLInputElement).value).toBe("2026-05-20");
  });
});
