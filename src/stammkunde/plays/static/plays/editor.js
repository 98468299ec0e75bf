/* Steps move by Alt and the arrows, and the step that was moved has the focus again. */
const BUTTONS = { ArrowUp: "up", ArrowDown: "down" };

document.addEventListener("keydown", (event) => {
  const act = event.altKey && BUTTONS[event.key];
  const step = act && event.target.closest("[data-step]");
  if (step) {
    event.preventDefault();
    step.querySelector(`button[value="${act}"]`).click();
  }
});

/* The browser goes to the anchor first, and takes the focus along */
window.addEventListener("load", () => setTimeout(() => document.querySelector("[data-at]")?.focus()));
