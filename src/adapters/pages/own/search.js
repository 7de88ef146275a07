// The search: arrows choose among what was found while the field keeps the focus, Enter opens the chosen one.
(function () {
  "use strict";
  var waiting = 0;

  function field() { return document.getElementById("q"); }

  function options() { return Array.from(document.querySelectorAll("#found [role=option]")); }

  function chosen() { return document.querySelector("#found [role=option][aria-selected=true]"); }

  // What stands there may still be the answer to fewer letters.
  function isAnswered() {
    var results = document.getElementById("results");
    return results && results.dataset.sought === field().value.trim();
  }

  function choose(option) {
    options().forEach(function (each) { each.setAttribute("aria-selected", String(each === option)); });
    field().setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
    window.clearTimeout(waiting);
    waiting = window.setTimeout(function () {
      window.htmx.ajax("GET", option.dataset.preview, { target: "#preview", select: "#preview", swap: "outerHTML", source: "#preview" });
    }, 100);
  }

  document.addEventListener("keydown", function (event) {
    if (event.target !== field() || event.isComposing) { return; }
    var all = options(), at = all.indexOf(chosen());
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      var next = all[at + (event.key === "ArrowDown" ? 1 : -1)];
      if (next) { choose(next); }
      event.preventDefault();
    } else if (event.key === "Enter" && isAnswered() && chosen()) {
      event.preventDefault();
      window.location.assign(chosen().href);
    }
  });

  document.addEventListener("htmx:afterSwap", function (event) {
    if (event.detail.target.id !== "results") { return; }
    var option = chosen();
    field().setAttribute("aria-expanded", String(Boolean(option)));
    if (option) { field().setAttribute("aria-activedescendant", option.id); } else { field().removeAttribute("aria-activedescendant"); }
  });

  document.addEventListener("DOMContentLoaded", function () {
    var end = field().value.length;
    field().focus();
    field().setSelectionRange(end, end);
  });
})();
