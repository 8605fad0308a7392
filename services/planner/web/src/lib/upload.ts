/** A file on its way: announced to the API, sent straight to the bucket, and waited for until it has been looked at. */
import { type Api, CallFailed } from "./api";
import type { Attachment, Upload } from "./types";

export const LARGEST_BYTES = 10 * 1024 * 1024;
export const KINDS = ["image/jpeg", "image/png", "image/gif", "image/webp", "application/pdf", "text/plain"];
const LOOK_MILLISECONDS = 1_000;
const LOOKS = 60;

/** Why a file cannot be attached; undefined when it can. */
export function refusal(file: File): string | undefined {
  if (!KINDS.includes(file.type)) return "Only pictures, PDFs and plain text can be attached.";
  if (file.size === 0) return "The file is empty.";
  return file.size > LARGEST_BYTES ? "The file is larger than 10 MB." : undefined;
}

/** The attachment once it has been looked at. `progress` hears how much has been sent, from 0 to 1. */
export async function attach(
  api: Api,
  plan: string,
  file: File,
  progress: (part: number) => void,
  pause: number = LOOK_MILLISECONDS,
): Promise<Attachment> {
  const name = file.name.replace(/[/\\\p{C}]/gu, "_").slice(-120);
  const { attachment, upload } = await api.announce(plan, { name, contentType: file.type, size: file.size });
  try {
    await sendFile(upload, file, progress);
  } catch (error) {
    // What never arrived shall not stay in the list for ever.
    await api.deleteAttachment(plan, attachment.id).catch(() => undefined);
    throw error;
  }
  let found = attachment;
  for (let look = 0; look < LOOKS && found.state === "waiting"; look += 1) {
    await new Promise((resolve) => setTimeout(resolve, look === 0 ? pause / 4 : pause));
    found = await api.attachment(plan, attachment.id);
  }
  return found;
}

function sendFile({ url, fields }: Upload, file: File, progress: (part: number) => void): Promise<void> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append("file", file); // S3 takes no field behind the file
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest(); // fetch tells nothing of what it has sent
    request.upload.onprogress = ({ loaded, total, lengthComputable }) => {
      if (lengthComputable) progress(loaded / total);
    };
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve();
      else reject(new CallFailed(request.status, "The file was not taken. Try again."));
    };
    request.onerror = () => reject(new CallFailed(0, "The upload was interrupted. Check your connection and try again."));
    request.open("POST", url);
    request.send(form);
  });
}
