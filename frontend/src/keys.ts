// Keys: J and K move, X ticks, Enter opens, / searches, Ctrl K leads anywhere; a page's own keys are in its markup.
const ROWS = "[data-rows] > [data-row]";

function rows(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(ROWS)];
}

function move(by: number): void {
  const all = rows();
  if (all.length === 0) return;
  const here = all.findIndex((row) => row.classList.contains("here"));
  const next = all[Math.max(0, Math.min(all.length - 1, here < 0 ? 0 : here + by))];
  for (const row of all) row.classList.toggle("here", row === next);
  next?.scrollIntoView({ block: "nearest" });
  if (document.querySelector("#panel:not([hidden])")) next?.querySelector<HTMLElement>("a.peek")?.click();
}

function here(): HTMLElement | undefined {
  return rows().find((row) => row.classList.contains("here"));
}

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input:not([type=checkbox]), select, textarea") !== null;
}

const MOVES: Record<string, () => void> = {
  j: () => move(1),
  k: () => move(-1),
  x: () => here()?.querySelector<HTMLInputElement>("[data-pick]")?.click(),
  Enter: () => here()?.querySelector<HTMLAnchorElement>("a")?.click(),
  " ": () => here()?.querySelector<HTMLElement>("a.peek")?.click(),
  "/": () => document.querySelector<HTMLInputElement>("[data-find]")?.focus(),
};

function pressed(event: KeyboardEvent): void {
  const combined = event.ctrlKey || event.metaKey;
  if (combined && event.key.toLowerCase() === "k") {
    event.preventDefault();
    void import("./palette").then(({ palette }) => palette());
    return;
  }
  const name = `${combined ? "ctrl+" : ""}${event.key.toLowerCase()}`;
  const mine = [...document.querySelectorAll<HTMLElement>("[data-key]")].find((el) => el.dataset.key === name);
  if (typing(event.target) && !combined) return;
  if (event.altKey) return;
  if (mine) {
    event.preventDefault();
    if (mine instanceof HTMLDetailsElement) {
      mine.open = !mine.open;
      mine.querySelector<HTMLElement>("input:not([type=hidden]), textarea, select")?.focus();
    } else if (mine.matches("input:not([type=submit]), textarea, select")) mine.focus();
    else mine.click();
    return;
  }
  if (combined || (event.key === "Enter" && event.target !== document.body)) return;
  // The space bar presses what has the focus, and scrolls where no row with a panel is looked at.
  const idle = event.target === document.body || event.target === document.querySelector("#panel");
  if (event.key === " " && !(idle && here()?.querySelector("a.peek"))) return;
  const act = MOVES[event.key] ?? MOVES[event.key.toLowerCase()];
  if (act) {
    event.preventDefault();
    act();
  }
}

export function keys(): void {
  document.addEventListener("keydown", pressed);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.querySelector<HTMLElement>("#panel:not([hidden]) a[data-close]")?.click();
    for (const open of document.querySelectorAll<HTMLDetailsElement>("details.who[open], details.act[open]")) open.open = false;
  });
}
