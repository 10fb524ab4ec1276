// Progressive help for forms and lists. Every hook is a data- attribute; without scripts the page works as it stands.
// docs/look.md lists the hooks. Nothing here decides anything: the server checks all of it again.

const words = document.getElementById("words")?.dataset ?? {};
// The short side bounds a photo, so that the text of a long screenshot can still be read.
const SHORT_SIDE = 1600;
const MAX_PIXELS = 16e6;
const SHRINK_ABOVE = 400_000;
const PAUSES = [1000, 3000, 9000];
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

function say(form, text, kind = "status") {
  let line = form.querySelector("[data-said]");
  if (!line) {
    line = document.createElement("p");
    line.dataset.said = "";
    form.append(line);
  }
  line.setAttribute("role", kind);
  line.className = kind === "alert" ? "error-message" : "hint";
  line.textContent = text;
  return line;
}

// data-once: a second tap on the button sends nothing.
function once(form) {
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    event.submitter?.setAttribute("aria-disabled", "true");
  });
}
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  document.querySelectorAll("[data-sent]").forEach((form) => form.removeAttribute("data-sent"));
  document.querySelectorAll("button[aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
});

// data-upload: one file, shrunk when it is a photo, with progress and three retries.
async function shrink(file) {
  if (!/^image\/(jpeg|png|webp)$/.test(file.type) || file.size < SHRINK_ABOVE) return file;
  try {
    const picture = await createImageBitmap(file);
    const { width, height } = picture;
    const scale = Math.min(1, SHORT_SIDE / Math.min(width, height), Math.sqrt(MAX_PIXELS / (width * height)));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
    if (!blob || blob.size >= file.size) return file;
    return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
  } catch {
    return file; // the server converts what this browser cannot draw
  }
}

function send(form, body, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const address = new URL(form.getAttribute("action") || "", location.href).href;
    request.open("POST", address);
    request.responseType = "document";
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    });
    request.addEventListener("load", () => {
      const answered = request.response?.getElementById("main");
      if (request.status >= 500 || !answered) reject(new Error(String(request.status)));
      // A page that came without a redirect keeps the address that can be reloaded.
      else resolve({ page: request.response, main: answered, url: request.responseURL === address ? location.href : request.responseURL });
    });
    for (const failure of ["error", "abort", "timeout"]) request.addEventListener(failure, () => reject(new Error(failure)));
    request.send(body);
  });
}

function show({ page, main, url }, anchor) {
  document.title = page.title;
  document.getElementById("main").replaceWith(document.adoptNode(main));
  history.replaceState(null, "", url);
  enhance(main);
  const target = main.querySelector("[data-error-summary]") ?? (anchor && document.getElementById(anchor)) ?? main;
  if (!target.hasAttribute("tabindex")) target.tabIndex = -1;
  target.focus();
}

function upload(form) {
  const input = form.querySelector('input[type="file"]');
  if (!input) return;
  let busy = false;
  form.addEventListener("submit", async (event) => {
    const file = input.files?.[0];
    if (!file) return; // the server says what is missing
    event.preventDefault();
    if (busy) return;
    busy = true;
    form.querySelector("progress")?.remove();
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.setAttribute("aria-label", words.sending);
    form.append(bar);
    say(form, words.sending);
    const body = new FormData(form, event.submitter);
    body.set(input.name, await shrink(file));
    for (let attempt = 0; attempt <= PAUSES.length; attempt += 1) {
      try {
        const answer = await send(form, body, (part) => { bar.value = part; });
        show(answer, form.closest("[id]")?.id);
        return;
      } catch {
        if (attempt < PAUSES.length) {
          bar.removeAttribute("value");
          say(form, words.again);
          await wait(PAUSES[attempt]);
        }
      }
    }
    bar.remove();
    busy = false;
    const line = say(form, words.failed + " ", "alert");
    const button = document.createElement("button");
    button.className = "btn btn-secondary";
    button.textContent = words.retry;
    line.append(button);
  });
}

// data-autosave="url": what is typed rests on the server a moment later; a failure is tried again with the next change.
function autosave(form) {
  let timer = 0;
  const save = async () => {
    const body = new FormData(form);
    for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
    try {
      const answer = await fetch(form.dataset.autosave || form.getAttribute("action") || location.href, {
        method: "POST", body, headers: { "X-Autosave": "1" }, redirect: "error", keepalive: true,
      });
      if (answer.ok) {
        const time = new Date().toLocaleTimeString("vi", { hour: "2-digit", minute: "2-digit", hour12: false });
        say(form, words.saved.replace("{time}", time));
      }
    } catch { /* offline: the next change tries again */ }
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, 2500);
  });
  form.addEventListener("submit", () => clearTimeout(timer));
}

