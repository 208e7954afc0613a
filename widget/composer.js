/** Where the person writes: a text box that grows, a counter near the limit, a draft that outlives a reload. */
import { element, icon, ICONS } from "./element.js";
import { WORDS } from "./words.js";

const LONGEST = 1000; // characters, as the server counts them
const COUNT_FROM = 850;
const ANNOUNCE_EVERY = 25; // a screen reader is not told of every key

export class Composer {
  #kept;
  #submit;
  #input = element("textarea", {
    id: "input",
    rows: "1",
    placeholder: WORDS.hint,
    "aria-label": WORDS.message,
    "aria-describedby": "counter",
    enterkeyhint: "send",
    autocomplete: "off",
    input: () => this.#changed(),
    keydown: (event) => this.#pressed(event),
  });
  #counter = element("p", { class: "counter", id: "counter", "aria-hidden": "true" });
  #announced = element("p", { class: "unseen", role: "status" });
  #button = element("button", { type: "submit", class: "send", "aria-label": WORDS.send }, icon(...ICONS.send));

  /** `submit` receives the text; the draft is kept in `kept`. */
  constructor(kept, submit) {
    this.#kept = kept;
    this.#submit = submit;
    this.node = element(
      "form",
      { class: "composer", submit: (event) => this.#submitted(event) },
      this.#counter,
      this.#announced,
      element("div", { class: "field" }, this.#input, this.#button),
    );
    this.text = kept.get("draft", "");
  }

  get text() {
    return this.#input.value;
  }

  set text(value) {
    this.#input.value = value;
    this.#changed();
  }

  focus() {
    this.#input.focus({ preventScroll: true });
  }

  /** Fits the box to its text; needed once it becomes visible. */
  fit() {
    this.#input.style.height = "auto";
    if (this.#input.scrollHeight > 0) this.#input.style.height = `${this.#input.scrollHeight + 2}px`;
  }

  #changed() {
    this.#kept.set("draft", this.text);
    const length = [...this.text.trim()].length;
    const left = LONGEST - length;
    this.#counter.textContent = length < COUNT_FROM ? "" : left < 0 ? WORDS.over(-left) : WORDS.left(left);
    this.#counter.classList.toggle("over", left < 0);
    if (length < COUNT_FROM) this.#announced.textContent = "";
    else if (left % ANNOUNCE_EVERY === 0 || left < 0) this.#announced.textContent = this.#counter.textContent;
    this.#button.disabled = length === 0 || left < 0;
    this.#input.setAttribute("aria-invalid", String(left < 0));
    this.fit();
  }

  #pressed(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.node.requestSubmit();
  }

  #submitted(event) {
    event.preventDefault();
    if (this.#button.disabled) return;
    const text = this.text.trim();
    this.text = "";
    this.#submit(text);
  }
}
