/* Small comforts on top of pages that work without them. No dependencies; nothing is stored in the browser. */
"use strict";

const WARN_BEFORE_S = 180;
const RESUBMIT_AFTER_MS = 5000;

/* (a) Rows: made here from a template; the spare rows for those without script, and what belongs to them, go. */
function nextIndex(list) {
  return Number(list.dataset.neste ?? list.querySelectorAll("[data-rad]").length);
}

function renumber(list) {
  list.querySelectorAll("[data-rad]").forEach((row, i) => {
    row.querySelectorAll("[data-radnummer]").forEach((n) => { n.textContent = String(i + 1); });
  });
  const rows = list.querySelectorAll("[data-rad]").length;
  list.querySelector("[data-legg-til]").hidden = rows >= Number(list.dataset.maks);
  list.querySelectorAll("[data-fjern]").forEach((b) => { b.hidden = rows < 2; });
}

function addRow(list, template) {
  const index = String(nextIndex(list));
  list.dataset.neste = String(Number(index) + 1);
  const row = template.content.cloneNode(true);
  row.querySelectorAll("*").forEach((node) => {
    for (const attribute of node.attributes) {
      attribute.value = attribute.value.replaceAll("__i__", index);
    }
  });
  list.querySelector("[data-rader]").append(row);
  renumber(list);
  updateConditions();
  const rows = list.querySelectorAll("[data-rad]");
  rows[rows.length - 1].querySelector("input:not([type=hidden]), select, textarea")?.focus();
}

function startRows(list) {
  const template = list.querySelector("template[data-mal]");
  if (!template) return;
  list.querySelectorAll("[data-uten-skript]").forEach((spare) => spare.remove());
  list.dataset.neste = String(list.querySelectorAll("[data-rad]").length);
  renumber(list);
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-legg-til], [data-fjern]");
    if (!button) return;
    if (button.matches("[data-legg-til]")) {
      addRow(list, template);
    } else {
      button.closest("[data-rad]").remove();
      renumber(list);
      updateConditions();
      list.querySelector("[data-legg-til]").focus();
    }
  });
}

/* (b) A form is sent once; the button keeps the focus, says that it works, and opens again if nothing came. */
function release(form) {
  delete form.dataset.sendt;
  form.querySelectorAll("[aria-busy]").forEach((b) => { b.removeAttribute("aria-busy"); b.removeAttribute("aria-disabled"); });
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method === "get" && !readyToSearch(form)) event.preventDefault();
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sendt || !readyToSend(form, event.submitter)) { event.preventDefault(); return; }
  form.dataset.sendt = "1";
  event.submitter?.setAttribute("aria-busy", "true");
  event.submitter?.setAttribute("aria-disabled", "true");
  setTimeout(release, RESUBMIT_AFTER_MS, form);
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[data-sendt]").forEach(release);
});

/* (b2) The page never gives an identity number back, so whatever the server finds wrong costs typing it again. Where
   one is typed, it is looked at before the form is sent, and so is what is not answered. The server asks it all too. */
const BETWEEN = /[\s.\-\u00ad\u200b-\u200d\u2010-\u2015\u2060\u2212\ufeff]+/g;
const WEIGHTS_1 = [3, 7, 6, 1, 8, 9, 4, 5, 2, 1];
const WEIGHTS_2 = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1];

function weighted(digits, weights) {
  return weights.reduce((sum, weight, i) => sum + weight * Number(digits[i]), 0) % 11;
}

function isDate(digits) {
  const [day, month, year] = [0, 2, 4].map((i) => Number(digits.slice(i, i + 2)));
  const realDay = day > 40 ? day - 40 : day;
  return [0, 40, 80].some((extra) => {
    const date = new Date(Date.UTC(2000 + year, month - extra - 1, realDay));
    return date.getUTCDate() === realDay && date.getUTCMonth() === month - extra - 1;
  });
}

function isChecked(digits) {
  return weighted(digits, WEIGHTS_2) === 0 && weighted(digits, WEIGHTS_1) <= 3;
}

function wrongNumber(field) {
  const digits = field.value.replace(BETWEEN, "");
  if (!/^[0-9]*$/.test(digits)) return field.dataset.ikkeSifre;
  if (digits.length !== 11) return field.dataset.lengde;
  if (!isDate(digits)) return field.dataset.dato;
  return isChecked(digits) ? "" : field.dataset.kontrollsifre;
}

function yearOf(field) {
  const year = field.form.elements[field.name.replace(/fnr$/, "foedselsaar")];
  const digits = field.value.replace(BETWEEN, "");
  const typed = year?.value.replace(/\s/g, "");
  return year && /^[0-9]{4}$/.test(typed) && typed.slice(2) !== digits.slice(4, 6) ? year : null;
}

function unanswered(form) {
  const names = new Set();
  return [...form.querySelectorAll("[required]")].filter((field) => {
    const first = field.willValidate && field.validity.valueMissing && !field.closest("[hidden]") && !names.has(field.name);
    if (first) names.add(field.name);
    return first;
  });
}

