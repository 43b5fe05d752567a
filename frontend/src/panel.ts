// The panel beside a list: an order at a glance without leaving it; its address is that of the list with `peek`.
const ROWS = "[data-rows] > [data-row]";
let asked = "";

function panel(): HTMLElement | null {
  return document.querySelector<HTMLElement>("#panel");
}

export async function peek(link: HTMLAnchorElement): Promise<void> {
  const shown = panel();
  const glance = link.dataset.glance;
  if (!shown || !glance) return location.assign(link.href);
  asked = glance;
  const answer = await fetch(glance);
  // Whoever moves on quickly sees the last one.
  if (asked !== glance) return;
  if (!answer.ok || answer.redirected) return location.assign(link.href);
  shown.innerHTML = await answer.text();
  shown.hidden = false;
  shown.scrollTop = 0;
  const here = link.closest("[data-row]");
  for (const row of document.querySelectorAll(ROWS)) row.classList.toggle("here", row === here);
  history.replaceState(history.state, "", link.href);
}

export function close(): void {
  const shown = panel();
  if (!shown || shown.hidden) return;
  asked = "";
  shown.hidden = true;
  shown.replaceChildren();
  history.replaceState(history.state, "", shown.dataset.plain);
}
