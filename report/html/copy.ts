// To the clipboard, on pages from disk too.

import { el, say } from "./dom";

export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Not allowed here: do it as people do.
    const area = el("textarea", { class: "unseen", "aria-hidden": "true", readonly: true });
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

export function copyButton(label: string, text: () => string): HTMLButtonElement {
  const b = el("button", { type: "button", class: "small" }, label);
  wire(b, text);
  return b;
}

export function wire(b: HTMLElement, text: () => string): void {
  const label = b.textContent;
  b.addEventListener("click", async () => {
    const done = await copy(text());
    b.textContent = done ? "Copied" : "Not allowed here";
    say(b.textContent);
    setTimeout(() => { b.textContent = label; }, 1600);
  });
}
