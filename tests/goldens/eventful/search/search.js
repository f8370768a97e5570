// The filter of the search page. It asks this site for search.json and nobody for anything else.
"use strict";
(() => {
  const SHOWN = 100;
  const at = (id) => document.getElementById(id);
  const form = at("form"), count = at("count"), found = at("found");
  const fields = ["words", "party", "thread", "year", "state"];
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase()
    .replace(/ß/g, "ss").replace(/[øœ]/g, "o").replace(/æ/g, "ae").replace(/ł/g, "l").replace(/ı/g, "i").replace(/đ/g, "d");
  let letters = [];

  const options = (id, pairs) => {
    for (const [value, text] of pairs) {
      const option = document.createElement("option");
      option.value = value;
      option.textContent = text;
      at(id).append(option);
    }
  };

  const matches = (letter, words, party, thread, year, state) =>
    (!party || letter.parties.includes(party)) && (!thread || letter.thread === thread) &&
    (!year || (year === "unknown" ? letter.years.length === 0 : letter.years.includes(Number(year)))) &&
    (!state || letter.states.includes(state)) && words.every((word) => letter.folded.includes(word));

  const row = (letter) => {
    const item = document.createElement("li"), title = document.createElement("a"), who = document.createElement("span");
    title.href = "../letters/" + encodeURIComponent(letter.id) + "/index.html";
    const name = document.createElement("bdi");
    name.textContent = letter.title;
    title.append(name);
    who.className = "fact who";
    who.textContent = letter.what;
    item.append(title, who);
    return item;
  };

  const show = () => {
    const [text, ...rest] = fields.map((id) => at(id).value);
    const words = fold(text).split(/\s+/).filter(Boolean);
    const hits = letters.filter((letter) => matches(letter, words, ...rest));
    found.replaceChildren(...hits.slice(0, SHOWN).map(row));
    const more = hits.length > SHOWN ? `; the first ${SHOWN} are shown` : "";
    count.textContent = hits.length === 0 ? "No letter here matches." :
      `${hits.length} of ${letters.length} letters${more}.`;
    const asked = new URLSearchParams();
    fields.forEach((id) => { if (at(id).value) asked.set(id, at(id).value); });
    history.replaceState(null, "", asked.size ? "#" + asked : location.pathname);
  };

  const start = (data) => {
    letters = data.letters;
    for (const letter of letters) letter.folded = fold(`${letter.title} ${letter.what} ${letter.text} ${letter.id}`);
    options("party", data.parties);
    options("thread", data.threads);
    options("state", data.states);
    const years = [...new Set(letters.flatMap((letter) => letter.years))].sort((a, b) => b - a);
    options("year", years.map((year) => [String(year), String(year)]));
    if (letters.some((letter) => letter.years.length === 0)) options("year", [["unknown", "not known"]]);
    const asked = new URLSearchParams(location.hash.slice(1));
    fields.forEach((id) => { if (asked.has(id)) at(id).value = asked.get(id); });
    form.hidden = false;
    at("without").hidden = true;
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", show);
    show();
  };

  fetch("../search.json", { credentials: "omit" })
    .then((answer) => { if (!answer.ok) throw new Error(String(answer.status)); return answer.json(); })
    .then(start)
    .catch(() => { count.textContent = "The list of letters could not be read, as from a disk: use the page with everything."; });
})();
