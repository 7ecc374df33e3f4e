// Everything works without this script. With it a page reads itself again every few seconds, and asks before it acts.
"use strict";

(() => {
  const interval = 5000;
  const live = document.getElementById("live");
  let busy = false;

  /** True while somebody is at work on the page, who must not lose what they have begun. */
  const isUsed = () => {
    const main = document.getElementById("main");
    const active = document.activeElement;
    if (active && main.contains(active) && active.matches("input, select, textarea")) return true;
    const selection = document.getSelection();
    if (selection && !selection.isCollapsed && main.contains(selection.anchorNode)) return true;
    return [...main.querySelectorAll("form.act input[type=text]")].some((input) => input.value !== "");
  };

  const refresh = async () => {
    if (busy || document.hidden || !live || !live.checked || isUsed()) return;
    busy = true;
    try {
      const response = await fetch(location.href, { headers: { Accept: "text/html" }, redirect: "manual", cache: "no-store" });
      if (response.status === 401) return location.reload();
      if (!response.ok && response.status !== 503) return;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.getElementById("main");
      const old = document.getElementById("main");
      if (!fresh || isUsed() || fresh.innerHTML === old.innerHTML) return;
      const scrolled = [...old.querySelectorAll("pre")].map((box) => box.scrollTop);
      const focused = [...old.querySelectorAll("a, button")].indexOf(document.activeElement);
      old.replaceChildren(...fresh.childNodes);
      old.querySelectorAll("pre").forEach((box, place) => { box.scrollTop = scrolled[place] || 0; });
      if (focused >= 0) [...old.querySelectorAll("a, button")][focused]?.focus({ preventScroll: true });
      const read = page.querySelector("footer time");
      if (read) document.querySelector("footer time").textContent = read.textContent;
      document.title = page.title;
    } catch {
      // The next time may do better; the footer says how old the page is.
    } finally {
      busy = false;
    }
  };

  document.addEventListener("submit", (event) => {
    const question = event.target.dataset.confirm;
    if (question && !window.confirm(question)) event.preventDefault();
  });

  if (live && document.body.querySelector("[data-live]")) {
    live.closest(".live").hidden = false;
    live.checked = sessionStorage.getItem("live") !== "no";
    live.addEventListener("change", () => sessionStorage.setItem("live", live.checked ? "yes" : "no"));
    document.addEventListener("visibilitychange", refresh);
    setInterval(refresh, interval);
  }
})();
