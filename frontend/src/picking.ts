// Ticked rows: the bar of bulk actions counts them; Shift ticks a range.
let before: HTMLInputElement | null = null;

function boxes(table: Element): HTMLInputElement[] {
  return [...table.querySelectorAll<HTMLInputElement>("tbody input[type=checkbox][data-pick]")];
}

function counted(form: Element): void {
  const ticked = boxes(form).filter((box) => box.checked);
  for (const box of boxes(form)) box.closest("tr")?.classList.toggle("picked", box.checked);
  const bar = form.querySelector<HTMLElement>(".bulk[data-picked]");
  if (!bar) return;
  bar.hidden = ticked.length === 0;
  const count = bar.querySelector("[data-count]");
  if (count) count.textContent = String(ticked.length);
}

function ranged(form: Element, to: HTMLInputElement): void {
  const all = boxes(form);
  const [a, b] = [all.indexOf(before as HTMLInputElement), all.indexOf(to)];
  if (a < 0 || b < 0) return;
  for (const box of all.slice(Math.min(a, b), Math.max(a, b) + 1)) box.checked = to.checked;
}

export function picking(): void {
  document.addEventListener("click", (event) => {
    const box = event.target as HTMLInputElement;
    if (!(box instanceof HTMLInputElement) || box.type !== "checkbox") return;
    const form = box.closest("[data-picking]");
    if (!form) return;
    if (box.dataset.pickAll !== undefined) {
      for (const one of boxes(form)) one.checked = box.checked;
    } else if (box.dataset.pick !== undefined) {
      if (event.shiftKey && before) ranged(form, box);
      before = box;
    }
    counted(form);
  });
  document.addEventListener("htmx:after:swap", () => {
    for (const form of document.querySelectorAll("[data-picking]")) counted(form);
  });
}
