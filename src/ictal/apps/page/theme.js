/** Light or dark: as the system says, until the reader says otherwise. */

import { byId } from "./dom.js";
import { update } from "./store.js";

const KEPT = "ictal-theme";

/** Put the theme on the page and let the button change it. */
export function startTheme() {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const button = byId("theme", HTMLButtonElement);
  const isDark = () => (localStorage.getItem(KEPT) ?? (system.matches ? "dark" : "light")) === "dark";
  const show = () => {
    document.documentElement.dataset.theme = isDark() ? "dark" : "light";
    button.setAttribute("aria-pressed", String(isDark()));
  };
  system.addEventListener("change", show);
  addEventListener("storage", (event) => {
    if (event.key === KEPT) show();
  });
  button.addEventListener("click", () => {
    localStorage.setItem(KEPT, isDark() ? "light" : "dark");
    show();
    update({ said: isDark() ? "Dark page" : "Light page" });
  });
  show();
}
