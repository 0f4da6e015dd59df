// Live progress: says what is being graded, and offers to load the page again once something has changed. Nothing
// moves by itself, so nobody loses what they were reading or writing.
"use strict";
for (const place of document.querySelectorAll("[data-live]")) {
  const text = place.querySelector("[data-live-text]");
  const again = place.querySelector("[data-live-reload]");
  let first = null;
  const source = new EventSource(place.dataset.live);
  source.addEventListener("progress", (event) => {
    const said = JSON.parse(event.data);
    if (text.textContent !== said.text) text.textContent = said.text;
    if (first === null) first = said.mark;
    again.hidden = said.mark === first;
    place.hidden = said.text === "" && again.hidden;
  });
  source.addEventListener("end", () => source.close());
  addEventListener("pagehide", () => source.close());
}
