/* Passkeys: asks the server what to ask, the browser for an answer, and sends it with the form it stands in. */
"use strict";

const toBytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const toText = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

function ask(kind, options) {
  options.challenge = toBytes(options.challenge);
  for (const key of [...(options.excludeCredentials ?? []), ...(options.allowCredentials ?? [])]) key.id = toBytes(key.id);
  if (kind !== "ny") return navigator.credentials.get({ publicKey: options });
  options.user.id = toBytes(options.user.id);
  return navigator.credentials.create({ publicKey: options });
}

function answer(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = toText(credential.response[name]);
  }
  const id = toText(credential.rawId);
  return JSON.stringify({ id, rawId: id, type: credential.type, response });
}

function tell(part, text) {
  const place = part.querySelector("[data-passkey-feil]");
  place.textContent = text;
  place.hidden = !text;
}

function reason(part, error) {
  if (error.name === "InvalidStateError") return part.dataset.finnes;
  return error.name === "NotAllowedError" ? part.dataset.avbrutt : part.dataset.nei;
}

async function start(part, form) {
  const headers = { "X-CSRFToken": form.elements.namedItem("csrf_token").value };
  const reply = await fetch(part.dataset.start, { method: "POST", headers });
  const content = await reply.json();
  if (reply.ok) return content;
  if (content.til) location.assign(content.til);
  else tell(part, content.melding);
  return null;
}

async function run(part, form, button) {
  tell(part, "");
  button.setAttribute("aria-busy", "true");
  try {
    const options = await start(part, form);
    if (!options) return;
    form.elements.namedItem("passkey_svar").value = answer(await ask(part.dataset.passkey, options));
    form.submit();
  } catch (error) {
    tell(part, reason(part, error));
  } finally {
    button.removeAttribute("aria-busy");
  }
}

if (window.PublicKeyCredential) {
  document.querySelectorAll("[data-passkey-mangler]").forEach((text) => { text.hidden = true; });
  document.querySelectorAll("[data-passkey]").forEach((part) => {
    const form = part.querySelector("form");
    const button = form.querySelector("button");
    part.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!button.hasAttribute("aria-busy")) run(part, form, button);
    });
  });
}
