import Snackbar from "@mui/material/Snackbar";
import { useCallback, useEffect, useMemo, useState, type ReactNode } from "react";
import { Navigate, Route, Routes, useLocation } from "react-router";
import type { Account } from "../lib/account";
import type { Api } from "../lib/api";
import { ServicesContext, useServices } from "../lib/context";
import { ConfirmPage } from "../pages/ConfirmPage";
import { ForgottenPasswordPage } from "../pages/ForgottenPasswordPage";
import { InvitationPage } from "../pages/InvitationPage";
import { ListPage } from "../pages/ListPage";
import { ListsPage } from "../pages/ListsPage";
import { NotFoundPage } from "../pages/NotFoundPage";
import { ProfilePage } from "../pages/ProfilePage";
import { SharedPage } from "../pages/SharedPage";
import { SignInPage } from "../pages/SignInPage";
import { SignUpPage } from "../pages/SignUpPage";
import { Frame } from "./Frame";
import { Waiting } from "./States";

const SHOWN_MILLISECONDS = 5000;

export function App({ account, api }: { account: Account; api: Api }) {
  const [signedIn, setSignedIn] = useState<boolean>();
  const [message, setMessage] = useState<string>();
  const refresh = useCallback(async () => {
    setSignedIn(await account.isSignedIn().catch(() => false));
  }, [account]);
  useEffect(() => void refresh(), [refresh]);
  const services = useMemo(
    () => ({ account, api, signedIn: signedIn === true, refresh, tell: setMessage }),
    [account, api, signedIn, refresh],
  );
  return (
    <ServicesContext.Provider value={services}>
      <Frame>{signedIn === undefined ? <Waiting what="Ewelists" /> : <Pages />}</Frame>
      <Snackbar
        open={message !== undefined}
        message={message}
        autoHideDuration={SHOWN_MILLISECONDS}
        onClose={() => setMessage(undefined)}
      />
    </ServicesContext.Provider>
  );
}

function Pages() {
  return (
    <Routes>
      <Route path="/sign-in" element={<SignInPage />} />
      <Route path="/sign-up" element={<SignUpPage />} />
      <Route path="/confirm" element={<ConfirmPage />} />
      <Route path="/forgotten-password" element={<ForgottenPasswordPage />} />
      <Route path="/" element={<Known page={<ListsPage />} />} />
      <Route path="/lists/:id" element={<Known page={<ListPage />} />} />
      <Route path="/shared/:id" element={<Known page={<SharedPage />} />} />
      <Route path="/invitations/:token" element={<Known page={<InvitationPage />} />} />
      <Route path="/profile" element={<Known page={<ProfilePage />} />} />
      <Route path="*" element={<NotFoundPage />} />
    </Routes>
  );
}

/** A page for those who are signed in; others sign in first and come back to it. */
function Known({ page }: { page: ReactNode }) {
  const { signedIn } = useServices();
  const { pathname } = useLocation();
  if (signedIn) return page;
  const then = pathname === "/" ? "" : `?then=${encodeURIComponent(pathname)}`;
  return <Navigate to={`/sign-in${then}`} replace />;
}
