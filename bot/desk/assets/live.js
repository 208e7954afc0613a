// Listens for changes. The stream says only that something changed; what, is fetched.

/** Calls `changed` at the start and whenever something did; again after every reconnect. */
export function listen(address, changed) {
  const source = new EventSource(address);
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
  source.addEventListener("changed", run);
  source.addEventListener("ended", () => { source.close(); location.assign("/sign-in"); });
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
