"use client";

import CssBaseline from "@mui/material/CssBaseline";
import { createTheme, ThemeProvider } from "@mui/material/styles";
import type { ReactNode } from "react";

const theme = createTheme({
  // Colours as CSS variables under a media query: the right ones from the first paint, light or dark.
  cssVariables: true,
  colorSchemes: {
    light: {
      palette: {
        primary: { main: "#1c5d99" },
        background: { default: "#eef2f6", paper: "#ffffff" },
      },
    },
    dark: {
      palette: {
        primary: { main: "#8ec5f4" },
        background: { default: "#10161d", paper: "#19222c" },
      },
    },
  },
  typography: { fontFamily: '"Roboto Variable", system-ui, sans-serif' },
  shape: { borderRadius: 12 },
  components: {
    MuiButton: { defaultProps: { disableElevation: true }, styleOverrides: { root: { textTransform: "none" } } },
  },
});

/** Colours, font and base styles of the whole page, in the visitor's light or dark. */
export function Theme({ children }: { children: ReactNode }) {
  return (
    <ThemeProvider theme={theme}>
      <CssBaseline />
      {children}
    </ThemeProvider>
  );
}
