/** Takes every mail and delivers none: SMTP on 1025; on 8025 the mails as JSON (/messages) and as a page (/). */
import { createServer } from "node:http";
import PostalMime from "postal-mime";
import { SMTPServer } from "smtp-server";

const KEPT = 1_000;
const mails = [];

const smtp = new SMTPServer({
  authOptional: true,
  disabledCommands: ["STARTTLS"],
  size: 1_000_000,
  onAuth: (_auth, _session, done) => done(null, { user: "anybody" }),
  onData(stream, session, done) {
    const chunks = [];
    stream.on("data", (chunk) => chunks.push(chunk));
    stream.on("end", async () => {
      const mail = await PostalMime.parse(Buffer.concat(chunks));
      const headers = Object.fromEntries(mail.headers.map(({ key, value }) => [key, value]));
      const to = session.envelope.rcptTo.map(({ address }) => address);
      mails.push({
        at: new Date().toISOString(),
        to,
        subject: mail.subject,
        text: mail.text,
        html: mail.html,
        headers,
      });
      mails.splice(0, mails.length - KEPT);
      done();
    });
  },
});
smtp.on("error", (error) => console.error(error.message));
smtp.listen(1025, "0.0.0.0");

const escaped = (text) => String(text ?? "").replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

const STYLE = `
  body { font: 16px system-ui; max-width: 48rem; margin: 2rem auto; padding: 0 1rem }
  article { border-top: 1px solid #ccc }
  pre { white-space: pre-wrap }`;

function row({ at, to, subject, text }) {
  const about = `<p>to ${escaped(to.join(", "))}, ${at}</p>`;
  return `<article><h2>${escaped(subject)}</h2>${about}<pre>${escaped(text)}</pre></article>`;
}

function page() {
  const list = mails.toReversed().map(row).join("") || "<p>No mail yet.</p>";
  const head = `<meta charset="utf-8"><title>Mail</title><style>${STYLE}</style>`;
  return `<!doctype html><html lang="en">${head}<h1>Mail</h1>${list}</html>`;
}

const http = createServer((request, response) => {
  const json = (body) => response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
  if (request.method === "GET" && request.url === "/healthz") return json({ status: "ok" });
  if (request.method === "GET" && request.url === "/messages") return json({ messages: mails });
  if (request.method === "GET" && request.url === "/") {
    return response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(page());
  }
  return response.writeHead(404).end();
});
http.listen(8025, "0.0.0.0");

process.on("SIGTERM", () => process.exit(0));
