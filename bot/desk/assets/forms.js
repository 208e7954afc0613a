// Sends forms marked with data-act without leaving the page. Each carries a key, so that pressing
// twice does it once; the key is new after every answer.
import { tell } from "./toast.js";

const DOWN = "The desk cannot be reached. Nothing was sent; try again.";

/** Sends fields to an address. Returns the answer's data, or null when it was refused (and said). */
export async function post(address, fields, { quiet = false } = {}) {
  let answer;
  try {
    answer = await fetch(address, {
      method: "POST",
      headers: { accept: "application/json" },
      body: new URLSearchParams(fields),
      redirect: "error",
    });
  } catch {
    if (!quiet) tell(DOWN, { bad: true });
    return null;
  }
  const data = await answer.json().catch(() => ({ detail: DOWN }));
  if (answer.status === 401) location.assign("/sign-in");
  if (answer.ok) return data;
  if (!quiet) tell(data.detail, { bad: true });
  return null;
}

/** Sends one form; null when it was refused. */
export async function send(form) {
  if (form.dataset.busy) return null;
  form.dataset.busy = "yes";
  const buttons = [...form.querySelectorAll("button")];
  buttons.forEach((button) => { button.disabled = true; });
  const done = await post(form.action, new FormData(form));
  buttons.forEach((button) => { button.disabled = false; });
  delete form.dataset.busy;
  if (done === null) return null;
  // The same act again is a new one from here on.
  if (form.elements.key) form.elements.key.value = crypto.randomUUID();
  if (done.said) tell(done.said);
  form.dispatchEvent(new CustomEvent("done", { bubbles: true, detail: done }));
  if (done.go) location.assign(done.go);
  return done;
}

export function sendForms() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-act]")) return;
    event.preventDefault();
    send(form);
  });
}
