// Everything works without this file; it only saves clicks.
"use strict";

// A changed filter shows its rows at once.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form.filters");
  if (form && event.target.matches("select")) form.requestSubmit();
});

// The live log can be paused: new lines wait until it goes on.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-pause]");
  if (!button) return;
  const paused = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(paused));
});
document.addEventListener("htmx:sse:before:message", (event) => {
  const button = document.querySelector("[data-pause][aria-pressed=true]");
  if (button) event.preventDefault();
});

// A question before an action that cannot be undone.
document.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});
