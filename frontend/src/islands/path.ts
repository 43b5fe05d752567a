// The way of one order over its drawing: a slider goes through the steps that a list tells.
// data-steps names the list, whose items bear [data-at] and, as JSON in data-step, what came of each;
// data-slider names the slider, which is of no use without this.
import { type Drawing, open } from "./drawing";

interface Step {
  came: string[];
  /* Flows that were taken, each with how long it took to get there. */
  crossed: Record<string, string>;
  stands: string[];
  troubled: string[];
  failed: string;
}

const PLAY_MS = 700;
const opened = new Map<HTMLElement, { drawing: Drawing; playing: number }>();

function paint(drawing: Drawing, steps: Step[]): void {
  drawing.clear();
  const took = new Map<string, string>();
  const failed = new Map<string, number>();
  for (const step of steps) {
    for (const id of step.came) drawing.mark(id, "visited");
    for (const [flow, words] of Object.entries(step.crossed)) took.set(flow, words);
    if (step.failed) failed.set(step.failed, (failed.get(step.failed) ?? 0) + 1);
  }
  for (const [flow, words] of took) {
    drawing.mark(flow, "visited");
    if (words) drawing.badge(flow, "time", words);
  }
  for (const [id, times] of failed) drawing.badge(id, "bad", `✕ ${times}`);
  const last = steps.at(-1);
  for (const id of last?.stands ?? []) drawing.mark(id, "stands");
  for (const id of last?.troubled ?? []) drawing.mark(id, "troubled");
}

export async function mount(el: HTMLElement): Promise<void> {
  const drawing = await open(el);
  const list = document.querySelector(el.dataset.steps ?? "");
  const slider = document.querySelector<HTMLElement>(el.dataset.slider ?? "");
  const range = slider?.querySelector<HTMLInputElement>("input[type=range]");
  if (!drawing) return;
  const own = { drawing, playing: 0 };
  opened.set(el, own);
  if (!list || !slider || !range) return;
  const items = [...list.querySelectorAll<HTMLElement>("[data-at]")];
  const steps = items.map((item) => JSON.parse(item.dataset.step ?? "{}") as Step);
  const output = slider.querySelector("output");
  const show = (): void => {
    const at = Number(range.value);
    paint(drawing, steps.slice(0, at + 1));
    for (const [n, item] of items.entries()) {
      if (n === at) item.setAttribute("aria-current", "step");
      else item.removeAttribute("aria-current");
    }
    const now = items[at];
    const words = now?.querySelector("time")?.title ?? "";
    if (output) output.textContent = words;
    range.setAttribute("aria-valuetext", words);
    if (list instanceof HTMLElement && now) list.scrollTop = now.offsetTop - list.offsetTop - list.clientHeight / 2;
  };
  const stop = (): void => {
    clearInterval(own.playing);
    own.playing = 0;
  };
  const go = (at: number): void => {
    range.value = String(at);
    show();
  };
  range.addEventListener("input", () => {
    stop();
    show();
  });
  list.addEventListener("click", (event) => {
    const item = (event.target as Element).closest<HTMLElement>("[data-at]");
    if (!item) return;
    stop();
    go(Number(item.dataset.at));
  });
  slider.querySelector("[data-play]")?.addEventListener("click", () => {
    if (own.playing) return stop();
    if (Number(range.value) >= items.length - 1) go(0);
    own.playing = setInterval(() => {
      go(Number(range.value) + 1);
      if (Number(range.value) >= items.length - 1) stop();
    }, PLAY_MS);
  });
  slider.hidden = false;
  show();
  const here = steps.at(-1)?.troubled[0] ?? steps.at(-1)?.stands[0];
  if (here) drawing.closer(here);
}

export function unmount(el: HTMLElement): void {
  const found = opened.get(el);
  clearInterval(found?.playing);
  found?.drawing.close();
  opened.delete(el);
}
