// What every page loads: styles, htmx with server-sent events, and the manners of tables and keys.
import "./styles/fonts.css";
import "./styles/tokens.css";
import "./styles/frame.css";
import "./styles/forms.css";
import "./styles/tables.css";
import "./styles/pages.css";
import "./styles/drawing.css";
import "./styles/palette.css";
import "./styles/print.css";
import "./htmx";
import "htmx.org/dist/ext/hx-sse.min.js";
import { countdown } from "./countdown";
import { islands } from "./islands";
import { keys } from "./keys";
import { lamp } from "./lamp";
import { picking } from "./picking";
import { session } from "./session";
import { settings } from "./settings";

settings();
document.addEventListener("click", (event) => {
  const link = (event.target as Element).closest<HTMLAnchorElement>("a.value");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  void import("./values").then(({ values }) => values(link));
});
document.addEventListener("click", (event) => {
  const link = (event.target as Element).closest<HTMLAnchorElement>("a.peek, #panel a[data-close]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  void import("./panel").then(({ peek, close }) => (link.matches(".peek") ? peek(link) : close()));
});
picking();
keys();
session();
lamp();
countdown();
islands();
