// Completions of what is being typed. The page works without.
const box = document.getElementById("q");
const list = document.getElementById("suggestions");
let waiting;
box?.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    const answer = await fetch("/api/suggest?q=" + encodeURIComponent(box.value));
    if (!answer.ok) return;
    const { completions } = await answer.json();
    list.replaceChildren(...completions.map(({ query, label }) => {
      const option = document.createElement("option");
      option.value = query;
      option.label = label;
      return option;
    }));
  }, 120);
});
