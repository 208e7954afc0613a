/** What the launcher and the sheet do: opening and closing, focus, who one is writing with, notices, the menu. */
import { Composer } from "./composer.js";
import { button, element } from "./element.js";
import { anchor, knownOrigins, telephone } from "./links.js";
import { Log } from "./log.js";
import { sheet } from "./sheet.js";
import { WORDS } from "./words.js";

const PHONE = matchMedia("(max-width: 520px), (max-height: 480px)"); // as in evenkeel.css
const TOUCH = matchMedia("(pointer: coarse)");
const TYPING_AFTER = 250; // ms: quick answers need no dots
const TYPING_ENDS = 30_000; // ms without a word
const NOTICE_FOR = 4_000; // ms

export class Panel {
  #kept;
  #page;
  #creditor;
  #conversation;
  #log;
  #composer;
  #parts;
  #intro = element("p", { class: "note" });
  #origins = new Set();
  #opener = null;
  #state = "bot";
  #agent = null;
  #connection = null;
  #unread = 0;
  #typingTimer;
  #noticeTimer;

  /** `page` is {server, name, phone}; `kept` is where things outlive a reload (keep.js). */
  constructor(page, kept) {
    this.#page = page;
    this.#kept = kept;
    this.#creditor = { name: page.name, phone: page.phone, ...kept.get("creditor", {}) };
    this.#log = new Log({
      pick: (choice, label) => this.#say({ choice, label }),
      retry: () => this.#conversation.retry(),
      edit: (id) => this.#edit(id),
      remove: (id) => this.#remove(id),
      file: (name) => this.#save(name, name),
      receipt: (id) => this.#save(`receipts/${encodeURIComponent(id)}`, "receipt.html"),
      origins: () => this.#origins,
    });
    this.#composer = new Composer(kept, (text) => this.#say({ text }));
    const press = {
      open: () => this.open(),
      close: () => this.close(),
      more: () => this.#menu(this.#parts.menu.hidden),
      person: () => this.#say({ control: "person", label: this.#parts.controls.person.textContent }),
      stop: () => this.#say({ control: "stop", label: this.#parts.controls.stop.textContent }),
      html: () => this.#save("transcript?format=html", "chat.html"),
      text: () => this.#save("transcript?format=text", "chat.txt"),
      forget: () => this.#forget(),
    };
    this.#parts = sheet(press, this.#log.node, this.#composer.node);
    this.#watch();
    this.#greet();
    this.#count(0);
  }

  get nodes() {
    return [this.#parts.launcher, this.#parts.dialog];
  }

  /** The conversation that it listens to (conversation.js). After a reload it goes on. */
  attach(conversation) {
    this.#conversation = conversation;
    if (conversation.begun) conversation.start();
    if (this.#kept.get("open") && !PHONE.matches) this.open({ focus: false });
  }

  // --- opening and closing

  /** Opens it; `opener` gets the focus back when it closes. */
  open({ opener = this.#parts.launcher, focus = true } = {}) {
    if (this.#parts.dialog.open) return;
    this.#opener = opener;
    this.#kept.set("open", true);
    this.#show();
    this.#fit();
    this.#composer.fit();
    this.#log.toEnd();
    this.#count(0);
    this.#conversation.start();
    if (!focus) return;
    if (TOUCH.matches) this.#parts.name.focus(); // A touch keyboard would hide what is to be read first.
    else this.#composer.focus();
  }

  close() {
    this.#kept.set("open", false);
    this.#menu(false);
    this.#parts.dialog.close();
    this.#parts.launcher.hidden = false;
    (this.#opener?.isConnected ? this.#opener : this.#parts.launcher).focus();
  }

  /** On a phone it covers the page, so the page behind must be out of reach; elsewhere both stay usable. */
  #show() {
    if (PHONE.matches) this.#parts.dialog.showModal();
    else this.#parts.dialog.show();
    this.#parts.launcher.hidden = true;
  }

  #watch() {
    const { dialog, menu, more } = this.#parts;
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault(); // The back button of a phone.
      this.close();
    });
    dialog.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      if (menu.hidden) this.close();
      else this.#menu(false, true);
    });
    dialog.addEventListener("click", ({ target }) => {
      if (!more.contains(target) && !menu.contains(target)) this.#menu(false);
    });
    PHONE.addEventListener("change", () => {
      if (!dialog.open) return;
      const focused = dialog.getRootNode().activeElement;
      dialog.close();
      this.#show();
      focused?.focus({ preventScroll: true });
    });
    visualViewport?.addEventListener("resize", () => this.#fit());
    visualViewport?.addEventListener("scroll", () => this.#fit());
  }

  /** Fills the part of the screen that a touch keyboard leaves. */
  #fit() {
    if (!visualViewport) return;
    this.#parts.dialog.style.setProperty("--height", `${visualViewport.height}px`);
    this.#parts.dialog.style.setProperty("--top", `${visualViewport.offsetTop}px`);
  }

  // --- what the conversation tells

  session(creditor, controls) {
    this.#creditor = { ...this.#creditor, ...creditor };
    this.#kept.set("creditor", this.#creditor);
    for (const { kind, label } of controls) this.#parts.controls[kind]?.lastChild.replaceChildren(label);
    this.#introduce();
  }

  message(message) {
    if (message.author === "agent" && message.name) this.#agent = message.name;
    if (message.author !== "debtor") {
      this.typing({ on: false });
      this.#parts.notice.textContent = message.notice ?? "";
    }
    this.#log.show(message);
    this.#who();
    if (!this.#parts.dialog.open && message.author !== "debtor") this.#count(this.#unread + 1);
  }

  typing({ author, on }) {
    clearTimeout(this.#typingTimer);
    if (!on) return this.#log.typing(null);
    this.#typingTimer = setTimeout(() => {
      this.#log.typing(author === "agent" ? WORDS.typing.agent(this.#agent) : WORDS.typing.bot);
      this.#typingTimer = setTimeout(() => this.#log.typing(null), TYPING_ENDS);
    }, TYPING_AFTER);
  }

  state({ state, name }) {
    this.#state = state;
    if (name) this.#agent = name;
    this.#who();
  }

  item(item) {
    this.#log.item(item);
  }

  connection(name) {
    const before = this.#connection;
    if (name === before) return;
    this.#connection = name;
    this.typing({ on: false });
    if (name === "online") return before && this.#notice(NOTICE_FOR, WORDS.back);
    const retry = button({ class: "link", click: () => this.#conversation.retry() }, WORDS.retry);
    const { phone } = this.#creditor;
    if (name === "lost") this.#notice(0, WORDS.lost, " ", retry);
    else this.#notice(0, WORDS.down, " ", phone && element("span", {}, WORDS.call, telephone(phone), ". "), retry);
  }

  renewed() {
    this.#reset();
    this.#log.note(WORDS.renewed);
  }

  // --- what the person does

  #say(said) {
    this.#conversation.start();
    this.#conversation.send(said);
    if (!said.choice) return;
    if (TOUCH.matches) this.#log.focus(); // The button that was pressed is gone.
    else this.#composer.focus();
  }

  #edit(id) {
    const item = this.#conversation.withdraw(id);
    this.#log.remove(id);
    this.#composer.text = [item.text, this.#composer.text].filter(Boolean).join("\n");
    this.#composer.focus();
  }

  #remove(id) {
    this.#conversation.withdraw(id);
    this.#log.remove(id);
    this.#log.focus();
  }

  async #save(path, name) {
    if (!this.#parts.menu.hidden) this.#menu(false, true);
    try {
      const saved = await this.#conversation.document(path, name);
      const address = URL.createObjectURL(saved.blob);
      element("a", { href: address, download: saved.name }).click();
      setTimeout(() => URL.revokeObjectURL(address), 60_000);
      this.#notice(NOTICE_FOR, WORDS.saved);
    } catch {
      this.#notice(NOTICE_FOR, WORDS.notSaved);
    }
  }

  /** For whoever shares a device: nothing of this chat stays on it. */
  #forget() {
    this.#conversation.forget();
    this.#composer.text = "";
    this.#connection = null;
    this.#reset();
    this.#notice(0);
    this.close();
    this.#kept.clear();
  }

  // --- what it shows

  #reset() {
    this.#parts.notice.textContent = "";
    this.#state = "bot";
    this.#agent = null;
    this.#greet();
    this.#who();
  }

  #greet() {
    this.#introduce();
    this.#log.clear(this.#intro);
    if (this.#connection === null) this.#log.typing(WORDS.connecting);
  }

  #introduce() {
    const { name, privacy_url: privacy } = this.#creditor;
    this.#origins = knownOrigins(location.href, this.#page.server, privacy ?? "");
    const notice = privacy && anchor(privacy, WORDS.privacy, this.#origins);
    this.#parts.name.replaceChildren(name || WORDS.title);
    this.#intro.replaceChildren(WORDS.intro(name), ...(notice ? [" ", notice] : []));
  }

  #who() {
    const texts = { waiting: WORDS.waiting, with_agent: WORDS.withAgent(this.#agent), closed: WORDS.closed };
    const text = texts[this.#state] ?? WORDS.assistant;
    const { label, dialog } = this.#parts;
    dialog.dataset.state = this.#state;
    if (label.textContent !== text) label.textContent = text;
  }

  #notice(milliseconds, ...parts) {
    clearTimeout(this.#noticeTimer);
    this.#parts.banner.replaceChildren(...parts.filter(Boolean));
    if (milliseconds) this.#noticeTimer = setTimeout(() => this.#parts.banner.replaceChildren(), milliseconds);
  }

  #count(unread) {
    this.#unread = unread;
    this.#parts.count.textContent = unread || "";
    this.#parts.launcher.setAttribute("aria-label", unread ? WORDS.launchUnread(unread) : WORDS.launch);
  }

  #menu(open, focus = false) {
    this.#parts.more.setAttribute("aria-expanded", String(open));
    this.#parts.menu.hidden = !open;
    if (focus) this.#parts.more.focus();
  }
}
