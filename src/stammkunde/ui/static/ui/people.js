// What the lists of people gain with JavaScript: ticking all rows at once, and telling how many are ticked.
// Everything works without it.

const boxes = (form) => [...form.querySelectorAll("input[name=customer]")];

function tell(form) {
  const ticked = boxes(form).filter((box) => box.checked).length;
  const count = form.querySelector("[data-count]");
  if (count) count.textContent = ticked ? String(ticked) : "";
  const all = form.querySelector("[data-check-all]");
  if (!all) return;
  all.checked = ticked > 0 && ticked === boxes(form).length;
  all.indeterminate = ticked > 0 && !all.checked;
}

document.addEventListener("change", (event) => {
  const form = event.target.closest("#rows");
  if (!form) return;
  if (event.target.matches("[data-check-all]")) for (const box of boxes(form)) box.checked = event.target.checked;
  tell(form);
});

// A slider beside a number (data-slides names its field): 0 is none, and what a number means stands in the slider's list.
for (const slider of document.querySelectorAll("input[data-slides]")) {
  const field = document.getElementById(slider.dataset.slides);
  const told = slider.form.querySelector(`output[for="${field.id}"]`);
  const follow = () => {
    slider.value = field.value || 0;
    const option = slider.list.querySelector(`option[value="${slider.value}"]`);
    told.value = option ? option.label : "";
    slider.ariaValueText = told.value || slider.value;
  };
  slider.hidden = false;
  follow();
  field.addEventListener("input", follow);
  slider.addEventListener("input", () => {
    field.value = slider.value === "0" ? "" : slider.value;
    follow();
  });
  for (const one of [field, slider]) one.addEventListener("change", () => field.reportValidity() && field.form.requestSubmit());
}

const reveal = () => {
  for (const all of document.querySelectorAll("[data-check-all][hidden]")) all.hidden = false;
};
reveal();
document.addEventListener("htmx:afterSwap", reveal);

// Today: after an act the list is swapped in place; the focus stays where it was in the list.
let focusAt = -1;
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.closest?.("[data-draft]")) return;  // it comes by itself with the list, between the act and the focus
  const item = event.target.closest?.("[data-item]");
  focusAt = item ? rows().indexOf(item) : -1;
});
document.addEventListener("htmx:afterSettle", () => {
  const all = rows();
  if (focusAt < 0 || !all.length) return;
  all[Math.min(focusAt, all.length - 1)].focus({ preventScroll: true });
  focusAt = -1;
});

// Today by keyboard: j and k move, Enter opens the customer, d is done, s puts off until tomorrow.
const rows = () => [...document.querySelectorAll("[data-item]")];
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=radio]), select, textarea, dialog")) return;
  const all = rows();
  const at = all.indexOf(document.activeElement.closest("[data-item]"));
  if (event.key === "j" || event.key === "k") {
    const next = all[Math.min(Math.max(at + (event.key === "j" ? 1 : -1), 0), all.length - 1)];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  } else if (at >= 0 && event.key === "d") {
    all[at].querySelector("[data-done]")?.click();
  } else if (at >= 0 && event.key === "s") {
    all[at].querySelector("[data-snooze]")?.click();
  } else if (at >= 0 && event.key === "Enter" && document.activeElement === all[at]) {
    all[at].querySelector("a.title")?.click();
  }
});
