/** Times and days as the reader's own clock has them, in English as the rest of the widget. */

const LOCALE = navigator.languages?.find((language) => language.startsWith("en")) ?? "en";
const TIME = new Intl.DateTimeFormat(LOCALE, { hour: "numeric", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(LOCALE, { weekday: "long", month: "long", day: "numeric" });
const MONTH = new Intl.DateTimeFormat(LOCALE, { month: "short", timeZone: "UTC" });

export const timeOf = (moment) => TIME.format(moment);

export function dayOf(moment, now = new Date()) {
  const yesterday = new Date(now);
  yesterday.setDate(now.getDate() - 1);
  if (sameDay(moment, now)) return "Today";
  if (sameDay(moment, yesterday)) return "Yesterday";
  return DAY.format(moment);
}

export const sameDay = (one, other) => one.toDateString() === other.toDateString();

/** "Mar" for the month with this number, counted from January of year 0. */
export const monthName = (months) => MONTH.format(new Date(Date.UTC(Math.floor(months / 12), months % 12, 1)));
