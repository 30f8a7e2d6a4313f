"use strict";
// Joins the pages to the agent. Dormant until the agent says that a session records: only then is
// the content script put into pages, and only into those that the session's policy names.
if (typeof importScripts === "function") {
  importScripts("messages.js", "patterns.js");
}
(() => {
  const veritype = globalThis.veritype;
  const api = globalThis.browser ?? globalThis.chrome;
  const HOST = "org.veritype.agent";
  const SCRIPT = "veritype-pages";
  const FILES = [
    "codes.js",
    "messages.js",
    "patterns.js",
    "textclass.js",
    "fields.js",
    "edits.js",
    "regions.js",
    "page.js",
    "submission.js",
    "content.js",
  ];
  // Firefox's match patterns have no ports; there the page's own check of its address decides.
  const KNOWS_PORTS = api.runtime.getBrowserInfo === undefined;
  const RETRY_MS = 10_000;
  const FIELDS_MAX = 0xffff;
  const DORMANT = { recording: false, sites: [] };

  let native = null;
  let triedAt = -Infinity;
  let scope = DORMANT;
  let turn = Promise.resolve();
  const pages = new Map(); // port -> {fields: page's number -> browser's, secret}
  let numbered = 0;

  // The agent.

  function connect() {
    if (native || Date.now() - triedAt < RETRY_MS) {
      return;
    }
    triedAt = Date.now();
    native = api.runtime.connectNative(HOST);
    native.onMessage.addListener((said) => {
      scope = said.recording === true ? said : DORMANT;
      applied();
    });
    native.onDisconnect.addListener(() => {
      void api.runtime.lastError; // read, or the browser logs it: there is no agent here
      native = null;
      scope = DORMANT;
      applied();
      setTimeout(connect, RETRY_MS + 1);
    });
  }

  function tell(message) {
    native?.postMessage(message);
  }

  // The pages in scope: one change after the other.

  function applied() {
    turn = turn.then(apply).catch(() => tellAllowed(false));
  }

  async function apply() {
    const { sites } = scope;
    const matches = [...new Set(sites.map((site) => (KNOWS_PORTS ? site.pattern : veritype.withoutPort(site.pattern))))];
    for (const [port, page] of pages) {
      page.secret = false;
      port.postMessage({ sites });
    }
    await api.scripting.unregisterContentScripts({ ids: [SCRIPT] }).catch(() => {});
    if (matches.length > 0) {
      await api.scripting.registerContentScripts([
        { id: SCRIPT, js: FILES, matches, allFrames: true, runAt: "document_start", persistAcrossSessions: false },
      ]);
      const tabs = await api.tabs.query({ url: matches });
      await Promise.all(tabs.map((tab) => inject(tab.id)));
    }
    tellAllowed((await show()).length === 0);
  }

  // A browser that may not see the project's pages observes nothing, and the agent must say so.
  function tellAllowed(on) {
    if (scope.sites.length > 0) {
      tell(veritype.message(veritype.Kind.ALLOWED, { at: Date.now() * 1000, on: on ? 1 : 0 }));
    }
  }

  function inject(tabId) {
    const target = { tabId, allFrames: true };
    return api.scripting.executeScript({ target, files: FILES }).catch(() => {});
  }

  // Pages that change their address without loading come into scope this way.
  function updated(tabId, { url }) {
    if (url && scope.sites.some((site) => veritype.matches(site.pattern, url))) {
      inject(tabId);
    }
  }

  // Pages speak through ports; what they say is built anew, with this browser's own field numbers.

  function pageJoined(port) {
    if (port.name !== "page" || port.sender?.id !== api.runtime.id) {
      port.disconnect();
      return;
    }
    pages.set(port, { fields: new Map(), secret: false });
    port.onMessage.addListener((message) => pageSaid(port, message));
    port.onDisconnect.addListener(() => {
      const secret = pages.get(port)?.secret;
      pages.delete(port);
      if (secret) {
        tellSecret(0, Date.now() * 1000);
      }
    });
    port.postMessage({ sites: scope.sites });
  }

  function pageSaid(port, message) {
    const page = pages.get(port);
    if (!page || scope.sites.length === 0) {
      return;
    }
    const { kind } = message;
    if (kind === veritype.Kind.SECRET) {
      page.secret = message.on === 1;
      tellSecret(message.on, message.at);
      return;
    }
    const field = message.field === undefined ? {} : { field: numberOf(page, message.field) };
    tell(veritype.message(kind, { ...message, ...field }));
  }

  // Of several pages with a password field in focus, the last to lose it says so.
  function tellSecret(on, at) {
    const held = [...pages.values()].some((page) => page.secret);
    if (on || !held) {
      tell(veritype.message(veritype.Kind.SECRET, { at, on }));
    }
  }

  function numberOf(page, field) {
    if (!page.fields.has(field)) {
      numbered = Math.min(numbered + 1, FIELDS_MAX);
      page.fields.set(field, numbered);
    }
    return page.fields.get(field);
  }

  // What the person sees: recording, or permission missing for a page of the project.

  async function state() {
    const origins = [...new Set(scope.sites.map((site) => veritype.origin(site.pattern)))];
    const missing = [];
    for (const origin of origins) {
      if (!(await api.permissions.contains({ origins: [origin] }))) {
        missing.push(origin);
      }
    }
    return { connected: native !== null, recording: scope.recording, origins, missing };
  }

  async function show() {
    const { recording, origins, missing } = await state();
    const text = !recording || origins.length === 0 ? "" : missing.length > 0 ? "!" : "REC";
    await api.action.setBadgeBackgroundColor({ color: missing.length > 0 ? "#b54708" : "#b42318" });
    await api.action.setBadgeText({ text });
    return missing;
  }

  api.runtime.onConnect.addListener(pageJoined);
  api.runtime.onMessage.addListener((asked, sender, answer) => {
    if (sender.id !== api.runtime.id || asked?.ask !== "state") {
      return false;
    }
    connect();
    state().then(answer);
    return true;
  });
  api.permissions.onAdded.addListener(applied);
  api.permissions.onRemoved.addListener(applied);
  api.tabs.onUpdated.addListener((tabId, change) => {
    connect();
    updated(tabId, change);
  });
  api.tabs.onActivated.addListener(connect);
  api.runtime.onStartup.addListener(connect);
  api.runtime.onInstalled.addListener(connect);
  applied();
  connect();
})();
