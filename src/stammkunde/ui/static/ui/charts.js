// Charts stand on the page as the server's pictures. Here each becomes, in place, a chart that tells its values on
// hover. Whatever goes wrong leaves the picture standing: it says the same.

const NARROW = 200;
const phone = matchMedia("(max-width: 640px)");
const dark = matchMedia("(prefers-color-scheme: dark)");
let bundle;

function specificationOf(box) {
  const fitting = [...box.querySelectorAll("source")].find((source) => matchMedia(source.media).matches);
  const address = new URL(fitting?.srcset ?? box.querySelector("img").src, location.href);
  address.pathname = address.pathname.replace(/\.svg$/, ".json");
  address.searchParams.set("width", Math.max(NARROW, Math.floor(box.clientWidth)));
  return address;
}

async function draw(box, address) {
  bundle ??= import(box.dataset.bundle);
  const [{ vegaEmbed }, answer] = await Promise.all([bundle, fetch(address, { credentials: "same-origin" })]);
  if (!answer.ok) throw new Error(`${address.pathname}: ${answer.status}`);
  const { spec, formatLocale, timeFormatLocale } = await answer.json();
  const stage = document.createElement("div");
  stage.className = "chart-live";
  const result = await vegaEmbed(stage, spec, {
    ast: true,
    actions: false,
    renderer: "svg",
    defaultStyle: false,
    tooltip: { disableDefaultStyle: true },
    formatLocale,
    timeFormatLocale,
  });
  box.style.minHeight = `${box.clientHeight}px`; // what follows must not move
  box.querySelector(".chart-live")?.remove();
  box.chart?.finalize();
  box.chart = result;
  box.querySelector("picture").hidden = true;
  box.append(stage);
  box.dataset.state = "live";
}

async function upgrade(box) {
  try {
    await draw(box, specificationOf(box));
  } catch (problem) {
    box.dataset.state = "picture";
    console.warn("A chart stays a picture:", problem.message);
  }
}

const seen = new IntersectionObserver(
  (entries) => {
    for (const entry of entries.filter((entry) => entry.isIntersecting)) {
      seen.unobserve(entry.target);
      upgrade(entry.target);
    }
  },
  { rootMargin: "200px" },
);

function watch(root) {
  for (const box of root.querySelectorAll("[data-chart]:not([data-state])")) {
    box.dataset.state = "waiting";
    seen.observe(box);
  }
}

// Pictures come per theme and size; so the fitting one is asked again whenever these change.
function again() {
  for (const box of document.querySelectorAll("[data-chart][data-state=live]")) upgrade(box);
}

let resting;
function later() {
  clearTimeout(resting);
  resting = setTimeout(again, 150);
}

let width = document.documentElement.clientWidth;
addEventListener("resize", () => {
  if (document.documentElement.clientWidth === width) return; // a phone's address bar comes and goes
  width = document.documentElement.clientWidth;
  later();
});
dark.addEventListener("change", later);
phone.addEventListener("change", later);
document.addEventListener("htmx:load", (event) => watch(event.detail.elt.parentElement ?? document));
watch(document);
