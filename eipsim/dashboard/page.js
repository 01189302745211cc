"use strict";
// Finds places by the words of their names, as core/park_names.py does: without accents and case, II is 2, KCN says nothing.
const { places, phrases } = JSON.parse(document.getElementById("places").textContent);
const box = document.getElementById("search"), list = document.getElementById("found"), told = document.getElementById("told");
const ones = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"];

function number(word) {
  const roman = /^(x{0,3})(ix|iv|v?i{0,3})([a-d]?)$/.exec(word);
  if (roman && (roman[1] || roman[2])) return 10 * roman[1].length + ones.indexOf(roman[2]) + roman[3];
  return word.replace(/^0+(?=.)/, "");
}

function wordsOf(text) {
  const plain = text.replace(/[Đđ]/g, "d").normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  const apart = plain.replace(/(\p{L}{2,})(\d+[a-d]?)/gu, "$1 $2");
  let rest = apart.split(/[^\p{L}\p{N}]+/u).filter(Boolean).map(String).map(number).map(String), left = [];
  while (rest.length) {
    const said = phrases.find((phrase) => phrase.every((word, k) => rest[k] === word));
    if (!said) left.push(rest[0]);
    rest = rest.slice(said ? said.length : 1);
  }
  return left;
}

function begins(word, own) {
  return own === word || (own.startsWith(word) && !/^\d+$/.test(word));
}

function search(text) {
  const asked = wordsOf(text);
  if (!asked.length) return [];
  const found = places.filter((place) => asked.every((word) => place.words.some((own) => begins(word, own))));
  const rank = (place) => (place.name.join(" ") === asked.join(" ") ? -1 : place.words.length);
  return found.sort((a, b) => rank(a) - rank(b)).slice(0, 12);
}

function show() {
  const found = search(box.value);
  list.replaceChildren(...found.map((place) => {
    const item = document.createElement("li"), link = document.createElement("a"), where = document.createElement("span");
    link.href = place.page;
    link.textContent = place.label;
    where.textContent = ` ${place.where}`;
    item.append(link, where);
    return item;
  }));
  told.textContent = box.value.trim() && !found.length ? told.dataset.none.replace("…", box.value) : "";
}

box.addEventListener("input", show);
box.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" && list.querySelector("a")) { event.preventDefault(); list.querySelector("a").focus(); }
});
document.getElementById("asking").addEventListener("submit", (event) => {
  event.preventDefault();
  const first = list.querySelector("a");
  if (first) location.href = first.href;
});
show();
