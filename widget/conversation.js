/**
 * One conversation with the server: the session, the stream of what is said, the box of what is still
 * to be sent. It knows nothing of the page; it tells its listener:
 *
 *   session(creditor, controls)   with whom one is talking
 *   message(message)              what was said, each once and in order
 *   typing({author, on}), state({state, name?})
 *   item(item)                    what is to be sent, and its status: sending, unsent, sent, refused
 *   connection(name)              "online", "lost", or "down" when it is time to call instead
 *   renewed()                     the session ended, and all that was said in it is gone
 */
import { events } from "./stream.js";

const PATIENCE = 15_000; // ms for an answer to a request
const QUIET = 45_000; // ms without a byte; the server sends a heartbeat every 20 s
const FIRST_WAIT = 500; // ms
const LONGEST_WAIT = 20_000; // ms
const STEADY = 5_000; // ms after which a stream that ends counts as having worked
const DOWN_AFTER = 3; // failures in a row

/** How many ms to wait after so many failures: doubling, and scattered so that not all return at once. */
function wait(failures) {
  return Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.max(0, failures - 1)) * (0.5 + Math.random() / 2);
}

/** The server's answer when it is not a success. */
class Refused extends Error {
  constructor(status, detail, seconds) {
    super(detail);
    this.status = status;
    this.seconds = seconds;
  }

  /** The session has ended, or was never one. */
  get expired() {
    return this.status === 401;
  }

  /** The same request can never succeed; any other refusal passes with time. */
  get final() {
    return this.status >= 400 && this.status < 500 && ![401, 408, 425, 429].includes(this.status);
  }
}

export class Conversation {
  #server;
  #opening;
  #kept;
  #listener;
  #outbox;
  #seq = 0;
  #session = null; // a promise, so that two callers open one session
  #current = null; // what it resolved to
  #run = null; // whoever runs compares it, so that a run that was ended never goes on
  #delivering = false;
  #failures = 0; // of the stream, in a row
  #refusals = 0; // of what is sent, in a row
  #stream = new AbortController();
  #wakers = new Set();

