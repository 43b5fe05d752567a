// The session: before a form is sent from a page that has stood a while, whether it still is open; if not, a dialog in
// place, then the form is sent. What was typed stays, for the page is not left.
interface Session {
  login: string;
  csrf: string;
}

type Answer = Session | "out" | "unknown";

let dialog: HTMLDialogElement | undefined;
let sending = false;
let dismissed = false;
// When it was open for certain; not at all any more, once something was refused.
let seen = Date.now();
const FRESH_MS = 30_000;

async function asked(): Promise<Answer> {
  try {
    const answer = await fetch("/session");
    if (answer.redirected || answer.status === 401) return "out";
    return answer.ok ? ((await answer.json()) as Session) : "unknown";
  } catch {
    return "unknown";
  }
}

// The forms get the word of the session that there is now; another person's is another page.
function taken(found: Session): boolean {
  if (found.login !== document.querySelector<HTMLElement>("[data-login]")?.dataset.login) {
    location.reload();
    return false;
  }
  for (const input of document.querySelectorAll<HTMLInputElement>("input[name=csrf]")) input.value = found.csrf;
  return true;
}

function built(template: HTMLTemplateElement): HTMLDialogElement {
  document.body.append(template.content.cloneNode(true));
  return document.querySelector<HTMLDialogElement>("dialog.expired")!;
}

async function entered(shown: HTMLDialogElement): Promise<"in" | "wrong" | "throttled" | "elsewhere"> {
  const [login, password] = shown.querySelectorAll("input");
  if (!password!.value) return (await asked()) === "out" ? "elsewhere" : "in";
  const body = new URLSearchParams({ login: login!.value, password: password!.value });
  const answer = await fetch("/sign-in", { method: "POST", body, redirect: "manual" });
  password!.value = "";
  if (answer.type === "opaqueredirect") return "in";
  return answer.status === 429 ? "throttled" : "wrong";
}

// Whether somebody has signed in again; false: they closed the dialog.
function again(template: HTMLTemplateElement): Promise<boolean> {
  const shown = (dialog ??= built(template));
  const form = shown.querySelector("form")!;
  const said = shown.querySelector<HTMLElement>("[role=alert]")!;
  said.hidden = true;
  shown.showModal();
  return new Promise((resolve) => {
    form.onsubmit = async (event) => {
      event.preventDefault();
      const came = await entered(shown);
      if (came !== "in") {
        said.textContent = said.dataset[came] ?? "";
        said.hidden = false;
        return;
      }
      shown.onclose = null;
      shown.close();
      resolve(true);
    };
    shown.onclose = () => resolve(false);
  });
}

// Whether what was to be sent can be sent now.
async function open(): Promise<boolean> {
  const template = document.querySelector<HTMLTemplateElement>("template#expired");
  let found = await asked();
  if (found === "out" && template && (await again(template))) found = await asked();
  seen = found === "out" ? 0 : Date.now();
  if (found === "out") return false;
  return found === "unknown" || taken(found);
}

async function send(form: HTMLFormElement, by: HTMLElement | null): Promise<void> {
  sending = true;
  try {
    if (!(await open())) return;
    form.dataset.open = "";
    form.requestSubmit(by);
  } finally {
    delete form.dataset.open;
    sending = false;
  }
}

export function session(): void {
  if (!document.querySelector("template#expired")) return;
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (event.defaultPrevented || form.method !== "post" || form.dataset.open !== undefined) return;
    if (Date.now() - seen < FRESH_MS) return;
    event.preventDefault();
    if (!sending) void send(form, event.submitter);
  });
  document.addEventListener("htmx:response:error", (event) => {
    const status = (event as CustomEvent<{ ctx?: { response?: { status?: number } } }>).detail.ctx?.response?.status;
    if (status !== 401) return;
    seen = 0;
    if (sending || dismissed) return;
    sending = true;
    void open()
      .then((there) => (dismissed = !there))
      .finally(() => (sending = false));
  });
}
