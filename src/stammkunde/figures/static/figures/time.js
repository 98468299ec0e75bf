// The time budget: a slider and its number say the same. Without this, the one that was moved counts; the preview
// itself is fetched by htmx while somebody drags.

document.addEventListener("input", (event) => {
  const field = event.target;
  if (field.dataset.part) document.getElementById(field.dataset.part).value = field.value;
  const slider = field.id && document.querySelector(`[data-part="${CSS.escape(field.id)}"]`);
  if (slider) slider.value = field.value;
});
for (const button of document.querySelectorAll("[data-preview]")) button.hidden = true;
