// What the pages gain with JavaScript. Nothing here is needed: every page works without it.

const typing = (target) => target.closest("input:not([type=radio], [type=checkbox]), select, textarea, [contenteditable]");

// Keys: "/" finds a customer; "g" and then a letter goes to a page of the navigation (its data-key).
let afterG = 0;
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeTip();
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (event.key === "/") {
    const search = document.querySelector("[data-search]:not([hidden])");
    if (search) {
      event.preventDefault();
      search.focus();
      search.select?.();
    }
  } else if (event.key === "g") {
    afterG = Date.now();
  } else if (Date.now() - afterG < 1500) {
    afterG = 0;
    document.querySelector(`.nav a[data-key="${CSS.escape(event.key)}"]`)?.click();
  }
});

// Ctrl+K (or ⌘K) opens the search with suggestions from anywhere, also while typing; "?" shows the keys.
const finding = document.getElementById("finding");
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k" && finding) {
    event.preventDefault();
    if (!finding.open) finding.showModal();
    finding.querySelector("input").select();
  } else if (event.key === "?" && !event.ctrlKey && !event.metaKey && !typing(event.target)) {
    showKeys(document.getElementById("keys"));
  }
});
document.querySelector("[data-finding]")?.addEventListener("click", (event) => {
  if (!finding) return;
  event.preventDefault();
  finding.showModal();
});

function showKeys(dialog) {
  if (!dialog || dialog.open) return;
  const list = dialog.querySelector("[data-nav-keys]");
  if (!list.children.length) {
    for (const link of document.querySelectorAll(".side .nav a[data-key]")) {
      const keys = document.createElement("dt");
      for (const key of ["g", link.dataset.key]) keys.append(Object.assign(document.createElement("kbd"), { textContent: key }), " ");
      list.append(keys, Object.assign(document.createElement("dd"), { textContent: link.textContent.trim() }));
    }
  }
  dialog.showModal();
}

// Suggestions: the arrows go through them, Enter in the field opens the first one, if there is one.
finding?.addEventListener("keydown", (event) => {
  const found = [...finding.querySelectorAll(".found a")];
  if (!found.length) return;
  const at = found.indexOf(document.activeElement);
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const next = at + (event.key === "ArrowDown" ? 1 : -1);
    (found[Math.min(next, found.length - 1)] ?? finding.querySelector("input")).focus();
  } else if (event.key === "Enter" && at < 0) {
    event.preventDefault();
    found[0].click();
  }
});

// Definitions: Escape closes what hover or focus has opened, until the pointer or the focus leaves.
function closeTip() {
  const open = document.querySelector(".tile-info:hover, .tile-info:focus");
  if (!open) return;
  open.dataset.closed = "";
  for (const end of ["blur", "mouseleave"]) open.addEventListener(end, () => delete open.dataset.closed, { once: true });
}

// Messages: those that only confirm go away by themselves, unless someone is reading or may undo.
document.addEventListener("click", (event) => event.target.closest("[data-dismiss]")?.closest(".toast")?.remove());
for (const toast of document.querySelectorAll(".toast[data-brief]")) {
  const timer = setTimeout(() => toast.matches(":hover, :focus-within") || toast.remove(), 7000);
  toast.addEventListener("focusin", () => clearTimeout(timer));
}

// Filters: a form with data-autosubmit is sent when a choice changes.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-autosubmit]");
  if (form && event.target.matches("select, input[type=checkbox], input[type=radio], input[type=date]")) form.requestSubmit();
});

// Files: what is dropped on a data-drop box lands in its file field; the names are shown.
document.addEventListener("dragover", (event) => {
  const box = event.target.closest("[data-drop]");
  if (!box) return;
  event.preventDefault();
  box.classList.add("over");
});
document.addEventListener("dragleave", (event) => event.target.closest("[data-drop]")?.classList.remove("over"));
document.addEventListener("drop", (event) => {
  const box = event.target.closest("[data-drop]");
  const field = box?.querySelector("input[type=file]");
  if (!field) return;
  event.preventDefault();
  box.classList.remove("over");
  field.files = event.dataTransfer.files;
  field.dispatchEvent(new Event("change", { bubbles: true }));
});

// What more retention is worth: the slider multiplies what one point is worth, as the table below does.
function tellWorth(slider) {
  const output = slider.form.querySelector("output");
  const language = document.documentElement.lang;
  const { currency } = slider.dataset;
  const write = (number, options) => new Intl.NumberFormat(language, options).format(number);
  const said = {
    points: write(slider.value),
    customers: write(slider.value * slider.dataset.customers, { maximumFractionDigits: 0 }),
    money: write((slider.value * slider.dataset.cents) / 100, { style: "currency", currency, maximumFractionDigits: 0 }),
  };
  output.textContent = output.dataset.words.replace(/{(\w+)}/g, (_whole, name) => said[name]);
}
for (const form of document.querySelectorAll("[data-worth]")) {
  const slider = form.querySelector("input");
  form.hidden = false;
  slider.addEventListener("input", () => tellWorth(slider));
  tellWorth(slider);
}

