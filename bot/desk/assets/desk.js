// What every page of the desk does: forms that are sent once, keys, and news as it comes.
import { sendForms } from "./forms.js";
import { listenForKeys } from "./keys.js";
import { startQueue } from "./queue.js";

sendForms();
listenForKeys();
if (document.body.dataset.page === "queue") startQueue();
if (document.body.dataset.page === "conversation") {
  const { startConversation } = await import("./conversation.js");
  startConversation();
}
