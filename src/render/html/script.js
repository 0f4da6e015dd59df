"use strict";
(() => {
  const number = (cell) => cell.dataset.value === "" ? NaN : Number(cell.dataset.value);
  const compare = (by, column, sign) => (a, b) => {
    const [x, y] = [a.cells[column], b.cells[column]];
    if (by === "text") return sign * x.textContent.localeCompare(y.textContent, undefined, { numeric: true });
    const [m, n] = [number(x), number(y)];
    if (Number.isNaN(m) || Number.isNaN(n)) return Number.isNaN(m) - Number.isNaN(n);
    return sign * (m - n);
  };
  for (const table of document.querySelectorAll("table[data-sortable]")) {
    const body = table.tBodies[0];
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const rising = head.getAttribute("aria-sort") !== "ascending";
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", rising ? "ascending" : "descending");
        body.append(...[...body.rows].sort(compare(head.dataset.by, column, rising ? 1 : -1)));
      });
    });
    heads[0].setAttribute("aria-sort", "ascending");
  }
  const ranking = document.querySelector("[data-tools=ranking]");
  if (ranking) {
    const rows = [...document.querySelector("table.ranking").tBodies[0].rows];
    const get = (name) => ranking.querySelector("[data-" + name + "]");
    const [find, verdict, least, noted] = ["find", "verdict", "least", "noted"].map(get);
    const filter = () => {
      const word = find.value.trim().toLowerCase();
      let shown = 0;
      for (const row of rows) {
        const from = least.value === "" || (row.dataset.score !== "" && Number(row.dataset.score) >= Number(least.value));
        const keep = from
          && (!word || row.textContent.toLowerCase().includes(word))
          && (!verdict.value || row.dataset.verdict === verdict.value)
          && (!noted.checked || row.dataset.notes !== "0");
        row.hidden = !keep;
        shown += keep ? 1 : 0;
      }
      get("shown").textContent = shown + " of " + rows.length + " shown";
    };
    ranking.addEventListener("input", filter);
    ranking.hidden = false;
    filter();
  }
  for (const tools of document.querySelectorAll("[data-tools=tests]")) {
    const box = tools.querySelector("input");
    const rows = tools.parentElement.querySelectorAll("tr.t-passed");
    if (rows.length === 0) continue;
    box.addEventListener("change", () => { for (const row of rows) row.hidden = box.checked; });
    tools.hidden = false;
  }
  const open = () => {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    const folded = target && target.closest("details");
    if (folded) { folded.open = true; target.scrollIntoView(); }
  };
  addEventListener("hashchange", open);
  open();
  addEventListener("beforeprint", () => {
    for (const folded of document.querySelectorAll("details")) folded.open = true;
  });
})();
