import "@fontsource-variable/roboto/index.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { BrowserRouter } from "react-router";
import { App } from "./components/App";
import { Failure } from "./components/States";
import { Themed } from "./components/Themed";
import { accounts, configureAccounts } from "./lib/account";
import { Api } from "./lib/api";
import { readConfig } from "./lib/config";

const root = createRoot(document.getElementById("root") as HTMLElement);

async function start(): Promise<void> {
  const config = await readConfig();
  configureAccounts(config);
  const api = new Api(config.apiUrl, () => accounts.token());
  root.render(
    <StrictMode>
      <Themed>
        <BrowserRouter>
          <App account={accounts} api={api} />
        </BrowserRouter>
      </Themed>
    </StrictMode>,
  );
}

start().catch(() => {
  root.render(
    <Themed>
      <Failure message="Ewelists cannot start just now." again={() => location.reload()} />
    </Themed>,
  );
});
