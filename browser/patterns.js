"use strict";
// The policy's match patterns: https://tasks.example.org/rate/*, https://*.example.org:8443/*.
(() => {
  const veritype = (globalThis.veritype ??= {});
  const PARTS = /^(https?):\/\/((?:\*\.)?[A-Za-z0-9.-]+)(:\d+)?(\/.*)$/;

  const escaped = (text) => text.replace(/[.+?^${}()|[\]\\]/g, "\\$&");

  function hostMatches(pattern, host) {
    if (!pattern.startsWith("*.")) {
      return pattern === host;
    }
    return host === pattern.slice(2) || host.endsWith(pattern.slice(1));
  }

  // Whether a page's address is meant. The fragment does not count, the port only if named.
  veritype.matches = (pattern, address) => {
    const parts = PARTS.exec(pattern);
    let url;
    try {
      url = new URL(address);
    } catch {
      return false;
    }
    if (parts === null || `${parts[1]}:` !== url.protocol) {
      return false;
    }
    const usual = parts[1] === "https" ? "443" : "80";
    if (parts[3] !== undefined && parts[3].slice(1) !== (url.port || usual)) {
      return false;
    }
    const path = new RegExp(`^${escaped(parts[4]).replaceAll("*", ".*")}$`);
    return hostMatches(parts[2].toLowerCase(), url.hostname) && path.test(url.pathname + url.search);
  };

  // For browsers whose patterns know no ports.
  veritype.withoutPort = (pattern) => pattern.replace(PARTS, "$1://$2$4");

  // What to ask the person's permission for: browsers grant hosts, not paths.
  veritype.origin = (pattern) => pattern.replace(PARTS, "$1://$2/*");
})();
