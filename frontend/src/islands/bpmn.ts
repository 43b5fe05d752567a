// The drawing of a process: what a table of its elements says is shown on them, as often as it changes.
// data-marks names the table. Its rows: data-element, data-class; in them, [data-badge] are badges.
import { type Drawing, open } from "./drawing";

const ROW = "[data-element]";
const opened = new Map<HTMLElement, { drawing: Drawing; watching: MutationObserver | null }>();

function paint(drawing: Drawing, table: Element): void {
  drawing.clear();
  for (const row of table.querySelectorAll<HTMLElement>(ROW)) {
    const id = row.dataset.element ?? "";
    drawing.mark(id, ...(row.dataset.class ?? "").split(" ").filter(Boolean));
    for (const cell of row.querySelectorAll<HTMLElement>("[data-badge]")) {
      const text = cell.textContent.trim();
      if (text) drawing.badge(id, cell.dataset.badge ?? "", text);
    }
  }
}

function row(table: Element, id: string): HTMLElement | null {
  return table.querySelector<HTMLElement>(`[data-element="${CSS.escape(id)}"]`);
}

/* Pointing at a row shows where it is in the drawing, and a click in the drawing finds the row. */
function tie(drawing: Drawing, table: Element): void {
  const over = (event: Event, on: boolean): void => {
    const id = (event.target as Element).closest<HTMLElement>(ROW)?.dataset.element;
    if (id) (on ? drawing.mark : drawing.unmark)(id, "pointed");
  };
  for (const name of ["mouseover", "focusin"]) table.addEventListener(name, (event) => over(event, true));
  for (const name of ["mouseout", "focusout"]) table.addEventListener(name, (event) => over(event, false));
  drawing.clicked((id) => {
    const found = row(table, id.replace(/_label$/, ""));
    if (!found) return;
    for (const other of table.querySelectorAll(".here")) other.classList.remove("here");
    found.classList.add("here");
    found.scrollIntoView({ block: "nearest" });
    found.querySelector<HTMLElement>("a")?.focus({ preventScroll: true });
  });
}

export async function mount(el: HTMLElement): Promise<void> {
  const drawing = await open(el);
  if (!drawing) return;
  const table = el.dataset.marks ? document.querySelector(el.dataset.marks) : null;
  const watching = table ? new MutationObserver(() => paint(drawing, table)) : null;
  opened.set(el, { drawing, watching });
  if (!table) return;
  paint(drawing, table);
  tie(drawing, table);
  watching?.observe(table, { childList: true, subtree: true, characterData: true, attributeFilter: ["data-class", "data-element"] });
}

export function unmount(el: HTMLElement): void {
  const found = opened.get(el);
  found?.watching?.disconnect();
  found?.drawing.close();
  opened.delete(el);
}
