/**
 * Building the page's elements. Text only ever becomes a text node: nothing here, and nothing in the
 * widget, parses HTML.
 */

const SVG = "http://www.w3.org/2000/svg";

/**
 * An HTML element. Attributes whose value is null, undefined or false are left out, true is written as
 * an empty attribute, and a function listens to the event of that name. Strings become text nodes.
 */
export function element(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** The same for SVG. */
export function drawing(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

/** A button that submits nothing. */
export function button(attributes, ...children) {
  return element("button", { type: "button", ...attributes }, ...children);
}

/** A line icon from path data on a grid of 24; decoration, so hidden from assistive technology. */
export function icon(...paths) {
  return drawing(
    "svg",
    { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" },
    paths.map((d) => drawing("path", { d })),
  );
}

export const ICONS = {
  chat: ["M21 11.5a8.4 8.4 0 0 1-12.3 7.4L3 21l2.1-5.7A8.4 8.4 0 1 1 21 11.5Z"],
  close: ["M6 6l12 12", "M18 6L6 18"],
  more: ["M5 12h.01", "M12 12h.01", "M19 12h.01"],
  send: ["M12 19V5", "M6 11l6-6 6 6"],
  person: ["M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Z", "M4.5 20.5a7.5 7.5 0 0 1 15 0"],
  stop: ["M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z", "M5.6 5.6l12.8 12.8"],
  down: ["M12 5v14", "M6 13l6 6 6-6"],
  save: ["M12 4v11", "M7 11l5 5 5-5", "M5 20h14"],
  boat: ["M12 3v11", "M12 4.5l6.5 9.5H12", "M12 7l-5 7h5", "M3.5 17.5c1.4 2.6 3.2 3.5 8.5 3.5s7.1-.9 8.5-3.5Z"],
};

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(name, value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}
