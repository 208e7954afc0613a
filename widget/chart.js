/** The payments of each month as bars, drawn from the data. A table beside it says the same exactly. */
import { drawing } from "./element.js";
import { monthName } from "./when.js";

const WIDTH = 300;
const HEIGHT = 120;
const TOP = 16; // room for the amounts
const BOTTOM = 20; // room for the months
const MOST_MONTHS = 12;
const MOST_LABELS = 6; // beyond that the amounts would touch

/** `payments` as in the history card, at least one; `label` is what the picture says in words. */
export function chart(payments, label) {
  const months = byMonth(payments);
  const highest = Math.max(...months.map((month) => month.minor), 1);
  const step = WIDTH / Math.max(months.length, 4);
  const width = Math.min(32, step * 0.6);
  const floor = HEIGHT - BOTTOM;
  const bars = months.map(({ minor, name, text }, place) => {
    const middle = (WIDTH - step * months.length) / 2 + step * (place + 0.5);
    const height = (Math.max(minor, 0) / highest) * (floor - TOP);
    const labelled = minor > 0 && months.length <= MOST_LABELS;
    return [
      minor > 0 && drawing("rect", { class: "bar", x: middle - width / 2, y: floor - height, width, height, rx: 3 }),
      labelled && drawing("text", { class: "amount", x: middle, y: floor - height - 5 }, text),
      drawing("text", { class: "month", x: middle, y: HEIGHT - 5 }, name),
    ];
  });
  return drawing(
    "svg",
    { class: "chart", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label },
    bars,
    drawing("path", { class: "floor", d: `M0 ${floor + 0.5}H${WIDTH}` }),
  );
}

/** Each month from the first payment to the last, also those without any; the newest twelve. */
function byMonth(payments) {
  const number = ({ date }) => Number(date.date.slice(0, 4)) * 12 + Number(date.date.slice(5, 7)) - 1;
  const first = Math.min(...payments.map(number));
  const last = Math.max(...payments.map(number));
  const start = Math.max(first, last - MOST_MONTHS + 1);
  return Array.from({ length: last - start + 1 }, (_, place) => {
    const amounts = payments.filter((payment) => number(payment) === start + place).map(({ amount }) => amount);
    const minor = amounts.reduce((sum, amount) => sum + Math.abs(amount.minor), 0);
    const text = amounts.length === 1 ? amounts[0].text : amounts.length > 1 ? money(minor, amounts[0].currency) : "";
    return { minor, name: monthName(start + place), text };
  });
}

function money(minor, currency) {
  const format = new Intl.NumberFormat("en-US", { style: "currency", currency });
  return format.format(minor / 10 ** format.resolvedOptions().maximumFractionDigits);
}
