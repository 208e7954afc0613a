// One conversation, kept current: new messages, the brief, and what may be done; and the composer.
import { post } from "./forms.js";
import { elements, listen, part } from "./live.js";
import { tell } from "./toast.js";

const { conversation, csrf } = document.body.dataset;
const base = `/conversations/${conversation}`;
const log = document.querySelector("[data-log]");
const seen = { last: Number(document.body.dataset.last), now: document.body.dataset.now };
const parts = new Map();

export function startConversation() {
  log.scrollTop = log.scrollHeight;
  if (location.hash) document.querySelector(location.hash)?.scrollIntoView({ block: "center" });
  const refresh = listen(`/events?conversation=${conversation}`, look);
  document.addEventListener("done", refresh);
  startComposer(refresh);
  startPreviews();
}

async function look() {
  const text = await part(`${base}/live?after=${seen.last}&since=${encodeURIComponent(seen.now)}`);
  if (text === null) return;
  const { last, now, delivered, said, head, write, side } = JSON.parse(text);
  Object.assign(seen, { last, now });
  add(elements(said));
  for (const place of log.querySelectorAll("[data-ours]")) {
    const mark = place.querySelector("[data-delivery]");
    if (Number(place.dataset.sequence) <= delivered) mark.textContent = "delivered";
  }
  for (const place of log.querySelectorAll(".said.debtor")) place.querySelector(".by span:not(.failed)")?.remove();
  renew("head", head);
  renew("write", write);
  renew("side", side);
}

function add(fragment) {
  const near = log.scrollHeight - log.scrollTop - log.clientHeight < 120;
  for (const item of [...fragment.children]) {
    const { sequence, note } = item.dataset;
    const known = sequence ? `[data-sequence="${sequence}"]` : `[data-note="${CSS.escape(note)}"]`;
    if (!log.querySelector(known)) log.append(item);
  }
  if (near) log.scrollTop = log.scrollHeight;
}

/** Replaces a part of the page if it changed and nobody is typing in it; what was open stays open. */
function renew(name, html) {
  const plain = html.replace(/name="key" value="\w+"/g, "");
  if (parts.get(name) === plain) return;
  const place = document.querySelector(`[data-part=${name}]`);
  const inUse = place.contains(document.activeElement) && document.activeElement.matches("input, select, textarea");
  const text = place.querySelector("[data-text]");
  if (inUse && name !== "write") {
    place.addEventListener("focusout", () => setTimeout(() => renew(name, html), 200), { once: true });
    return;
  }
  if (name === "write" && !parts.has(name)) { parts.set(name, plain); return; }
  parts.set(name, plain);
  const open = [...place.querySelectorAll("details[open][id]")].map((one) => one.id);
  const kept = text && { value: text.value, focused: document.activeElement === text, at: text.selectionStart };
  const filled = new Map([...place.querySelectorAll("details[open] [id^=plan-]")].map((one) => [one.id, [...one.childNodes]]));
  place.replaceChildren(elements(html));
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  for (const [id, nodes] of filled) document.getElementById(id)?.replaceChildren(...nodes);
  const fresh = place.querySelector("[data-text]");
  if (kept && fresh) {
    fresh.value = kept.value;
    if (kept.focused) { fresh.focus(); fresh.setSelectionRange(kept.at, kept.at); }
  }
}

function startComposer(refresh) {
  const TYPES_AGAIN = 3000;
  const CHECK_AFTER = 350;
  let told = 0;
  let timer;
  const kind = () => document.querySelector("[data-kind=reply]").getAttribute("aria-pressed") === "true" ? "reply" : "note";

  const typing = (on) => {
    told = on ? Date.now() : 0;
    post(`${base}/typing`, { csrf, on: on ? "yes" : "no" }, { quiet: true });
  };

  const check = async (text) => {
    const place = document.querySelector("[data-hints]");
    if (kind() === "note" || !text.trim()) return place.replaceChildren();
    const said = await post(`${base}/check`, { csrf, text }, { quiet: true });
    if (!said || document.querySelector("[data-text]").value !== text) return;
    const item = (words, stop) => {
      const one = document.createElement("li");
      one.textContent = words;
      one.classList.toggle("stop", stop);
      return one;
    };
    place.replaceChildren(
      ...said.stops.map((words) => item(`Will not be sent: ${words}`, true)),
      ...said.hints.map((words) => item(words, false)),
    );
  };

  document.addEventListener("input", ({ target }) => {
    if (!target.matches("[data-text]")) return;
    const left = target.maxLength - target.value.length;
    document.querySelector("[data-left]").textContent = left < 100 ? `${left} left` : "";
    clearTimeout(timer);
    timer = setTimeout(() => check(target.value), CHECK_AFTER);
    if (kind() === "reply" && Date.now() - told > TYPES_AGAIN) typing(true);
  });

  document.addEventListener("change", ({ target }) => {
    if (!target.matches("[data-canned]") || !target.value) return;
    const text = document.querySelector("[data-text]");
    text.value = text.value ? `${text.value} ${target.value}` : target.value;
    target.value = "";
    text.focus();
    text.dispatchEvent(new Event("input", { bubbles: true }));
  });

  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-kind]");
    if (!button || button.disabled) return;
    for (const one of document.querySelectorAll("[data-kind]")) one.setAttribute("aria-pressed", String(one === button));
    const form = button.closest("form");
    form.action = `${form.dataset.base}/${button.dataset.kind}`;
    form.querySelector("[data-send]").textContent = button.dataset.kind === "reply" ? "Send" : "Save note";
    form.querySelector("[data-text]").placeholder = button.dataset.kind === "reply" ? "Write to them" : "A note for colleagues";
    if (button.dataset.kind === "note" && told) typing(false);
  });

  document.addEventListener("done", ({ target, detail }) => {
    if (!target.matches("[data-write]")) return;
    if (detail.show.refused) return tell(detail.show.refused, { bad: true });
    target.querySelector("[data-text]").value = "";
    document.querySelector("[data-hints]").replaceChildren();
    told = 0;
    log.scrollTop = log.scrollHeight;
    refresh();
  });
}

function startPreviews() {
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("[data-preview]")) return;
    event.preventDefault();
    const html = await part(`${form.getAttribute("action")}?${new URLSearchParams(new FormData(form))}`);
    if (html !== null) document.getElementById(form.dataset.preview).replaceChildren(elements(html));
  });
}

