// Islands: parts of a page that a script of their own fills, loaded when a page has one of them.
// <div data-island="bpmn" data-…> becomes mount(el); once it is out of the page, unmount(el).
export interface Island {
  mount(el: HTMLElement): void | Promise<void>;
  unmount(el: HTMLElement): void;
}

const ISLANDS: Record<string, () => Promise<Island>> = {
  bpmn: () => import("./islands/bpmn"),
  path: () => import("./islands/path"),
};
const begun = new Set<HTMLElement>();
const mounted = new Map<HTMLElement, Island>();

async function begin(el: HTMLElement): Promise<void> {
  const load = ISLANDS[el.dataset.island ?? ""];
  if (!load || begun.has(el)) return;
  begun.add(el);
  const island = await load();
  if (!el.isConnected) {
    begun.delete(el);
    return;
  }
  mounted.set(el, island);
  // A morph leaves alone what bears this (htmx-config, morphSkip): what is inside is the island's.
  el.dataset.mounted = "";
  await island.mount(el);
}

function scan(): void {
  for (const [el, island] of mounted) {
    if (el.isConnected) continue;
    mounted.delete(el);
    begun.delete(el);
    island.unmount(el);
  }
  for (const el of document.querySelectorAll<HTMLElement>("[data-island]:not([data-mounted])")) void begin(el);
}

export function islands(): void {
  scan();
  document.addEventListener("htmx:after:swap", scan);
}
