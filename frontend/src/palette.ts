// The palette: Ctrl K leads anywhere by a few letters; loaded when it is first asked for.
const PAUSE_MS = 120;

let dialog: HTMLDialogElement | undefined;

function options(): HTMLElement[] {
  return [...(dialog?.querySelectorAll<HTMLElement>("[role=option]") ?? [])];
}

function choose(by: number): void {
  const all = options();
  const here = all.findIndex((one) => one.ariaSelected === "true");
  const next = all.length ? (here + by + all.length) % all.length : -1;
  all.forEach((one, n) => {
    one.id = `palette-${n}`;
    one.ariaSelected = String(n === next);
    if (n === next) one.scrollIntoView({ block: "nearest" });
  });
  const input = dialog?.querySelector("input");
  if (next >= 0) input?.setAttribute("aria-activedescendant", `palette-${next}`);
  else input?.removeAttribute("aria-activedescendant");
}

async function offer(text: string, list: Element, input: HTMLInputElement): Promise<void> {
  const answer = await fetch(`/palette?q=${encodeURIComponent(text)}`);
  if (input.value !== text) return;
  if (!answer.ok || answer.redirected) return location.reload();
  list.innerHTML = await answer.text();
  choose(1);
}

function made(template: HTMLTemplateElement): HTMLDialogElement {
  document.body.append(template.content.cloneNode(true));
  const built = document.querySelector<HTMLDialogElement>("dialog.palette")!;
  const input = built.querySelector("input")!;
  const list = built.querySelector("[role=listbox]")!;
  let timer = 0;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => void offer(input.value, list, input), PAUSE_MS);
  });
  built.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) choose(by);
    else if (event.key === "Enter") options().find((one) => one.ariaSelected === "true")?.click();
    else return;
    event.preventDefault();
  });
  built.addEventListener("click", (event) => {
    if (event.target === built) built.close();
  });
  return built;
}

export function palette(): void {
  const template = document.querySelector<HTMLTemplateElement>("template#palette");
  if (!template) return;
  dialog ??= made(template);
  const input = dialog.querySelector("input")!;
  input.value = "";
  dialog.showModal();
  void offer("", dialog.querySelector("[role=listbox]")!, input);
}
