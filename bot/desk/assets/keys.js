// Keyboard shortcuts. None while somebody types, none with a modifier.
let at = null;

const rows = () => [...document.querySelectorAll("[data-row]")];
const press = (selector) => document.querySelector(selector)?.click();

/** Shows which row the keys stand on; after the rows were replaced too. */
export function mark() {
  for (const row of rows()) row.classList.toggle("at", row.dataset.row === at);
}

function move(step) {
  const all = rows();
  if (!all.length) return;
  const now = all.findIndex((row) => row.dataset.row === at);
  const next = all[Math.min(all.length - 1, Math.max(0, now + step))] ?? all[0];
  at = next.dataset.row;
  mark();
  next.querySelector("a")?.focus();
  next.scrollIntoView({ block: "nearest" });
}

const focus = (selector) => document.querySelector(selector)?.focus();

const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  u: () => location.assign("/"),
  t: () => press("[data-key-take]"),
  b: () => press("[data-key-back]"),
  r: () => { press("[data-kind=reply]"); focus("[data-text]"); },
  n: () => { press("[data-kind=note]"); focus("[data-text]"); },
  "/": () => focus("[data-search]"),
  "?": () => document.querySelector("[data-keys]")?.showModal(),
};

export function listenForKeys() {
  document.querySelector("[data-shortcuts]")?.addEventListener("click", KEYS["?"]);
  document.addEventListener("keydown", (event) => {
    const writes = event.target.matches("input, textarea, select");
    if (writes && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.target.form?.requestSubmit();
      event.preventDefault();
      return;
    }
    if (writes && event.key === "Escape") event.target.blur();
    if (writes || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]")) return;
    const view = document.querySelector(`[data-view="${CSS.escape(event.key)}"]`);
    const act = view ? () => view.click() : KEYS[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
