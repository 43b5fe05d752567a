// Small choices that take effect at once and go to the server as cookies: theme and density.
const YEAR_S = 31_536_000;

function chosen(form: HTMLFormElement): void {
  for (const [name, value] of new FormData(form)) {
    if (typeof value !== "string" || (name !== "theme" && name !== "density")) continue;
    document.documentElement.dataset[name] = value;
    document.cookie = `mtd_${name}=${value};path=/;max-age=${YEAR_S};samesite=lax`;
  }
}

export function settings(): void {
  document.addEventListener("change", (event) => {
    const form = (event.target as Element).closest<HTMLFormElement>("form[data-settings]");
    if (form) chosen(form);
    const own = (event.target as Element).closest<HTMLFormElement>("form[data-auto]");
    if (own) own.requestSubmit();
  });
}
