// Keys of a page: each link, button or field names its own in aria-keyshortcuts. A single letter acts only while no text
// is being typed, and not at all if the reader has switched single keys off (WCAG 2.1.4); `g` begins a pair.
(function () {
  "use strict";
  var begun = "", opener = null;

  function named(event) {
    var key = event.key === " " ? "Space" : event.key;
    return (event.ctrlKey ? "Control+" : "") + (event.altKey ? "Alt+" : "") + (key.length === 1 ? key.toLowerCase() : key);
  }

  function isTyping(target) {
    return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) &&
      !/^(checkbox|radio|button|submit)$/.test(target.type || "");
  }

  function visible(element) {
    return element.getClientRects().length > 0;
  }

  function find(keys) {
    var found = Array.from(document.querySelectorAll("[aria-keyshortcuts]")).filter(function (each) {
      return each.getAttribute("aria-keyshortcuts").toLowerCase() === keys.toLowerCase() && visible(each);
    });
    // The panel of the running action comes before the rest of the page.
    return found.find(function (each) { return each.closest("#act"); }) || found[0];
  }

  function rows() {
    return Array.from(document.querySelectorAll("main tbody > tr:not(.because), main .rows > li")).filter(visible);
  }

  function move(step) {
    var all = rows(), at = all.findIndex(function (row) { return row.contains(document.activeElement); });
    var next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
    var link = next && next.querySelector("a, button");
    if (link) { link.focus(); }
  }

  // `e` unfolds the amount of the row that has the focus, else the first one.
  function explain() {
    var row = document.activeElement.closest("tr, li"), link = row && row.querySelector("a.why") || document.querySelector("main a.why");
    if (link) { link.focus(); link.click(); }
  }

  document.addEventListener("keydown", function (event) {
    var keys = named(event), typing = isTyping(event.target), single = keys.length === 1;
    if (event.metaKey || event.isComposing) { return; }
    if (single && (typing || document.body.dataset.keys === "off")) { return; }
    if (begun) { keys = begun + " " + keys; begun = ""; }
    else if (keys === "g") { begun = "g"; return; }
    if (!typing && (keys === "j" || keys === "ArrowDown" && rows().some(function (row) { return row.contains(document.activeElement); }))) {
      move(1); event.preventDefault(); return;
    }
    if (!typing && (keys === "k" || keys === "ArrowUp" && rows().some(function (row) { return row.contains(document.activeElement); }))) {
      move(-1); event.preventDefault(); return;
    }
    if (!typing && keys === "e") { explain(); event.preventDefault(); return; }
    if (typing && keys === "Escape" && event.target.type === "search") { event.target.blur(); return; }
    var target = find(keys);
    if (!target) { return; }
    event.preventDefault();
    if (isTyping(target)) { target.focus(); if (target.select) { target.select(); } } else { target.click(); }
  });

  // The focus goes into a panel that was opened, and back to what opened it.
  document.addEventListener("htmx:beforeRequest", function (event) {
    if (event.detail.target && event.detail.target.id === "act" && event.target.closest("#act") === null) { opener = event.target; }
  });
  document.addEventListener("htmx:afterSwap", function (event) {
    var panel = document.getElementById("act");
    if (!panel || event.detail.target.id !== "act") { return; }
    var named = panel.querySelector("[aria-invalid=true], [autofocus]"), confirm = panel.querySelector("button[value=confirm]");
    var first = panel.querySelector("input:not([type=hidden]), select, textarea, button");
    if (named) { named.focus(); }
    else if (panel.querySelector("input[name=_effect]")) { if (confirm) { confirm.focus(); } }
    // A field that is there again has the focus already.
    else if (first && !panel.contains(document.activeElement)) { first.focus(); }
  });
  document.addEventListener("click", function (event) {
    var close = event.target.closest("#act [aria-keyshortcuts=Escape], #act .btn-plain");
    if (!close || !opener || !document.contains(opener)) { return; }
    event.preventDefault();
    var panel = document.getElementById("act"), empty = document.createElement("div");
    empty.id = "act"; empty.hidden = true;
    panel.replaceWith(empty);
    opener.focus(); opener = null;
  });

  // What is wrong is read first.
  document.addEventListener("DOMContentLoaded", function () {
    var wrong = document.querySelector("[aria-invalid=true]");
    if (wrong) { wrong.focus(); }
  });
})();
