// Progressive help for forms and lists. Every hook is a data- attribute; without scripts the page works as it stands.
// docs/look.md lists the hooks. Nothing here decides anything: the server checks all of it again.

const words = document.getElementById("words")?.dataset ?? {};
// The short side bounds a photo, so that the text of a long screenshot can still be read.
const SHORT_SIDE = 1600;
const MAX_PIXELS = 16e6;
const SHRINK_ABOVE = 400_000;
const PAUSES = [1000, 3000, 9000];
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

// Screen readers tell what changes in a region that stood there before, so one stands on every page.
function announce(text) {
  const region = document.getElementById("said");
  if (region) region.textContent = text;
}

// The messages at the top of a page, a moment after it has come.
function tell(main) {
  const told = [...(main?.querySelectorAll(".messages .banner") ?? [])].map((line) => line.textContent.trim());
  if (told.length) setTimeout(announce, 500, told.join(" "));
}

function say(form, text, kind = "quiet") {
  let line = form.querySelector("[data-said]");
  if (!line) {
    line = document.createElement("p");
    line.dataset.said = "";
    form.append(line);
  }
  if (kind !== "quiet") announce(text);
  line.className = kind === "alert" ? "error-message" : "hint";
  line.textContent = text;
  return line;
}

// data-fills="id": what is chosen goes into that box, where it can be changed; then the box alone is sent.
function fill(select) {
  const box = document.getElementById(select.dataset.fills);
  if (!box) return;
  const texts = JSON.parse(select.dataset.texts ?? "{}");
  const joint = box.localName === "textarea" ? "\n" : " ";
  let filled = "";
  select.removeAttribute("name");
  select.addEventListener("change", () => {
    const text = select.value && (texts[select.value] ?? select.selectedOptions[0].text.trim());
    const own = filled && box.value.startsWith(filled) ? box.value.slice(filled.length).trimStart() : box.value;
    box.value = [text, own].filter(Boolean).join(joint);
    filled = text;
  });
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

// data-fresh="url": who comes back to a page that has moved on (a draft that was submitted) is led to data-else.
addEventListener("pageshow", async (event) => {
  const [how] = performance.getEntriesByType("navigation");
  const page = document.querySelector("[data-fresh]");
  if (!page || !(event.persisted || how?.type === "back_forward")) return;
  try {
    const answer = await fetch(page.dataset.fresh, { method: "HEAD", redirect: "manual" });
    if (answer.type === "opaqueredirect") location.replace(page.dataset.else);
  } catch { /* offline: the server says it with the next button */ }
});

// A photo is made smaller before it is sent.
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

function send(path, body, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const address = new URL(path, location.href).href;
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
  tell(main);
  const target = main.querySelector("[data-error-summary]") ?? (anchor && document.getElementById(anchor)) ?? main;
  if (!target.hasAttribute("tabindex")) target.tabIndex = -1;
  target.focus();
}

// What was sent leaves its box: what is tried again sends nothing twice.
function dropFirst(input) {
  const rest = new DataTransfer();
  [...input.files].slice(1).forEach((file) => rest.items.add(file));
  input.files = rest.files;
}

// One file of a card, with progress and three retries; resolves with the page that answers, rejects when the network is gone.
async function uploadOne(form, input) {
  const part = input.closest("[data-upload]");
  part.querySelector("progress")?.remove();
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.setAttribute("aria-label", words.sending);
  part.append(bar);
  say(part, words.sending, "status");
  const body = new FormData();
  body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  if (part.dataset.replaces) body.set("replaces", part.dataset.replaces);
  body.set("file", await shrink(input.files[0]));
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await send(part.dataset.upload, body, (sent) => { bar.value = sent; });
    } catch (failure) {
      if (attempt === PAUSES.length) {
        bar.remove();
        const line = say(part, words.failed + " ", "alert");
        const button = document.createElement("button");
        button.className = "btn btn-secondary";
        button.dataset.uploads = "";
        button.textContent = words.retry;
        line.append(button);
        throw failure;
      }
      bar.removeAttribute("value");
      say(part, words.again, "status");
      await wait(PAUSES[attempt]);
    }
  }
}

