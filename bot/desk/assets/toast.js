// A sentence that shows for a while, and that screen readers say.
const place = document.querySelector("[data-toast]");
let timer;

export function tell(text, { bad = false } = {}) {
  clearTimeout(timer);
  place.classList.toggle("bad", bad);
  place.textContent = text;
  timer = setTimeout(() => { place.textContent = ""; }, bad ? 9000 : 4000);
}
