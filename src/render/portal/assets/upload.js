"use strict";
// What the page of a personal link does better with scripts: progress, drag and drop, news without a reload,
// and the deadline on this computer's clock. Without them everything works as well.

document.querySelectorAll("[data-scripted]").forEach((note) => { note.hidden = false; });

document.querySelectorAll("[data-local]").forEach((note) => {
  const moment = new Date(note.dataset.local);
  if (Number.isNaN(moment.getTime())) return;
  const shown = moment.toLocaleString(undefined, { dateStyle: "full", timeStyle: "short" });
  note.append(document.createElement("br"), `On this computer's clock: ${shown}`);
  note.hidden = false;
});

const form = document.getElementById("upload");
if (form) {
  const field = form.querySelector("input[type=file]");
  const bar = form.querySelector("progress");
  const button = form.querySelector("button");
  const said = document.getElementById("said");
  const limit = Number(form.dataset.limit);

  const say = (text, kind) => {
    said.className = kind || "";
    said.textContent = text;
  };
  const again = (text) => {
    bar.hidden = true;
    button.disabled = false;
    say(text, "notice bad");
  };

  const send = () => {
    const file = field.files[0];
    if (!file) return say("Choose a file first.", "wrong");
    if (file.size > limit) {
      return say(`This file has ${Math.ceil(file.size / 1048576)} MiB, and at most ${Math.floor(limit / 1048576)} MiB are taken. Leave environments, caches and generated files out.`, "notice bad");
    }
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) bar.value = 100 * event.loaded / event.total;
    });
    request.upload.addEventListener("load", () => say("All of it is there; it is being checked."));
    request.addEventListener("load", () => {
      const answer = request.response || {};
      if (request.status === 201 && answer.location) {
        window.location.assign(answer.location);
      } else {
        again([answer.title, answer.detail].filter(Boolean).join(". ") || "It was not taken. Please try again.");
      }
    });
    request.addEventListener("error", () => again("The connection broke off, and nothing of it counts. Please try again."));
    bar.value = 0;
    bar.hidden = false;
    button.disabled = true;
    say(`Sending ${file.name}`);
    request.send(new FormData(form));
    return undefined;
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  for (const name of ["dragenter", "dragover"]) {
    form.addEventListener(name, (event) => {
      event.preventDefault();
      form.classList.add("over");
    });
  }
  for (const name of ["dragleave", "drop"]) {
    form.addEventListener(name, () => form.classList.remove("over"));
  }
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length !== 1) return say("Drop one archive, please.", "wrong");
    field.files = event.dataTransfer.files;
    send();
    return undefined;
  });
}

const live = document.getElementById("live");
if (live && live.dataset.events) {
  const events = new EventSource(live.dataset.events);
  events.addEventListener("state", async (event) => {
    const { state } = JSON.parse(event.data);
    if (state === live.dataset.state) return;
    const answer = await fetch(window.location.pathname);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("live");
    if (!fresh) return;
    live.replaceChildren(...document.importNode(fresh, true).childNodes);
    live.dataset.state = fresh.dataset.state;
  });
}
