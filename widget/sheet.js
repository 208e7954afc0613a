/** The elements of the launcher and the sheet, and how they are nested. What they do is in panel.js. */
import { button, element, icon, ICONS } from "./element.js";
import { WORDS } from "./words.js";

/** `press` has a function for each button: open, close, more, person, stop, html, text, forget. */
export function sheet(press, log, composer) {
  const small = (name, label, shape, more = {}) =>
    button({ class: name, "aria-label": label, click: press[name], ...more }, icon(...shape));
  const control = (kind) =>
    button(
      { "data-control": kind, click: press[kind] },
      icon(...ICONS[kind]),
      element("span", {}, WORDS.controls[kind]),
    );
  const entry = (name, label) =>
    element("li", {}, button({ "data-entry": name, click: press[name] }, label));

  const count = element("span", { class: "count" });
  const launcher = button(
    { class: "launcher", "aria-haspopup": "dialog", click: press.open },
    icon(...ICONS.chat),
    element("span", {}, WORDS.launch),
    count,
  );
  const name = element("h2", { id: "name", tabindex: "-1" });
  const label = element("p", { class: "label", id: "label", role: "status" }, WORDS.assistant);
  const more = small("more", WORDS.more, ICONS.more, { "aria-expanded": "false", "aria-controls": "menu" });
  const menu = element(
    "ul",
    { class: "menu", id: "menu", hidden: true },
    entry("html", WORDS.download),
    entry("text", WORDS.downloadText),
    entry("forget", WORDS.forget),
  );
  const banner = element("div", { class: "banner", role: "status" });
  const notice = element("p", { class: "notice" });
  const controls = { person: control("person"), stop: control("stop") };
  const dialog = element(
    "dialog",
    { class: "sheet", "aria-labelledby": "name", "aria-describedby": "label" },
    element(
      "div",
      { class: "top" },
      element("span", { class: "mark" }, icon(...ICONS.boat)),
      element("div", { class: "with" }, name, label),
      more,
      menu,
      small("close", WORDS.close, ICONS.close),
    ),
    banner,
    notice,
    log,
    composer,
    element("div", { class: "controls", role: "group", "aria-label": WORDS.controlsLabel }, Object.values(controls)),
  );
  return { launcher, count, dialog, name, label, more, menu, banner, notice, controls };
}
