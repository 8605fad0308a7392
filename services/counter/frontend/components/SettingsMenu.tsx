"use client";

import IconButton from "@mui/material/IconButton";
import Menu from "@mui/material/Menu";
import MenuItem from "@mui/material/MenuItem";
import SvgIcon from "@mui/material/SvgIcon";
import { useState } from "react";

/** The card's settings: Reset brings the counter back to its start. */
export function SettingsMenu({ onReset, busy }: { onReset: () => void; busy: boolean }) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const open = anchor !== null;
  return (
    <>
      <IconButton
        id="settings"
        aria-label="Settings"
        aria-haspopup="menu"
        aria-controls={open ? "settings-menu" : undefined}
        aria-expanded={open}
        onClick={(event) => setAnchor(event.currentTarget)}
      >
        <SvgIcon>
          <path d="M19.14 12.94a7.1 7.1 0 0 0 0-1.88l2.03-1.58-1.92-3.32-2.39.96a7 7 0 0 0-1.62-.94L14.88 3.6h-3.84l-.36 2.58a7 7 0 0 0-1.62.94l-2.39-.96-1.92 3.32 2.03 1.58a7.1 7.1 0 0 0 0 1.88l-2.03 1.58 1.92 3.32 2.39-.96c.5.39 1.04.7 1.62.94l.36 2.58h3.84l.36-2.58a7 7 0 0 0 1.62-.94l2.39.96 1.92-3.32zM12.96 15.6a3.6 3.6 0 1 1 0-7.2 3.6 3.6 0 0 1 0 7.2z" />
        </SvgIcon>
      </IconButton>
      <Menu
        id="settings-menu"
        anchorEl={anchor}
        open={open}
        onClose={() => setAnchor(null)}
        slotProps={{ list: { "aria-labelledby": "settings" } }}
      >
        <MenuItem
          disabled={busy}
          onClick={() => {
            setAnchor(null);
            onReset();
          }}
        >
          Reset
        </MenuItem>
      </Menu>
    </>
  );
}