// Copying: a button with data-copy="#field" copies that field's text.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  const field = button && document.querySelector(button.dataset.copy);
  if (!field) return;
  field.select?.();
  await navigator.clipboard?.writeText(field.value ?? field.textContent);
});

// A fragment that says hx-refresh has what it waited for.
document.addEventListener("htmx:responseError", (event) => {
  const { status, responseText } = event.detail.xhr;
  if (status === 403 || status === 401) location.reload();
  else if (status === 503) tellOnce(responseText);
});

// What could not be written is said on top of the page, which keeps what was typed; the same words stand there once.
function tellOnce(text) {
  const toasts = document.getElementById("toasts");
  if (!toasts || [...toasts.children].some((one) => one.textContent.trim() === text)) return;
  const toast = Object.assign(document.createElement("div"), { className: "toast error" });
  toast.append(Object.assign(document.createElement("span"), { textContent: text }));
  toasts.append(toast);
}

// Drafts: what is typed into a form that has a place for them is kept by the server until the form is sent.
const unkept = new Map();
const onItsWay = new WeakMap();  // by form: what ends the saving that may still be going on
function keepDraft(form) {
  forget(form);
  onItsWay.set(form, new AbortController());
  const sent = new URLSearchParams(new FormData(form));
  for (const field of form.elements) if (["password", "file"].includes(field.type)) sent.delete(field.name);
  const headers = JSON.parse(document.body.getAttribute("hx-headers"));
  const { signal } = onItsWay.get(form);
  const draft = form.querySelector("[data-draft]").dataset.draft;
  fetch(draft, { method: "POST", body: sent, headers, keepalive: true, signal }).catch(() => {});
}
const visit = () => `${Date.now()}-${Math.random().toString(36).slice(2)}`;  // what was sent is over, and told by this
function forget(form) {
  clearTimeout(unkept.get(form));
  unkept.delete(form);
  onItsWay.get(form)?.abort();
}
document.addEventListener("input", ({ target: { form } }) => {
  if (!form?.querySelector("[data-draft]")) return;
  form.elements["draft-key"].value ||= visit();
  clearTimeout(unkept.get(form));
  unkept.set(form, setTimeout(keepDraft, 1000, form));
});
document.addEventListener("submit", ({ target }) => forget(target));  // else it came after the form and stayed
document.addEventListener("htmx:afterRequest", ({ target, detail: { xhr } }) => {
  const key = target.closest?.("form")?.elements["draft-key"];
  if (key?.value && xhr.getResponseHeader("Draft-Over")) key.value = visit();
});
// What is shown while somebody types must not take the place of what a button of the same form is about to bring.
document.addEventListener("htmx:confirm", (event) => {
  if (event.target.matches("form") && event.target.querySelector("button.htmx-request")) event.preventDefault();
});
addEventListener("pagehide", () => [...unkept.keys()].forEach(keepDraft));
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-restore]");
  if (!button) return;
  const said = JSON.parse(button.dataset.restore), { form } = button;
  if ("laidOut" in form.dataset) return layOut(form, said, button);
  fillIn(form, said);
  button.closest("[data-draft]").replaceChildren();
});
// A form with as many parts as its words have is made by the server.
function layOut(form, said, source) {
  const address = form.getAttribute("hx-post") || location.pathname + location.search;
  htmx.ajax("POST", address, { source, values: said, target: form, swap: "outerHTML" });
}
function fillIn(form, said) {
  for (const field of form.elements) {
    const values = said[field.name];
    if (["checkbox", "radio"].includes(field.type)) field.checked = Boolean(values?.includes(field.value));
    else if (field.type === "select-multiple") for (const one of field.options) one.selected = Boolean(values?.includes(one.value));
    else if (values && !["hidden", "file", "password"].includes(field.type)) field.value = values[0];
    else continue;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

// Uploads: while a form with data-upload is sent, its progress is shown; the server answers with where to go.
document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-upload]");
  const bar = form?.querySelector("[data-upload-progress]");
  if (!bar) return;
  event.preventDefault();
  const request = new XMLHttpRequest();
  request.upload.addEventListener("progress", (sent) => {
    if (sent.lengthComputable) bar.value = (100 * sent.loaded) / sent.total;
  });
  request.addEventListener("load", () => {
    location.assign(request.getResponseHeader("HX-Redirect") ?? location.href);
  });
  request.addEventListener("error", () => location.reload());
  request.open("POST", form.action);
  request.setRequestHeader("HX-Request", "true");
  bar.hidden = false;
  form.querySelector("button").disabled = true;
  request.send(new FormData(form));
});
