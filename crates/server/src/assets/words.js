// How numbers and times are written, and how elements are made: names from studies stay text.

export const UNKNOWN = "–";

export function fixed(value, digits = 3) {
  if (!Number.isFinite(value)) return UNKNOWN;
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** A power of ten. */
export const raised = (power) => [...String(power)].map((digit) => (digit === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit])).join("");

/** A learning rate. */
export function rate(value) {
  if (!Number.isFinite(value)) return UNKNOWN;
  if (value === 0 || Math.abs(value) >= 0.01) return fixed(value, 3);
  const [factor, power] = value.toExponential(1).split("e");
  return `${factor} × 10${raised(Number(power))}`;
}

export const count = (value) => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ",");

export function memory(mib) {
  if (!Number.isFinite(mib)) return UNKNOWN;
  return mib < 1024 ? `${Math.round(mib)} MiB` : `${fixed(mib / 1024, 1)} GiB`;
}

export function duration(seconds) {
  if (!Number.isFinite(seconds) || seconds < 0) return UNKNOWN;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${Math.round(hours / 24)} days`;
}

export function ago(at) {
  if (!Number.isFinite(at)) return UNKNOWN;
  const seconds = Date.now() / 1000 - at;
  return seconds < 5 ? "just now" : `${duration(seconds)} ago`;
}

export const clock = (at) => new Date(at * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });

/** An element with a class, a text, and more elements in it. */
export function element(tag, className, text, ...inside) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined && text !== null) made.textContent = text;
  made.append(...inside.filter(Boolean));
  return made;
}

/** A name from a study: text, whatever it holds and whichever way it runs. */
export const name = (text, className) => element("bdi", className, text);

export const STATES = {
  running: "running", failed: "failed", begun: "begun", "to-do": "to do", done: "done", unread: "not read yet",
  paused: "nobody works on it", "done-with-failures": "done, with failures", unreadable: "not readable",
};

export function badge(state, words) {
  const made = element("span", "state", words ?? STATES[state] ?? state);
  made.dataset.state = state;
  return made;
}

/** What the server answers, or an error with what it says. */
export async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Error("The server does not answer.");
  }
  if (answer.ok) return answer.status === 202 ? null : answer.json();
  const said = await answer.json().catch(() => ({}));
  const error = new Error(said.error ?? `The server answered ${answer.status}.`);
  error.status = answer.status;
  throw error;
}

/** Events of the server; the browser comes back by itself and says where it was. */
export function listen(path, link, hear) {
  const source = new EventSource(path);
  const say = (text) => { link.textContent = text; };
  source.onopen = () => say("");
  source.onerror = () => {
    const isOver = source.readyState === EventSource.CLOSED;
    say(isOver ? "The server refuses this page. Open the address that it printed when it started." : "The server does not answer. This page comes back by itself.");
  };
  for (const [kind, act] of Object.entries(hear)) {
    source.addEventListener(kind, (event) => { say(""); act(JSON.parse(event.data)); });
  }
  return source;
}
