// A visit that is dragged to another day or crew opens the form that moves it, with day, time and crew filled in: nothing
// is moved by a slip of the hand.
(function () {
  "use strict";
  var dragged = null;
  document.addEventListener("dragstart", function (event) { dragged = event.target.closest("[data-move]"); });
  document.addEventListener("dragover", function (event) {
    if (dragged && event.target.closest("[data-on]")) { event.preventDefault(); }
  });
  document.addEventListener("drop", function (event) {
    var cell = event.target.closest("[data-on]");
    if (!dragged || !cell) { return; }
    event.preventDefault();
    var words = new URLSearchParams({ begins_at: cell.dataset.on + "T" + dragged.dataset.time, crew: cell.dataset.crew });
    window.location.assign(dragged.dataset.move + "&" + words);
  });
})();
