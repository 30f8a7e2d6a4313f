"use strict";
// The policy's named regions: which one an element lies in, through shadow roots and frames.
(() => {
  const veritype = (globalThis.veritype ??= {});

  // [number, selector] of the sites that mean this page; a selector that is none is left out.
  veritype.regionsOf = (sites, address) =>
    sites
      .filter((site) => veritype.matches(site.pattern, address))
      .flatMap((site) => site.selectors.map((selector, index) => [site.first_region + index, selector]))
      .filter(([, selector]) => isSelector(selector));

  function isSelector(selector) {
    try {
      document.createDocumentFragment().querySelector(selector);
      return true;
    } catch {
      return false;
    }
  }

  veritype.regionOf = (element, regions) => {
    for (let each = element; each; each = parentOf(each)) {
      const found = regions.find(([, selector]) => each.matches?.(selector));
      if (found) {
        return found[0];
      }
    }
    return 0;
  };

  function parentOf(element) {
    if (element.parentElement) {
      return element.parentElement;
    }
    const root = element.getRootNode();
    try {
      return root.host ?? root.defaultView?.frameElement ?? null;
    } catch {
      return null; // the frame's page belongs to somebody else
    }
  }
})();
