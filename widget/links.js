/**
 * Text with its links. A link in a debt message is what a fraudster would forge, so only https
 * addresses of known origins become links; every other address stays the text that it is.
 */
import { element } from "./element.js";

const ADDRESS = /https:\/\/[^\s<>"]+/g;
const TRAILING = /[.,;:!?'’)\]]+$/;

/** The origins that may be linked to: https ones among the addresses given. */
export function knownOrigins(...addresses) {
  return new Set(addresses.map(safely).filter((url) => url?.protocol === "https:").map((url) => url.origin));
}

/** Strings and links, in the order of the text. */
export function linked(text, origins) {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = match[0].replace(TRAILING, "");
    const link = anchor(address, address, origins);
    if (!link) continue;
    parts.push(text.slice(end, match.index), link);
    end = match.index + address.length;
  }
  return [...parts, text.slice(end)];
}

/** A link to a known origin, or null. */
export function anchor(address, label, origins) {
  const url = safely(address);
  if (!url || url.protocol !== "https:" || url.username || url.password || !origins.has(url.origin)) return null;
  return element("a", { href: url.href, target: "_blank", rel: "noopener noreferrer" }, label);
}

/** A number to call, dialled on a press. */
export function telephone(number) {
  return element("a", { href: `tel:${number.replace(/[^+\d]/g, "")}`, class: "telephone" }, number);
}

function safely(address) {
  try {
    return new URL(address);
  } catch {
    return null;
  }
}
