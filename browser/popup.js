"use strict";
// What the extension does now, in words, and the one question it asks: access to the project's
// pages. Browsers show their own prompt for it.
(() => {
  const api = globalThis.browser ?? globalThis.chrome;
  const REFRESH_MS = 500;
  const find = (id) => document.getElementById(id);

  function sentence({ connected, recording, origins, missing }) {
    if (!connected) {
      return "The Veritype agent was not found on this computer: run `veritype browser install`.";
    }
    if (!recording) {
      return "Off: you are not clocked in, or you paused. Nothing is observed.";
    }
    if (origins.length === 0) {
      return "Off: your project names no pages for this extension.";
    }
    return missing.length > 0 ? "Your project asks to observe text fields in:" : "On, in these pages alone:";
  }

  let shown = "";

  function show(state) {
    const pages = state.recording ? state.origins : [];
    const same = JSON.stringify(state) === shown;
    shown = JSON.stringify(state);
    if (same) {
      return; // a list that is rebuilt under a pointer or a screen reader is hard to use
    }
    find("state").textContent = sentence(state);
    find("pages").replaceChildren(
      ...pages.map((origin) => {
        const item = document.createElement("li");
        item.textContent = origin;
        return item;
      }),
    );
    const button = find("allow");
    button.hidden = state.missing.length === 0;
    button.onclick = async () => {
      await api.permissions.request({ origins: state.missing });
      ask();
    };
  }

  async function ask() {
    show(await api.runtime.sendMessage({ ask: "state" }));
  }

  ask();
  setInterval(ask, REFRESH_MS);
})();
