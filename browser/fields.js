"use strict";
// What a text field is, what it holds, and which ones are secret. Texts stay in here: what goes on
// are lengths, positions and classes.
(() => {
  const veritype = (globalThis.veritype ??= {});
  const TEXT_INPUTS = new Set(["text", "search", "url", "email", "tel", "number"]);
  const SECRET_PURPOSES = /(^|\s)(current-password|new-password|one-time-code)(\s|$)/i;
  const BLOCKS = new Set(
    "ADDRESS ARTICLE ASIDE BLOCKQUOTE DD DIV DL DT FIGURE FOOTER FORM H1 H2 H3 H4 H5 H6 HEADER HR LI MAIN NAV OL P PRE SECTION TABLE TR UL".split(" "),
  );
  const TEXT = 3;
  const ELEMENT = 1;
  // Once a password field, always one: pages turn them into text to show what was typed.
  const secrets = (veritype.secrets ??= new WeakSet());

  const isElement = (node) => node?.nodeType === ELEMENT;

  veritype.isSecret = (element) => {
    if (!isElement(element) || element.tagName !== "INPUT") {
      return false;
    }
    const masked = element.ownerDocument.defaultView?.getComputedStyle(element).webkitTextSecurity;
    if (
      element.type === "password" ||
      SECRET_PURPOSES.test(element.autocomplete || element.getAttribute("autocomplete") || "") ||
      (masked !== undefined && masked !== "none" && masked !== "")
    ) {
      secrets.add(element);
    }
    return secrets.has(element);
  };

  // The text field an event or a node belongs to; null: none, or a secret one.
  veritype.fieldOf = (node) => {
    const element = isElement(node) ? node : node?.parentElement;
    if (!element || veritype.isSecret(element)) {
      return null;
    }
    if (element.tagName === "TEXTAREA" || (element.tagName === "INPUT" && TEXT_INPUTS.has(element.type))) {
      return element;
    }
    return element.isContentEditable ? editingHost(element) : null;
  };

  function editingHost(element) {
    let host = element;
    while (host.parentElement?.isContentEditable) {
      host = host.parentElement;
    }
    return host.tagName === "HTML" ? host.ownerDocument.body : host;
  }

  const hasValue = (field) => field.tagName === "TEXTAREA" || field.tagName === "INPUT";

  veritype.textOf = (field) => (hasValue(field) ? field.value : linesOf(field).join("\n"));

  // An editable element's text as it stands there: blocks and line breaks end lines, the break that
  // keeps an empty block open does not.
  function linesOf(field) {
    const lines = [""];
    let fresh = true;
    const endLine = () => {
      if (!fresh) {
        lines.push("");
        fresh = true;
      }
    };
    const visit = (node) => {
      if (node.nodeType === TEXT) {
        if (!isLayout(node)) {
          lines[lines.length - 1] += node.data;
          fresh = fresh && node.data === "";
        }
      } else if (node.nodeName === "BR") {
        if (isLastOfBlock(node, field)) {
          fresh = false;
        } else {
          lines.push("");
          fresh = false;
        }
      } else if (node.nodeType === ELEMENT) {
        const block = node !== field && BLOCKS.has(node.nodeName);
        if (block) {
          endLine();
        }
        node.childNodes.forEach(visit);
        if (block) {
          endLine();
        }
      }
    };
    visit(field);
    if (fresh && lines.length > 1) {
      lines.pop();
    }
    return lines;
  }

  // White space between blocks that only lays out the source.
  function isLayout(node) {
    const beside = node.previousSibling ?? node.nextSibling;
    return node.data.includes("\n") && node.data.trim() === "" && beside !== null && BLOCKS.has(beside.nodeName);
  }

  function isLastOfBlock(node, field) {
    for (let each = node; each !== field; each = each.parentNode) {
      let after = each.nextSibling;
      while (after && after.nodeType === TEXT && after.data === "") {
        after = after.nextSibling;
      }
      if (after) {
        return BLOCKS.has(after.nodeName);
      }
      if (BLOCKS.has(each.parentNode.nodeName)) {
        return true;
      }
    }
    return true;
  }

  // Where the caret is: characters before it, characters selected, whether only white space follows.
  // null: not in this field, or the field does not say.
  veritype.caretOf = (field) => {
    if (!hasValue(field)) {
      return caretInElement(field);
    }
    const { selectionStart: start, selectionEnd: end, value } = field;
    if (start === null || start === undefined) {
      return null;
    }
    return {
      at: veritype.charsIn(value.slice(0, start)),
      selected: veritype.charsIn(value.slice(start, end)),
      atEnd: value.slice(end).trim() === "",
    };
  };

  function caretInElement(field) {
    const root = field.getRootNode();
    const selection = (root.getSelection ?? field.ownerDocument.getSelection).call(root.getSelection ? root : field.ownerDocument);
    if (!selection || selection.rangeCount === 0) {
      return null;
    }
    const range = selection.getRangeAt(0);
    if (!field.contains(range.startContainer) || !field.contains(range.endContainer)) {
      return null;
    }
    const before = field.ownerDocument.createRange();
    before.selectNodeContents(field);
    before.setEnd(range.startContainer, range.startOffset);
    const after = field.ownerDocument.createRange();
    after.selectNodeContents(field);
    after.setStart(range.endContainer, range.endOffset);
    return {
      at: veritype.charsIn(before.toString()),
      selected: veritype.charsIn(range.toString()),
      atEnd: after.toString().trim() === "",
    };
  }

  // The text fields below a document, a shadow root or a form.
  veritype.fieldsIn = (root) => {
    const found = new Set();
    for (const element of root.querySelectorAll("textarea, input, [contenteditable]")) {
      const field = veritype.fieldOf(element);
      if (field) {
        found.add(field);
      }
    }
    const body = root.designMode === "on" ? root.body : null;
    return body ? found.add(body) : found;
  };
})();
