import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./components/App";
import { loadConfig } from "./lib/config";
import { recall, remember } from "./lib/memory";
import { CognitoSession } from "./lib/session";
import type { Config } from "./lib/config";
import "./style.css";

const root = createRoot(document.getElementById("root") as HTMLElement);

async function start(): Promise<void> {
  let config: Config | undefined;
  try {
    config = await loadConfig();
    remember("", "config", config);
  } catch {
    config = recall<Config>("", "config");
  }
  root.render(
    <StrictMode>
      {config === undefined ? (
        <p className="starting" role="alert">
          The planner cannot be reached. Check your connection and load the page again.
        </p>
      ) : (
        <App session={new CognitoSession(config)} config={config} />
      )}
    </StrictMode>,
  );
}

void start();
