// Dialling takes the call up: its slot is kept, so that nobody else contacts the customer meanwhile.
// Without JavaScript a button does it, and so does recording what came of the call.

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-dials]");
  const form = link && document.getElementById(link.dataset.dials);
  if (!form) return;
  const said = new FormData(form);
  for (const name of ["note", "goals", "minutes", "outcome"]) said.delete(name);
  said.set("quiet", "1");
  fetch(form.dataset.takeUp, { method: "POST", body: said, keepalive: true, credentials: "same-origin" });
});
