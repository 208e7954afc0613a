/**
 * What was said, newest last: messages, days, choices, and whether what the person wrote has arrived.
 * Confirmed messages stand in the server's order; what is still to be sent stands below them.
 */
import { card } from "./cards.js";
import { button, element, icon, ICONS } from "./element.js";
import { linked } from "./links.js";
import { dayOf, sameDay, timeOf } from "./when.js";
import { WORDS } from "./words.js";

const NEAR = 48; // px from the end that still count as reading the end

export class Log {
  #actions;
  #rows = []; // {id, seq, author, at, node, bubble, status, choices, divider}
  #atEnd = true;
  #height = 0;
  #list = element("div", { class: "list", role: "log", "aria-live": "polite", "aria-label": WORDS.conversation });
  #typing = element("div", { class: "typing", role: "status" });
  #scroller = element(
    "div",
    {
      class: "scroller",
      tabindex: "0",
      role: "region",
      "aria-label": WORDS.conversation,
      scroll: () => this.#scrolled(),
    },
    this.#list,
    this.#typing,
  );
  #newer = button(
    { class: "newer", hidden: true, click: () => this.#showNewer() },
    icon(...ICONS.down),
    WORDS.newMessages,
  );

  /** `actions`: pick(choice, label), retry(), edit(id), remove(id), receipt(id), file(name), origins() to link to. */
  constructor(actions) {
    this.#actions = actions;
    this.node = element("div", { class: "log" }, this.#scroller, this.#newer);
    new ResizeObserver(() => this.#resized()).observe(this.#scroller);
  }

  focus() {
    this.#scroller.focus({ preventScroll: true });
  }

  /** Empties it, and says first who one is writing with. */
  clear(...opening) {
    this.#rows = [];
    this.#newer.hidden = true;
    this.typing(null);
    this.#list.replaceChildren(...opening);
  }

  /** A note of the widget's own. */
  note(text) {
    this.#list.append(element("p", { class: "note" }, text));
    this.toEnd();
  }

  /** A message from the server. The echo of what was sent from here takes the place of what waited. */
  show(message) {
    const follow = this.#atEnd || message.author === "debtor";
    const waiting = message.id && this.#rows.find((row) => row.id === message.id && row.seq === null);
    const place = this.#rows.findIndex((row) => row.seq === null && row !== waiting);
    const row = waiting || this.#row(message);
    row.seq = message.seq;
    row.at = new Date(message.at);
    row.node.dataset.seq = message.seq;
    if (waiting) {
      row.bubble.replaceChildren(...linked(message.text, this.#actions.origins()));
      this.#status(row, "sent");
      const behind = place !== -1 && place < this.#rows.indexOf(waiting);
      if (behind) {
        this.#drop(row);
        this.#insert(row, place);
      }
    } else {
      this.#insert(row, place === -1 ? this.#rows.length : place);
    }
    this.#arrange();
    if (follow) this.#settle(row);
    else this.#newer.hidden = false;
  }

  /** Something sent from here, or its new status. */
  item(item) {
    const known = this.#rows.find((row) => row.id === item.id);
    if (known) {
      if (known.seq === null) this.#status(known, item.status, item.detail, item.text !== undefined);
      this.#arrange();
      return;
    }
    const row = this.#row({ author: "debtor", text: item.text ?? item.label, id: item.id, at: item.at });
    this.#insert(row, this.#rows.length);
    this.#status(row, item.status, item.detail, item.text !== undefined);
    this.#arrange();
    this.toEnd();
  }

  /** Takes away what was withdrawn. */
  remove(id) {
    const row = this.#rows.find((one) => one.id === id);
    if (row) this.#drop(row);
    this.#arrange();
  }

  /** Shows who is writing; null for nobody. */
  typing(text) {
    const dots = element("span", { class: "dots", "aria-hidden": "true" }, element("i"), element("i"), element("i"));
    this.#typing.replaceChildren(...(text ? [dots, element("span", {}, text)] : []));
    if (text && this.#atEnd) this.toEnd();
  }

  toEnd() {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#atEnd = true;
    this.#newer.hidden = true;
  }

  // --- rows

  #row({ id = null, author, name, text, at, choices = [], card: content }) {
    const who = author === "agent" && name ? name : WORDS.said[author];
    const time = element("time", { datetime: at }, timeOf(new Date(at)));
    const bubble = element("div", { class: "bubble" }, linked(text ?? "", this.#actions.origins()));
    const status = element("span", { class: "status" });
    const details = content ? this.#card(content) : null;
    const buttons = choices.length > 0 && this.#choices(choices);
    const node = element(
      "div",
      { class: `message ${author}`, "data-author": author, "data-id": id },
      element("span", { class: author === "bot" || author === "agent" ? "who" : "unseen" }, who),
      text ? bubble : null,
      details,
      element("div", { class: "foot" }, time, status),
      buttons,
    );
    const picks = [buttons, ...(details?.querySelectorAll("[data-choice]") ?? [])].filter(Boolean);
    return { id, seq: null, author, who, at: new Date(at), node, bubble, status, choices: picks, divider: null };
  }

  #card(content) {
    try {
      return card(content, this.#actions);
    } catch {
      return null; // The message itself says what the card would have shown.
    }
  }

  #choices(choices) {
    const pick = ({ id, label }) =>
      button({ class: "choice", click: () => this.#actions.pick(id, label) }, label);
    return element("div", { class: "choices", role: "group", "aria-label": WORDS.choices }, choices.map(pick));
  }

  #insert(row, place) {
    const next = this.#rows[place];
    this.#rows.splice(place, 0, row);
    if (next) (next.divider ?? next.node).before(row.node);
    else this.#list.append(row.node);
    this.#divide(place);
  }

  #drop(row) {
    const place = this.#rows.indexOf(row);
    this.#rows.splice(place, 1);
    row.node.remove();
    row.divider?.remove();
    row.divider = null;
    if (this.#rows[place]) this.#divide(place);
  }

  /** Puts the name of the day above the first message of each day. */
  #divide(place) {
    const [before, row, after] = [this.#rows[place - 1], this.#rows[place], this.#rows[place + 1]];
    if (!row.divider && !(before && sameDay(before.at, row.at))) {
      row.divider = element("p", { class: "day" }, element("span", {}, dayOf(row.at)));
      row.node.before(row.divider);
    }
    if (after?.divider && sameDay(row.at, after.at)) {
      after.divider.remove();
      after.divider = null;
    }
  }

  #status(row, status, detail = "", words = true) {
    row.node.dataset.status = status;
    const action = (label, act) => button({ class: "link", click: act }, label);
    const actions = {
      unsent: [action(WORDS.again, () => this.#actions.retry())],
      refused: [
        words && action(WORDS.edit, () => this.#actions.edit(row.id)),
        action(WORDS.remove, () => this.#actions.remove(row.id)),
      ].filter(Boolean),
    };
    row.status.replaceChildren(WORDS.status[status], detail ? ` – ${detail}` : "", ...(actions[status] ?? []));
  }

  /** Choices live only on the newest message that has any, until the person answers. */
  #arrange() {
    let live = true;
    [...this.#rows].reverse().forEach((row) => {
      if (row.author === "debtor" && row.node.dataset.status !== "refused") live = false;
      row.choices.forEach((choice) => (choice.hidden = !live));
      if (row.choices.length > 0) live = false;
    });
    const same = (one, other) => one?.author === other.author && one.who === other.who;
    this.#rows.forEach((row, place) => {
      const next = this.#rows[place + 1];
      const before = this.#rows[place - 1];
      row.node.classList.toggle("continued", !row.divider && same(before, row));
      const settled = (row.node.dataset.status ?? "sent") === "sent" && next?.at - row.at < 60_000;
      row.node.classList.toggle("continues", settled && same(next, row) && !next.divider);
    });
  }

  // --- scrolling

  get #distance() {
    return this.#scroller.scrollHeight - this.#scroller.clientHeight - this.#scroller.scrollTop;
  }

  #scrolled() {
    if (this.#scroller.clientHeight !== this.#height) return; // Not the person: the keyboard or a notice came.
    this.#atEnd = this.#distance < NEAR;
    if (this.#atEnd) this.#newer.hidden = true;
  }

  #resized() {
    this.#height = this.#scroller.clientHeight;
    if (this.#atEnd) this.toEnd();
  }

  /** To the end; but a message taller than the screen is shown from its beginning. */
  #settle(row) {
    this.toEnd();
    const above = row.node.getBoundingClientRect().top - this.#scroller.getBoundingClientRect().top - 12;
    if (above >= 0 || this.#scroller.clientHeight === 0) return;
    this.#scroller.scrollTop += above;
    this.#atEnd = this.#distance < NEAR;
    this.#newer.hidden = this.#atEnd;
  }

  #showNewer() {
    this.toEnd();
    this.focus();
  }
}
