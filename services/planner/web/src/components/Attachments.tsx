import { type ChangeEvent, type ReactElement, useContext, useEffect, useRef, useState } from "react";

import type { Api } from "../lib/api";
import { useAction } from "../lib/hooks";
import type { Attachment, Plan } from "../lib/types";
import { attach, KINDS, refusal } from "../lib/upload";
import { Failure, Icon } from "./Parts";
import { local, Media, Picture } from "./Picture";

type Sending = { key: number; name: string; part: number; error?: string };

const SAID = {
  waiting: "being looked at…",
  infected: "held a virus and was deleted",
  refused: "was not what its name says and was deleted",
  ready: "",
};

/** Pictures and other files of a plan, and those on their way. */
export function Attachments(props: { api: Api; plan: Plan; online: boolean; changed: () => Promise<void> }): ReactElement {
  const { api, plan, changed } = props;
  const [sending, setSending] = useState<Sending[]>([]);
  const count = useRef(0);
  const input = useRef<HTMLInputElement>(null);
  const action = useAction();

  async function send(file: File): Promise<void> {
    count.current += 1;
    const key = count.current;
    const change = (said: Partial<Sending>) =>
      setSending((all) => all.map((each) => (each.key === key ? { ...each, ...said } : each)));
    const wrong = refusal(file);
    setSending((all) => [...all, { key, name: file.name, part: 0, ...(wrong === undefined ? {} : { error: wrong }) }]);
    if (wrong !== undefined) return;
    try {
      await attach(api, plan.id, file, (part) => change({ part }));
      await changed();
      setSending((all) => all.filter((each) => each.key !== key));
    } catch (caught) {
      change({ error: (caught as Error).message });
    }
  }
  function chosen(event: ChangeEvent<HTMLInputElement>): void {
    for (const file of event.target.files ?? []) void send(file);
    event.target.value = ""; // the same file can be chosen again
  }
  const remove = (attachment: Attachment) =>
    void action.run(async () => {
      await api.deleteAttachment(plan.id, attachment.id);
      await changed();
    });

  return (
    <section aria-labelledby="attachments">
      <h2 id="attachments">Pictures and files</h2>
      <Failure message={action.error} />
      <ul className="files">
        {plan.attachments.map((attachment) => (
          <File key={attachment.id} attachment={attachment} fixed={!props.online || action.busy} remove={remove} />
        ))}
        {sending.map(({ key, name, part, error }) => (
          <li key={key} className="sending">
            <span className="name">{name}</span>
            {error === undefined ? (
              <>
                <progress value={part} max={1} aria-label={`Upload of ${name}`} />
                <small role="status">{part < 1 ? `${String(Math.round(part * 100))} %` : "being looked at…"}</small>
              </>
            ) : (
              <>
                <small role="alert" className="late">
                  {error}
                </small>
                <button type="button" className="quiet" onClick={() => setSending((all) => all.filter((each) => each.key !== key))}>
                  Dismiss
                </button>
              </>
            )}
          </li>
        ))}
      </ul>
      {plan.attachments.length === 0 && sending.length === 0 && <p className="soft">Nothing is attached yet.</p>}
      <input
        ref={input}
        type="file"
        multiple
        accept={KINDS.join(",")}
        className="unseen"
        aria-label="Files to attach"
        tabIndex={-1}
        onChange={chosen}
      />
      <button type="button" onClick={() => input.current?.click()} disabled={!props.online}>
        <Icon name="clip" /> Add a picture or file
      </button>
      <small className="hint">JPEG, PNG, GIF, WebP, PDF or text, up to 10 MB</small>
    </section>
  );
}

function File(props: { attachment: Attachment; fixed: boolean; remove: (attachment: Attachment) => void }): ReactElement {
  const { attachment } = props;
  const open = useContext(Media);
  const isReady = attachment.state === "ready" && attachment.url !== null;
  useEffect(() => {
    if (isReady) void open();
  }, [open, isReady]);
  return (
    <li className={attachment.state === "ready" || attachment.state === "waiting" ? undefined : "bad"}>
      {isReady && attachment.url !== null && attachment.contentType.startsWith("image/") && (
        <a href={local(attachment.url)} target="_blank" rel="noreferrer" className="frame">
          <Picture url={attachment.url} alt={attachment.name} />
        </a>
      )}
      {isReady && attachment.url !== null && !attachment.contentType.startsWith("image/") && (
        <a href={local(attachment.url)} className="frame document" aria-label={`Download ${attachment.name}`}>
          <Icon name="clip" />
        </a>
      )}
      <span className="name">{attachment.name}</span>
      <small>{SAID[attachment.state] || size(attachment.size)}</small>
      <button
        type="button"
        className="icon"
        aria-label={`Delete ${attachment.name}`}
        disabled={props.fixed}
        onClick={() => props.remove(attachment)}
      >
        <Icon name="bin" />
      </button>
    </li>
  );
}

const size = (bytes: number): string =>
  bytes < 1_000_000 ? `${String(Math.max(1, Math.round(bytes / 1000)))} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