// data-select-all="name": one box ticks all boxes of that name in its form or table.
function selectAll(box) {
  const scope = box.form ?? box.closest("table") ?? document;
  const others = () => [...scope.querySelectorAll('input[type="checkbox"]')].filter((other) => other.name === box.dataset.selectAll && !other.disabled);
  box.closest("[hidden]")?.removeAttribute("hidden");
  box.addEventListener("change", () => others().forEach((other) => { other.checked = box.checked; }));
  scope.addEventListener("change", () => {
    const ticked = others().filter((other) => other.checked).length;
    box.checked = ticked > 0 && ticked === others().length;
    box.indeterminate = ticked > 0 && !box.checked;
  });
}

function print(button) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// data-copy="text" data-done="words": puts the text on the clipboard and says so.
function copy(button) {
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try { await navigator.clipboard.writeText(button.dataset.copy); } catch { return; }
    button.textContent = button.dataset.done;
  });
}

// data-conditional='{"field": …, "op": …, "value": …}': hides a question that does not apply; all, any and not nest.
function answerOf(form, name) {
  const found = form.elements[name];
  if (!found) return undefined; // three boxes or another page: the server alone knows
  const list = found instanceof RadioNodeList ? [...found] : [found];
  if (list[0].type === "checkbox") {
    const ticked = list.filter((box) => box.checked).map((box) => box.value);
    return list.length > 1 ? ticked : ticked[0] ?? "";
  }
  return found.value.trim();
}

function holds(form, rule) {
  if (rule.all) return rule.all.every((part) => holds(form, part));
  if (rule.any) return rule.any.some((part) => holds(form, part));
  if (rule.not) return !holds(form, rule.not);
  const answer = answerOf(form, rule.field);
  if (answer === undefined) return true;
  const isEmpty = answer.length === 0;
  if (rule.op === "empty") return isEmpty;
  if (rule.op === "filled") return !isEmpty;
  if (isEmpty) return false;
  if (rule.op === "contains") return [].concat(answer).includes(rule.value);
  const isNumber = typeof rule.value === "number";
  const given = isNumber ? Number(String(answer).replace(/[.\s]/g, "")) : answer;
  switch (rule.op) {
    case "eq": return given === rule.value;
    case "ne": return given !== rule.value;
    case "in": return rule.value.map(String).includes(String(answer));
    case "gt": return given > rule.value;
    case "gte": return given >= rule.value;
    case "lt": return given < rule.value;
    case "lte": return given <= rule.value;
    default: return true;
  }
}

function conditional(part) {
  const form = part.closest("form");
  let rule;
  try { rule = JSON.parse(part.dataset.conditional); } catch { return; }
  if (!form || !rule) return;
  const update = () => { part.hidden = !holds(form, rule) && !part.querySelector(".has-error"); };
  part.querySelectorAll(".conditional-words").forEach((line) => { line.hidden = true; });
  form.addEventListener("change", update);
  form.addEventListener("input", update);
  update();
}

// data-narrow: one comparison of a condition; only the answers of the chosen question are offered.
function narrow(row) {
  const part = (name) => row.querySelector(`[name$="-${name}"]`);
  const [question, op, options, value] = ["field", "op", "option", "value"].map(part);
  const set = (control, isShown) => { if (control) control.parentElement.hidden = !isShown; };
  const update = () => {
    let isListed = false;
    options?.querySelectorAll("optgroup").forEach((group) => {
      group.hidden = group.disabled = group.dataset.of !== question.value;
      isListed ||= !group.hidden;
    });
    const needsValue = question.value && !["filled", "empty"].includes(op.value);
    set(op, question.value);
    set(options, needsValue && isListed);
    set(value, needsValue && !isListed);
  };
  row.addEventListener("change", update);
  update();
}

// data-sort: the lines of a list are dragged to another place; the form around it tells the server.
let dragged;
function sort(list) {
  const form = list.closest("form");
  [...list.children].forEach((line) => { line.draggable = true; });
  list.addEventListener("dragstart", (event) => { dragged = event.target.closest?.("[data-sort] > *"); });
  list.addEventListener("dragover", (event) => {
    if (!dragged) return;
    event.preventDefault();
    const next = [...list.children].find((line) => line !== dragged && event.clientY < line.getBoundingClientRect().top + line.offsetHeight / 2);
    list.insertBefore(dragged, next ?? null);
  });
  list.addEventListener("drop", (event) => {
    if (!dragged) return;
    event.preventDefault();
    form.elements.key.value = dragged.id.replace("field-", "");
    form.elements.section.value = list.dataset.sort;
    form.elements.to.value = [...list.children].indexOf(dragged);
    form.submit();
  });
}

function enhance(root) {
  const each = (selector, use) => root.querySelectorAll(selector).forEach(use);
  each("form[data-upload]", upload);
  each("form[data-once]", once);
  each("form[data-autosave]", autosave);
  each("[data-select-all]", selectAll);
  each("[data-print]", print);
  each("[data-copy]", copy);
  each("[data-conditional]", conditional);
  each("[data-narrow]", narrow);
  each("[data-sort]", sort);
}

enhance(document);
document.querySelector("[data-error-summary]")?.focus();
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector(".menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
