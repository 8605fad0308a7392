import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./components/App";
import { loadConfig } from "./lib/config";
import { Session } from "./lib/session";
import "./style.css";

const session = new Session(window.sessionStorage);
// Here and not in a component: React may run an effect twice, and a refresh token works once.
void session.restore();

const root = createRoot(document.getElementById("root") as HTMLElement);
void loadConfig().then(({ environment }) =>
  root.render(
    <StrictMode>
      <App session={session} environment={environment} />
    </StrictMode>,
  ),
);
