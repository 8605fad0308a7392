import type { ReactElement, ReactNode } from "react";

const Icon = ({ children }: { children: ReactNode }): ReactElement => (
  <svg
    viewBox="0 0 24 24"
    width="22"
    height="22"
    fill="none"
    stroke="currentColor"
    strokeWidth="2"
    strokeLinecap="round"
    strokeLinejoin="round"
    aria-hidden="true"
  >
    {children}
  </svg>
);

export const CheckIcon = (): ReactElement => (
  <Icon>
    <rect x="3.5" y="3.5" width="17" height="17" rx="5" />
    <path d="m8 12.3 2.8 2.8 5.2-5.8" />
  </Icon>
);

export const BagIcon = (): ReactElement => (
  <Icon>
    <path d="M5 8.5h14l-1.2 10a2 2 0 0 1-2 1.8H8.2a2 2 0 0 1-2-1.8z" />
    <path d="M8.8 11V7.5a3.2 3.2 0 0 1 6.4 0V11" />
  </Icon>
);

export const BellIcon = (): ReactElement => (
  <Icon>
    <path d="M3 12h4l2.5-7 5 14 2.5-7h4" />
  </Icon>
);

export const BinIcon = (): ReactElement => (
  <Icon>
    <path d="M5 7h14M10 7V4.8h4V7M7 7l.8 12.2h8.4L17 7" />
  </Icon>
);

export const Logo = (): ReactElement => (
  <svg viewBox="0 0 64 64" width="32" height="32" aria-hidden="true">
    <rect width="64" height="64" rx="16" className="logo-ground" />
    <path d="M16 27h32l-3.2 20.2a4 4 0 0 1-3.9 3.3H23.1a4 4 0 0 1-3.9-3.3z" fill="#f4c95d" />
    <path d="M24 29v-5a8 8 0 0 1 16 0v5" fill="none" stroke="#fff" strokeWidth="4" strokeLinecap="round" />
    <path
      d="m26 39.5 4.5 4.5 8-8.5"
      fill="none"
      stroke="#0e5a4f"
      strokeWidth="4"
      strokeLinecap="round"
      strokeLinejoin="round"
    />
  </svg>
);
