"use strict";
// Which fields a submission is about. A form with a password field is a sign-in: none of them.
(() => {
  const veritype = (globalThis.veritype ??= {});

  function formFields(form) {
    if ([...form.elements].some(veritype.isSecret)) {
      return [];
    }
    const fields = veritype.fieldsIn(form);
    for (const element of form.elements) {
      const field = veritype.fieldOf(element);
      if (field) {
        fields.add(field);
      }
    }
    return fields;
  }

  // The fields a button submits: those its attribute selects, its form's, or all of the page.
  function namedFields(button) {
    const root = button.getRootNode();
    const selector = button.getAttribute("data-veritype-submit").trim();
    if (selector) {
      const chosen = [...root.querySelectorAll(selector)].map(veritype.fieldOf);
      return new Set(chosen.filter((field) => field !== null));
    }
    const form = button.form ?? button.closest("form");
    return form ? formFields(form) : veritype.fieldsIn(root);
  }

  veritype.formFields = formFields;
  veritype.namedFields = namedFields;
})();