// data-papers: a page of papers. A file is sent to its card (data-upload) as soon as it is chosen; what still waits goes
// first whatever button is pressed. A button with data-uploads (data-plain: hidden here) does nothing more, any other one
// then does what it says.
function papers(form) {
  let busy = false;
  let next;
  form.querySelectorAll("[data-plain]").forEach((line) => { line.hidden = true; });
  const chosen = () => [...form.querySelectorAll('[data-upload] input[type="file"]')].filter((input) => input.files.length);
  form.addEventListener("change", (event) => {
    if (!busy && event.target.type === "file" && event.target.files.length) form.requestSubmit(event.target.closest("section").querySelector("[data-uploads]"));
  });
  form.addEventListener("submit", async (event) => {
    const waiting = chosen();
    next = event.submitter;
    if (busy) event.preventDefault();
    if (busy || !waiting.length) return; // the server says what is missing
    event.preventDefault();
    busy = true;
    let answer;
    let card;
    try {
      // What is chosen meanwhile follows.
      for (let [input] = waiting; input; [input] = chosen()) {
        card = input.closest("section")?.id;
        answer = await uploadOne(form, input);
        dropFirst(input);
        if (answer.main.querySelector("[data-error-summary]")) break;
      }
    } catch {
      return;
    } finally {
      busy = false;
    }
    const kept = new Map(chosen().map((input) => [input.id, input.files]));
    // What is said of a picture is seen before the page is left.
    if (!answer.main.querySelector("[data-error-summary], .messages .banner-warn") && next && !("uploads" in next.dataset)) {
      form.requestSubmit(next);
      return;
    }
    show(answer, card);
    kept.forEach((files, id) => {
      const input = document.getElementById(id);
      if (input) input.files = files;
    });
  });
}

// data-awaited="url": the picture of a file that has just come is being made; it is looked for a few times.
function awaited(place) {
  const picture = new Image(96, 128);
  picture.alt = "";
  picture.onload = () => place.replaceChildren(picture);
  const look = async (pause, ...later) => {
    await wait(pause);
    if (!place.isConnected) return;
    picture.onerror = () => { if (later.length) look(...later); };
    picture.src = place.dataset.awaited;
  };
  look(...PAUSES);
}

// A file that was chosen and not sent yet is not left behind unasked.
let leavesWith;
addEventListener("beforeunload", (event) => {
  const isLeft = (input) => input.files.length && input.form !== leavesWith;
  if ([...document.querySelectorAll('input[type="file"]')].some(isLeft)) event.preventDefault();
});
document.addEventListener("submit", (event) => { if (!event.defaultPrevented) leavesWith = event.target; });
addEventListener("pageshow", () => { leavesWith = undefined; });

// data-autosave="url": what is typed rests on the server a moment later, and at once when the page is left.
// A failure is said; it is tried again with the next change and when the page is left.
const KEEPALIVE_MOST = 60_000; // browsers refuse to send more after the page is gone
function autosave(form) {
  let timer = 0;
  let isUnsaved = false;
  let isTold = false;
  let sending;
  const save = async () => {
    clearTimeout(timer);
    if (!isUnsaved) return;
    isUnsaved = false;
    const fields = [...new FormData(form)].filter(([, value]) => typeof value === "string");
    const body = new URLSearchParams(fields);
    sending?.abort();
    sending = new AbortController();
    const { signal } = sending;
    try {
      const answer = await fetch(form.dataset.autosave || form.getAttribute("action") || location.href, {
        method: "POST", body, signal, headers: { "X-Autosave": "1" }, redirect: "error",
        keepalive: String(body).length < KEEPALIVE_MOST,
      });
      if (!answer.ok) throw new Error(String(answer.status));
      heard(answer);
      const time = new Date().toLocaleTimeString("vi", { hour: "2-digit", minute: "2-digit", hour12: false });
      say(form, words.saved.replace("{time}", time), isTold ? "status" : "quiet");
      isTold = false;
    } catch {
      if (signal.aborted) return;
      isUnsaved = true;
      // Told once, not with every letter typed while the network is gone.
      say(form, words.unsaved, isTold ? "quiet" : "status");
      isTold = true;
    }
  };
  form.addEventListener("input", () => {
    isUnsaved = true;
    clearTimeout(timer);
    timer = setTimeout(save, 2500);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    isUnsaved = false;
    sending?.abort();
  });
  addEventListener("pagehide", save);
  document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });
}

