// Fields: a button with data-insert puts its words where somebody was writing last.
const TYPED = "input:not([type=hidden], [type=checkbox], [type=file])";
const WRITTEN = `#subject, #preview, #editor .block ${TYPED}, #editor .block textarea`;
let last = null;

document.addEventListener("focusin", (event) => {
  if (event.target.matches(WRITTEN)) last = event.target;
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-insert]");
  if (!button) return;
  const field = last?.isConnected ? last : document.querySelector("#editor .block textarea");
  if (!field) return;
  field.focus();
  field.setRangeText(button.dataset.insert, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
});