  /** `opening` is the body of POST /sessions; `kept` is where things outlive a reload (keep.js). */
  constructor({ server, opening, kept, listener }) {
    this.#server = server;
    this.#opening = opening;
    this.#kept = kept;
    this.#listener = listener;
    this.#outbox = kept.get("outbox", []);
    addEventListener("online", () => this.retry());
    addEventListener("offline", () => this.#stream.abort());
    document.addEventListener("visibilitychange", () => document.hidden || this.#wake());
  }

  /** Whether a session was begun in this tab, also before a reload. */
  get begun() {
    return this.#run !== null || this.#kept.get("session") !== null;
  }

  /** Begins, or goes on after a reload. Calling it again does nothing. */
  start() {
    if (this.#run) return;
    this.#run = {};
    this.#outbox.forEach((item) => this.#listener.item(item));
    this.#listen();
    this.#deliver();
  }

  /** Sends {text}, {choice, label} or {control, label}; it is kept until the server has it. */
  send(said) {
    const item = { id: identifier(), at: new Date().toISOString(), status: "sending", ...said };
    this.#outbox.push(item);
    this.#changed(item, "sending");
    this.#wake();
    this.#deliver();
  }

  /** Takes something that is not sent out of the box, and returns it. */
  withdraw(id) {
    const item = this.#outbox.find((one) => one.id === id);
    this.#outbox = this.#outbox.filter((one) => one.id !== id);
    this.#keepOutbox();
    return item;
  }

  /** Tries at once what waits for its next attempt. */
  retry() {
    for (const item of this.#outbox) if (item.status === "unsent") this.#changed(item, "sending");
    this.#wake();
    this.#deliver();
  }

  /** Fetches a document of this conversation as {blob, name}. */
  async document(path, name) {
    const session = await this.#begin();
    const response = await this.#request(path, { headers: { Authorization: `Bearer ${session.session}` } });
    const given = /filename="?([^";]+)"?/.exec(response.headers.get("Content-Disposition") ?? "");
    return { blob: await response.blob(), name: given?.[1] ?? name };
  }

  /** Ends it and removes every trace from this device; start() begins a new one. */
  forget() {
    this.#run = null;
    this.#session = this.#current = null;
    this.#seq = this.#failures = this.#refusals = 0;
    this.#outbox = [];
    this.#kept.clear();
    this.#stream.abort();
    this.#wake();
  }

  // --- the session

  #begin() {
    this.#session ??= this.#open().catch((problem) => {
      this.#session = null;
      throw problem;
    });
    return this.#session;
  }

  async #open() {
    const run = this.#run;
    let session = this.#kept.get("session");
    if (!session) {
      const response = await this.#request("sessions", post(this.#opening));
      session = await response.json();
      if (this.#run !== run) throw new Error("forgotten meanwhile");
      this.#kept.set("session", session);
    }
    this.#current = session;
    this.#listener.session(session.creditor ?? {}, session.controls ?? []);
    return session;
  }

  /** The server no longer knows this session. Choices belonged to it; words and controls do not. */
  #renew(session) {
    if (this.#current !== session) return; // The other loop noticed first.
    this.#session = this.#current = null;
    this.#kept.set("session", null);
    this.#seq = 0;
    this.#outbox = this.#outbox.filter((item) => !item.choice);
    this.#keepOutbox();
    this.#listener.renewed();
    this.#outbox.forEach((item) => this.#listener.item(item));
    this.#stream.abort();
  }

  // --- what is said

  async #listen() {
    const run = this.#run;
    while (this.#run === run) {
      const began = performance.now();
      let session = null;
      try {
        session = await this.#begin();
        await this.#follow(session);
        this.#failures += 1; // An end without an error: not yet worth a word.
      } catch (problem) {
        if (this.#run !== run) return;
        if (problem.expired && session) this.#renew(session);
        this.#failures += 1;
        if (!session || session === this.#current) this.#failed(this.#failures);
      }
      if (performance.now() - began > STEADY) this.#failures = 1;
      await this.#pause(wait(this.#failures));
    }
  }

  async #follow(session) {
    const stream = (this.#stream = new AbortController());
    let quiet;
    const heard = () => {
      clearTimeout(quiet);
      quiet = setTimeout(() => stream.abort(), QUIET);
    };
    heard();
    try {
      const response = await fetch(new URL(`events?after=${this.#seq}`, this.#server), {
        headers: { Authorization: `Bearer ${session.session}`, Accept: "text/event-stream" },
        cache: "no-store",
        signal: stream.signal,
      });
      if (!response.ok) throw await refusal(response);
      this.#online();
      for await (const event of events(response.body)) {
        if (stream.signal.aborted) return;
        heard();
        this.#failures = 0;
        if (event) this.#heard(event.event, JSON.parse(event.data));
      }
    } finally {
      clearTimeout(quiet);
    }
  }

  #heard(event, data) {
    if (event === "typing") this.#listener.typing(data);
    if (event === "state") this.#listener.state(data);
    if (event !== "message" || data.seq <= this.#seq) return;
    this.#seq = data.seq;
    if (data.id) this.withdraw(data.id);
    this.#listener.message(data);
  }

  #online() {
    this.#listener.connection("online");
    this.#wake();
    this.#deliver();
  }

  #failed(failures) {
    this.#listener.connection(failures < DOWN_AFTER ? "lost" : "down");
  }

  // --- what is sent: one after the other, in the order in which it was written

  async #deliver() {
    if (this.#delivering) return;
    this.#delivering = true;
    const run = this.#run;
    let item;
    while (run && this.#run === run && (item = this.#outbox.find((one) => one.status !== "refused"))) {
      const pause = await this.#attempt(item);
      if (pause) await this.#pause(pause);
    }
    this.#delivering = false;
    if (this.#run !== run) this.#deliver();
  }

  /** Tries to send one item; returns how many ms to wait before the next attempt. */
  async #attempt(item) {
    let session = null;
    try {
      session = await this.#begin();
      await this.#request("messages", post(content(item, session), session.session));
      if (this.#refusals >= DOWN_AFTER) this.#listener.connection("online");
      this.#refusals = 0;
      this.#changed(item, "sent");
      return 0;
    } catch (problem) {
      this.#refusals += 1;
      if (problem.expired && session) {
        this.#renew(session);
        return wait(this.#refusals);
      }
      const detail = problem instanceof Refused ? problem.message : "";
      if (problem.final && session) {
        this.#refusals = 0;
        this.#changed(item, "refused", detail);
        return 0;
      }
      for (const one of this.#outbox) {
        if (one.status !== "refused") this.#changed(one, "unsent", one === item ? detail : "");
      }
      if (this.#refusals >= DOWN_AFTER) this.#failed(this.#refusals);
      return Math.max(wait(this.#refusals), (problem.seconds ?? 0) * 1000);
    }
  }

  #changed(item, status, detail = "") {
    if (!this.#outbox.includes(item)) return; // The stream brought it already.
    item.status = status;
    item.detail = detail;
    if (status === "sent") this.#outbox = this.#outbox.filter((one) => one !== item);
    this.#keepOutbox();
    this.#listener.item(item);
  }

  #keepOutbox() {
    this.#kept.set("outbox", this.#outbox);
  }

  // --- the wire

  async #request(path, options = {}) {
    const control = new AbortController();
    const limit = setTimeout(() => control.abort(), PATIENCE);
    try {
      const address = new URL(path, this.#server);
      const response = await fetch(address, { cache: "no-store", ...options, signal: control.signal });
      if (!response.ok) throw await refusal(response);
      return response;
    } finally {
      clearTimeout(limit);
    }
  }

  #pause(milliseconds) {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#wakers.delete(done);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      this.#wakers.add(done);
    });
  }

  #wake() {
    [...this.#wakers].forEach((done) => done());
  }
}

function post(values, session) {
  const headers = { "Content-Type": "application/json" };
  if (session) headers.Authorization = `Bearer ${session}`;
  return { method: "POST", headers, body: JSON.stringify(values) };
}

function content(item, session) {
  if (item.text !== undefined) return { id: item.id, text: item.text };
  const control = session.controls?.find((one) => one.kind === item.control);
  return { id: item.id, choice: item.control ? control?.id ?? "" : item.choice };
}

async function refusal(response) {
  const { detail } = await response.json().catch(() => ({}));
  const seconds = Number(response.headers.get("Retry-After")) || 0;
  return new Refused(response.status, typeof detail === "string" ? detail : "", seconds);
}

/** A random UUID by which the server knows a repeat. (crypto.randomUUID is missing on plain http.) */
function identifier() {
  const random = (digit) => crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4));
  return "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) => (digit ^ random(digit)).toString(16));
}
