// Keeps what is being typed, so that a closed browser or an empty battery loses nothing. Without it there is a button.
"use strict";
(() => {
  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  const state = form.querySelector("[data-draft-state]");
  const PAUSE_MS = 1500;
  let waiting = 0;
  let kept = typed();

  function typed() {
    return new URLSearchParams(new FormData(form)).toString();
  }

  async function keep() {
    clearTimeout(waiting);
    const now = typed();
    if (now === kept) return;
    kept = now;
    try {
      const answer = await fetch(form.dataset.draft, {
        method: "POST",
        headers: { "Content-Type": "application/x-www-form-urlencoded", Accept: "text/plain" },
        body: now,
        keepalive: true,
      });
      if (!answer.ok) throw new Error(String(answer.status));
      state.textContent = await answer.text();
    } catch {
      kept = "";
      state.textContent = state.dataset.failed;
    }
  }

  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(keep, PAUSE_MS);
  });
  // The last chance on a phone: the page is hidden before it is thrown away.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") keep();
  });
  // What is being sent as a voice is no draft any more.
  form.addEventListener("submit", () => {
    clearTimeout(waiting);
    kept = typed();
  });
})();
