// The portal: its own address in examples, copying, searching facts, and the sandbox. Nothing is decided here.

const byId = (id) => document.getElementById(id);
const filled = (words, values) => words.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

// Where the sections do not fit side by side, the present one is moved into sight.
function showOwnSection() {
  const tab = document.querySelector(".tabs [aria-current]");
  tab.parentElement.scrollLeft = tab.offsetLeft - 16;
}

function showOwnAddress() {
  for (const code of document.querySelectorAll("pre[data-example] code")) {
    code.textContent = code.textContent.replaceAll(code.parentElement.dataset.example, location.origin);
  }
}

function offerCopying() {
  for (const button of document.querySelectorAll("button.copy")) {
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(byId(button.dataset.copies).textContent);
      button.textContent = button.dataset.done;
    });
  }
}

function searchFacts() {
  const field = byId("find");
  if (!field) return;
  const rows = [...byId("found").tBodies[0].rows];
  const count = byId("found-count");
  field.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of rows) row.hidden = !words.every((word) => row.dataset.words.includes(word));
    count.textContent = filled(count.dataset.words, { shown: rows.filter((row) => !row.hidden).length, all: rows.length });
  });
}

function summary(form, body) {
  const lines = [];
  if (body.counts) lines.push(filled(form.dataset.counts, body.counts));
  if (body.total) lines.push(filled(form.dataset.total, body.total));
  for (const result of (body.results ?? []).filter((one) => one.status === "eligible").slice(0, 12)) {
    lines.push(result.amount.value === null ? result.title : `${result.title}: ${result.amount.value}`);
  }
  if (body.next_question) lines.push(filled(form.dataset.next, body.next_question));
  if (body.code) lines.push(`${body.title} (${body.code})`, body.detail);
  for (const error of body.errors ?? []) lines.push(`${error.pointer}: ${error.message}`);
  if (body.status === 401) lines.push(form.dataset.closed);
  return lines;
}

function show(status, lines, text) {
  byId("answer").hidden = false;
  byId("answer-status").textContent = status;
  byId("answer-facts").replaceChildren(
    ...lines.map((line) => Object.assign(document.createElement("li"), { textContent: line })),
  );
  byId("answer-body").textContent = text;
  byId("answer-body").parentElement.hidden = !text;
}

async function ask(form) {
  const content = byId("body").value;
  try {
    JSON.parse(content);
  } catch (error) {
    show(filled(form.dataset.noJson, { reason: error.message }), [], "");
    return;
  }
  show(form.dataset.working, [], "");
  const started = performance.now();
  try {
    const response = await fetch(byId("path").value, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang },
      body: content,
      credentials: "omit",
    });
    const body = await response.json();
    const ms = Math.round(performance.now() - started);
    show(filled(form.dataset.status, { status: response.status, ms }), summary(form, body), JSON.stringify(body, null, 2));
  } catch {
    show(form.dataset.unreachable, [], "");
  }
}

function openSandbox() {
  const form = byId("ask");
  if (!form) return;
  const firm = byId("firm");
  const choose = () => {
    const { path, body } = firm.selectedOptions[0].dataset;
    byId("path").value = path;
    byId("body").value = body;
  };
  firm.addEventListener("change", choose);
  choose();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask(form);
  });
}

showOwnSection();
showOwnAddress();
offerCopying();
searchFacts();
openSandbox();
