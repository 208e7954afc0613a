/** The demonstration page for another creditor of the demo: /webhooks/chat/demo?creditor=demo-uk */
(() => {
  const CREDITORS = {
    "demo-collect": { name: "Fairlight Recovery", phone: "+1 212-555-0140" },
    "demo-uk": { name: "Thistle Credit", phone: "+44 1632 960120" },
  };
  const slug = new URLSearchParams(location.search).get("creditor");
  if (!slug || slug === "demo-bank") return;

  const { name = "Your creditor", phone = "" } = CREDITORS[slug] ?? {};
  const widget = document.querySelector("script[data-creditor]");
  Object.assign(widget.dataset, { creditor: slug, name, phone });
  document.title = `Help with payments · ${name}`;
  for (const node of document.querySelectorAll("[data-only]")) node.hidden = node.dataset.only !== slug;
  for (const node of document.querySelectorAll("body [data-name]")) node.textContent = name;
  for (const node of document.querySelectorAll("body [data-phone]")) node.textContent = phone;
  for (const node of document.querySelectorAll("[data-call]")) node.href = `tel:${phone.replace(/[^+\d]/g, "")}`;
})();
