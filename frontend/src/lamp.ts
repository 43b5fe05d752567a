// The live lamp: how old what the page shows is, from the moments of the stream's messages.
const LATE_S = 5;

export function lamp(): void {
  const found = document.querySelector<HTMLElement>(".lamp");
  if (!found) return;
  const words = found.querySelector("span");
  const began = Date.now();
  let last = 0;
  const show = (): void => {
    const age = Math.round((Date.now() - (last || began)) / 1000);
    // A page that has just come has heard nothing yet, which is no alarm.
    const state = age > LATE_S ? "late" : last > 0 ? "live" : "connecting";
    found.classList.toggle("live", state === "live");
    found.classList.toggle("late", state === "late");
    if (words) words.textContent = found.dataset[state] ?? "";
  };
  document.addEventListener("htmx:sse:after:message", () => {
    last = Date.now();
    show();
  });
  show();
  setInterval(show, 1000);
}
