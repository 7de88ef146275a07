// The technician's page: keeps the pages that it links for a visit without a network, and sends what waits.
(function () {
  "use strict";
  var notice = document.getElementById("network"), again;

  function tell(waiting) {
    var said = navigator.onLine ? "" : notice.dataset.without;
    if (waiting) { said += " " + notice.dataset.waiting + " " + waiting; }
    notice.hidden = !said;
    notice.querySelector("p").textContent = said.trim();
    clearTimeout(again);
    if (waiting && navigator.onLine) { again = setTimeout(send, 5000); }
  }

  // A device says "online" before its network carries anything, so what still waits is sent again.
  function send() {
    navigator.serviceWorker.ready.then(function (registration) { registration.active.postMessage({ send: true }); });
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
    send();
    window.addEventListener("online", send);
    window.addEventListener("offline", function () { registration.active.postMessage({ count: true }); });
  });
})();
