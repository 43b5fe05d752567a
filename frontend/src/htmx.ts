// htmx, by its name: its extensions look for it there.
import htmx from "htmx.org/dist/htmx.esm.min.js";

Object.assign(globalThis, { htmx });
