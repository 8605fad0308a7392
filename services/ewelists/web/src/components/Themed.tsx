import CssBaseline from "@mui/material/CssBaseline";
import { ThemeProvider, createTheme } from "@mui/material/styles";
import type { ReactNode } from "react";

const theme = createTheme({
  colorSchemes: {
    light: {
      palette: {
        primary: { main: "#5b3a8c" },
        secondary: { main: "#c2335c" },
        background: { default: "#faf8fc" },
      },
    },
    dark: { palette: { primary: { main: "#c9aef5" }, secondary: { main: "#ff8fae" } } },
  },
  shape: { borderRadius: 12 },
  typography: {
    fontFamily: "'Roboto Variable', Roboto, sans-serif",
    h1: { fontSize: "1.75rem", fontWeight: 600 },
    h2: { fontSize: "1.25rem", fontWeight: 600 },
    button: { textTransform: "none", fontWeight: 600 },
  },
});

export function Themed({ children }: { children: ReactNode }) {
  return (
    <ThemeProvider theme={theme}>
      <CssBaseline enableColorScheme />
      {children}
    </ThemeProvider>
  );
}
