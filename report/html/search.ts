// One search for the map, the ways and the list of places; each has its field.

import { el, say } from "./dom";
import { onChange, search, state } from "./state";

const fields: HTMLInputElement[] = [];

export function searchField(label: string, id?: string): HTMLInputElement {
  const field: HTMLInputElement = el("input", {
    type: "search", id, placeholder: id ? label + "  ( / )" : label, "aria-label": label, autocomplete: "off", spellcheck: "false",
    input: () => search(field.value),
  });
  fields.push(field);
  return field;
}

/** clearSearch shows everything again, and says whether anything was hidden. */
export function clearSearch(): boolean {
  const had = state.query !== "" || fields.some((f) => f.value !== "");
  search("");
  for (const f of fields) f.value = "";
  return had;
}

onChange((what) => {
  if (what !== "query") return;
  for (const f of fields) if (f !== document.activeElement) f.value = state.query;
  say(state.found ? `${state.found.size} places found` : "all places");
});
