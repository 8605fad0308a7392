import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import type { Page } from "../lib/api";
import type { Paged } from "../lib/usePages";

/** The way to the next page, where there is one. */
export function More<T extends Page<unknown>>({ pages }: { pages: Paged<T> }) {
  return (
    <>
      {pages.moreError && <Alert severity="error">{pages.moreError}</Alert>}
      {pages.more && (
        <Button onClick={pages.more} loading={pages.busy}>
          Show more
        </Button>
      )}
    </>
  );
}