// data-session="seconds": says five minutes before it that the session ends; the button asks for data-stay, which keeps it.
const WARNED_BEFORE = 300;
function session(place) {
  const words = place.querySelector("template");
  let end = Date.now() + place.dataset.session * 1000;
  const tell = () => {
    const isNear = end - Date.now() < WARNED_BEFORE * 1000;
    const shown = place.querySelector(".banner");
    if (!isNear) shown?.remove();
    else if (!shown) place.append(words.content.cloneNode(true));
  };
  // What autosave sends keeps the session too.
  addEventListener("session-left", (event) => {
    end = Date.now() + event.detail * 1000;
    tell();
  });
  place.addEventListener("click", async (event) => {
    if (!event.target.closest("button")) return;
    try { heard(await fetch(place.dataset.stay, { method: "HEAD" })); } catch { /* offline: it stays there */ }
    document.getElementById("main").focus();
  });
  // Asked for now and then: a telephone that slept has missed its moment.
  setInterval(tell, 10_000);
}
function heard(answer) {
  const left = Number(answer.headers.get("X-Session-Left"));
  if (left) dispatchEvent(new CustomEvent("session-left", { detail: left }));
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
  // data-print-now: the paper for whom somebody waits at the counter.
  if ("printNow" in button.dataset) addEventListener("load", () => window.print(), { once: true });
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

// What is typed as the server reads it (common/text.py): nothing unseen, plain spaces; numbers with dots, spaces or đồng.
const UNSEEN = /[\u00ad\u034f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]/g;
const tidy = (text) => text.replace(UNSEEN, "").normalize("NFC").replace(/[\u00d0\u0189]/g, "Đ").replace(/\s+/g, " ").trim();
function numberOf(text) {
  const wide = (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0);
  const bare = text.replace(/[\uff01-\uff5e]/g, wide).replace(/[\u2010-\u2015\u2212]/g, "-").replace(/\s*(?:đồng|đ|vnđ|vnd|₫)\.?$/i, "");
  return /^-?(?:\d{1,3}(?:[. ]\d{3})+|\d+)$/.test(bare) ? Number(bare.replace(/[. ]/g, "")) : NaN;
}

// data-conditional='{"field": …, "op": …, "value": …}': hides a question that does not apply; all, any and not nest.
function answerOf(form, name) {
  const found = form.elements[name];
  if (!found) return undefined; // three boxes or another page: the server alone knows
  const list = found instanceof RadioNodeList ? [...found] : [found];
  if (list[0].closest("[data-conditional][hidden]")) return ""; // hidden is unanswered, as on the server
  if (list[0].type === "checkbox") {
    const ticked = list.filter((box) => box.checked).map((box) => box.value);
    return list.length > 1 ? ticked : ticked[0] ?? "";
  }
  return tidy(found.value);
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
  const isNumber = typeof [].concat(rule.value)[0] === "number";
  const given = isNumber ? numberOf(String(answer)) : answer;
  switch (rule.op) {
    case "eq": return given === rule.value;
    case "ne": return given !== rule.value;
    case "in": return rule.value.includes(given);
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

function enhance(root) {
  const each = (selector, use) => root.querySelectorAll(selector).forEach(use);
  each("form[data-papers]", papers);
  each("[data-awaited]", awaited);
  each("form[data-once]", once);
  each("select[data-fills]", fill);
  each("form[data-autosave]", autosave);
  each("[data-session]", session);
  each("[data-select-all]", selectAll);
  each("[data-print]", print);
  each("[data-copy]", copy);
  each("div[data-conditional]", conditional);
  // A title follows the questions below it.
  each("h2[data-conditional]", conditional);
}

enhance(document);
// Where somebody is: at the faults, else where the address leads (to the card of a paper), else at the top, and hears what was done.
const faults = document.querySelector("[data-error-summary]");
if (faults) {
  // #main of the skip link would take the focus once the page has loaded.
  if (location.hash) history.replaceState(history.state, "", location.pathname + location.search);
  faults.focus();
  if (document.readyState !== "complete") addEventListener("load", () => faults.focus(), { once: true });
}
tell(document.getElementById("main"));

const menu = document.querySelector(".menu");
menu?.addEventListener("focusout", (event) => {
  if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !menu?.open) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
