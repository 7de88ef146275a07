// A receipt is printed as soon as it is there. Within the page of the till it is printed once: not again if that page is
// loaded again.
(function () {
  "use strict";
  window.addEventListener("load", function () {
    var mark = "printed " + document.body.dataset.receipt;
    if (window.self !== window.top) {
      if (window.sessionStorage.getItem(mark)) { return; }
      window.sessionStorage.setItem(mark, "yes");
    }
    window.print();
  });
})();
