"use strict";
// What a page says about an event: when it was, where it came from, which sign it brought.
(() => {
  const veritype = (globalThis.veritype ??= {});
  const AGE_MAX_MS = 2000;

  // The wall clock at an event, in microseconds: its age is taken from the page's own clock, which
  // stands still while the machine sleeps, so the page's time origin would be wrong afterwards.
  function wall(event) {
    const age = event && targetOf(event)?.ownerDocument === document ? performance.now() - event.timeStamp : 0;
    return (Date.now() - (age >= 0 && age < AGE_MAX_MS ? age : 0)) * 1000;
  }

  function targetOf(event) {
    const node = event.composedPath()[0] ?? event.target;
    return node?.nodeType === 1 ? node : node?.parentElement ?? null;
  }

  function deepActive(doc) {
    let active = doc.activeElement;
    for (;;) {
      let inner = active?.shadowRoot?.activeElement;
      try {
        inner ??= active?.tagName === "IFRAME" ? active.contentDocument?.activeElement : null;
      } catch {
        inner = null; // another origin's page
      }
      if (!inner) {
        return active;
      }
      active = inner;
    }
  }

  const isConnected = (root) => (root.host ? root.host.isConnected : root.defaultView !== null);

  const signs = new Intl.Segmenter(undefined, { granularity: "grapheme" });

  // One letter, one emoji: what a key types, however many code points it has.
  function isOneSign(text) {
    const [, second] = signs.segment(text.slice(0, 64));
    return second === undefined && text.length < 64;
  }

  function charsInRanges(ranges, field) {
    let chars = 0;
    for (const each of ranges) {
      const range = field.ownerDocument.createRange();
      range.setStart(each.startContainer, each.startOffset);
      range.setEnd(each.endContainer, each.endOffset);
      chars += veritype.charsIn(range.toString());
    }
    return chars;
  }

  veritype.page = Object.freeze({ wall, targetOf, deepActive, isConnected, isOneSign, charsInRanges });
})();
