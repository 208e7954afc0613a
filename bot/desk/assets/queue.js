// The queue, kept current: new rows without a reload, and word of them by sound or title if wished.
import { elements, listen, part } from "./live.js";
import { mark } from "./keys.js";

const LAST = "desk:alerts";
const TITLE = document.title;

export function startQueue() {
  const place = document.querySelector("[data-live]");
  const alerts = startAlerts();
  const refresh = async () => {
    const html = await part(`/queue${location.search}`);
    if (html === null) return;
    const scrolled = place.querySelector(".scroll")?.scrollTop ?? 0;
    const focused = place.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    place.replaceChildren(elements(html));
    const scroller = place.querySelector(".scroll");
    if (scroller) scroller.scrollTop = scrolled;
    if (focused) place.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
    mark();
    alerts.count(Number(place.querySelector('[data-count="waiting"]')?.textContent ?? 0));
  };
  const again = listen("/events", refresh, { hidden: true });
  // Waiting times move on by themselves.
  setInterval(again, 30_000);
  document.querySelector("[data-filters]").addEventListener("change", (event) => {
    if (event.target.matches("select")) event.currentTarget.requestSubmit();
  });
}

function startAlerts() {
  const wished = JSON.parse(localStorage.getItem(LAST) ?? "{}");
  const box = document.querySelector("[data-alerts]");
  box.hidden = false;
  for (const input of box.querySelectorAll("[data-alert]")) {
    input.checked = Boolean(wished[input.dataset.alert]);
    input.addEventListener("change", () => {
      wished[input.dataset.alert] = input.checked;
      localStorage.setItem(LAST, JSON.stringify(wished));
      if (!wished.title) document.title = TITLE;
      if (input.checked && input.dataset.alert === "sound") beep();
    });
  }
  let before = null;
  return {
    count(waiting) {
      if (wished.title) document.title = waiting ? `(${waiting}) ${TITLE}` : TITLE;
      if (wished.sound && before !== null && waiting > before) beep();
      before = waiting;
    },
  };
}

function beep() {
  const audio = new AudioContext();
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.frequency.value = 660;
  volume.gain.setValueAtTime(0.08, audio.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.35);
  tone.connect(volume).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + 0.35);
}
