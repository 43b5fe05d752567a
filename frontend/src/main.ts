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
import { settings } from "./settings";

settings();
picking();
keys();
lamp();
countdown();
islands();
