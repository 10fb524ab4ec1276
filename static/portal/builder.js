// Progressive help on the pages where publishers make a form and its conditions; docs/look.md lists the hooks.

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

document.querySelectorAll("[data-narrow]").forEach(narrow);
document.querySelectorAll("[data-sort]").forEach(sort);
