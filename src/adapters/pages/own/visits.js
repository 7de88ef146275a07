// The technician's page: keeps the pages that it links for a visit without a network, and sends what waits.
(function () {
  "use strict";
  var notice = document.getElementById("network");

  function tell(waiting) {
    var said = navigator.onLine ? "" : notice.dataset.without;
    if (waiting) { said += " " + notice.dataset.waiting + " " + waiting; }
    notice.hidden = !said;
    notice.querySelector("p").textContent = said.trim();
  }

  if (!("serviceWorker" in navigator)) { return; }
  navigator.serviceWorker.addEventListener("message", function (event) {
    if (event.data.waiting !== undefined) { tell(event.data.waiting); }
  });
  navigator.serviceWorker.register("/my-work/worker.js", { scope: "/" }).then(function () {
    return navigator.serviceWorker.ready;
  }).then(function (registration) {
    var pages = Array.from(document.querySelectorAll("a[data-offline]")).map(function (link) { return link.href; });
    registration.active.postMessage({ keep: [window.location.href].concat(pages) });
    registration.active.postMessage({ send: true });
    window.addEventListener("online", function () { registration.active.postMessage({ send: true }); });
    window.addEventListener("offline", function () { registration.active.postMessage({ count: true }); });
  });
})();