function tell(field, text, mark) {
  const described = field.type === "radio" ? field.closest("fieldset") : field;
  const id = `${described.id}-feil`;
  const message = document.getElementById(id) ?? document.createElement("p");
  const hidden = document.createElement("span");
  hidden.className = "ds-sr-only";
  hidden.textContent = `${mark} `;
  message.replaceChildren(hidden, text);
  field.setAttribute("aria-invalid", "true");
  if (message.id) return;
  Object.assign(message, { id, className: "ds-validation-message" });
  Object.assign(message.dataset, { field: "validation", fraSkript: "" });
  (field.type === "radio" ? described : field.closest(".ds-field")).append(message);
  described.setAttribute("aria-describedby", `${id} ${described.getAttribute("aria-describedby") ?? ""}`.trim());
}

function untell(message) {
  const described = document.getElementById(message.id.replace(/-feil$/, ""));
  described.setAttribute("aria-describedby", described.getAttribute("aria-describedby").replace(message.id, "").trim());
  [described, ...described.querySelectorAll("[aria-invalid]")].forEach((field) => field.removeAttribute("aria-invalid"));
  message.remove();
}

function readyToSend(form, submitter) {
  form.querySelectorAll("[data-fra-skript]").forEach(untell);
  const typed = [...form.querySelectorAll("[data-nummer]")].filter((field) => field.value.trim());
  if (!typed.length) return true;
  const texts = typed[0].dataset;
  const wrong = new Map();
  typed.forEach((field) => {
    const text = wrongNumber(field);
    if (text) wrong.set(field, text);
    else if (yearOf(field)) wrong.set(yearOf(field), texts.aar);
  });
  if (!submitter?.formNoValidate) unanswered(form).forEach((field) => wrong.set(field, texts.ubesvart));
  wrong.forEach((text, field) => tell(field, text, texts.feil));
  const first = [...form.elements].find((field) => wrong.has(field));
  first?.focus();
  return !first;
}

/* (b3) What is searched for stands in the address, and addresses stand in logs on the way: a number is not sent. */
function holdsNumber(field) {
  const runs = field.value.replace(BETWEEN, "").match(/[0-9]+/g) ?? [];
  return runs.some((digits) => digits.length === 11 && isDate(digits) && isChecked(digits));
}

function readyToSearch(form) {
  form.querySelectorAll("[data-fra-skript]").forEach(untell);
  const wrong = [...form.querySelectorAll("input[type=text]")].filter(holdsNumber);
  wrong.forEach((field) => tell(field, form.dataset.harNummer, form.dataset.feil));
  wrong[0]?.focus();
  return !wrong.length;
}

/* (c) Three minutes before the session ends: a warning, and a button that asks for more time. */
function startExpiry(banner) {
  const snart = banner.querySelector("[data-utloep-snart]");
  const slutt = banner.querySelector("[data-utloep-slutt]");
  const feil = banner.querySelector("[data-utloep-feil]");
  const button = banner.querySelector("button");
  const arm = (seconds) => setTimeout(() => { banner.hidden = false; }, Math.max(0, seconds - WARN_BEFORE_S) * 1000);
  arm(Number(banner.dataset.utloeper));
  button.addEventListener("click", async () => {
    const token = document.querySelector("meta[name=csrf-token]").content;
    const answer = await fetch(banner.dataset.forleng, { method: "POST", headers: { "X-CSRFToken": token } }).catch(() => null);
    const lives = Boolean(answer?.ok) && !answer.redirected;
    const seconds = lives ? Number(await answer.text()) : 0;
    const extended = seconds > WARN_BEFORE_S || (lives && seconds >= Number(banner.dataset.tomgang));
    banner.hidden = extended;
    snart.hidden = !extended;
    slutt.hidden = extended || !lives;
    feil.hidden = lives;
    button.hidden = !extended;
    if (extended) arm(seconds);
  });
}

/* (d) Parts of a form that matter only for some answers: data-vis-naar="name", "name=a|b", or "*end-of-name=a|b". */
function answers(scope, name) {
  const which = name.startsWith("*") ? `[name$="${CSS.escape(name.slice(1))}"]` : `[name="${CSS.escape(name)}"]`;
  return [...scope.querySelectorAll(which)]
    .filter((f) => (f.type === "checkbox" || f.type === "radio" ? f.checked : true))
    .map((f) => f.value);
}

function updateConditions() {
  document.querySelectorAll("[data-vis-naar]").forEach((part) => {
    const [name, wanted] = part.dataset.visNaar.split("=");
    const given = answers(part.closest("form") ?? document, name);
    const show = wanted === undefined ? given.some(Boolean) : given.some((v) => wanted.split("|").includes(v));
    part.hidden = !show;
    if (part instanceof HTMLFieldSetElement) part.disabled = !show;
  });
}

/* (e) Print and copy. */
async function copy(button) {
  const text = button.dataset.kopier;
  let done = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    done = false;
    const range = document.createRange();
    range.selectNodeContents(button.parentElement.querySelector(".referanse"));
    getSelection().removeAllRanges();
    getSelection().addRange(range);
  }
  if (done) button.parentElement.querySelector("[role=status]").textContent = button.dataset.kopiert;
}

document.addEventListener("click", (event) => {
  const print = event.target.closest("[data-skriv-ut]");
  const copyButton = event.target.closest("[data-kopier]");
  if (print) window.print();
  if (copyButton) copy(copyButton);
});

document.querySelectorAll("[data-skriv-ut], [data-kopier]").forEach((b) => { b.hidden = false; });
document.querySelectorAll("[data-radliste]").forEach(startRows);
document.querySelectorAll("[data-utloeper]").forEach(startExpiry);
document.addEventListener("change", updateConditions);
updateConditions();
