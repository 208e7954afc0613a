/** Cards under a message: facts of the ledger at a glance, amounts and dates as the server wrote them. */
import { chart } from "./chart.js";
import { button, drawing, element, icon, ICONS } from "./element.js";
import { WORDS } from "./words.js";

const KINDS = { __proto__: null, account, schedule, options, history, receipt, rights };

/** The card's element, or null for a kind that this widget does not know. `actions` as in log.js. */
export function card(content, actions) {
  return KINDS[content.kind]?.(content, actions) ?? null;
}

function frame(kind, title, ...parts) {
  const names = { class: `card ${kind}`, "data-card": kind, "aria-label": title };
  return element("section", names, element("h3", {}, title), parts);
}

/** Labels and values; pairs without a value are left out. */
function facts(...pairs) {
  const row = ([label, value]) => element("div", {}, element("dt", {}, label), element("dd", {}, value));
  return element("dl", { class: "facts" }, pairs.filter(([, value]) => value).map(row));
}

function headline(label, value, small) {
  return element(
    "p",
    { class: "headline" },
    element("span", { class: "label" }, label),
    " ",
    element("strong", {}, value),
    small && [" ", element("span", { class: "label" }, small)],
  );
}

function table(caption, heads, rows) {
  const head = (text) => element("th", { scope: "col" }, text);
  const row = ({ cells, state }) =>
    element("tr", { "data-state": state }, cells.map((cell) => element("td", {}, cell)));
  return element(
    "table",
    {},
    element("caption", { class: "unseen" }, caption),
    element("thead", {}, element("tr", {}, heads.map(head))),
    element("tbody", {}, rows.map(row)),
  );
}

function account({ creditor, original_creditor, reference, balance, due, minimum, as_of, lines = [] }) {
  const words = WORDS.account;
  return frame(
    "account",
    creditor || words.title,
    headline(words.balance, balance.text, words.asOf(as_of.text)),
    facts(
      [words.due, due?.text],
      [words.minimum, minimum?.text],
      [words.reference, reference],
      [words.original, original_creditor],
    ),
    lines.length > 0 && [
      element("h4", {}, words.lines),
      facts(...lines.map(({ label, amount }) => [label, amount.text]), [words.balance, balance.text]),
    ],
  );
}

function schedule({ status, frequency_text, total, paid, left, instalments }) {
  const words = WORDS.schedule;
  const plain = status === "offered" && instalments.every((instalment) => instalment.status === "due");
  const rows = instalments.map(({ sequence, due, amount, status: state }) => ({
    cells: [String(sequence), due.text, amount.text, ...(plain ? [] : [words.instalment[state] ?? state])],
    state,
  }));
  const heads = [words.number, words.date, words.amount, ...(plain ? [] : [words.status])];
  return frame(
    "schedule",
    words.title[status] ?? words.title.active,
    headline(words.total, total.text, [words.caption(instalments.length), frequency_text].filter(Boolean).join(", ")),
    paid && progress(paid, total),
    facts([words.paid, paid?.text], [words.left, left?.text]),
    table(frequency_text || words.title.active, heads, rows),
  );
}

function progress(paid, total) {
  const share = total.minor > 0 ? Math.min(1, Math.max(0, paid.minor / total.minor)) : 0;
  const label = WORDS.schedule.progress(paid.text, total.text);
  return drawing(
    "svg",
    { class: "progress", viewBox: "0 0 300 8", preserveAspectRatio: "none", role: "img", "aria-label": label },
    drawing("rect", { class: "track", width: 300, height: 8 }),
    drawing("rect", { class: "bar", width: 300 * share, height: 8 }),
  );
}

function options({ options: plans }, { pick }) {
  const words = WORDS.options;
  const one = ({ choice, title, total, amount, count, first, last }) => {
    const each = element("strong", {}, words.each(count, amount.text));
    const names = { "data-choice": choice, "aria-label": `${words.choose}: ${title}` };
    return element(
      "li",
      {},
      element("h4", {}, title),
      element("p", {}, each, ` ${words.dates(count, first.text, last.text)}`),
      element("p", { class: "label" }, `${words.total} ${total.text}`),
      button({ class: "choice", ...names, click: () => pick(choice, title) }, words.choose),
    );
  };
  return frame("options", words.title, element("ul", {}, plans.map(one)));
}

function history({ payments, paid, balance }) {
  const words = WORDS.history;
  const sorted = [...payments].sort((one, other) => one.date.date.localeCompare(other.date.date));
  const rows = [...sorted].reverse().map(({ date, memo, amount }) => ({ cells: [date.text, memo ?? "", amount.text] }));
  const [first, last] = [sorted[0]?.date.text, sorted[sorted.length - 1]?.date.text];
  return frame(
    "history",
    words.title,
    facts([words.paid, paid.text], [words.balance, balance.text]),
    sorted.length === 0
      ? element("p", { class: "label" }, words.none)
      : [
          chart(sorted, words.chart(sorted.length, first, last, paid.text)),
          element(
            "details",
            {},
            element("summary", {}, words.table),
            table(words.title, [words.date, words.memo, words.amount], rows),
          ),
        ],
  );
}

function receipt({ id, title, lines, contact }, { receipt: save }) {
  return frame(
    "receipt",
    title,
    facts(...lines.map(({ label, value }) => [label, value]), [WORDS.receipt.contact, contact]),
    button({ class: "choice", click: () => save(id) }, icon(...ICONS.save), WORDS.receipt.save),
  );
}

/** What is on hold, since when and until when, and what the person can do. */
function rights({ title, holds, rights: can, document: file }, actions) {
  const words = WORDS.rights;
  const list = (heading, lines) =>
    lines.length > 0 && [
      element("h4", {}, heading),
      element("ul", {}, lines.map(({ text, since, until }) =>
        element("li", {}, text, since && element("p", { class: "label" }, words.span(since.text, until?.text))),
      )),
    ];
  return frame(
    "rights",
    title,
    list(words.holds, holds),
    list(words.can, can),
    file && button({ class: "choice", click: () => actions.file(file.name) }, icon(...ICONS.save), file.label),
  );
}
