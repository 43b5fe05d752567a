// The live lamp: how old what the page shows is, from the moments of the stream's messages.
const LATE_S = 5;

export function lamp(): void {
  const found = document.querySelector<HTMLElement>(".lamp");
  if (!found) return;
  const words = found.querySelector("span");
  let last = 0;
  const show = (): void => {
    const age = Math.round((Date.now() - last) / 1000);
    const live = last > 0 && age <= LATE_S;
    found.classList.toggle("live", live);
    found.classList.toggle("late", !live);
    if (words) words.textContent = live ? (found.dataset.live ?? "") : (found.dataset.late ?? "");
  };
  document.addEventListener("htmx:sse:after:message", () => {
    last = Date.now();
    show();
  });
  setInterval(show, 1000);
}
