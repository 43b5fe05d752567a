// Values: a click on a value of a list asks what to do with it; without this, it filters by it.
let menu: HTMLElement | undefined;
let opener: HTMLElement | undefined;

function items(): HTMLElement[] {
  return [...(menu?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [])];
}

function close(back: boolean): void {
  menu?.remove();
  menu = undefined;
  opener?.setAttribute("aria-expanded", "false");
  if (back) opener?.focus();
}

function keyed(event: KeyboardEvent): void {
  const all = items();
  const here = all.indexOf(document.activeElement as HTMLElement);
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (by) all[(here + by + all.length) % all.length]?.focus();
  else if (event.key === "Escape") close(true);
  else if (event.key === "Tab") return close(false);
  else if (event.key === "Enter") return event.stopPropagation();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

export async function values(link: HTMLAnchorElement): Promise<void> {
  const same = menu !== undefined && opener === link;
  close(false);
  if (same) return;
  const value = link.querySelector<HTMLElement>("[data-value]")?.dataset.value ?? "";
  const list = link.closest<HTMLElement>("[data-filter]");
  const query = new URLSearchParams(list?.dataset.filter);
  query.set("name", link.dataset.name ?? "");
  query.set("value", value);
  const answer = await fetch(`${list?.dataset.values}?${query}`);
  if (!answer.ok || answer.redirected) return location.assign(link.href);
  close(false);
  opener = link;
  menu = document.createElement("div");
  menu.className = "choices";
  menu.role = "menu";
  menu.innerHTML = await answer.text();
  menu.addEventListener("keydown", keyed);
  document.body.append(menu);
  const at = link.getBoundingClientRect();
  const left = Math.min(at.left, document.documentElement.clientWidth - menu.offsetWidth - 8);
  menu.style.left = `${Math.max(8, left) + scrollX}px`;
  menu.style.top = `${at.bottom + 4 + scrollY}px`;
  link.setAttribute("aria-expanded", "true");
  items()[0]?.focus();
}

document.addEventListener("click", (event) => {
  if (menu && !(event.target as Element).closest(".choices, a.value")) close(false);
});
