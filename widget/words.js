/** Every label of the widget's own. What the assistant says comes from the server. */

export const WORDS = {
  region: "Chat",
  launch: "Chat with us",
  launchUnread: (count) => (count === 1 ? "Chat with us, 1 new message" : `Chat with us, ${count} new messages`),
  title: "Help with your account",
  close: "Close chat",
  more: "More options",
  conversation: "Conversation",
  intro: (name) =>
    `You are writing with an automated assistant of ${name || "this company"}. You can ask for a person at any time.`,
  privacy: "Privacy notice",

  assistant: "Automated assistant",
  waiting: "Automated assistant. A person will join you here.",
  withAgent: (name) => (name ? `You are talking with ${name}` : "You are talking with a person"),
  closed: "This chat has ended. You can still write here.",
  said: { debtor: "You", bot: "Automated assistant", agent: "A person", system: "Note" },
  typing: { bot: "The assistant is writing", agent: (name) => `${name || "A person"} is writing` },
  connecting: "Connecting",

  message: "Your message",
  hint: "Write a message",
  send: "Send",
  left: (count) => `${count} characters left`,
  over: (count) => `${count} characters too many`,
  choices: "Suggested answers",
  newMessages: "New messages",

  status: { sending: "Sending", unsent: "Not sent yet", sent: "Sent", refused: "Not sent" },
  again: "Try again",
  edit: "Edit",
  remove: "Remove",

  controls: { person: "Talk to a person", stop: "Stop contact" },
  controlsLabel: "Your choices at any time",

  lost: "The connection is lost. We keep trying, and keep what you write.",
  back: "You are connected again.",
  down: "We can't reach the assistant right now. What you write is kept here.",
  call: "You can also call us on ",
  retry: "Try now",
  renewed:
    "It was quiet for a while, so we closed that chat to protect your privacy. Here is a new one. " +
    "Anything you had not sent is still here.",

  download: "Save this chat",
  downloadText: "Save as plain text",
  forget: "Clear this chat from this device",
  saved: "Saved to your downloads.",
  notSaved: "That could not be saved. Please try again.",

  account: {
    title: "Your account",
    balance: "Balance",
    due: "Due on",
    minimum: "Least to pay now",
    reference: "Reference",
    original: "First owed to",
    lines: "What it is made of",
    asOf: (date) => `As of ${date}`,
  },
  schedule: {
    title: { offered: "Proposed plan", active: "Your plan", completed: "Plan completed", cancelled: "Plan cancelled" },
    total: "Total",
    paid: "Paid",
    left: "Left to pay",
    number: "No.",
    date: "Date",
    amount: "Amount",
    status: "Status",
    instalment: { due: "Due", paid: "Paid", missed: "Not received", moved: "Moved", skipped: "Skipped" },
    caption: (count) => (count === 1 ? "1 payment" : `${count} payments`),
    progress: (paid, total) => `${paid} paid of ${total}`,
  },
  options: {
    title: "Ways to pay",
    choose: "Choose this",
    each: (count, amount) => (count === 1 ? "One payment" : `${count} payments of ${amount}`),
    dates: (count, first, last) => (count === 1 ? `on ${first}` : `${first} to ${last}`),
    total: "Total",
  },
  history: {
    title: "Your payments",
    paid: "Paid so far",
    balance: "Balance",
    none: "No payments yet.",
    chart: (count, first, last, paid) =>
      count === 1
        ? `Bar chart: one payment, on ${first}. ${paid} paid so far.`
        : `Bar chart: ${count} payments from ${first} to ${last}. ${paid} paid so far.`,
    table: "Show as a table",
    date: "Date",
    memo: "Note",
    amount: "Amount",
  },
  rights: {
    holds: "On hold",
    can: "What you can do",
    span: (since, until) => (until ? `${since} to ${until}` : `Since ${since}`),
  },
  receipt: { save: "Save receipt", contact: "Your contact" },
};
