/**
 * The chat on a creditor's website. Put on a page by one line:
 *
 *   <script type="module" src="…/widget/evenkeel.js" data-creditor="demo-bank"></script>
 *
 * Everything else it needs lies beside this file. See docs/widget.md for the attributes.
 */
import { Conversation } from "./conversation.js";
import { element } from "./element.js";
import { keep } from "./keep.js";
import { Panel } from "./panel.js";
import { WORDS } from "./words.js";

const script = [...document.querySelectorAll("script[data-creditor]")].find((one) => one.src === import.meta.url);
const { creditor, server, identity, name, phone, theme } = script?.dataset ?? {};

/** Where the protocol is spoken. */
const base = server ? new URL("/webhooks/chat/", server).href : new URL("../", import.meta.url).href;

const host = element("evenkeel-chat", { "data-theme": theme });
const root = host.attachShadow({ mode: "open" });
const kept = keep(`evenkeel ${base} ${creditor ?? ""}`);
const panel = new Panel({ server: base, name, phone }, kept);
const opening = { creditor, identity, language: document.documentElement.lang || undefined };

const body = element("aside", { class: "widget", "aria-label": WORDS.region, hidden: true }, panel.nodes);
const begin = () => {
  body.hidden = false; // Not before it has its looks.
  panel.attach(new Conversation({ server: base, opening, kept, listener: panel }));
};
const looks = { rel: "stylesheet", href: new URL("evenkeel.css", import.meta.url), load: begin, error: begin };
root.append(element("link", looks), body);
document.body.append(host);

document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-evenkeel-open]");
  if (!opener || body.hidden) return;
  event.preventDefault();
  panel.open({ opener });
});
