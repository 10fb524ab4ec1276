// Type-ahead on the counter's first page. Without scripts Enter searches on the server, and the list below stands open.

const MOST = 8;
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase();

// data-suggests="id": what is typed narrows the links of that list, the first of which Enter opens. A code that is
// scanned fits none of them and is sent to the server, never looked up in an address.
function suggest(form) {
  const box = form.querySelector("input[type=text]");
  const rows = [...document.getElementById(form.dataset.suggests).querySelectorAll("li[data-words]")];
  const list = document.createElement("ul");
  let at = 0;
  list.id = "suggested";
  list.className = "suggested";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", box.labels[0].textContent.trim());
  list.hidden = true;
  box.after(list);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", list.id], ["aria-expanded", "false"]]) box.setAttribute(name, value);
  const options = () => [...list.children];
  const mark = (n) => {
    at = n;
    options().forEach((option, place) => option.setAttribute("aria-selected", String(place === at)));
    const chosen = options()[at];
    if (chosen) box.setAttribute("aria-activedescendant", chosen.id);
    else box.removeAttribute("aria-activedescendant");
  };
  const close = () => {
    list.hidden = true;
    list.replaceChildren();
    box.setAttribute("aria-expanded", "false");
    mark(0);
  };
  const open = (found) => {
    list.replaceChildren(...found.map((row, n) => {
      const option = document.createElement("li");
      option.id = `suggested-${n}`;
      option.setAttribute("role", "option");
      option.dataset.url = row.querySelector("a").href;
      option.textContent = `${row.querySelector("a").textContent.trim()} · ${row.querySelector(".code").textContent}`;
      return option;
    }));
    list.hidden = !found.length;
    box.setAttribute("aria-expanded", String(found.length > 0));
    mark(0);
  };
  box.addEventListener("input", () => {
    const typed = fold(box.value).split(/[^a-z0-9]+/).filter(Boolean);
    if (!typed.length) return close();
    const phrase = ` ${typed.join(" ")}`;
    const fitting = rows.filter((row) => typed.every((word) => ` ${row.dataset.words}`.includes(` ${word}`)));
    // The words one after another come first; otherwise the most used stay in front.
    fitting.sort((one, other) => Number(` ${other.dataset.words}`.includes(phrase)) - Number(` ${one.dataset.words}`.includes(phrase)));
    open(fitting.slice(0, MOST));
  });
  box.addEventListener("keydown", (event) => {
    const count = list.children.length;
    if (!count || event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") mark((at + (event.key === "ArrowDown" ? 1 : count - 1)) % count);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter") location.assign(options()[at].dataset.url);
    else return;
    event.preventDefault();
  });
  list.addEventListener("mousedown", (event) => {
    const option = event.target.closest("li");
    if (option) location.assign(option.dataset.url);
  });
  box.addEventListener("blur", close);
}

document.querySelectorAll("[data-suggests]").forEach(suggest);
