/**
 * What has to outlive a reload: the session, what is not sent yet, the draft. It is kept in
 * sessionStorage, so it ends with the tab, which matters on a shared phone; no URL and no cookie ever
 * carries it. Where storage is forbidden, memory serves until the page goes.
 */
export function keep(name) {
  let memory = {};

  function read() {
    try {
      return JSON.parse(sessionStorage.getItem(name)) ?? memory;
    } catch {
      return memory;
    }
  }

  function write(values) {
    memory = values;
    try {
      sessionStorage.setItem(name, JSON.stringify(values));
    } catch {
      // Full or forbidden: memory holds it.
    }
  }

  return {
    get: (key, otherwise = null) => read()[key] ?? otherwise,
    set: (key, value) => write({ ...read(), [key]: value }),
    clear: () => write({}),
  };
}
