// A drawing, shown by bpmn-js: marks are classes of its elements, badges stand at their corners.
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";

interface Point {
  x: number;
  y: number;
}

interface Drawn extends Point {
  width: number;
  height: number;
  waypoints?: Point[];
}

interface Box extends Point {
  width: number;
  height: number;
}

interface Canvas {
  viewbox(): { inner: Box; outer: Box; scale: number };
  viewbox(box: Box): void;
  addMarker(id: string, name: string): void;
  removeMarker(id: string, name: string): void;
  zoom(to?: number | "fit-viewport", center?: Point | "auto"): number;
  resized(): void;
  scrollToElement(id: string): void;
}

interface Overlays {
  add(id: string, type: string, what: { position: object; html: HTMLElement }): string;
  remove(which: { type: string }): void;
}

export interface Drawing {
  known(id: string): boolean;
  mark(id: string, ...names: string[]): void;
  unmark(id: string, ...names: string[]): void;
  badge(id: string, kind: string, text: string): void;
  clear(): void;
  closer(id: string): void;
  clicked(act: (id: string) => void): void;
  close(): void;
}

const BADGE = "badge";
const STEP = 1.25;
const READABLE = 0.5;
/* Below this scale labels cannot be read: what matters is then shown larger, and not all of it. */
const CLOSE = 0.7;
const MARGIN = 20;
const CORNERS: Record<string, object> = {
  count: { top: -11, left: -8 },
  bad: { bottom: 11, right: 12 },
  time: { bottom: 11, left: -8 },
};

export async function open(el: HTMLElement): Promise<Drawing | null> {
  const place = document.createElement("div");
  place.className = "canvas";
  el.replaceChildren(place);
  const viewer = new NavigatedViewer({
    container: place,
    // The wheel is the page's: who wants a closer look presses a button, or the keys of the canvas.
    zoomScroll: { enabled: false },
    overlays: { defaults: { show: { minZoom: 0 }, scale: { min: 0.75, max: 1.1 } } },
    bpmnRenderer: {
      defaultFillColor: "var(--card)",
      defaultStrokeColor: "var(--ink)",
      defaultLabelColor: "var(--ink)",
    },
  });
  try {
    const answer = await fetch(el.dataset.src ?? "", { credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
    await viewer.importXML(await answer.text());
  } catch {
    viewer.destroy();
    const sorry = document.createElement("p");
    sorry.className = "empty";
    sorry.textContent = el.dataset.failed ?? "";
    el.replaceChildren(sorry);
    return null;
  }
  const canvas = viewer.get<Canvas>("canvas");
  el.append(tools(el, canvas));
  fit(canvas);
  const watching = new ResizeObserver(() => canvas.resized());
  watching.observe(place);
  named(place, el.dataset.name ?? "");
  el.dataset.ready = "";
  return drawing(viewer, canvas, watching);
}

function drawing(viewer: NavigatedViewer, canvas: Canvas, watching: ResizeObserver): Drawing {
  const overlays = viewer.get<Overlays>("overlays");
  const elements = viewer.get<{ get(id: string): Drawn | undefined }>("elementRegistry");
  const bus = viewer.get<{ on(name: string, act: (event: { element: { id: string } }) => void): void }>("eventBus");
  const marked = new Map<string, Set<string>>();
  const unmark = (id: string, ...names: string[]): void => {
    for (const name of names) if (marked.get(id)?.delete(name)) canvas.removeMarker(id, name);
  };
  return {
    known: (id) => elements.get(id) !== undefined,
    mark(id, ...names) {
      if (!elements.get(id)) return;
      const own = marked.get(id) ?? new Set();
      marked.set(id, own);
      for (const name of names) {
        if (!own.has(name)) canvas.addMarker(id, name);
        own.add(name);
      }
    },
    unmark,
    badge(id, kind, text) {
      const found = elements.get(id);
      if (!found) return;
      const html = document.createElement("span");
      html.className = `badge ${kind}`;
      html.textContent = text;
      overlays.add(id, BADGE, { position: found.waypoints ? middle(found) : (CORNERS[kind] ?? {}), html });
    },
    clear() {
      overlays.remove({ type: BADGE });
      for (const [id, names] of marked) unmark(id, ...names);
    },
    closer(id) {
      if (!elements.get(id)) return;
      if (canvas.zoom() < READABLE) canvas.zoom(CLOSE);
      canvas.scrollToElement(id);
    },
    clicked: (act) => bus.on("element.click", (event) => act(event.element.id)),
    close() {
      watching.disconnect();
      viewer.destroy();
    },
  };
}

/* All of it; of a long band, of which nothing could be read then, the beginning from top to bottom. */
function fit(canvas: Canvas): void {
  canvas.zoom("fit-viewport", "auto");
  const { inner, outer, scale } = canvas.viewbox();
  const taller = Math.min(CLOSE, outer.height / (inner.height + 2 * MARGIN));
  if (scale >= READABLE || taller < scale * STEP) return;
  const [width, height] = [outer.width / taller, outer.height / taller];
  canvas.viewbox({ x: inner.x - MARGIN, y: inner.y - (height - inner.height) / 2, width, height });
}

/* Where a flow's badge stands: in the middle of its longest part, from the corner of its box. */
function middle(flow: Drawn): object {
  const points = flow.waypoints ?? [];
  let [best, at] = [-1, points[0] ?? { x: 0, y: 0 }];
  for (const [n, to] of points.entries()) {
    const from = points[n - 1];
    if (!from) continue;
    const length = Math.hypot(to.x - from.x, to.y - from.y);
    if (length > best) [best, at] = [length, { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 }];
  }
  const left = Math.min(...points.map((one) => one.x));
  const top = Math.min(...points.map((one) => one.y));
  return { left: at.x - left - 14, top: at.y - top - 9 };
}

function tools(el: HTMLElement, canvas: Canvas): HTMLElement {
  const bar = document.createElement("div");
  bar.className = "tools noprint";
  const button = (text: string, name: string | undefined, act: () => void): void => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.setAttribute("aria-label", name ?? text);
    made.title = name ?? text;
    made.addEventListener("click", act);
    bar.append(made);
  };
  button("+", el.dataset.closer, () => canvas.zoom(canvas.zoom() * STEP));
  button("−", el.dataset.farther, () => canvas.zoom(canvas.zoom() / STEP));
  button("⤢", el.dataset.fit, () => canvas.zoom("fit-viewport", "auto"));
  return bar;
}

/* The canvas takes the focus, for its arrow keys: then it needs a name. */
function named(place: HTMLElement, name: string): void {
  const svg = place.querySelector("svg");
  svg?.setAttribute("role", "group");
  svg?.setAttribute("aria-label", name);
}
