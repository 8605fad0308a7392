import { createContext, type ReactElement, useContext, useEffect, useState } from "react";

/** Opens a media session: true when the browser has leave to read files from the CDN. */
export const Media = createContext<() => Promise<boolean>>(() => Promise.resolve(true));

/** The address on this page's own host: the CDN that serves the page serves its files. */
export const local = (url: string): string => new URL(url, window.location.origin).pathname;

/** A picture from the CDN; asked for once there is leave, and once more when the leave has run out. */
export function Picture({ url, alt }: { url: string; alt: string }): ReactElement {
  const open = useContext(Media);
  const [state, setState] = useState<"waiting" | "shown" | "again" | "failed">("waiting");
  useEffect(() => {
    if (state !== "waiting" && state !== "again") return undefined;
    let here = true;
    void open().then((may) => here && setState((now) => (may ? (now === "again" ? now : "shown") : "failed")));
    return () => void (here = false);
  }, [open, state]);
  if (state === "waiting") return <span className="picture" aria-hidden="true" />;
  if (state === "failed")
    return (
      <span className="picture missing" role="img" aria-label={alt === "" ? "Picture not available" : `${alt}, not available`}>
        ?
      </span>
    );
  const failed = () => setState(state === "shown" ? "again" : "failed");
  return (
    <img
      className="picture"
      key={state}
      src={`${local(url)}${state === "again" ? "?again" : ""}`}
      alt={alt}
      loading="lazy"
      onError={failed}
    />
  );
}
