// Everything works without this; with it a slow check shows how it goes on, and the page stays.
const progress = document.getElementById("progress");
const result = document.getElementById("result");
let current = null;

document.addEventListener("submit", (submitted) => {
  const form = submitted.target;
  if (!form.matches("[data-check]") || !form.elements.url.value.trim()) return;
  submitted.preventDefault();
  const url = form.elements.url.value;
  const again = Boolean(form.elements.again);
  check(url, again).catch(() => location.assign(page(url, again)));
});

// Back and forward are pages of their own; a fragment is not.
let shown = location.pathname;
window.addEventListener("popstate", () => {
  if (location.pathname !== shown) location.reload();
});

function query(url, again) {
  return new URLSearchParams(again ? { url, again: "true" } : { url });
}

function page(url, again) {
  return again ? "/check/" + encodeURIComponent(url) + "?again=true" : "/check?" + query(url, again);
}

async function check(url, again) {
  if (current) current.abort();
  current = new AbortController();
  const { signal } = current;
  const answer = await fetch("/check/events?" + query(url, again), { signal }).catch((error) => {
    if (!signal.aborted) throw error;
  });
  if (signal.aborted) return;
  // The page says what is wrong.
  if (!answer.ok) return location.assign(page(url, again));
  for await (const { name, data } of events(answer.body)) {
    if (signal.aborted) return;
    if (name === "begin") begin(data);
    else if (name === "step") step(data);
    else if (name === "waiting") progress.querySelector(".waited").textContent = "for " + data.seconds + " s";
    else if (name === "failed") return fail(data.text);
    else if (name === "result") return show(data);
  }
  throw new Error("the check broke off");
}

async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value;
    const blocks = text.split("\n\n");
    text = blocks.pop();
    for (const block of blocks) {
      const [, name, data] = /^event: (.*)\ndata: (.*)$/.exec(block);
      yield { name, data: JSON.parse(data) };
    }
  }
}

function begin({ name, known }) {
  const box = document.createElement("div");
  box.className = "progress";
  const line = document.createElement("p");
  line.append("Looking up " + name + " ");
  const waited = document.createElement("span");
  waited.className = "waited";
  waited.setAttribute("aria-hidden", "true");
  line.append(waited);
  box.append(line);
  if (known) {
    const before = document.createElement("p");
    before.className = "note";
    before.textContent = known;
    box.append(before);
  }
  const steps = document.createElement("ol");
  steps.className = "heard";
  box.append(steps);
  progress.replaceChildren(box);
}

function step({ title, outcome, text }) {
  const item = document.createElement("li");
  item.dataset.outcome = outcome;
  const heading = document.createElement("strong");
  heading.textContent = title;
  item.append(heading, ": ", text);
  progress.querySelector(".heard").append(item);
}

function fail(text) {
  const line = document.createElement("p");
  line.className = "wrong";
  line.textContent = text;
  progress.replaceChildren(line);
}

function show({ title, path, html }) {
  progress.replaceChildren();
  result.innerHTML = html;
  document.title = title;
  for (const section of document.querySelectorAll("#content > section, #content > h1, #content > h1 + p")) section.remove();
  document.getElementById("wrong")?.remove();
  const typed = document.getElementById("url");
  typed.value = "";
  typed.removeAttribute("aria-invalid");
  typed.removeAttribute("aria-describedby");
  typed.labels[0].textContent = "Check another website";
  if (location.pathname !== path) history.pushState(null, "", path);
  else history.replaceState(null, "", path);
  shown = path;
  document.dispatchEvent(new Event("snippets"));
  document.getElementById("verdict").focus();
}
