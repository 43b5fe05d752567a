// Countdowns: how long until what a page says happens by itself, second by second.
const MINUTE_S = 60;
const HOUR_S = 3600;

function told(seconds: number): string {
  const two = (n: number): string => String(n).padStart(2, "0");
  const minutes = Math.floor((seconds % HOUR_S) / MINUTE_S);
  const rest = two(seconds % MINUTE_S);
  return seconds < HOUR_S ? `${minutes}:${rest}` : `${Math.floor(seconds / HOUR_S)}:${two(minutes)}:${rest}`;
}

function show(el: HTMLTimeElement): void {
  const left = Math.ceil((Date.parse(el.dateTime) - Date.now()) / 1000);
  el.textContent = left > 0 ? (el.dataset.left ?? "").replace("{left}", told(left)) : (el.dataset.due ?? "");
}

export function countdown(): void {
  const all = (): void => document.querySelectorAll<HTMLTimeElement>("time.countdown").forEach(show);
  all();
  setInterval(all, 1000);
}
