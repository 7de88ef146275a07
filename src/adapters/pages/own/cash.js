// Keys of the cash desk: Enter goes to the next field and Shift Enter back; leaving the payer looks it up. Escape starts
// again. Ctrl Enter is a key of the button itself.
(function () {
  "use strict";
  var ORDER = ["who", "amount", "given"];

  function at(name) { return document.getElementById(name); }

  function go(name) {
    var field = at(name);
    if (field) { field.focus(); field.select(); }
  }

  document.addEventListener("keydown", function (event) {
    var form = event.target.closest && event.target.closest("#take"), place = ORDER.indexOf(event.target.id);
    if (!form || event.isComposing) { return; }
    if (event.key === "Escape") {
      event.preventDefault();
      window.location.assign(form.dataset.again);
    } else if (event.key === "Enter" && !event.ctrlKey && !event.altKey && place >= 0) {
      event.preventDefault();
      if (event.shiftKey) { go(ORDER[Math.max(place - 1, 0)]); }
      else if (event.target.id === "who") { window.htmx.trigger(event.target, "change"); }
      else if (place < ORDER.length - 1) { go(ORDER[place + 1]); }
      else { form.querySelector("button[type=submit]").focus(); }
    }
  });

  // Once the payer is known the amount can be overwritten at once.
  document.addEventListener("htmx:afterSettle", function () {
    var amount = at("amount");
    if (amount && amount === document.activeElement && !amount.dataset.chosen) {
      amount.dataset.chosen = "yes";
      amount.select();
    }
  });
})();
