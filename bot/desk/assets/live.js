// Listens for changes. The stream says only that something changed; what, is fetched.

/** Calls `changed` at the start and whenever something did; again after every reconnect.
 *
 * Browsers keep few connections to one host open, so a page that nobody looks at gives its own up,
 * unless it should still tell of something (`hidden`). */
export function listen(address, changed, { hidden = false } = {}) {
  let source = null;
  let running = false;
  let again = false;
  const run = async () => {
    if (running) { again = true; return; }
    running = true;
    do {
      again = false;
      await changed();
    } while (again);
    running = false;
  };
  const open = () => {
    source = new EventSource(address);
    source.addEventListener("changed", run);
    source.addEventListener("ended", () => { source.close(); location.assign("/sign-in"); });
  };
  const follow = () => {
    if (document.hidden && !hidden) { source?.close(); source = null; } else if (source === null) open();
  };
  document.addEventListener("visibilitychange", follow);
  follow();
  return run;
}

/** Fetches a part of a page as text; null if it cannot be had now. */
export async function part(address) {
  try {
    const answer = await fetch(address, { redirect: "error" });
    return answer.ok ? await answer.text() : null;
  } catch {
    return null;
  }
}

/** The elements that some HTML of ours holds. */
export function elements(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}
