import CardGiftcardIcon from "@mui/icons-material/CardGiftcard";
import PersonIcon from "@mui/icons-material/Person";
import AppBar from "@mui/material/AppBar";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Container from "@mui/material/Container";
import IconButton from "@mui/material/IconButton";
import Link from "@mui/material/Link";
import Toolbar from "@mui/material/Toolbar";
import { useEffect, useRef, type ReactNode } from "react";
import { Link as RouterLink, useLocation } from "react-router";
import { useServices } from "../lib/context";

/** What is around every page: the bar at the top, the way past it for keyboards, and the page's own place. */
export function Frame({ children }: { children: ReactNode }) {
  const { signedIn } = useServices();
  const { pathname } = useLocation();
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  useEffect(() => {
    // A screen reader is told of a new page by the focus going there, as it is when a document loads.
    if (!first.current) main.current?.focus();
    first.current = false;
  }, [pathname]);
  return (
    <>
      <Link
        href="#main"
        sx={{ position: "absolute", left: 8, top: -60, zIndex: 2000, bgcolor: "background.paper", p: 1, "&:focus": { top: 8 } }}
      >
        Skip to the page
      </Link>
      <AppBar position="sticky" enableColorOnDark>
        <Toolbar>
          <Button component={RouterLink} to="/" color="inherit" startIcon={<CardGiftcardIcon />} sx={{ fontSize: "1.15rem" }}>
            Ewelists
          </Button>
          <Box sx={{ flexGrow: 1 }} />
          {signedIn && (
            <IconButton component={RouterLink} to="/profile" color="inherit" aria-label="Profile">
              <PersonIcon />
            </IconButton>
          )}
        </Toolbar>
      </AppBar>
      <Container component="main" id="main" ref={main} tabIndex={-1} maxWidth="md" sx={{ py: 3, pb: 12, outline: "none" }}>
        {children}
      </Container>
    </>
  );
}
